"""What is served of a forecast: the model's chance or the blend's, with the state at the origin.

What belongs here: rows of forecasts as they are kept. What does not: the model (`forecast`).
"""

from datetime import datetime

import dataframely as dy
import polars as pl

from belib_weather.datasets.forecasts import BLEND, AvailabilityForecast


def served_forecasts(
    predicted: pl.DataFrame,
    states: pl.DataFrame,
    *,
    origin: datetime,
    model: str,
    version: str,
    is_blend: bool,
    source: str,
) -> dy.DataFrame[AvailabilityForecast]:
    """The rows of an origin, by station and target.

    Args:
        predicted: `station_id`, `target`, `chance_free`, `expected_free_points`, `free_points_low`,
            `free_points_high`, `usual`, `blend` (`forecast.model.Model.predict_stations`).
        states: of stations at the origin (`instants.station_states_at`); those not in it were not
            observed.
        origin: the hour of the forecast.
        model: name of the model.
        version: of the model.
        is_blend: serve the blend, although there is a model.
        source: raw source of the states.
    """
    has_model = model != BLEND
    serves_model = has_model and not is_blend
    at_origin = states.select(
        "station_id",
        pl.col("is_available").alias("was_free"),
        pl.col("in_service").alias("was_in_service"),
    )
    rows = predicted.join(at_origin, on="station_id", how="left").select(
        pl.lit(origin).alias("origin"),
        "station_id",
        "target",
        pl.col("chance_free" if serves_model else "blend").alias("chance_free"),
        "expected_free_points",
        "free_points_low",
        "free_points_high",
        pl.lit(model if serves_model else BLEND).alias("model"),
        pl.lit(version).alias("model_version"),
        pl.lit(source).alias("source"),
        (pl.col("chance_free") if has_model else pl.lit(None)).alias("chance_model"),
        pl.col("usual").alias("chance_usual"),
        "was_free",
        "was_in_service",
    )
    return AvailabilityForecast.validate(rows.sort("station_id", "target"), cast=True)
