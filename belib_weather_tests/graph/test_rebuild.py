"""Everything after raw can be made again: in any order, any range, twice, and at once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import dagster as dg
import polars as pl
import pytest

from belib_weather.assets.late_hours import differing_hours
from belib_weather.partitions import hour_key
from belib_weather.search.projections import AVAILABILITY_INDEX
from belib_weather.warehouse.tables import AVAILABILITY_FACTS, CHARGE_POINTS, STATIONS
from belib_weather.window import Window
from belib_weather_tests.graph.conftest import DOWNSTREAM, Platform, history, keys_of


def rows(platform: Platform, window: Window) -> pl.DataFrame:
    return platform.warehouse.read(AVAILABILITY_FACTS, window)


@pytest.fixture
def expected(platform_with_facts: Platform, now: datetime) -> pl.DataFrame:
    """The facts of the six hours, made as one range."""
    first = rows(platform_with_facts, history(now))
    assert first.height > 0
    assert first["unobserved_seconds"].sum() > 0  # before the first and after the last snapshot
    return first


@pytest.mark.slow
def test_one_by_one_in_reverse_gives_the_same_rows(
    platform_with_facts: Platform, expected: pl.DataFrame, now: datetime
) -> None:
    past = history(now)
    last = Window(past.end - timedelta(hours=3), past.end)
    with platform_with_facts.warehouse.locked(AVAILABILITY_FACTS, last) as transaction:
        transaction.replace(AVAILABILITY_FACTS, expected.clear(), last)

    for hour in reversed(last.hours):
        assert platform_with_facts.materialize(*DOWNSTREAM, keys=hour_key(hour)).success

    assert rows(platform_with_facts, past).equals(expected)


def test_twice_and_in_parts_gives_the_same_rows_and_documents(
    platform_with_facts: Platform, expected: pl.DataFrame, now: datetime
) -> None:
    platform, past = platform_with_facts, history(now)
    middle = past.start + timedelta(hours=2)

    for part in (Window(middle, past.end), Window(past.start, middle), past):
        assert platform.materialize(*DOWNSTREAM, keys=keys_of(part)).success

    assert rows(platform, past).equals(expected)
    counts = platform.search.count(AVAILABILITY_INDEX, past)
    by_hour = expected.group_by("hour").len().sort("hour")
    assert counts["count"].to_list() == by_hour["len"].to_list()


def test_two_runs_at_once_on_the_same_hours_give_the_same_rows(
    platform_with_facts: Platform, expected: pl.DataFrame, now: datetime
) -> None:
    platform, past = platform_with_facts, history(now)

    def run(_: int) -> bool:
        # Each with records of its own, as Dagster's in memory are not for two at once.
        with dg.DagsterInstance.ephemeral() as instance:
            alone = replace(platform, instance=instance)
            return alone.materialize(*DOWNSTREAM, keys=keys_of(past)).success

    with ThreadPoolExecutor(2) as threads:
        assert all(threads.map(run, range(2)))

    assert rows(platform, past).equals(expected)
    counts = platform.search.count(AVAILABILITY_INDEX, past)
    assert counts["count"].sum() == expected.height


def test_dimensions_rebuilt_from_raw_are_the_same(
    platform_with_history: Platform, now: datetime
) -> None:
    platform = platform_with_history
    assert platform.materialize("charge_points", "stations").success
    points, stations = map(platform.warehouse.read, (CHARGE_POINTS, STATIONS))
    for table, frame in ((CHARGE_POINTS, points), (STATIONS, stations)):
        with platform.warehouse.locked(table) as transaction:
            transaction.upsert(table, frame.clear())

    assert platform.materialize("charge_points", "stations").success

    assert platform.warehouse.read(CHARGE_POINTS).equals(points)
    assert platform.warehouse.read(STATIONS).equals(stations)


def test_materialized_hours_match_their_input_hashes(
    platform_with_facts: Platform, expected: pl.DataFrame, now: datetime
) -> None:
    differing = differing_hours(
        platform_with_facts.lake, platform_with_facts.warehouse, history(now)
    )

    assert differing.is_empty()


def test_every_partition_of_a_range_gets_its_own_check_result(
    platform_with_history: Platform, now: datetime
) -> None:
    import dagster as dg

    platform, past = platform_with_history, history(now)
    assert platform.materialize(*DOWNSTREAM, keys=keys_of(past)).success

    for asset, check in (
        ("availability_facts", "seconds_add_up"),
        ("availability_facts", "weather_joined"),
        ("availability_index", "counts_agree"),
    ):
        history_of_check = platform.instance.event_log_storage.get_asset_check_execution_history(
            dg.AssetCheckKey(dg.AssetKey(asset), check), limit=50
        )
        statuses = {record.partition: record.status.value for record in history_of_check}
        assert {statuses[hour_key(hour)] for hour in past.hours} == {"SUCCEEDED"}
