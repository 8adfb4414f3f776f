"""From the facts to the files, through Dagster."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import polars as pl
import polars.selectors as cs
import pytest

from belib_weather.automation.exports import requests_for
from belib_weather.automation.live import RANGE_END, RANGE_START
from belib_weather.dates import dates_of, window_of_date
from belib_weather.lake.schema import RAW_SNAPSHOTS
from belib_weather.partitions import day_key, hour_key
from belib_weather.warehouse.tables import (
    AVAILABILITY_FACTS,
    CHARGE_POINTS,
    STATIONS,
    STATUS_EPISODES,
    TABLES,
)
from belib_weather.window import DAY, HOUR, Window
from belib_weather_tests.clocks import StoppedClock
from belib_weather_tests.graph.conftest import MARTS, Platform, history
from belib_weather_tests.graph.test_late_data import copy_of_a_snapshot

START = datetime(2026, 11, 1, tzinfo=UTC)
MADE = ("outages", *MARTS)


def days_of_history(now: datetime) -> tuple[str, str]:
    past = history(now)
    return day_key(past.start), day_key(past.end - timedelta(hours=1))


def test_the_asset_writes_the_dates_that_its_days_touch(
    platform_with_facts: Platform, tmp_path: Path, now: datetime
) -> None:
    from frictionless import Package

    exported_to = tmp_path / "exports"
    platform = platform_with_facts.changed(settings={"export_url": f"{exported_to}"})
    first, last = days_of_history(now)
    assert platform.materialize("status_episodes", keys=(first, last)).success
    tomorrow = platform.changed(settings={}, clock=StoppedClock(at=f"{now + DAY}"))
    assert tomorrow.materialize(*MADE).success

    result = platform.materialize("open_exports", keys=(first, last))

    assert result.success
    episodes = platform.warehouse.read(STATUS_EPISODES)
    exported_episodes = pl.read_parquet(exported_to / "status_episodes/parquet/*/*.parquet")
    assert exported_episodes.drop("is_simulated").equals(episodes.cast({cs.enum(): pl.String}))
    assert episodes.height > 0
    versions = {"station_versions": STATIONS, "charge_point_versions": CHARGE_POINTS}
    for name, table in (versions | {name: TABLES[name] for name in MADE}).items():
        rows = pl.read_parquet(exported_to / f"{name}.parquet")
        stored = platform.warehouse.read(table).cast({cs.enum(): pl.String})
        assert rows.select(stored.columns).equals(stored)
    assert pl.read_parquet(exported_to / "occupancy_profile.parquet").height > 0
    for file in exported_to.rglob("*.csv"):
        if file.name != "data_dictionary.csv":
            rows = pl.read_csv(file, infer_schema=False)
            assert rows.filter(pl.col("is_simulated") != "true").is_empty(), file
            # The newest snapshot, whose source these have, was never looked at.
            is_known = not file.name.startswith(("stations", "station_versions", "charge_point"))
            assert (rows["is_simulated"].null_count() == 0) == (is_known or rows.is_empty()), file
    start = datetime.fromisoformat(first).replace(tzinfo=UTC)
    days = Window(start, datetime.fromisoformat(last).replace(tzinfo=UTC) + DAY)
    exported = {
        file.stem: pl.read_csv(file) for file in exported_to.rglob("availability/csv/*.csv")
    }
    for date in dates_of(days):
        rows = platform.warehouse.read(AVAILABILITY_FACTS, window_of_date(date))
        assert exported.get(f"{date}", rows.clear()).height == rows.height
    assert sum(frame.height for frame in exported.values()) > 0
    events = result.asset_materializations_for_node("open_exports")
    assert {event.partition for event in events} == {f"{day:%Y-%m-%d}" for day in days.days}
    for event in events:
        assert event.metadata["path"] == dg.MetadataValue.path(str(exported_to))
        own = exported.get(str(event.partition))
        assert event.metadata["dagster/partition_row_count"].value == (
            own.height if own is not None else 0
        )
    descriptor = exported_to / "datapackage.json"
    assert json.loads(descriptor.read_text())["simulated"] is True
    checked = Package.from_descriptor(str(descriptor)).validate()
    tables = {task.place for task in checked.tasks if task.type == "table"}
    files = {str(file.relative_to(exported_to)) for file in exported_to.rglob("*.parquet")}
    assert files - tables == {"stations_geo.parquet"}
    assert checked.valid, checked.flatten(["fieldName", "rowNumber", "note"])[:5]
    assert "SIMULATED DATA" in (exported_to / "README.md").read_text()


def test_without_a_setting_the_files_are_beside_the_stores(
    platform: Platform, tmp_path: Path, now: datetime
) -> None:
    assert platform.materialize("open_exports", keys=day_key(now)).success

    assert (tmp_path / "home/live/exports/README.md").is_file()


def test_a_partition_depends_on_the_hours_of_its_dates(platform: Platform) -> None:
    graph = platform.defs.resolve_asset_graph()
    facts, exports = dg.AssetKey("availability_facts"), dg.AssetKey("open_exports")
    partitions, parent = graph.get(exports).partitions_def, graph.get(facts).partitions_def
    assert isinstance(partitions, dg.DailyPartitionsDefinition)
    assert isinstance(parent, dg.HourlyPartitionsDefinition)
    key = partitions.get_partition_keys()[1]
    mapped = graph.get_partition_mapping(exports, facts)

    upstream = mapped.get_upstream_mapped_partitions_result_for_partitions(
        partitions.subset_with_partition_keys([key]), partitions, parent
    )

    day = Window.day(datetime.fromisoformat(key).replace(tzinfo=UTC))
    needed = {
        f"{hour:{parent.fmt}}" for date in dates_of(day) for hour in window_of_date(date).hours
    }
    existing = set(parent.get_partition_keys())
    assert needed & existing <= set(upstream.partitions_subset.get_partition_keys())


def asked_in_the_morning(platform: Platform, tick: datetime) -> list[tuple[str, str]]:
    """First and last day of the runs that the schedule asks for."""
    schedule = platform.defs.resolve_schedule_def("exports_daily")
    with dg.build_schedule_context(
        instance=platform.instance,
        scheduled_execution_time=tick,
        resources=dict(platform.defs.resources or {}),
    ) as context:
        requests = schedule.evaluate_tick(context).run_requests or []
    assert len({request.run_key for request in requests}) == len(requests)
    return [(request.tags[RANGE_START], request.tags[RANGE_END]) for request in requests]


def in_days(now: datetime, days: int) -> datetime:
    return (now + timedelta(days=days)).replace(hour=6, minute=25, second=0, microsecond=0)


def test_every_morning_exports_yesterday_and_no_day_before_the_first(
    platform: Platform, now: datetime
) -> None:
    yesterday, start = day_key(now - DAY), now - 2 * DAY

    assert asked_in_the_morning(platform, in_days(now, 0)) == [(yesterday, yesterday)]
    assert asked_in_the_morning(platform, in_days(start, 1)) == [(day_key(start), day_key(start))]
    assert asked_in_the_morning(platform, in_days(start, 0)) == []


@pytest.mark.slow
def test_dates_with_late_data_are_exported_again_however_old(
    platform_with_facts: Platform, tmp_path: Path, now: datetime
) -> None:
    platform = platform_with_facts.changed(settings={"export_url": f"{tmp_path}/first"})
    past = history(now)
    dates = dates_of(past)
    morning = in_days(now, 12)
    yesterday = (day_key(now + 11 * DAY),) * 2
    due = [(f"{dates[0]}", f"{dates[-1]}"), yesterday]

    assert asked_in_the_morning(platform, morning) == due

    assert platform.materialize("open_exports", keys=days_of_history(now)).success
    assert asked_in_the_morning(platform, morning) == [yesterday]

    hour = past.start + HOUR
    late = copy_of_a_snapshot(platform.lake, past, hour + timedelta(minutes=37))
    platform.lake.append(RAW_SNAPSHOTS, late)
    assert platform.materialize("availability_facts", keys=hour_key(hour)).success
    [changed] = dates_of(Window.hour(hour))
    assert asked_in_the_morning(platform, morning) == [(f"{changed}",) * 2, yesterday]

    assert platform.materialize("open_exports", keys=f"{changed}").success
    assert asked_in_the_morning(platform, morning) == [yesterday]

    assert platform.materialize("status_episodes", keys=f"{changed}").success
    # Its segments of the last two hours have the next date in Paris, if that is exported.
    touched = [f"{d}" for d in (changed, changed + DAY) if d in dates]
    assert asked_in_the_morning(platform, morning) == [(touched[0], touched[-1]), yesterday]
    assert platform.materialize("open_exports", keys=(touched[0], touched[-1])).success
    assert asked_in_the_morning(platform, morning) == [yesterday]

    elsewhere = platform.changed(settings={"export_url": f"{tmp_path}/second"})
    assert asked_in_the_morning(elsewhere, morning) == due


def test_a_schedule_asks_for_each_gapless_range_once() -> None:
    days = [START + n * DAY for n in (0, 1, 2, 5)]
    long = [START + n * DAY for n in range(40)]

    def asked(some: list[datetime]) -> list[tuple[str, str]]:
        return [(r.tags[RANGE_START], r.tags[RANGE_END]) for r in requests_for(some)]

    assert asked(days) == [("2026-11-01", "2026-11-03"), ("2026-11-06", "2026-11-06")]
    assert asked(long) == [("2026-11-01", "2026-12-01"), ("2026-12-02", "2026-12-10")]
