"""What becomes of accepted bodies: every frame that goes to a store."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from polars.testing import assert_frame_equal

from belib_weather.datasets import Station, WeatherHour
from belib_weather.formats.batches import Snapshot
from belib_weather.formats.realtime import PLACES, read_realtime
from belib_weather.formats.snapshots import read_places, read_sightings
from belib_weather.formats.static import read_static
from belib_weather.formats.weather import read_weather
from belib_weather.transform.charge_points import charge_points
from belib_weather.transform.facts import availability_facts
from belib_weather.transform.states import current_points, station_states
from belib_weather.transform.stations import stations
from belib_weather.transform.stretches import (
    DAY_SECONDS,
    FEED,
    STATIC,
    by_day,
    joined,
    with_days,
)
from belib_weather.transform.weather import best_weather
from belib_weather.window import HOUR, Window, floor_hour, second_of

SOURCE = "opendata_paris/realtime"


@dataclass(frozen=True)
class CleanSnapshot:
    """A snapshot after cleaning, each frame as its store takes it."""

    facts: pl.DataFrame
    points: pl.DataFrame
    stations: pl.DataFrame
    states: pl.DataFrame
    current: pl.DataFrame


def one_source(window: Window, source: str) -> pl.DataFrame:
    """The sources of a window of which every hour has the same one."""
    hours = pl.DataFrame({"hour": window.hours}, schema={"hour": pl.Datetime("us", "UTC")})
    return hours.with_columns(pl.lit(source).alias("source"))


@dataclass(frozen=True)
class Dimensions:
    """All versions of charge points and of stations."""

    points: pl.DataFrame
    stations: pl.DataFrame


def dimensions_of(
    snapshots: Mapping[datetime, bytes], static: Mapping[datetime, bytes] | None = None
) -> Dimensions:
    """The dimensions of bodies, each with its capture time, read all at once."""
    read = read_places(Snapshot(at, snapshots[at]) for at in sorted(snapshots))
    records = {at: read_static(body).records for at, body in sorted((static or {}).items())}
    return _dimensions(
        [by_day(batch.good, FEED) for batch in read],
        [by_day(_captured(one, at), STATIC) for at, one in records.items()],
        [second_of(at) // DAY_SECONDS for at in snapshots],
        [second_of(at) // DAY_SECONDS for at in records],
    )


def _captured(records: pl.DataFrame, at: datetime) -> pl.DataFrame:
    return records.with_columns(pl.lit(second_of(at), pl.Int64).alias("second"))


def _dimensions(
    feed: list[pl.DataFrame], static: list[pl.DataFrame], polled: list[int], listed: list[int]
) -> Dimensions:
    days = sorted(set(polled))
    points = charge_points(
        with_days(FEED.none(), joined(feed, FEED), days, days, FEED),
        with_days(STATIC.none(), joined(static, STATIC), listed, sorted(set(listed)), STATIC),
        days,
    )
    return Dimensions(points, stations(points))


def clean_snapshot(body: bytes, captured_at: datetime) -> CleanSnapshot:
    """Clean a body alone and in a batch: both have to give the same."""
    twice = [Snapshot(captured_at, body), Snapshot(captured_at + HOUR, body)]
    sightings, [places] = read_sightings(twice), read_places(twice[:1])
    assert not sightings.unreadable
    assert not places.unreadable
    parsed = read_realtime(body)
    second = int(captured_at.timestamp())
    seen = sightings.good.filter(pl.col("second") == second)
    assert_frame_equal(seen, parsed.sightings(captured_at))
    assert_frame_equal(places.good, parsed.places(captured_at))
    known = dimensions_of({captured_at: body})
    return CleanSnapshot(
        facts=availability_facts(
            seen,
            window=Window.hour(floor_hour(captured_at)),
            weather=WeatherHour.create_empty(),
            newest_snapshot=captured_at,
            sources=one_source(Window.hour(floor_hour(captured_at)), SOURCE),
        ),
        points=known.points,
        stations=known.stations,
        states=station_states(seen, known.stations, captured_at, SOURCE),
        current=current_points(seen, parsed.points(captured_at), captured_at, SOURCE),
    )


def clean_snapshots(bodies: Mapping[datetime, bytes], window: Window) -> CleanSnapshot:
    """Clean many bodies at once: the facts of all, and what any of them says of a point."""
    snapshots = [Snapshot(at, body) for at, body in bodies.items()]
    sightings = read_sightings(snapshots)
    assert not sightings.unreadable
    known, newest = dimensions_of(bodies), max(bodies)
    once = pl.concat(read_realtime(one.body).points(one.captured_at) for one in snapshots).unique(
        "charge_point_id", maintain_order=True
    )
    return CleanSnapshot(
        facts=availability_facts(
            sightings.good,
            window=window,
            weather=WeatherHour.create_empty(),
            newest_snapshot=newest,
            sources=one_source(window, SOURCE),
        ),
        points=known.points,
        stations=known.stations,
        states=station_states(sightings.good, known.stations, newest, SOURCE),
        current=current_points(sightings.good, once, newest, SOURCE),
    )


def clean_static(body: bytes, captured_at: datetime) -> pl.DataFrame:
    """The charge points that a static body makes of a feed with the same ids."""
    records = _captured(read_static(body).records, captured_at)
    ids = records.select(pl.col("charge_point_id").unique().cast(PLACES["charge_point_id"]))
    sighted = pl.concat([PLACES.to_frame(), _captured(ids, captured_at)], how="diagonal")
    day = [second_of(captured_at) // DAY_SECONDS]
    return _dimensions([by_day(sighted, FEED)], [by_day(records, STATIC)], day, day).points


def clean_weather(body: bytes, source: str, captured_at: datetime) -> pl.DataFrame:
    """The hours of a weather body."""
    read = read_weather(body, source, captured_at)
    assert read.records.height + read.rejected.height == read.record_count
    return best_weather(read.records)


def is_station_of_each_fact(clean: CleanSnapshot) -> bool:
    """Whether facts, stations and states name the same stations."""
    ids = [frame["station_id"].to_list() for frame in (clean.facts, clean.stations, clean.states)]
    return ids[0] == ids[1] == ids[2] and Station.is_valid(clean.stations)
