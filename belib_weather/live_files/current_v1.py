"""`current.json`, version 1: the stations now, small, for pages and apps.

One object per station; the fields are those of `StationNow`. Documented in docs/open-data.md.
"""

from typing import Any, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from belib_weather.live_files.encoding import json_bytes
from belib_weather.live_files.present import Present, stamps
from belib_weather.vocabulary import StationStatus

PlugWord = Literal["ef", "type_2", "combo_ccs", "chademo"]
INSTANT = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"
STATION = r"^[A-Z]{2}[A-Z0-9]{4,33}$"


class Shape(BaseModel):
    """An object of a file: no field but those declared."""

    model_config = ConfigDict(extra="forbid")


class About(Shape):
    """What a file says of itself."""

    updated_at: str | None = Field(pattern=INSTANT, description="Second of the snapshot, UTC.")
    source: str = Field(description="Raw source; `simulator:` begins that of simulated data.")
    is_simulated: bool = Field(description="Whether the data are of the simulated city.")
    licence: str = Field(description="SPDX identifier of the licence.")
    licence_url: str = Field(description="Text of the licence.")
    credits: list[str] = Field(min_length=1, description="Credit lines to show with the data.")


class StationNow(Shape):
    """A station at the newest snapshot."""

    id: str = Field(min_length=1, description="National station id, without `*`.")
    name: str | None = Field(description="Name, as published.")
    address: str | None = Field(description="Postal address, as published.")
    lat: float | None = Field(ge=-90, le=90, description="Latitude, WGS 84.")
    lon: float | None = Field(ge=-180, le=180, description="Longitude, WGS 84.")
    arrondissement: int | None = Field(ge=1, le=20, description="Arrondissement 1-20.")
    state: StationStatus = Field(
        description="available: a point is free; or else full; or else silent; or out_of_order."
    )
    since: str = Field(pattern=INSTANT, description="First snapshot of the present run of it, UTC.")
    free: int = Field(ge=0, description="Points freshly available.")
    in_service: int = Field(ge=0, description="Points freshly available, occupied or reserved.")
    points: int = Field(ge=1, description="Charge points of the station.")
    power_kw: float | None = Field(ge=0, le=1000, description="Highest rated power, kW.")
    plugs: list[PlugWord] = Field(description="Plugs that some point has; empty: not known.")


class CurrentFile(About):
    """The stations now."""

    stations: list[StationNow]


def current_json(present: Present) -> bytes:
    """The file."""
    return json_bytes({**present.about(), "stations": station_rows(present)})


def station_rows(present: Present) -> list[dict[str, Any]]:
    """`StationNow` of every station, as dicts."""
    return present.stations.select(
        "id",
        pl.col("station_name").alias("name"),
        "address",
        pl.col("latitude").round(6).alias("lat"),
        pl.col("longitude").round(6).alias("lon"),
        "arrondissement",
        pl.col("station_status").cast(pl.String).alias("state"),
        stamps("since"),
        pl.col("available").alias("free"),
        (pl.col("available") + pl.col("occupied") + pl.col("reserved")).alias("in_service"),
        pl.col("charge_points").alias("points"),
        "power_kw",
        "plugs",
    ).rows(named=True)
