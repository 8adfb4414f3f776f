"""Reliability of stations by weeks and months of Paris."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from belib_weather.transform.outages import outages
from belib_weather.transform.reliability import Period, periods_of, reliability
from belib_weather.vocabulary import PeriodKind
from belib_weather_tests.examples import examples
from belib_weather_tests.unit.transform.outage_reference import (
    START,
    TICK,
    Row,
    Timeline,
    at,
    outages_of,
    seconds_of,
    segments_of,
    station,
)

WEEKS = [Period(PeriodKind.WEEK, date(2026, 11, day)) for day in (2, 9)]
BOUNDARY = 276
"""The tick at which the second week begins: 23:00 UTC."""


def listed(points: dict[str, Timeline], since: datetime = START) -> pl.DataFrame:
    """`ChargePoint` rows, as far as they are read."""
    rows = [(point, "S", since, None) for point in points]
    instant = pl.Datetime("us", "UTC")
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "charge_point_id": pl.String,
        "station_id": pl.String,
        "valid_from": instant,
        "valid_to": instant,
    }
    return pl.DataFrame(rows, schema, orient="row")


def counts_of(rows: list[Row], begin: int, end: int) -> dict[str, object]:
    """The counts of a period from rows of outages, all in ticks."""
    out = [row for row in rows if row.down_from is not None]
    begun = [row for row in out if row.is_begun and begin <= row.begin < end]
    silent = [row for row in rows if row.down_from is None and row.is_begun]
    already = {row.outage_of for row in out if not row.is_begun and begin <= row.begin < end}
    lengths = [min(row.end, end) - max(row.down_from or 0, begin) for row in out]
    last = max(begun, key=lambda row: row.begin, default=None)
    return {
        "outages_begun": len(begun),
        "outages_ended": sum(r.end_kind == "returned" and begin <= r.end < end for r in out),
        "outages_carried_in": sum(row.begin < begin < row.end for row in out),
        "points_already_out": len(already),
        "silences_begun": sum(begin <= row.begin < end for row in silent),
        "longest_outage_seconds": max((n * TICK for n in lengths if n > 0), default=None),
        "last_begun_at": None if last is None else at(last.begin),
    }


@given(station(), st.dictionaries(st.sampled_from("abcd"), st.sampled_from([1, 100, 400])))
@examples(30)
def test_a_week_equals_a_tick_by_tick_reference(
    points: dict[str, Timeline], ages: dict[str, int]
) -> None:
    segments = segments_of(points, ages=ages)
    last = max((n + 1 for line in points.values() for n, s in enumerate(line) if s), default=1)
    rows = outages(segments, at(last))
    for week, begin, end in ((WEEKS[0], 0, min(BOUNDARY, last)), (WEEKS[1], BOUNDARY, last)):
        if begin >= end:
            continue
        days = week.days_read
        read = segments.filter(pl.col("started_at").is_between(days.start, days.end, "left"))
        computed = reliability(week, read, listed(points), rows, at(last))
        expected: dict[str, object] = counts_of(outages_of(points, ages=ages), begin, end)
        each = [seconds_of(line, ages.get(p, 0), begin, end) for p, line in points.items()]
        expected |= {name: sum(one[name] for one in each) for name in each[0]}
        expected |= {"station_id": "S", "charge_points": len(points), "made_to": at(end)}
        assert {name: computed[name].item() for name in expected} == expected


def test_points_count_from_the_day_on_which_they_are_listed_and_without_segments_too() -> None:
    points: dict[str, Timeline] = {"a": ["available"] * 600, "b": []}
    later = listed(points, START + timedelta(days=1))
    [week] = reliability(WEEKS[1], segments_of(points), later, no_outages(), at(600)).iter_rows(
        named=True
    )
    # Monday, 9 November begins at 23:00 UTC on the 8th; both points are listed from midnight UTC.
    assert week["charge_points"] == 2
    assert week["up_seconds"] == (600 - BOUNDARY) * TICK
    assert week["unobserved_seconds"] == (600 - 288) * TICK


def test_a_week_and_a_month_end_with_their_last_day_in_paris() -> None:
    summer = Period(PeriodKind.MONTH, date(2026, 10, 1)).window
    assert summer.start == datetime(2026, 9, 30, 22, tzinfo=UTC)
    assert summer.end == datetime(2026, 10, 31, 23, tzinfo=UTC)
    week = Period(PeriodKind.WEEK, date(2026, 10, 19)).window
    assert (week.end - week.start) == timedelta(days=7, hours=1)


def test_every_date_has_its_week_and_its_month() -> None:
    assert [
        (period.kind, period.starts_on)
        for period in periods_of(date(2026, 10, 31), date(2026, 11, 2))
    ] == [
        ("month", date(2026, 10, 1)),
        ("month", date(2026, 11, 1)),
        ("week", date(2026, 10, 26)),
        ("week", date(2026, 11, 2)),
    ]


def test_a_period_after_the_observed_time_has_no_rows() -> None:
    points: dict[str, Timeline] = {"a": ["available"] * 100}
    with pytest.raises(ValueError, match="begins"):
        reliability(WEEKS[1], segments_of(points), listed(points), no_outages(), at(100))


def no_outages() -> pl.DataFrame:
    """No rows of `outages`."""
    return outages(segments_of({"a": []}), START)
