"""Forecasts and their scores as documents.

What belongs here: one document a row. What does not: forecasts (`datasets.forecasts`), requests.
"""

from datetime import timedelta

import dataframely as dy
import polars as pl

from belib_weather.datasets import Station
from belib_weather.datasets import columns as c
from belib_weather.datasets.forecasts import (
    AvailabilityForecast,
    ForecastOfStation,
    ForecastScore,
)

RECENT_DAYS = 28


class ForecastDocument(dy.Schema):
    """The newest forecast of a station for an instant, with its place: `belib-forecasts`."""

    station_id = AvailabilityForecast.station_id
    horizon_minutes = dy.Int32(
        primary_key=True,
        min=1,
        metadata=c.unit("min"),
        description="From the origin to the target.",
    )
    origin = c.second("Hour at whose start the forecast was made.")
    target = c.second("Instant that is forecast.")
    chance_free = dy.Float64(
        min=0, max=1, metadata=c.unit("1"), description="Chance of a free point, as it is served."
    )
    expected_free_points = dy.Float64(
        min=0, metadata=c.unit("points"), description="Points freshly available at it, on average."
    )
    free_points_low = AvailabilityForecast.free_points_low
    free_points_high = AvailabilityForecast.free_points_high
    chance_usual = dy.Float64(
        nullable=True,
        min=0,
        max=1,
        metadata=c.unit("1"),
        description="Share of the observed time with a free point in this hour of the week.",
    )
    was_free = AvailabilityForecast.was_free
    model = AvailabilityForecast.model
    model_version = AvailabilityForecast.model_version
    source = AvailabilityForecast.source
    station_name = ForecastOfStation.station_name
    address = ForecastOfStation.address
    arrondissement = ForecastOfStation.arrondissement
    latitude = Station.latitude
    longitude = Station.longitude
    power_kw = Station.power_kw


class ScoreDocument(ForecastScore):
    """How good forecasts were on a day, by tenth of the chance: `belib-forecast_scores`."""

    is_recent = dy.Bool(description="Of the last 28 days that are scored.")


def forecast_documents(
    rows: pl.DataFrame, stations: pl.DataFrame
) -> dy.DataFrame[ForecastDocument]:
    """Join the newest forecasts (`ForecastOfStation`) with the place of their station."""
    newest = stations.sort("valid_from").unique("station_id", keep="last")
    joined = rows.join(
        newest.select("station_id", "latitude", "longitude", "power_kw"),
        on="station_id",
        how="left",
    )
    return ForecastDocument.cast(
        joined.select(ForecastDocument.column_names()).sort("station_id", "horizon_minutes")
    )


def score_documents(rows: pl.DataFrame) -> dy.DataFrame[ScoreDocument]:
    """Scores (`ForecastScore`), and which of them are recent."""
    day = pl.col("local_date")
    is_recent = day > day.max() - timedelta(days=RECENT_DAYS)
    return ScoreDocument.cast(
        rows.with_columns(is_recent.alias("is_recent")).select(ScoreDocument.column_names())
    )
