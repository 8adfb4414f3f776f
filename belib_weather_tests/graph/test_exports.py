"""From the facts to the files, through Dagster."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from belib_weather.dates import dates_of, window_of_date
from belib_weather.definitions import build_defs
from belib_weather.partitions import day_key
from belib_weather.settings import load_settings
from belib_weather.window import DAY, Window
from belib_weather_tests.graph.conftest import Platform, history, keys_of

START = datetime(2026, 11, 1, tzinfo=UTC)


def days_of_history(now: datetime) -> tuple[str, str]:
    past = history(now)
    return day_key(past.start), day_key(past.end - timedelta(hours=1))


def test_the_asset_writes_the_dates_that_its_days_touch(
    platform_with_history: Platform,
    environment: pytest.MonkeyPatch,
    tmp_path: Path,
    now: datetime,
) -> None:
    environment.setenv("BELIB_EXPORT_URL", f"{tmp_path}")
    platform, (first, last) = platform_with_history, days_of_history(now)
    assert platform.materialize("availability_facts", keys=keys_of(history(now))).success

    result = platform.materialize("open_exports", keys=(first, last))

    assert result.success
    start = datetime.fromisoformat(first).replace(tzinfo=UTC)
    days = Window(start, datetime.fromisoformat(last).replace(tzinfo=UTC) + DAY)
    exported = {file.stem: pl.read_csv(file) for file in tmp_path.rglob("availability/csv/*.csv")}
    for date in dates_of(days):
        rows = platform.warehouse.read("availability_facts", window_of_date(date))
        assert exported.get(f"{date}", rows.clear()).height == rows.height
    assert sum(frame.height for frame in exported.values()) > 0
    events = result.asset_materializations_for_node("open_exports")
    assert {event.partition for event in events} == {f"{day:%Y-%m-%d}" for day in days.days}
    for event in events:
        assert event.metadata["path"] == dg.MetadataValue.path(str(tmp_path))
        own = exported.get(str(event.partition))
        assert event.metadata["dagster/partition_row_count"].value == (
            own.height if own is not None else 0
        )
    assert json.loads((tmp_path / "datapackage.json").read_text())["simulated"] is True
    assert "SIMULATED DATA" in (tmp_path / "README.md").read_text()


def test_without_a_setting_the_files_are_beside_the_stores(
    platform: Platform, environment: pytest.MonkeyPatch, tmp_path: Path, now: datetime
) -> None:
    environment.setenv("BELIB_HOME", f"{tmp_path}/home")

    assert platform.materialize("open_exports", keys=day_key(now)).success

    assert (tmp_path / "home/live/exports/README.md").is_file()


def test_a_partition_depends_on_the_hours_of_its_dates(platform: Platform) -> None:
    graph = build_defs().resolve_asset_graph()
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


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-24T06:25", ("2026-11-18", "2026-11-23")),
        ("2026-11-03T06:25", ("2026-11-01", "2026-11-02")),
        ("2026-11-01T06:25", None),
    ],
)
def test_every_morning_brings_yesterday_and_the_days_whose_weather_was_revised(
    now: str, expected: tuple[str, str] | None
) -> None:
    defs = build_defs(load_settings(start=START.date()))
    schedule = defs.resolve_schedule_def("exports_daily")
    tick = datetime.fromisoformat(now).replace(tzinfo=UTC)

    data = schedule.evaluate_tick(dg.build_schedule_context(scheduled_execution_time=tick))

    asked = [
        (
            request.tags["dagster/asset_partition_range_start"],
            request.tags["dagster/asset_partition_range_end"],
        )
        for request in data.run_requests or []
    ]
    assert asked == ([expected] if expected else [])
