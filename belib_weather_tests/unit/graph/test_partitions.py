"""Partitions are UTC hours and days; a run that names others is refused."""

from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from belib_weather.automation.live import RANGE_END, RANGE_START, hours_of_tick
from belib_weather.partitions import PartitionError, Partitions, day_key, hour_key, window_of
from belib_weather.window import Window

PARTITIONS = Partitions.since(datetime(2026, 3, 1, 5, 30, tzinfo=UTC))
SEEN: list[Window] = []


@dg.asset(partitions_def=PARTITIONS.hourly, backfill_policy=dg.BackfillPolicy.single_run())
def hourly(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    SEEN.append(window_of(context))
    return dg.MaterializeResult()


@dg.asset(partitions_def=PARTITIONS.daily, backfill_policy=dg.BackfillPolicy.single_run())
def daily(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    SEEN.append(window_of(context))
    return dg.MaterializeResult()


def run(first: str, last: str, asset: dg.AssetsDefinition = hourly) -> Window:
    assert dg.materialize([asset], tags={RANGE_START: first, RANGE_END: last}).success
    return SEEN[-1]


def test_a_range_becomes_its_window() -> None:
    assert run("2026-03-02-22:00", "2026-03-03-01:00") == Window(
        datetime(2026, 3, 2, 22, tzinfo=UTC), datetime(2026, 3, 3, 2, tzinfo=UTC)
    )
    assert run("2026-03-02", "2026-03-04", daily) == Window(
        datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 5, tzinfo=UTC)
    )


def test_the_current_hour_and_day_exist_and_the_next_do_not() -> None:
    now = datetime.now(UTC)
    assert run(hour_key(now), hour_key(now)).start <= now
    for key, asset in (
        (hour_key(now + timedelta(hours=2)), hourly),
        (day_key(now + timedelta(days=2)), daily),
    ):
        with pytest.raises(PartitionError, match="there is no partition"):
            run(key, key, asset)


@pytest.mark.long
@pytest.mark.parametrize(
    ("first", "last", "message"),
    [
        ("2031-01-01-00:00", "2031-01-01-03:00", "there is no partition"),
        ("2026-02-01-00:00", "2026-03-02-00:00", "BELIB_START"),
        ("2026-03-03-00:00", "2026-03-02-00:00", "reversed"),
        ("2026-03-02-00:30", "2026-03-02-03:00", "there is no partition"),
    ],
)
def test_a_range_that_does_not_exist_is_refused(first: str, last: str, message: str) -> None:
    with pytest.raises(PartitionError, match=message):
        run(first, last)


@pytest.mark.parametrize("key", ["2026-03-02-00:30", "2031-01-01-00:00", "2026-02-28-23:00"])
def test_a_single_partition_that_does_not_exist_is_refused(key: str) -> None:
    with pytest.raises(
        dg.DagsterError, match=r"there is no partition|[Cc]ould not find a partition"
    ):
        dg.materialize([hourly], partition_key=key)


@pytest.mark.long
@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_days_on_which_the_clock_changes_have_24_hours(day: str) -> None:
    keys = PARTITIONS.hourly.get_partition_keys(datetime(2026, 12, 1, tzinfo=UTC))

    assert len({key for key in keys if key.startswith(day)}) == 24
    assert len(run(f"{day}-00:00", f"{day}-23:00").hours) == 24
    assert len(run(day, day, daily).hours) == 24


def test_the_start_is_floored_to_its_day() -> None:
    assert PARTITIONS.hourly.get_first_partition_key() == "2026-03-01-00:00"
    assert PARTITIONS.daily.get_first_partition_key() == "2026-03-01"


@pytest.mark.parametrize(
    ("newest", "expected"),
    [
        (None, ["10"]),
        ("10:25", ["10"]),
        ("09:55", ["09", "10"]),
        ("08:55", ["10"]),
    ],
)
def test_a_tick_closes_the_hour_before_until_a_newer_snapshot_is_stored(
    newest: str | None, expected: list[str]
) -> None:
    stored = datetime.fromisoformat(f"2026-03-05T{newest}:00+00:00") if newest else None

    window = hours_of_tick(datetime(2026, 3, 5, 10, 30, tzinfo=UTC), stored)

    assert [f"{hour:%H}" for hour in window.hours] == expected


@pytest.mark.parametrize(("minutes_ago", "hours"), [(20, 1), (31, 2), (300, 2)])
def test_a_tick_also_covers_the_hour_that_the_spool_will_complete(
    minutes_ago: int, hours: int
) -> None:
    tick = datetime(2026, 3, 5, 10, 30, tzinfo=UTC)
    window = hours_of_tick(tick, tick, tick - timedelta(minutes=minutes_ago))
    assert len(window.hours) == hours
    assert window.end == datetime(2026, 3, 5, 11, tzinfo=UTC)
