"""The site as an asset: pages of what the graph made, in a run of its own every hour."""

import json
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from belib_weather.definitions import build_defs
from belib_weather.site import paths
from belib_weather.warehouse.tables import STATION_STATES
from belib_weather_tests.graph.conftest import Platform
from belib_weather_tests.site_links import broken_links

SITE = dg.AssetKey("site")


def test_every_station_of_the_graph_has_its_page_in_both_languages(
    platform_with_facts: Platform, tmp_path: Path
) -> None:
    platform = platform_with_facts.changed(settings={"site_folder": tmp_path})
    before = ("station_states", "feed_hours", "availability_report", "open_data_files")
    assert platform.materialize(*before).success

    made = platform.materialize("site")

    assert made.success
    assert (tmp_path / "report" / "index.html").is_file()
    assert broken_links(tmp_path) == []
    [event] = made.asset_materializations_for_node("site")
    states = platform.warehouse.read(STATION_STATES)
    assert event.metadata["stations"].value == states.height > 0
    assert event.metadata["simulated"].value is True
    for row in states.iter_rows(named=True):
        for prefix in ("", "en"):
            page = tmp_path / prefix / paths.file_of(paths.station(row["station_id"]))
            assert "<strong>" in page.read_text()
    file = tmp_path / paths.file_of(paths.station(row["station_id"]) + "station.json")
    shown = json.loads(file.read_text())
    assert shown["now"]["available"] == row["available"]
    assert shown["days"]
    live = (tmp_path / "data" / "current.json").read_text()

    again = platform.materialize("site")

    [event] = again.asset_materializations_for_node("site")
    assert event.metadata["files removed"].value == 0
    assert (tmp_path / "data" / "current.json").read_text() == live


def test_it_is_made_every_hour_in_a_run_without_the_tick() -> None:
    definitions = build_defs()
    schedule = definitions.resolve_schedule_def("site_hourly")

    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    job = definitions.resolve_job_def("pages")
    assert job.asset_layer.executable_asset_keys == {SITE}
    context = dg.build_schedule_context(
        scheduled_execution_time=datetime(2026, 11, 24, 4, 6, tzinfo=UTC)
    )
    assert len(schedule.evaluate_tick(context).run_requests or []) == 1
