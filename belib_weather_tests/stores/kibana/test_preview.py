"""The dashboards drawn without Kibana: every panel is there, and shows what Elasticsearch says."""

import re
from datetime import timedelta

import polars as pl
import pytest
import sqlalchemy as sa

from belib_weather.kibana.dashboards import DASHBOARDS
from belib_weather.kibana.preview import panel_rows, preview_pages
from belib_weather.panels.dashboard_panels import hours, weather
from belib_weather.panels.number_formats import stamp
from belib_weather.search import SearchStore
from belib_weather.search.projections import STATIONS_INDEX
from belib_weather.window import Window
from belib_weather_tests.stores.kibana import city, expected, numbers
from belib_weather_tests.stores.kibana.conftest import Loaded
from belib_weather_tests.unit.kibana import results


@pytest.fixture(scope="module")
def pages(loaded: Loaded, shared_search: tuple[SearchStore, str]) -> dict[str, str]:
    return dict(preview_pages(shared_search[0].search, city.PERIOD.end + timedelta(hours=2)))


def test_there_is_a_page_for_every_dashboard_with_all_its_panels(pages: dict[str, str]) -> None:
    for dashboard in DASHBOARDS:
        names = [panel.name for row in dashboard.rows for panel in row.panels]
        assert re.findall(r'<figure [^>]*id="([^"]+)"', pages[dashboard.name]) == names
        drawn = pages[dashboard.name].count("<svg") + pages[dashboard.name].count("<table")
        assert drawn == len(names)


ANSWERS = (
    "broken-stations",  # What is broken now, and since when?
    "time-observed",  # Is the feed healthy?
    "time-observed-over-time",  # Did yesterday have gaps?
    "free-by-arrondissement",  # Which arrondissement drops now,
    "free-in-period-by-arrondissement",  # and from which level?
    "worst-stations",  # Which stations are the worst of the week?
)


def test_the_questions_of_an_operator_are_answered_in_the_upper_half(
    pages: dict[str, str], loaded: Loaded
) -> None:
    page = pages["operators"]
    shown = re.findall(r'<figure [^>]*id="([^"]+)"', page)
    places = [shown.index(name) for name in ANSWERS]
    assert places == sorted(places)
    assert places[-1] <= 0.55 * len(shown)
    sql = "SELECT station_id, since FROM station_states WHERE available + occupied + reserved = 0"
    broken = {row.station_id: row.since for row in loaded.sql.execute(sa.text(sql))}
    rows = cells(page, "broken-stations")
    assert {row[0]: row[4] for row in rows} == {one: stamp(at) for one, at in broken.items()}
    worst = [row[0] for row in cells(page, "worst-stations")]
    assert f"FR*V75*PPX{city.HARDLY_SEEN:02}*01" not in worst
    assert "100.0%" in page.split('id="time-observed"')[1].split("</figure>")[0]


def cells(page: str, table: str) -> list[list[str]]:
    """The cells of each row of a table."""
    body = page.split(f'id="{table}"')[1].split("<tbody>")[1].split("</tbody>", maxsplit=1)[0]
    return [re.findall(r"<td>(.*?)</td>", row) for row in body.split("</tr>")[:-1]]


def test_pages_make_no_request_and_show_the_credits(pages: dict[str, str]) -> None:
    for html in pages.values():
        assert not re.search(r'(?:src|href)="(?:https?:)?//', html)
        assert "licence ODbL" in html
        assert "CC BY 4.0" in html
        assert "Simulated" not in html


def test_a_figure_equals_sql(loaded: Loaded, shared_search: tuple[SearchStore, str]) -> None:
    window = Window(*loaded.period("availability"))
    for panel in (hours.CHANCE_BY_HOUR, weather.CHANCE_INTERVALS_BY_WEATHER):
        in_sql = expected.rows(loaded.sql, "panel", panel.name, window.start, window.end)
        if panel is weather.CHANCE_INTERVALS_BY_WEATHER:
            in_sql = [numbers.with_reach(row) for row in in_sql]
        shown = panel_rows(panel, shared_search[0].search, window)
        if panel is weather.CHANCE_INTERVALS_BY_WEATHER:
            shown = shown.drop("days")
        assert results.differs(shown.rows(), in_sql) == ""


def test_simulated_data_is_marked_on_every_page_and_picture(search: SearchStore) -> None:
    at = city.PERIOD.end - timedelta(minutes=3)
    search.publish(
        STATIONS_INDEX,
        city.states(at).with_columns(source=pl.lit("simulator:opendata_paris/realtime")),
    )
    for name, html in preview_pages(search.search, city.PERIOD.end):
        panels = sum(len(row.panels) for d in DASHBOARDS if d.name == name for row in d.rows)
        assert html.count("Simulated data") >= 1 + panels
