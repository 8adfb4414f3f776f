"""Pages of stations, arrondissements and the method in Chromium: phone and desk, both modes."""

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
from belib_weather_tests.unit.site.small import small

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PATHS = (
    *("station/FRV75PPX0704/", "en/station/FRV75PPX1101/"),
    *("arrondissement/7/", "en/arrondissement/", "data-and-method/"),
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("site")
    write(folder, files_of(small()))
    with serving(create_app(folder)) as address:
        yield address


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (DESKTOP, "light")])
def test_nothing_overflows_fails_or_breaks_a_rule_of_accessibility(
    chromium: "Browser", site: str, width: int, scheme: Literal["light", "dark"]
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 844}, color_scheme=scheme, bypass_csp=False
    )
    page = context.new_page()
    watched = watch(page)
    for path in PATHS:
        page.goto(f"{site}/{path}")
        assert overflow(page) <= 0, path
        assert accessibility_violations(page) == [], path
    assert watched.failures == []
    assert all(url.startswith(site) for url in watched.requests)
    assert page.evaluate("document.querySelectorAll('img').length") == 0
    context.close()


def test_a_station_can_be_read_without_scripts(chromium: "Browser", site: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/en/station/FRV75PPX0704/")

    assert "3 / 4 points free" in page.inner_text("main")
    assert "between 8 and 10 in 10" in page.inner_text("main")
    context.close()
