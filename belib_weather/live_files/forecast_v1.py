"""`forecast.json`, version 1: the chance of a free point at every station in the next 24 hours.

Instants stand once; each station has one number per instant, in their order. Documented in
docs/open-data.md.
"""

from typing import Annotated, Any

import polars as pl
from pydantic import Field

from belib_weather.credits import DATABASE_LICENSE, are_simulated
from belib_weather.live_files.current_v1 import INSTANT, About, Shape
from belib_weather.live_files.encoding import json_bytes
from belib_weather.live_files.present import credit_lines, stamp, stamps
from belib_weather.networks import NETWORK

Instant = Annotated[str, Field(pattern=INSTANT)]
Chance = Annotated[float, Field(ge=0, le=1)]
Points = Annotated[int, Field(ge=0)]
_NUMBERS = {
    "chance_free": "chance",
    "expected_free_points": "expected_free",
    "free_points_low": "free_low",
    "free_points_high": "free_high",
}


class StationForecast(Shape):
    """A station: a number per instant of `targets`; null where there is none."""

    id: str = Field(min_length=1, description="National station id, without `*`.")
    chance: list[Chance | None] = Field(description="Chance that a point is free then.")
    expected_free: list[Annotated[float, Field(ge=0)] | None] = Field(
        description="Points free then, on average."
    )
    free_low: list[Points | None] = Field(description="Lower end of the 80 % interval of these.")
    free_high: list[Points | None] = Field(description="Upper end of the 80 % interval of these.")


class ForecastFile(About):
    """The newest forecast; `updated_at` is its origin."""

    model: str = Field(description="Name of the model.")
    model_version: str = Field(description="When it was trained.")
    targets: list[Instant] = Field(min_length=1, description="Instants that are forecast, UTC.")
    stations: list[StationForecast]


def forecast_json(forecast: pl.DataFrame) -> bytes:
    """The file.

    Args:
        forecast: `ForecastOfStation` rows, of one origin; at least one.
    """
    sources = sorted(forecast["source"].unique())
    targets = forecast.select(pl.col("target").unique().sort())
    grid = forecast.select(pl.col("station_id").unique().sort()).join(targets, how="cross")
    rows = (
        grid.join(forecast, on=["station_id", "target"], how="left", maintain_order="left")
        .group_by("station_id", maintain_order=True)
        .agg(
            pl.col("chance_free").cast(pl.Float64).round(3),
            pl.col("expected_free_points").cast(pl.Float64).round(2),
            "free_points_low",
            "free_points_high",
        )
        .select(
            NETWORK.roaming_id(pl.col("station_id")).alias("id"),
            *(pl.col(name).alias(word) for name, word in _NUMBERS.items()),
        )
    )
    first = forecast.row(0, named=True)
    document: dict[str, Any] = {
        "updated_at": stamp(first["origin"]),
        "source": " + ".join(sources),
        "is_simulated": are_simulated(sources),
        "licence": DATABASE_LICENSE.spdx,
        "licence_url": DATABASE_LICENSE.url,
        "credits": credit_lines(sources),
        "model": first["model"],
        "model_version": first["model_version"],
        "targets": targets.select(stamps("target")).to_series().to_list(),
        "stations": rows.rows(named=True),
    }
    return json_bytes(document)
