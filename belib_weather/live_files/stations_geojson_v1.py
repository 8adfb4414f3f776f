"""`stations.geojson`, version 1: the stations now on a map (GeoJSON, RFC 7946).

A station is a point; one whose place is not known has no geometry, as RFC 7946 allows.
"""

from typing import Annotated, Literal

import polars as pl
from pydantic import Field

from belib_weather.live_files.current_v1 import About, Shape, StationNow, station_rows
from belib_weather.live_files.encoding import json_bytes
from belib_weather.live_files.present import Present
from belib_weather.vocabulary import SinceKind

Longitude = Annotated[float, Field(ge=-180, le=180)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
_COUNTS = ("occupied", "reserved", "out_of_order", "planned", "removed", "unknown", "stale")


class Place(Shape):
    """A point; longitude first."""

    type: Literal["Point"]
    coordinates: tuple[Longitude, Latitude]


class StationProperties(StationNow):
    """A station with all its counts: with `free` these add up to `points`."""

    station_id: str = Field(min_length=1, description="Station id of the feed, with `*`.")
    since_kind: SinceKind = Field(
        description="seen: another state was seen up to 30 min before; at_least: may be older."
    )
    occupied: int = Field(ge=0, description="Points freshly occupied.")
    reserved: int = Field(ge=0, description="Points freshly reserved.")
    out_of_order: int = Field(ge=0, description="Points freshly out of order.")
    planned: int = Field(ge=0, description="Points freshly reported planned.")
    removed: int = Field(ge=0, description="Points freshly reported removed.")
    unknown: int = Field(ge=0, description="Points freshly reported unknown.")
    stale: int = Field(ge=0, description="Points whose record is older than 26 h.")
    opening_hours: str | None = Field(description="Opening hours, as published (`24/7`).")


class StationFeature(Shape):
    """A station on the map."""

    type: Literal["Feature"]
    id: str
    geometry: Place | None
    properties: StationProperties


class StationsFile(About):
    """All stations."""

    type: Literal["FeatureCollection"]
    features: list[StationFeature]


def stations_geojson(present: Present) -> bytes:
    """The file."""
    more = present.stations.select(
        "station_id", pl.col("since_kind").cast(pl.String), *_COUNTS, "opening_hours"
    ).rows(named=True)
    features = [
        {
            "type": "Feature",
            "id": station["id"],
            "geometry": None
            if station["lat"] is None or station["lon"] is None
            else {"type": "Point", "coordinates": [station["lon"], station["lat"]]},
            "properties": {**station, **others},
        }
        for station, others in zip(station_rows(present), more, strict=True)
    ]
    return json_bytes({"type": "FeatureCollection", **present.about(), "features": features})
