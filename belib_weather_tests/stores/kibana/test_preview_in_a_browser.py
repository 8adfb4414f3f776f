"""The pages of the preview in Chromium: on a desktop and on a phone, for everyone."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from belib_weather.kibana.dashboards import DASHBOARDS
from belib_weather.kibana.preview import preview_pages
from belib_weather.search import SearchStore
from belib_weather_tests.browser import (
    DESKTOP,
    PHONE,
    accessibility_violations,
    overflow,
    watch,
)
from belib_weather_tests.stores.kibana import city
from belib_weather_tests.stores.kibana.conftest import Loaded

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def folder(
    loaded: Loaded,
    shared_search: tuple[SearchStore, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    folder = tmp_path_factory.mktemp("preview")
    for name, html in preview_pages(shared_search[0].search, city.PERIOD.end + timedelta(hours=2)):
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    return folder


@pytest.fixture
def page(chromium: "Browser") -> Iterator["Page"]:
    page = chromium.new_page()
    yield page
    page.close()


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("name", [dashboard.name for dashboard in DASHBOARDS])
def test_a_page_fits_makes_no_request_and_breaks_no_accessibility_rule(
    folder: Path, page: "Page", name: str, width: int
) -> None:
    watched = watch(page)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto((folder / f"{name}.html").as_uri())
    assert overflow(page) <= 0
    if width == DESKTOP:
        cut = "all => all.filter(one => one.scrollWidth > one.clientWidth).map(one => one.id)"
        assert page.locator("figure.table").evaluate_all(cut) == []
        assert accessibility_violations(page) == []  # a width changes no rule
    assert watched.failures == []
    assert [url for url in watched.requests if not url.startswith("file:")] == []


def test_links_lead_to_the_other_pages(folder: Path, page: "Page") -> None:
    page.goto((folder / "drivers.html").as_uri())
    for dashboard in DASHBOARDS[1:]:
        page.get_by_role("link", name=dashboard.title).click()
        assert page.title() == dashboard.title
