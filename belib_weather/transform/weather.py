"""Weather by the hour: what one stored document says, and which document to believe.

What belongs here: dispatch on the source, the check of every row, the choice between documents.
What does not: the formats of the sources (`weather_bodies`) and the join with facts (`facts`).
"""

from collections.abc import Callable
from datetime import datetime

import dataframely as dy
import polars as pl

from belib_weather.datasets import WeatherHour
from belib_weather.transform.errors import UnknownSource
from belib_weather.transform.sightings import REJECTED, Cleaned
from belib_weather.transform.weather_bodies import (
    infoclimat_hours,
    open_meteo_hours,
    openweathermap_hours,
)
from belib_weather.vocabulary import WEATHER_CLASS_OF_CODE, WEATHER_CLASSES

_PARSERS: dict[str, Callable[[bytes], pl.DataFrame]] = {
    "open_meteo/forecast": open_meteo_hours,
    "open_meteo/archive": open_meteo_hours,
    "openweathermap/current": openweathermap_hours,
    "infoclimat/gfs": infoclimat_hours,
}
VALUES = tuple(
    name
    for name in WeatherHour.column_names()
    if name not in ("hour", "weather_class", "source", "captured_at")
)
"""The measured columns of a WeatherHour."""
_JOINED = ("temperature_c", "wind_speed_kmh", "precipitation_mm", "weather_code")
"""Those that facts carry."""


def weather_hours_of(body: bytes, source: str, captured_at: datetime) -> Cleaned:
    """The WeatherHour rows of one document, in the units of `WeatherHour`.

    Args:
        body: as received.
        source: raw source name; `simulator:` in front and anything before the known ending is
            kept in the rows but changes nothing.
        captured_at: when the document was captured; cut to the second.

    Returns:
        `good` rows by hour, their source and capture time set; `rejected` samples with what is
        wrong: no readable hour, or a value out of its range.

    Raises:
        UnknownSource: no parser for the source.
        UnreadableBody: the body is not what the source publishes (an error body, for one).
    """
    samples = _parser(source)(body)
    rows = samples.select(
        *(
            pl.col(name) if name in samples.columns else pl.lit(None).alias(name)
            for name in ("hour", *VALUES)
        ),
        pl.lit(source).alias("source"),
        pl.lit(captured_at).dt.truncate("1s").alias("captured_at"),
    ).with_columns(_weather_class(pl.col("weather_code")).alias("weather_class"))
    good, failures = WeatherHour.filter(rows, cast=True)
    return Cleaned(good=good.sort("hour"), rejected=_rejected(failures))


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


def _parser(source: str) -> Callable[[bytes], pl.DataFrame]:
    for ending, parser in _PARSERS.items():
        if source.endswith(ending):
            return parser
    raise UnknownSource(
        f"no parser for weather from {source!r}; known are {', '.join(_PARSERS)}, after any prefix"
    )


def _weather_class(code: pl.Expr) -> pl.Expr:
    classes = {number: weather.value for number, weather in WEATHER_CLASS_OF_CODE.items()}
    return code.cast(pl.Int64, strict=False).replace_strict(
        classes, default=None, return_dtype=pl.Enum(WEATHER_CLASSES)
    )


def _rejected(failures: dy.FailureInfo) -> pl.DataFrame:
    """Rows that break a rule of the schema, with the names of the rules."""
    details = failures.details()
    columns = WeatherHour.column_names()
    rules = [name for name in details.columns if name not in columns]
    broken = [pl.when(pl.col(rule) != "valid").then(pl.lit(rule)) for rule in rules]
    if not rules:
        return REJECTED.to_frame()
    return details.select(
        pl.lit(None, dtype=pl.String).alias("charge_point_id"),
        pl.concat_str(broken, separator=", ", ignore_nulls=True).alias("reason"),
        pl.struct(columns).struct.json_encode().alias("record"),
    )
