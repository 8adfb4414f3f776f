"""What becomes of accepted bodies: every frame that goes to a store."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from polars.testing import assert_frame_equal

from belib_weather.datasets import ChargePoint, Station, WeatherHour
from belib_weather.formats.realtime import POINTS, read_realtime
from belib_weather.formats.snapshots import Snapshot, read_points, read_sightings
from belib_weather.formats.static import read_static
from belib_weather.formats.weather import read_weather
from belib_weather.transform.facts import availability_facts
from belib_weather.transform.points import fold_points, stations
from belib_weather.transform.states import current_points, station_states
from belib_weather.transform.weather import best_weather
from belib_weather.window import HOUR, Window, floor_hour

NO_POINTS = ChargePoint.create_empty()
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


def clean_snapshot(body: bytes, captured_at: datetime) -> CleanSnapshot:
    """Clean a body alone and in a batch: both have to give the same."""
    twice = [Snapshot(captured_at, body), Snapshot(captured_at + HOUR, body)]
    sightings, places = read_sightings(twice), read_points(twice[:1])
    assert not sightings.unreadable
    assert not places.unreadable
    parsed = read_realtime(body)
    second = int(captured_at.timestamp())
    seen = sightings.good.filter(pl.col("second") == second)
    assert_frame_equal(seen, parsed.sightings(captured_at))
    assert_frame_equal(places.good, parsed.points(captured_at))
    known = fold_points(NO_POINTS, places.good, None)
    known_stations = stations(known)
    return CleanSnapshot(
        facts=availability_facts(
            seen,
            window=Window.hour(floor_hour(captured_at)),
            weather=WeatherHour.create_empty(),
            newest_snapshot=captured_at,
            sources=one_source(Window.hour(floor_hour(captured_at)), SOURCE),
        ),
        points=known,
        stations=known_stations,
        states=station_states(seen, known_stations, captured_at, SOURCE),
        current=current_points(seen, places.good, captured_at, SOURCE),
    )


def clean_snapshots(bodies: Mapping[datetime, bytes], window: Window) -> CleanSnapshot:
    """Clean many bodies at once: the facts of all, and what any of them says of a point."""
    snapshots = [Snapshot(at, body) for at, body in bodies.items()]
    sightings, places = read_sightings(snapshots), read_points(snapshots)
    assert not sightings.unreadable
    assert not places.unreadable
    known = fold_points(NO_POINTS, places.good, None)
    known_stations, newest = stations(known), max(bodies)
    once = places.good.unique("charge_point_id", maintain_order=True)
    return CleanSnapshot(
        facts=availability_facts(
            sightings.good,
            window=window,
            weather=WeatherHour.create_empty(),
            newest_snapshot=newest,
            sources=one_source(window, SOURCE),
        ),
        points=known,
        stations=known_stations,
        states=station_states(sightings.good, known_stations, newest, SOURCE),
        current=current_points(sightings.good, once, newest, SOURCE),
    )


def clean_static(body: bytes, captured_at: datetime) -> pl.DataFrame:
    """The charge points that a static body makes of a feed with the same ids."""
    records = read_static(body).records
    places = POINTS.to_frame().clear()
    sighted = records.select("charge_point_id").with_columns(
        pl.lit(captured_at).cast(POINTS["captured_at"]).alias("captured_at")
    )
    places = pl.concat([places, sighted], how="diagonal")
    return fold_points(NO_POINTS, places, records)


def clean_weather(body: bytes, source: str, captured_at: datetime) -> pl.DataFrame:
    """The hours of a weather body."""
    read = read_weather(body, source, captured_at)
    assert read.records.height + read.rejected.height == read.record_count
    return best_weather(read.records)


def is_station_of_each_fact(clean: CleanSnapshot) -> bool:
    """Whether facts, stations and states name the same stations."""
    ids = [frame["station_id"].to_list() for frame in (clean.facts, clean.stations, clean.states)]
    return ids[0] == ids[1] == ids[2] and Station.is_valid(clean.stations)
