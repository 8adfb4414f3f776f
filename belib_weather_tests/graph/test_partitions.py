"""Partitions are UTC hours and days; a run that names others is refused."""

from datetime import UTC, datetime

import dagster as dg
import pytest

from belib_weather.automation.live import RANGE_END, RANGE_START, hours_of_tick
from belib_weather.partitions import PartitionError, Partitions, window_of
from belib_weather.window import Window

PARTITIONS = Partitions.since(datetime(2026, 3, 1, 5, 30, tzinfo=UTC))
SEEN: list[Window] = []


@dg.asset(partitions_def=PARTITIONS.hourly, backfill_policy=dg.BackfillPolicy.single_run())
def hourly(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    SEEN.append(window_of(context))
    return dg.MaterializeResult()


def run(first: str, last: str) -> Window:
    result = dg.materialize([hourly], tags={RANGE_START: first, RANGE_END: last})
    assert result.success
    return SEEN[-1]


def test_a_range_becomes_its_window() -> None:
    assert run("2026-03-02-22:00", "2026-03-03-01:00") == Window(
        datetime(2026, 3, 2, 22, tzinfo=UTC), datetime(2026, 3, 3, 2, tzinfo=UTC)
    )


@pytest.mark.parametrize(
    ("first", "last", "message"),
    [
        ("2031-01-01-00:00", "2031-01-01-03:00", "there is no partition"),
        ("2026-02-01-00:00", "2026-03-02-00:00", "BELIB_START"),
        ("2026-03-03-00:00", "2026-03-02-00:00", "reversed"),
    ],
)
def test_a_range_that_does_not_exist_is_refused(first: str, last: str, message: str) -> None:
    with pytest.raises((PartitionError, dg.DagsterError), match=message):
        run(first, last)


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_days_on_which_the_clock_changes_have_24_hours(day: str) -> None:
    keys = PARTITIONS.hourly.get_partition_keys(datetime(2026, 12, 1, tzinfo=UTC))

    assert len({key for key in keys if key.startswith(day)}) == 24


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
