"""Outages and marts with the place of their station: documents.

What belongs here: one document a row, and pure functions polars to polars. What does not: requests,
and the documents of what is made by the hour or the day (`documents`).
"""

from typing import TypeVar

import dataframely as dy
import polars as pl

from belib_weather.datasets import Station
from belib_weather.datasets import columns as c
from belib_weather.datasets.availability import STATION_ATTRIBUTES
from belib_weather.datasets.marts import ARRONDISSEMENT, STATION
from belib_weather.datasets.occupancy_profile import OccupancyProfile
from belib_weather.datasets.outages import Outage
from belib_weather.datasets.reliability import (
    ReliabilityOfStation,
    StationReliability,
    TimeToRepair,
)
from belib_weather.datasets.saturation import Saturation
from belib_weather.datasets.weather_association import WeatherAssociation
from belib_weather.networks import NETWORK
from belib_weather.search.documents import with_attributes_in_force
from belib_weather.vocabulary import PeriodKind

S = TypeVar("S", bound=dy.Schema)
_A_WEEK = 7
_SECONDS_OF_AN_HOUR = 3600


class _LocatedDocument(dy.Schema):
    latitude = Station.latitude
    longitude = Station.longitude
    power_kw = Station.power_kw


class _OfStation(dy.Schema):
    station_id = dy.String(nullable=True, description="Station; null of any other area.")


class _AtStation(_LocatedDocument):
    station_name = Station.station_name
    address = Station.address
    arrondissement = c.arrondissement()


class OutageDocument(Outage, _AtStation):
    """An outage or a silence, with its station as it was then: `belib-outages`."""

    duration_hours = dy.Float64(
        nullable=True, min=0, metadata=c.unit("h"), description="`duration_seconds` in hours."
    )


class ReliabilityDocument(ReliabilityOfStation, _LocatedDocument):
    """How reliable a station was in a week or month, with its place: `belib-reliability`."""

    made_to = StationReliability.made_to
    is_latest = dy.Bool(
        description="Of the newest week or month that is over; where none is, of the newest."
    )


class RepairDocument(TimeToRepair, _OfStation, _AtStation):
    """How long outages last in an area and a quarter: `belib-repair`."""

    is_latest = dy.Bool(description="Of the newest quarter, or twelve months, of its scope.")


class ProfileDocument(OccupancyProfile, _OfStation, _LocatedDocument):
    """An area in an hour of the week: what was seen, and the estimated chance: `belib-profiles`."""

    station_name = Station.station_name
    address = Station.address
    place_in_week = dy.Int32(
        nullable=True,
        min=1,
        metadata=c.unit("1"),
        description="1 is the hour of the week with the best chance at this station.",
    )


class SaturationDocument(Saturation, _OfStation, _LocatedDocument):
    """How full a station or an arrondissement was in a week: `belib-saturation`."""

    station_name = Station.station_name
    address = Station.address
    is_latest = dy.Bool(
        description="Of the newest week that is over; where none is, of the newest."
    )


class WeatherDocument(WeatherAssociation):
    """How occupancy differs with the weather, also in percentage points: `belib-weather`."""

    arrondissement = c.arrondissement()
    points_of_occupancy = dy.Float64(
        nullable=True,
        metadata=c.unit("percentage points"),
        description="`difference` in percentage points.",
    )
    at_least = dy.Float64(
        nullable=True,
        metadata=c.unit("percentage points"),
        description="Lower end of its 95 % interval.",
    )
    at_most = dy.Float64(
        nullable=True,
        metadata=c.unit("percentage points"),
        description="Upper end of its 95 % interval.",
    )


def outage_documents(outages: pl.DataFrame, stations: pl.DataFrame) -> dy.DataFrame[OutageDocument]:
    """Join outages (`Outage`) with the station versions (`Station`) of their UTC day."""
    rows = with_attributes_in_force(
        outages, stations, ("station_id", "started_at"), STATION_ATTRIBUTES
    )
    hours = pl.col("duration_seconds") / _SECONDS_OF_AN_HOUR
    return _documents(OutageDocument, rows.with_columns(duration_hours=hours))


def reliability_documents(
    rows: pl.DataFrame, counted: pl.DataFrame, stations: pl.DataFrame
) -> dy.DataFrame[ReliabilityDocument]:
    """The rows of the view (`ReliabilityOfStation`); those of the table add their end."""
    key = StationReliability.primary_key()
    is_week = pl.col("period").cast(pl.String) == PeriodKind.WEEK
    start = pl.col("starts_on")
    end = pl.when(is_week).then(start.dt.offset_by("1w")).otherwise(start.dt.offset_by("1mo"))
    midnight = end.cast(pl.Datetime("us")).dt.replace_time_zone(NETWORK.zone)
    is_over = pl.col("made_to") >= midnight.dt.convert_time_zone("UTC")
    newest = pl.coalesce(start.filter(is_over).max(), start.max()).over("period")
    known = rows.join(counted.select(*key, "made_to"), on=key)
    return _documents(
        ReliabilityDocument, _at_station(known, stations).with_columns(is_latest=start == newest)
    )


def repair_documents(rows: pl.DataFrame, stations: pl.DataFrame) -> dy.DataFrame[RepairDocument]:
    """Join times to repair (`TimeToRepair`) with the newest version of each station."""
    newest = pl.col("starts_on").max().over("scope")
    return _documents(
        RepairDocument,
        _at_station(rows, stations).with_columns(
            _arrondissement(), is_latest=pl.col("starts_on") == newest
        ),
    )


def profile_documents(rows: pl.DataFrame, stations: pl.DataFrame) -> dy.DataFrame[ProfileDocument]:
    """Join typical weeks (`OccupancyProfile`) with the newest version of each station."""
    best_first = ["estimated_chance", "local_weekday", "local_hour"]
    ranked = (
        _at_station(rows, stations)
        .sort("scope", "area", *best_first, descending=[False, False, True, False, False])
        .with_columns(
            pl.when(pl.col("estimated_chance").is_not_null())
            .then(pl.col("estimated_chance").is_not_null().cum_sum().over("scope", "area"))
            .alias("place_in_week")
        )
    )
    return _documents(ProfileDocument, ranked)


def saturation_documents(
    rows: pl.DataFrame, stations: pl.DataFrame
) -> dy.DataFrame[SaturationDocument]:
    """Join weeks (`Saturation`) with the newest version of each station.

    A week is over when its seven days were observed, or when rows of a later one are there.
    """
    week = pl.col("week")
    is_over = (pl.col("days_observed") == _A_WEEK).any().over("week") | (week < week.max())
    newest = pl.coalesce(week.filter(is_over).max(), week.max())
    return _documents(
        SaturationDocument, _at_station(rows, stations).with_columns(is_latest=week == newest)
    )


def weather_documents(rows: pl.DataFrame) -> dy.DataFrame[WeatherDocument]:
    """Differences (`WeatherAssociation`), also in percentage points."""
    points = {
        "points_of_occupancy": "difference",
        "at_least": "difference_low",
        "at_most": "difference_high",
    }
    return _documents(
        WeatherDocument,
        rows.with_columns(
            pl.lit(None, pl.Int16).alias("arrondissement"),
            *((pl.col(share) * 100).alias(name) for name, share in points.items()),
        ).with_columns(_arrondissement()),
    )


def _at_station(rows: pl.DataFrame, stations: pl.DataFrame) -> pl.DataFrame:
    """Rows with their station's id, and its other attributes from its newest version."""
    missing = [name for name in STATION_ATTRIBUTES if name not in rows.columns]
    if "station_id" not in rows.columns:
        is_station = pl.col("scope").cast(pl.String) == STATION
        rows = rows.with_columns(pl.when(is_station).then("area").alias("station_id"))
    newest = stations.sort("valid_from").unique("station_id", keep="last")
    return rows.join(
        newest.select("station_id", *missing),
        on="station_id",
        how="left",
        maintain_order="left",
    )


def _arrondissement() -> pl.Expr:
    """The number of the area where it is an arrondissement."""
    is_one = pl.col("scope").cast(pl.String) == ARRONDISSEMENT
    number = pl.when(is_one).then("area").cast(pl.Int16, strict=False)
    return pl.coalesce("arrondissement", number).alias("arrondissement")


def _documents(schema: type[S], rows: pl.DataFrame) -> dy.DataFrame[S]:
    return schema.cast(rows.select(schema.column_names()))
