"""The site as an asset: pages of what the graph made, in a run of its own every hour."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from belib_weather.datasets.outages import Outage
from belib_weather.definitions import build_defs
from belib_weather.site import paths
from belib_weather.warehouse.tables import OUTAGES, STATION_STATES
from belib_weather.window import DAY, floor_hour
from belib_weather_tests.graph.conftest import Platform
from belib_weather_tests.site_links import broken_links
from belib_weather_tests.unit.site.small import frame

SITE = dg.AssetKey("site")


def test_every_station_of_the_graph_has_its_page_in_both_languages(
    platform_with_facts: Platform, tmp_path: Path
) -> None:
    platform = platform_with_facts.changed(settings={"site_folder": tmp_path})
    before = (
        "station_states",
        "feed_hours",
        "availability_report",
        "open_data_files",
        "change_feeds",
    )
    assert platform.materialize(*before).success

    run = platform.materialize("site")

    assert run.success
    assert (tmp_path / "report" / "index.html").is_file()
    assert broken_links(tmp_path) == []
    [event] = run.asset_materializations_for_node("site")
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


@pytest.mark.slow
def test_a_failing_page_loses_only_itself_and_is_named(
    platform_with_facts: Platform, now: datetime, tmp_path: Path
) -> None:
    platform = platform_with_facts.changed(settings={"site_folder": tmp_path})
    assert platform.materialize("station_states", "feed_hours", "site").success
    station = str(platform.warehouse.read(STATION_STATES)["station_id"].min())
    french, english = (
        tmp_path / language / paths.file_of(paths.station(station)) for language in ("", "en")
    )
    (tmp_path / "index.html").write_text("of an hour ago")
    french.write_text("of an hour ago")
    endless = outage_of(station, floor_hour(now) - DAY) | {"duration_seconds": 10**16}
    with platform.warehouse.locked(OUTAGES) as transaction:
        transaction.replace(OUTAGES, Outage.validate(frame(Outage, [endless]), cast=True))

    run = platform.materialize("site")

    assert not run.success
    error = str(run.failure_data_for_node("site"))
    for page in (french, english):
        assert f"{page.relative_to(tmp_path)}: OverflowError: " in error
    assert "stay as they were in" in error
    assert french.read_text() == "of an hour ago"
    assert english.is_file()
    assert "of an hour ago" not in (tmp_path / "index.html").read_text()

    with platform.warehouse.locked(OUTAGES) as transaction:
        transaction.replace(OUTAGES, Outage.create_empty())
    assert platform.materialize("site").success
    assert french.read_text() != "of an hour ago"


def outage_of(station: str, begin: datetime) -> dict[str, object]:
    """A row of an outage of three hours."""
    return {
        **dict.fromkeys(("started_at", "since", "down_from"), begin),
        "outage_of": station,
        "station_id": station,
        "charge_points": 1,
        "ended_at": begin + timedelta(hours=3),
        **dict.fromkeys(("duration_seconds", "down_seconds"), 3 * 3600),
        "local_date": begin.date(),
        "source": "simulator:opendata_paris/realtime",
        "kind": "outage",
        "is_begun": True,
        "end_kind": "returned",
        "returns": 0,
    }


def test_the_site_is_built_every_hour_in_a_run_of_its_own() -> None:
    definitions = build_defs()
    schedule = definitions.resolve_schedule_def("site_hourly")

    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    job = definitions.resolve_job_def("pages")
    assert job.asset_layer.executable_asset_keys == {SITE}
    context = dg.build_schedule_context(
        scheduled_execution_time=datetime(2026, 11, 24, 4, 6, tzinfo=UTC)
    )
    assert len(schedule.evaluate_tick(context).run_requests or []) == 1
