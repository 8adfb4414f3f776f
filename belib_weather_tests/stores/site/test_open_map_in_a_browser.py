"""The map of docs/open-data.md: the lines as they stand there, opened in Chromium."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from belib_weather.live_files.stations_geojson_v1 import stations_geojson
from belib_weather.simulator.server import serving
from belib_weather.site.server import create_app
from belib_weather_tests.browser import DESKTOP, PHONE, watch
from belib_weather_tests.live_present import present_of, simulated
from belib_weather_tests.project import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser

AT = datetime(2026, 11, 24, 16, 20, tzinfo=UTC)
SERVED = "http://127.0.0.1:8080"
INSIDE = """circles => circles.map(circle => circle.getBoundingClientRect()).filter(box =>
    box.width > 1 && box.left > -box.width && box.right < innerWidth + box.width
    && box.top > -box.width && box.bottom < 640).length"""
"""Circles that can be seen."""


@pytest.fixture(scope="module")
def stations() -> bytes:
    return stations_geojson(present_of(*simulated(AT), AT, "simulator:opendata_paris/realtime"))


@pytest.fixture(scope="module")
def address(stations: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("site")
    (folder / "data").mkdir()
    (folder / "data" / "stations.geojson").write_bytes(stations)
    with serving(create_app(folder)) as served:
        yield served


def snippet() -> str:
    text = (ROOT / "docs" / "open-data.md").read_text()
    found = re.search(r"### Free points on a map\n.*?```html\n(.*?)```", text, re.DOTALL)
    assert found is not None
    return found[1]


def test_it_has_ten_lines_of_javascript_and_no_library() -> None:
    script = snippet().split('<script type="module">\n')[1].split("</script>")[0]

    assert len(script.splitlines()) <= 10
    assert re.findall(r"https?://[^/\"]+", snippet()) == [SERVED]


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_it_draws_every_station_with_a_free_point(
    chromium: "Browser", address: str, stations: bytes, tmp_path: Path, width: int
) -> None:
    free = [
        each
        for each in json.loads(stations)["features"]
        if each["geometry"] and each["properties"]["free"] > 0
    ]
    own = tmp_path / "map.html"
    own.write_text(snippet().replace(SERVED, address))  # a page of somebody else, of no server
    page = chromium.new_page(viewport={"width": width, "height": 700})
    watched = watch(page)
    page.goto(own.as_uri())
    page.locator("svg[viewBox]").wait_for()

    assert page.locator("circle").count() == len(free) > 20
    assert page.locator("circle").evaluate_all(INSIDE) == len(free)
    assert watched.failures == []
    assert set(watched.requests) == {own.as_uri(), f"{address}/data/stations.geojson"}
    page.close()
