"""States at instants, against small cases worked out by hand."""

from datetime import UTC, datetime, timedelta

import polars as pl

from belib_weather.formats.realtime import SIGHTINGS
from belib_weather.transform.instants import (
    QUARTER,
    SEGMENTS,
    point_states,
    segments_until,
    station_states_at,
)
from belib_weather.window import Window, second_of

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
A, B = "FR*V75*EPX08*11*1", "FR*V75*EPX08*11*2"
STATION = "FR*V75*PPX08*11"


def at(clock: str) -> datetime:
    hour, minute, second = map(int, clock.split(":"))
    return NOON.replace(hour=hour, minute=minute, second=second)


def segments(*rows: tuple[str, str, str, str, bool]) -> pl.DataFrame:
    segments = [
        (point, STATION, at(s), at(e), status, stale) for point, s, e, status, stale in rows
    ]
    return pl.DataFrame(segments, schema=list(SEGMENTS), orient="row")


def test_an_instant_has_the_state_of_the_segment_that_holds_it() -> None:
    """A segment holds its first second and not its end; between segments nothing is known."""
    found = segments(
        (A, "11:50:00", "12:15:00", "available", False),
        (A, "12:15:00", "12:29:59", "occupied", False),
        (A, "12:45:00", "13:00:01", "available", True),
        (B, "12:00:01", "12:30:00", "out_of_order", False),
        (B, "12:30:00", "12:30:01", "reserved", False),
    )

    points = point_states(found, Window(NOON, NOON + timedelta(hours=1)))

    assert points.drop("station_id").rows() == [
        (A, at("12:00:00"), True, True),
        (A, at("12:15:00"), False, True),
        (A, at("12:45:00"), False, False),  # stale: never counted as available
        (B, at("12:15:00"), False, False),
        (B, at("12:30:00"), False, True),
    ]


def test_a_station_has_a_free_point_where_one_of_its_observed_points_is() -> None:
    found = segments(
        (A, "12:00:00", "12:20:00", "occupied", False),
        (B, "12:00:00", "12:10:00", "available", False),
        (B, "12:30:00", "12:40:00", "out_of_order", False),
    )
    window = Window(NOON, NOON + timedelta(hours=1))

    assert station_states_at(point_states(found, window)).rows() == [
        (STATION, at("12:00:00"), True, True, 1),
        (STATION, at("12:15:00"), False, True, 0),
        (STATION, at("12:30:00"), False, False, 0),
    ]


def test_the_state_at_an_origin_uses_only_earlier_sightings() -> None:
    """The newest sighting counts for half an hour; one after the origin counts for nothing."""
    stamp = second_of(at("10:00:00"))
    rows_of_sightings = [
        (A, at("11:30:00"), "available"),
        (A, at("11:57:00"), "occupied"),
        (A, at("12:02:00"), "available"),
        (B, at("11:30:00"), "available"),
    ]
    rows = [(point, second_of(time), status, stamp) for point, time, status in rows_of_sightings]
    sightings = pl.DataFrame(rows, schema=SIGHTINGS, orient="row")

    known = segments_until(sightings, at("11:00:00"), NOON)
    states = point_states(known, Window(at("11:30:00"), NOON + QUARTER))

    assert states.select("charge_point_id", "time", "is_available").rows() == [
        (A, at("11:30:00"), True),
        (A, at("11:45:00"), True),
        (A, at("12:00:00"), False),
    ]
