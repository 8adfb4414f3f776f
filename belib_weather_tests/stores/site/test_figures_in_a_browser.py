"""Every kind of page in Chromium: no table is cut, axe finds nothing; in both modes."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

import pytest

from belib_weather.simulator.server import serving
from belib_weather.site.folder import write
from belib_weather.site.pages import files_of
from belib_weather.site.server import create_app
from belib_weather_tests.browser import (
    DESKTOP,
    PHONE,
    accessibility_violations,
    overflow,
    watch,
)
from belib_weather_tests.unit.site.whole import NOW, whole

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Scheme = Literal["light", "dark"]
PATHS = (
    *("", "station/FRV75PPX0704/", "station/FRV75PPX1101/", "arrondissement/7/"),
    *("arrondissement/", "data-and-method/", "404.html"),
)
"""One of each kind; of stations also one that is broken and has an address of many signs."""
TABLES = """width => [...document.querySelectorAll('table')].map(table => {
    const name = table.caption?.textContent ?? table.closest('[aria-label]')?.ariaLabel ?? '?';
    const box = table.closest('.scroll');
    const right = table.getBoundingClientRect().right;
    const cut = [...table.querySelectorAll('th, td')].filter(
        cell => cell.scrollWidth > cell.clientWidth + 1).map(cell => cell.textContent);
    if (cut.length) return `${name}: cut: ${cut.slice(0, 3)}`;
    if (right <= (box ?? document.documentElement).getBoundingClientRect().right + 1) return null;
    if (width > 400) return `${name}: scrolls at a desk`;
    if (!box || getComputedStyle(box).overflowX !== 'auto') return `${name}: has no box`;
    if (box.tabIndex !== 0 || !['group', 'region'].includes(box.role)) return `${name}: no focus`;
    return box.ariaLabel || document.getElementById(box.getAttribute('aria-labelledby'))
        ? null : `${name}: its box has no name`;
}).filter(Boolean)"""
"""Names of the tables that are cut, wider than a desk, or wider than a phone without a box."""
FITTING = ("hours", "week", "days", "wide")
"""Tables of a phone: who looks for a charge point on the way sees them whole."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("site")
    write(folder, files_of(whole(stations_of_a_landmark=1)))
    with serving(create_app(folder)) as address:
        yield address


@pytest.mark.parametrize(
    ("width", "scheme", "language", "is_judged"),
    [
        (PHONE, "dark", "", True),
        (DESKTOP, "light", "en/", True),
        pytest.param(PHONE, "light", "en/", False, marks=pytest.mark.slow),
        pytest.param(DESKTOP, "dark", "", False, marks=pytest.mark.slow),
    ],
)
def test_no_page_is_cut_off_fails_or_breaks_an_accessibility_rule(
    chromium: "Browser", site: str, width: int, scheme: Scheme, language: str, is_judged: bool
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
    page = context.new_page()
    page.clock.set_fixed_time(NOW)
    watched = watch(page)
    for path in PATHS:
        page.goto(f"{site}/{language}{path}")
        assert overflow(page) <= 0, path
        assert page.evaluate(TABLES, width) == [], path
        if width == PHONE:
            for name in FITTING:
                for table in page.locator(f"table.{name}").all():
                    box = table.bounding_box()
                    assert box is not None
                    assert box["x"] + box["width"] <= PHONE, (path, name)
        if is_judged:  # widths and languages change no rule
            assert accessibility_violations(page) == [], path
    assert [each for each in watched.failures if "404" not in each] == []
    assert all(url.startswith(site) for url in watched.requests)
    assert page.evaluate("document.querySelectorAll('img').length") == 0
    context.close()


def test_a_station_can_be_read_without_scripts(chromium: "Browser", site: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/en/station/FRV75PPX0704/")

    assert "3 / 4 points free" in page.inner_text("main")
    assert "9 in 10 8 to 10 in 10" in page.inner_text("main")
    context.close()
