"""The bodies of the weather sources: which reader reads one, and what all have in common.

What belongs here: dispatch on the source, and the check of every row. What does not: the formats
of the sources (`open_meteo`, `openweathermap`, `infoclimat`) and the choice between documents
(`transform.weather`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import dataframely as dy
import polars as pl

from belib_weather.datasets import WeatherHour
from belib_weather.formats.errors import UnknownSource, UnreadableBody
from belib_weather.formats.infoclimat import infoclimat_samples
from belib_weather.formats.open_meteo import open_meteo_samples
from belib_weather.formats.openweathermap import openweathermap_samples
from belib_weather.formats.parsed import REJECTED, ParsedBody
from belib_weather.formats.samples import VALUES, Samples, message_in, number_at, object_in
from belib_weather.vocabulary import WEATHER_CLASS_OF_CODE, WEATHER_CLASSES

_READERS: dict[str, Callable[[bytes], Samples]] = {
    "open_meteo/forecast": open_meteo_samples,
    "open_meteo/archive": open_meteo_samples,
    "openweathermap/current": openweathermap_samples,
    "infoclimat/gfs": infoclimat_samples,
}
WEATHER_SOURCES = tuple(_READERS)
_ARCHIVE_AGE = timedelta(days=2)
_RANGES = {
    name: (column.min, column.max)
    for name, column in WeatherHour.columns().items()
    if name in VALUES and isinstance(column, dy.Float64 | dy.Int16)
}


@dataclass(frozen=True)
class WeatherBody(ParsedBody):
    """A weather response.

    Attributes:
        records: WeatherHour rows by hour.
        rejected: samples with no readable hour.
        summary: `first` and `last` stamp covered; `unreadable` variables, and `dropped` (column →
            values out of its range, which are null) where there are any.
        hours: the stamp of every sample in the order of the body, null where it cannot be read.
        zone: time zone of the stamps, as published.
        units: unit of each variable as published; empty where the format fixes them.
        unreadable: variables that the source should have, and which are missing or no series.
    """

    hours: pl.Series
    zone: str
    units: dict[str, str]
    unreadable: tuple[str, ...]


def read_weather(body: bytes, source: str, captured_at: datetime) -> WeatherBody:
    """Read a weather response, in the units of `WeatherHour`.

    Args:
        body: as received.
        source: raw source name; it is kept in the rows. A prefix (`simulator:`) does not affect
            the reading.
        captured_at: when the response was captured; cut to the second.

    Raises:
        UnknownSource: no reader for the source.
        UnreadableBody: the body is not what the source publishes (an error body, for one).
    """
    samples = _reader(source)(body)
    rows = samples.rows.select(
        *(
            pl.col(name) if name in samples.rows.columns else pl.lit(None).alias(name)
            for name in ("hour", *VALUES)
        ),
        pl.lit(source).alias("source"),
        pl.lit(captured_at).dt.truncate("1s").alias("captured_at"),
    )
    rows, dropped = _within_range(rows)
    rows = rows.with_columns(_weather_class(pl.col("weather_code")).alias("weather_class"))
    good, failures = WeatherHour.filter(rows, cast=True)
    flaws = {"unreadable": list(samples.unreadable), "dropped": dropped}
    return WeatherBody(
        records=good.sort("hour"),
        rejected=_rejected(failures),
        record_count=samples.rows.height,
        summary={"first": samples.first, "last": samples.last}
        | {kind: found for kind, found in flaws.items() if found},
        hours=samples.rows["hour"],
        zone=samples.zone,
        units=samples.units,
        unreadable=samples.unreadable,
    )


def source_of(body: bytes, name: str, captured_at: datetime) -> str:
    """The source of a recorded body, by its shape.

    Open-Meteo's archive and forecast look alike: a name with one of these words decides, else what
    ends more than two days before its capture is the archive.

    Raises:
        UnreadableBody: it is of no source that is known.
    """
    document = object_in(body)
    if isinstance(document.get("hourly"), dict):
        words = [word for word in ("archive", "forecast") if word in name.lower()]
        if len(words) != 1:
            is_past = open_meteo_samples(body).last < captured_at - _ARCHIVE_AGE
            words = ["archive" if is_past else "forecast"]
        return f"open_meteo/{words[0]}"
    if "dt" in document and isinstance(document.get("main"), dict):
        return "openweathermap/current"
    if "request_state" in document:
        return "infoclimat/gfs"
    raise UnreadableBody(
        "no weather of Open-Meteo (hourly, as JSON), OpenWeatherMap (current) or Infoclimat:"
        f" {message_in(document)}"
    )


def time_in(body: bytes, source: str) -> datetime | None:
    """When a body says that it was measured; None where its kind does not say."""
    if not source.endswith("openweathermap/current"):
        return None
    seconds = number_at(object_in(body), "dt")
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _reader(source: str) -> Callable[[bytes], Samples]:
    for ending, reader in _READERS.items():
        if source.endswith(ending):
            return reader
    raise UnknownSource(
        f"no reader for weather from {source!r}; known are {', '.join(_READERS)}, after any prefix"
    )


def _within_range(rows: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, int]]:
    """The rows with null for each value out of its column's range, and how many of each column."""

    def is_out(name: str) -> pl.Expr:
        lowest, highest = _RANGES[name]
        return ~pl.col(name).cast(pl.Float64, strict=False).is_between(lowest, highest)

    counts = rows.select(is_out(name).sum() for name in VALUES).row(0, named=True)
    dropped = {name: count for name, count in counts.items() if count}
    columns = (pl.when(~is_out(name)).then(name).alias(name) for name in dropped)
    return rows.with_columns(columns), dropped


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
