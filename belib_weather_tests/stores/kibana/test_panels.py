"""Every panel shows what SQL says."""

import polars as pl
import pytest

from belib_weather.kibana.bundle import build_bundle
from belib_weather.panels.es_requests import intervals, request, result
from belib_weather.panels.evaluate import evaluate
from belib_weather.panels.measures import columns_before
from belib_weather.panels.specification import Dataset, Panel, Shape
from belib_weather.search.documents import availability_documents, episode_documents
from belib_weather.window import Window
from belib_weather_tests.every_panel import every_panel
from belib_weather_tests.stores.kibana import city, expected, numbers
from belib_weather_tests.stores.kibana.conftest import Loaded
from belib_weather_tests.unit.kibana import interpreter, results

PANELS = every_panel()


def test_every_panel_has_its_sql_and_a_dashboard() -> None:
    placed = {
        panel["panelIndex"]
        for dashboard in interpreter.dashboards(build_bundle("belib").ndjson)
        for panel in interpreter.panels(dashboard)
        if not interpreter.is_markdown(panel)
    }
    assert set(expected.statements("panel")) == set(PANELS) == placed


def test_every_panel_of_the_bundle_equals_sql(loaded: Loaded) -> None:
    assert numbers.wrong_numbers(loaded.bundle.ndjson, loaded) == []


def test_a_station_that_moved_has_one_row_with_its_last_address(loaded: Loaded) -> None:
    for name in ("fullest-stations", "worst-stations"):
        panel, window = PANELS[name], Window(*loaded.period(""))
        answer = loaded.ask(f"{loaded.prefix}-availability", request(panel, window))
        rows = result(panel, answer, window)
        moved = rows.filter(pl.col("station_id") == f"FR*V75*PPX{city.MOVED:02}*01")
        assert moved["address"].to_list() == ["1 place du Départ"]
        assert rows["station_id"].is_unique().all()


def test_a_hardly_observed_station_is_last_in_the_lists_of_the_worst(loaded: Loaded) -> None:
    """It has no free second, so without the rule it were first in one of them."""
    window = Window(*loaded.period(""))
    for name, share in (
        ("worst-stations", "free_when_not_full"),
        ("fullest-stations", "saturation"),
    ):
        panel = PANELS[name]
        answer = loaded.ask(f"{loaded.prefix}-availability", request(panel, window))
        rows = result(panel, answer, window)
        last = rows.filter(pl.col(share).is_null())
        assert last["station_id"].to_list() == [f"FR*V75*PPX{city.HARDLY_SEEN:02}*01"]
        assert rows.row(-1) == last.row(0)


def test_no_result_is_empty(loaded: Loaded) -> None:
    """Else a panel could equal its SQL by showing nothing."""
    for name in expected.statements("panel"):
        dataset = PANELS[name].dataset.index
        assert expected.rows(loaded.sql, "panel", name, *loaded.period(dataset)), name


@pytest.mark.parametrize("panel", PANELS.values(), ids=PANELS.keys())
def test_a_specification_requests_what_its_saved_object_requests(
    panel: Panel, loaded: Loaded
) -> None:
    window = Window(*loaded.period(panel.dataset.index))
    answer = loaded.ask(f"{loaded.prefix}-{panel.dataset.index}", request(panel, window))
    rows = result(panel, answer, window)
    in_sql = expected.rows(loaded.sql, "panel", panel.name, window.start, window.end)
    if panel.shape is Shape.INTERVALS:
        rows = intervals(panel, answer).drop("days")
        in_sql = [numbers.with_reach(row) for row in in_sql]
    shown = rows.rows()
    if panel.shape is Shape.HEATMAP:
        shown = rows.select(rows.columns[:3]).rows()
    assert results.differs(shown, in_sql) == ""


@pytest.mark.parametrize("panel", PANELS.values(), ids=PANELS.keys())
def test_a_specification_gives_the_same_from_rows_as_from_the_index(
    panel: Panel, loaded: Loaded
) -> None:
    if panel.shape is Shape.MAP:
        return
    if columns_before(panel.measures):
        with pytest.raises(ValueError, match="rows have one period"):
            evaluate(panel, city.facts())
        return
    match panel.dataset:
        case Dataset.AVAILABILITY:
            rows: pl.DataFrame = availability_documents(city.facts(), city.versions())
        case Dataset.EPISODES:
            rows = episode_documents(city.episodes(), city.charge_points())
        case Dataset.FEED:
            rows = city.feed()
        case Dataset.STATIONS:
            rows = city.states(loaded.captured_at)
        case of_marts:
            rows = loaded.marts[of_marts.index]
    answer = loaded.ask(f"{loaded.prefix}-{panel.dataset.index}", request(panel, None))
    of_index = result(panel, answer, None)
    assert results.differs(evaluate(panel, rows).rows(), of_index.rows()) == ""
    assert evaluate(panel, rows).columns == of_index.columns
