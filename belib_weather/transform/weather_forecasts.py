"""Weather as it was forecast: the hours to come in each document.

What belongs here: which documents are forecasts, and their rows. What does not: reading them
(`formats.weather`), and the best sample of an hour (`weather`). Definitions: docs/metrics.md.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import dataframely as dy
import polars as pl

from belib_weather.datasets.forecasts import FORECAST_RULES, WeatherForecast
from belib_weather.dates import date_in_paris
from belib_weather.formats.samples import VALUES
from belib_weather.formats.weather import WeatherBody
from belib_weather.transform.input_hashes import digests

REACH = timedelta(hours=24)
"""A document is a forecast if its last stamp is at least so long after its capture."""
_COLUMNS = WeatherForecast.column_names()


def is_forecast(source: str, captured_at: datetime, last: datetime) -> bool:
    """Whether a document holds hours to come: an archive or a single sample does not."""
    return not source.endswith("/archive") and last - captured_at >= REACH


def weather_forecasts(bodies: Iterable[WeatherBody]) -> dy.DataFrame[WeatherForecast]:
    """The rows of forecasts: their hours from that of the capture on, as they came.

    Rows without any value are left out. Of two documents captured in one second the one that sorts
    last is kept, whatever their order.
    """
    empty = WeatherForecast.create_empty()
    issued, hour = pl.col("captured_at"), pl.col("hour")
    rows = [
        body.records.filter(
            hour >= issued.dt.truncate("1h"), pl.any_horizontal(pl.col(VALUES).is_not_null())
        ).select(
            issued.alias("issued_at"),
            date_in_paris(issued).alias("local_date"),
            pl.exclude("captured_at"),
        )
        for body in bodies
    ]
    joined = pl.concat([empty, *(part.select(_COLUMNS) for part in rows)], how="vertical_relaxed")
    unique = (
        joined.with_columns(pl.struct("source", *VALUES).struct.json_encode().alias("_text"))
        .sort("issued_at", "hour", "_text")
        .unique(["issued_at", "hour"], keep="last", maintain_order=True)
    )
    return WeatherForecast.validate(unique.select(_COLUMNS), cast=True)


def forecast_input_hashes(documents: pl.DataFrame, days: list[datetime]) -> pl.DataFrame:
    """Fingerprint the forecasts that were captured on each day.

    Args:
        documents: `captured_at`, `source`, `sha256` of forecasts, at least those of the days.
        days: starts of UTC days.

    Returns:
        One row per day: `hour` (its start), `input_hash` (SHA-256, hexadecimal), `snapshots` (the
        forecasts captured on it).
    """
    line = pl.concat_str(
        pl.col("captured_at").dt.epoch("us").cast(pl.String), "source", "sha256", separator=" "
    )
    rows = (
        pl.DataFrame({"hour": days}, schema={"hour": pl.Datetime("us", "UTC")})
        .join(
            documents.sort("captured_at", "source")
            .group_by(
                pl.col("captured_at").cast(pl.Datetime("us", "UTC")).dt.truncate("1d").alias("hour")
            )
            .agg(line.str.join("\n").alias("text"), pl.len().cast(pl.Int32).alias("snapshots")),
            on="hour",
            how="left",
        )
        .with_columns(pl.col("text").fill_null("-"), pl.col("snapshots").fill_null(0))
        .sort("hour")
    )
    return rows.select("hour", digests(rows["text"], FORECAST_RULES), "snapshots")
