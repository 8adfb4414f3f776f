"""Weather samples as the readers of all sources give them, and the JSON that they read."""

import json
import math
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import polars as pl

from belib_weather.datasets import WeatherHour
from belib_weather.formats.errors import UnreadableBody

KELVIN = 273.15
KMH_OF_MS = 3.6
HOUR_TYPE = pl.Datetime("us", "UTC")
_NO_NUMBER = re.compile(rb"([:\[,]\s*)[-+]?(?:nan|inf(?:inity)?)(?=\s*[,\]}])", re.IGNORECASE)
"""What a program in C writes for a number that is none; it is no JSON."""
_FIRST, _END = datetime(1940, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
VALUES = tuple(
    name
    for name in WeatherHour.column_names()
    if name not in ("hour", "weather_class", "source", "captured_at")
)
"""The measured columns of a WeatherHour."""


@dataclass(frozen=True)
class Samples:
    """The samples of one body, unchecked.

    Attributes:
        rows: `hour` (UTC, null where it cannot be read) and the `VALUES` that the source has.
        first: first stamp covered.
        last: last stamp covered.
        zone: time zone of the stamps, as published.
        units: unit of each variable as published; empty where the format fixes them.
        unreadable: variables that the source should have, and which are missing or no series.
    """

    rows: pl.DataFrame
    first: datetime
    last: datetime
    zone: str = "UTC"
    units: dict[str, str] = field(default_factory=dict)
    unreadable: tuple[str, ...] = ()


def object_in(body: bytes) -> dict[str, Any]:
    """The JSON object that a body is; numbers that are none (`nan`, `-inf`) are null.

    Raises:
        UnreadableBody: it is none.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        try:
            document = json.loads(_NO_NUMBER.sub(rb"\1null", body))
        except (ValueError, RecursionError):
            raise UnreadableBody(f"not valid JSON: {str(error)[:200]}") from None
    if not isinstance(document, dict):
        raise UnreadableBody(f"not a JSON object: {body[:60]!r}")
    return document


def message_in(document: dict[str, Any]) -> str:
    """What an error body says, or the names of its keys."""
    message = document.get("reason") or document.get("message")
    return str(message or f"it has only {sorted(document)[:8]}")[:500]


def number_at(document: Any, *path: str) -> float | None:
    """The finite number at a path of keys; None where there is none."""
    for key in path:
        document = document.get(key) if isinstance(document, dict) else None
    is_number = isinstance(document, int | float) and not isinstance(document, bool)
    try:
        return float(document) if is_number and math.isfinite(document) else None
    except OverflowError:
        return None


def celsius(temperature: float | None) -> float | None:
    """Celsius from kelvin or Celsius: no air is 150 °C hot and none 150 K cold."""
    if temperature is None or temperature < 150:
        return temperature
    return round(temperature - KELVIN, 2)


def within_calendar(hours: pl.Series) -> pl.Series:
    """Hours, null where they are of no year with weather data (1940-2100)."""
    is_in = pl.col("hour").is_between(pl.lit(_FIRST), pl.lit(_END), closed="left")
    return hours.to_frame("hour").select(pl.when(is_in).then("hour").alias("hour")).to_series()


def covered(hours: pl.Series) -> tuple[datetime, datetime]:
    """The first and the last readable hour.

    Raises:
        UnreadableBody: there is none.
    """
    first, last = hours.min(), hours.max()  # in range, so that Python can hold them
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        raise UnreadableBody("no hours that can be read")
    return first, last
