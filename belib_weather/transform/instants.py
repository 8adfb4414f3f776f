"""States at instants: what was available when, on a regular grid, from segments of status.

What belongs here: which segment covers which instant, for charge points and for stations. What does
not: segments themselves (`episodes`, `intervals`), forecasts (`forecast`). An instant in no segment
was not observed. Definitions: docs/metrics.md.
"""

from datetime import datetime, timedelta

import polars as pl

from belib_weather.networks import NETWORK
from belib_weather.transform.intervals import intervals
from belib_weather.vocabulary import GAP_LIMIT_SECONDS, Status
from belib_weather.window import Window, second_of

QUARTER = timedelta(minutes=15)
SEGMENTS = ("charge_point_id", "station_id", "started_at", "ended_at", "status", "is_stale")
"""Columns of a segment that are used."""
_IN_SERVICE = (Status.AVAILABLE, Status.OCCUPIED, Status.RESERVED)


def point_states(
    segments: pl.DataFrame, window: Window, every: timedelta = QUARTER
) -> pl.DataFrame:
    """The state of every charge point at instants at which it was observed.

    Args:
        segments: `SEGMENTS`, of each point without overlap.
        window: the instants are its start, and what follows it by multiples of `every`.
        every: step between two instants.

    Returns:
        `charge_point_id`, `station_id`, `time`, `is_available` (freshly available),
        `in_service` (freshly available, occupied or reserved); by point and time. An instant at
        which a point was not observed has no row.
    """
    covered = covered_instants(segments, window, every, "charge_point_id", "station_id")
    step = int(every.total_seconds())
    time = pl.lit(window.start) + pl.duration(seconds=pl.col("number") * step)
    return covered.select(
        "charge_point_id",
        "station_id",
        time.cast(pl.Datetime("us", "UTC")).alias("time"),
        "is_available",
        "in_service",
    ).sort("charge_point_id", "time")


def station_states_at(points: pl.DataFrame) -> pl.DataFrame:
    """The state of every station at instants at which some point of it was observed.

    Args:
        points: rows of `point_states`.

    Returns:
        `station_id`, `time`, `is_available` (at least one point is), `in_service` (the same),
        `free_points`; by station and time.
    """
    return (
        points.group_by("station_id", "time")
        .agg(
            pl.col("is_available", "in_service").any(),
            pl.col("is_available").sum().cast(pl.Int32).alias("free_points"),
        )
        .sort("station_id", "time")
    )


def segments_until(sightings: pl.DataFrame, since: datetime, origin: datetime) -> pl.DataFrame:
    """Segments of the time just before an origin, from sightings up to it alone.

    At the origin the newest sighting of each point counts, as long as no gap has passed: what
    follows it is not known then.

    Args:
        sightings: by `SIGHTINGS`, from 30 minutes before `since` on; those after the origin are
            left out.
        since: from when on.
        origin: the instant of the states.

    Returns:
        `SEGMENTS` that cover [since, origin].
    """
    now = second_of(origin)
    known = sightings.filter(pl.col("second") <= now)
    newest = (
        known.filter(pl.col("second") > now - GAP_LIMIT_SECONDS)
        .sort("second", maintain_order=True)
        .unique("charge_point_id", keep="last", maintain_order=True)
        .with_columns(pl.lit(now + 1, pl.Int64).alias("second"))
    )
    window = Window(since, origin + timedelta(seconds=1))
    instant = pl.Datetime("us", "UTC")
    return intervals(pl.concat([known, newest]), window).select(
        "charge_point_id",
        NETWORK.station_id(pl.col("charge_point_id")).alias("station_id"),
        pl.from_epoch("start").cast(instant).alias("started_at"),
        pl.from_epoch("end").cast(instant).alias("ended_at"),
        "status",
        "is_stale",
    )


def covered_instants(
    segments: pl.DataFrame, window: Window, every: timedelta, *names: str
) -> pl.DataFrame:
    """Columns `names` of segments, for each instant that a segment holds.

    Returns:
        `names`, `number` of the instant (0 is the window's start), `is_available`, `in_service`.
    """
    start, step = second_of(window.start), int(every.total_seconds())
    begin = pl.col("started_at").dt.epoch("s") - start
    end = pl.col("ended_at").dt.epoch("s") - start
    is_fresh = ~pl.col("is_stale")
    status = pl.col("status").cast(pl.String)
    return (
        segments.select(
            *names,
            # Whole steps, rounded up: an instant at the begin is covered, one at the end is not.
            (-((-begin) // step)).clip(lower_bound=0).alias("first"),
            (-((-end) // step)).clip(upper_bound=instants_in(window, every)).alias("stop"),
            (is_fresh & (status == Status.AVAILABLE)).alias("is_available"),
            (is_fresh & status.is_in(_IN_SERVICE)).alias("in_service"),
        )
        .filter(pl.col("first") < pl.col("stop"))
        .with_columns(pl.int_ranges("first", "stop").alias("number"))
        .drop("first", "stop")
        .explode("number")
    )


def instants_in(window: Window, every: timedelta = QUARTER) -> int:
    """How many instants lie in a window: its start, and what follows it by multiples."""
    return -(-int((window.end - window.start).total_seconds()) // int(every.total_seconds()))
