"""The pages of the Dagster catalog in a browser: what an asset is, its figures and its picture.

What the pages get is tested in graph/test_pictures.py and unit/graph at a tenth of the time; here
Dagster's own pages show it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from belib_weather.automation.live import RANGE_END, RANGE_START
from belib_weather.partitions import hour_key
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import AVAILABILITY_FACTS
from belib_weather.window import Window
from belib_weather_tests.browser import (
    DESKTOP,
    OVERFLOW,
    PHONE,
    Watched,
    watch,
)
from belib_weather_tests.e2e.dagster_programs import (
    Webserver,
    code_server,
    daemon,
    in_an_hour_that_lasts,
    serving,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow
_PATIENCE_MS = 60_000


@pytest.fixture
def webserver(dagster_home: Path) -> Iterator[Webserver]:
    """A webserver and a daemon without schedules: a tick of theirs would be the newest run."""
    with (
        code_server(dagster_home) as workspace,
        serving(dagster_home, workspace) as webserver,
    ):
        webserver.stop_schedules()
        with daemon(dagster_home, workspace):
            yield webserver


@pytest.fixture
def page(chromium: "Browser") -> Iterator["Page"]:
    page = chromium.new_page()
    page.set_default_timeout(_PATIENCE_MS)
    yield page
    page.close()


def test_the_catalog_shows_what_assets_are_with_figures_and_pictures(
    webserver: Webserver,
    warehouse: Warehouse,
    page: "Page",
) -> None:
    hour = in_an_hour_that_lasts()  # a start takes its time
    # A run over a range draws pictures, as the tick that closes an hour; time is observed between
    # two snapshots.
    for _ in range(2):
        webserver.run_live({RANGE_START: hour_key(hour), RANGE_END: hour_key(hour)})
    watched = watch(page)

    page.goto(f"{webserver.address}/assets/availability_facts?view=overview")
    page.get_by_text("Availability of every station in every UTC hour").first.wait_for()
    page.get_by_text("any_available_seconds").first.wait_for()
    page.get_by_text("point-seconds").first.wait_for()
    fits(page, watched)

    facts = warehouse.read(AVAILABILITY_FACTS, Window.hour(hour))
    shown = {
        f"availability_facts?view=partitions&partition={hour_key(hour)}": str(facts.height),
        f"raw_belib_snapshots?view=partitions&partition={hour_key(hour)}": "2",
        "station_states?view=overview": str(facts.height),
        "stations?view=overview": str(facts.height),
    }
    for path, figure in shown.items():
        page.set_viewport_size({"width": DESKTOP, "height": 1000})
        page.goto(f"{webserver.address}/assets/{path}")
        a_picture_is_shown(page)
        page.get_by_text(figure, exact=True).first.wait_for()
        fits(page, watched)


def a_picture_is_shown(page: "Page") -> None:
    row = page.locator("tr", has_text="picture")
    row.get_by_text("Show Markdown").first.click()
    picture = page.locator("img[src^='data:image/png'], img[src^='data:image/svg']").first
    picture.wait_for()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 200
    assert picture.get_attribute("alt")
    page.keyboard.press("Escape")


def fits(page: "Page", watched: Watched) -> None:
    """Nothing is wider than the window, and nothing went wrong on the console."""
    for width in (DESKTOP, PHONE):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_function(f"{OVERFLOW} <= 0")  # the page is laid out anew after a moment
    assert watched.failures == []
