"""The pages in Chromium: at a desk, on a phone, on paper, and by the rules of axe-core."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from belib_weather.panels.i18n import LANGUAGES, Language
from belib_weather.simulator.server import serving
from belib_weather.site.server import create_app
from belib_weather.warehouse import Warehouse
from belib_weather_tests.browser import (
    DESKTOP,
    PHONE,
    Watched,
    accessibility_violations,
    overflow,
    watch,
)
from belib_weather_tests.stores.report import sample
from belib_weather_tests.stores.report.conftest import WrittenReport

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

A4_WIDTH = 688
"""Of the sheet within its margins, in CSS pixels."""
SMALLEST_LEGIBLE = 11
SMALLEST_TEXT = """svg => {
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    const size = text => parseFloat(getComputedStyle(text).fontSize);
    const sizes = [...svg.querySelectorAll('text')].map(size);
    return Math.round(10 * scale * Math.min(...sizes)) / 10;
}"""
"""As it is on the screen, in CSS pixels."""
SEEN_COLOURS = """() => [getComputedStyle(document.body).backgroundColor,
    ...[...document.querySelectorAll('figure > svg > rect')].map(r => getComputedStyle(r).fill)]"""
"""Of the page, and behind each of its pictures."""
FAINT_TEXTS = """() => {
    const light = colour => colour.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
        .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0.05);
    const page = light(getComputedStyle(document.body).backgroundColor);
    return [...document.querySelectorAll('figure > svg text')].filter(text => {
        const written = getComputedStyle(text).fill;
        const own = light(written);
        return !/rgb\\((0, 0, 0|255, 255, 255)\\)/.test(written)
            && Math.max(own, page) / Math.min(own, page) < 4.5;
    }).map(text => text.textContent);
}"""
"""Texts of pictures that are hard to read on the page; black and white ones stand in cells."""
LINES_OF_HOURS = """cell => {
    const hours = document.createRange();
    hours.setStart(cell.firstChild, 0);
    hours.setEnd(cell.firstChild, cell.textContent.indexOf('\\n'));
    return new Set([...hours.getClientRects()].map(box => box.top)).size;
}"""
Looked = tuple["Page", Watched]


@pytest.fixture(
    params=[
        (Language.FRENCH, PHONE),
        (Language.ENGLISH, DESKTOP),
        pytest.param((Language.FRENCH, DESKTOP), marks=pytest.mark.slow),
        pytest.param((Language.ENGLISH, PHONE), marks=pytest.mark.slow),
    ],
    ids=str,
)
def looked(
    request: pytest.FixtureRequest, chromium: "Browser", week: WrittenReport
) -> Iterator[Looked]:
    """A page as it opens, in each language and at each width; all pairs of them are a proof."""
    language, width = request.param
    page = chromium.new_page(viewport={"width": width, "height": 844})
    watched = watch(page)
    page.goto(week.written.pages[language].as_uri())
    yield page, watched
    page.close()


def test_no_page_overflows_fails_or_makes_a_request(looked: Looked) -> None:
    page, watched = looked

    assert overflow(page) <= 0
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    assert overflow(page) <= 0
    assert watched.failures == []
    assert [url for url in watched.requests if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in watched.requests if url.startswith("file:")]) == 1


def test_every_figure_has_a_readable_size(looked: Looked) -> None:
    page, _ = looked
    figures = page.locator("figure > svg")

    assert figures.count() == 6
    for figure in figures.all():
        box = figure.bounding_box()
        assert box is not None
        assert box["width"] >= 300
        assert box["height"] >= 150
        smallest = figure.evaluate(SMALLEST_TEXT)
        assert smallest >= SMALLEST_LEGIBLE, figure.evaluate("svg => svg.parentElement.id")


def test_axe_finds_no_violation(looked: Looked) -> None:
    page, _ = looked
    assert page.evaluate(FAINT_TEXTS) == []
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")

    assert accessibility_violations(page) == []


def test_on_the_site_it_is_the_same_page_with_links_to_the_others(
    chromium: "Browser", week: WrittenReport
) -> None:
    """Its axe rules in the light are those of the file; here a phone in the dark."""
    context = chromium.new_context(viewport={"width": PHONE, "height": 844}, color_scheme="dark")
    page = context.new_page()
    watched = watch(page)
    with serving(create_app(week.folder / "site")) as address:
        page.goto(f"{address}/en/report/")

        assert watched.failures == [], "its server allows no style inside a page"
        assert page.locator("figure > svg").count() == 6
        assert page.evaluate(FAINT_TEXTS) == []
        assert page.evaluate(SEEN_COLOURS) == ["rgb(21, 25, 29)"] * 7
        assert overflow(page) <= 0
        assert accessibility_violations(page) == []
        page.get_by_role("link", name="Français").click()
        page.wait_for_url(f"{address}/report/")
        for name, href in (("Belib", "../"), ("Données et méthode", "../data-and-method/")):
            assert page.get_by_role("link", name=name).first.get_attribute("href") == href
    context.close()


def test_the_answer_is_on_the_first_screen(looked: Looked) -> None:
    page, _ = looked
    box = page.locator(".answer").bounding_box()

    assert box is not None
    assert box["y"] + box["height"] <= 844


def test_the_hours_of_the_advice_are_not_broken_over_two_lines(looked: Looked) -> None:
    page, _ = looked
    cells = page.locator("#table-advice td:nth-of-type(-n+2)")

    assert cells.count() == 4
    assert [cell.evaluate(LINES_OF_HOURS) for cell in cells.all()] == [1] * 4


def test_the_keyboard_reaches_the_answer_first_and_then_the_other_language(
    chromium: "Browser", week: WrittenReport
) -> None:
    page = chromium.new_page()
    page.goto(week.written.pages[Language.ENGLISH].as_uri())

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/availability-report.fr.html")
    assert page.locator("html").get_attribute("lang") == "fr"
    page.close()


def test_an_address_of_one_long_word_is_broken_and_no_column_hidden(
    chromium: "Browser", warehouse: Warehouse, tmp_path: Path
) -> None:
    sample.put_stations(warehouse, address="X" * 80)
    written = sample.written(warehouse, tmp_path)
    page = chromium.new_page(viewport={"width": PHONE, "height": 844})
    page.goto(written.pages[Language.FRENCH].as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")

    assert overflow(page) <= 0
    name = page.locator("#table-stations tbody th").first.bounding_box()
    assert name is not None
    assert name["width"] <= PHONE * 0.9
    page.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_prints(
    chromium: "Browser", week: WrittenReport, tmp_path: Path, language: Language
) -> None:
    page = chromium.new_page()
    page.goto(week.written.pages[language].as_uri())
    page.emulate_media(media="print")
    page.set_viewport_size({"width": A4_WIDTH, "height": 1000})
    assert overflow(page) <= 0

    parts = page.locator("main > section:not([aria-labelledby=worst-heading])")
    breaks = parts.evaluate_all("all => all.map(part => getComputedStyle(part).breakInside)")
    assert set(breaks) == {"avoid"}, "a heading stays with its picture"
    printed = page.pdf(format="A4", path=tmp_path / "page.pdf")

    assert printed.startswith(b"%PDF")
    assert 1 < printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") < 12
    page.close()
