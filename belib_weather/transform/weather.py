"""Weather by the hour: which of several documents to believe.

What belongs here: the choice between documents. What does not: reading them (`formats.weather`)
and the join with facts (`facts`).
"""

import dataframely as dy
import polars as pl

from belib_weather.datasets import WeatherHour
from belib_weather.formats.samples import VALUES

_JOINED = ("temperature_c", "wind_speed_kmh", "precipitation_mm", "weather_code")
"""The columns that facts carry."""


def best_weather(rows: pl.DataFrame) -> dy.DataFrame[WeatherHour]:
    """The best sample of every hour stamp, whatever the order of the rows.

    A row without any value (an archive's days that are still to come) is no sample. A sample with
    all the values that facts carry beats one with gaps; then an archive beats a forecast; then the
    newest capture counts.

    Args:
        rows: WeatherHour rows of any number of documents, hours repeated.

    Returns:
        Validated WeatherHour rows, one per hour, by hour.
    """
    best_last = (
        pl.all_horizontal(pl.col(_JOINED).is_not_null()),
        pl.col("source").str.ends_with("/archive"),
        pl.col("captured_at"),
        # Of two documents of one second any would do, as long as it is always the same one.
        pl.struct("source", *VALUES).struct.json_encode(),
    )
    chosen = (
        rows.filter(pl.any_horizontal(pl.col(VALUES).is_not_null()))
        .sort("hour", *best_last)
        .unique("hour", keep="last", maintain_order=True)
    )
    return WeatherHour.validate(chosen, cast=True)
