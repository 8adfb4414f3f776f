"""Properties of the facts, and their agreement with a slow second-by-second reading."""

from datetime import datetime, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from belib_weather.datasets import POINT_SECONDS, AvailabilityFact, WeatherHour
from belib_weather.transform.facts import availability_facts
from belib_weather.transform.intervals import intervals
from belib_weather.window import HOUR, Window
from belib_weather_tests.cleaned import one_source
from belib_weather_tests.examples import examples
from belib_weather_tests.unit.transform.polls import MARGIN, STATION_OF, frame, sightings
from belib_weather_tests.unit.transform.reference import Sighting, facts_of_hour, record_in_force

COUNTED = [
    "charge_points",
    "snapshots",
    *POINT_SECONDS,
    "any_observed_seconds",
    "any_available_seconds",
    "full_seconds",
]


def facts(records: pl.DataFrame, window: Window) -> pl.DataFrame:
    return availability_facts(
        records,
        window=window,
        weather=WeatherHour.create_empty(),
        newest_snapshot=None,
        sources=one_source(window, "test"),
    )


def window_of(start: datetime, hours: int) -> Window:
    return Window(start, start + hours * HOUR)


@examples(150)
@given(sightings(hours=1))
def test_facts_equal_a_count_of_every_single_second(
    drawn: tuple[datetime, list[Sighting]],
) -> None:
    start, records = drawn
    expected = facts_of_hour(records, STATION_OF, int(start.timestamp()))
    got = facts(frame(records), window_of(start, 1))
    assert {row["station_id"]: {name: row[name] for name in COUNTED} for row in got.to_dicts()} == (
        expected
    )


@examples(100)
@given(sightings(hours=3))
def test_seconds_add_up_and_station_seconds_nest(drawn: tuple[datetime, list[Sighting]]) -> None:
    start, records = drawn
    got = facts(frame(records), window_of(start, 3))
    AvailabilityFact.validate(got)
    assert (
        (got.select(pl.sum_horizontal(POINT_SECONDS) - pl.col("charge_points") * 3600) == 0)
        .to_series()
        .all()
    )
    most = pl.max_horizontal("any_available_seconds", "full_seconds")
    assert got.select(most <= pl.col("any_observed_seconds")).to_series().all()


@examples(40)
@given(sightings(hours=3), st.integers(0, 99))
def test_order_and_repetition_of_sightings_change_nothing(
    drawn: tuple[datetime, list[Sighting]], seed: int
) -> None:
    start, records = drawn
    window = window_of(start, 3)
    expected = facts(frame(records), window)
    assert_frame_equal(facts(frame(records, shuffled_by=seed), window), expected)
    assert_frame_equal(facts(frame(records + records[::2], shuffled_by=seed), window), expected)


@examples(40)
@given(sightings(hours=4))
def test_an_hour_needs_the_half_hours_around_it_and_nothing_else(
    drawn: tuple[datetime, list[Sighting]],
) -> None:
    start, records = drawn
    whole = facts(frame(records), window_of(start, 4))
    parts = []
    for hour in window_of(start, 4).hours:
        second = int(hour.timestamp())
        near = [s for s in records if second - MARGIN < s.second < second + 3600 + MARGIN]
        parts.append(facts(frame(near), Window.hour(hour)))
    assert_frame_equal(pl.concat(parts).sort("station_id", "hour"), whole)


@examples(100)
@given(sightings(hours=2), st.integers(0, 6000), st.integers(1, 5000))
def test_intervals_are_maximal_disjoint_and_clipped(
    drawn: tuple[datetime, list[Sighting]], after: int, length: int
) -> None:
    start, records = drawn
    window = Window(start + timedelta(seconds=after), start + timedelta(seconds=after + length))
    pieces = intervals(frame(records), window)
    low, high = int(window.start.timestamp()), int(window.end.timestamp())
    assert pieces.select(pl.col("start") < pl.col("end")).to_series().all()
    assert (
        pieces.select(pl.col("start") >= low, pl.col("end") <= high)
        .select(pl.all_horizontal(pl.all()))
        .to_series()
        .all()
    )
    for one, other in zip(pieces.to_dicts(), pieces.to_dicts()[1:], strict=False):
        if one["charge_point_id"] == other["charge_point_id"]:
            assert one["end"] <= other["start"]
            joined = one["end"] == other["start"]
            assert not joined or (one["status"], one["is_stale"]) != (
                other["status"],
                other["is_stale"],
            )


@examples(60)
@given(sightings(hours=1), st.integers(-MARGIN, 3600 + MARGIN))
def test_intervals_hold_the_record_in_force_at_any_second(
    drawn: tuple[datetime, list[Sighting]], offset: int
) -> None:
    start, records = drawn
    x = int(start.timestamp()) + offset
    margin = timedelta(seconds=MARGIN)
    pieces = intervals(frame(records), window_of(start, 1).widened(margin, margin + HOUR))
    in_force = pieces.filter((pl.col("start") <= x) & (x < pl.col("end")))
    expected = {}
    for point in {s.point for s in records}:
        record = record_in_force([s for s in records if s.point == point], x)
        if record is not None:
            expected[point] = (
                record.status,
                record.updated is None or x >= record.updated + 93_600,
            )
    got = {p: (status, stale) for p, _, _, status, stale in in_force.iter_rows()}
    assert got == expected


@examples(60)
@given(sightings(hours=2), st.integers(0, 27), st.integers(1, 299))
def test_another_sighting_of_an_unchanged_record_changes_no_second(
    drawn: tuple[datetime, list[Sighting]], index: int, later: int
) -> None:
    start, records = drawn
    pairs = [
        (a, b)
        for a in records
        for b in records
        if (a.point, a.status, a.updated) == (b.point, b.status, b.updated)
        and a.second < b.second <= a.second + MARGIN
        and not any(
            a.second <= s.second <= b.second
            for s in records
            if s.point == a.point and s not in (a, b)
        )
    ]
    if not pairs:
        return
    a, b = pairs[index % len(pairs)]
    between = Sighting(a.point, min(a.second + later, b.second), a.status, a.updated)
    window = window_of(start, 2)
    assert_frame_equal(
        intervals(frame([*records, between]), window), intervals(frame(records), window)
    )
