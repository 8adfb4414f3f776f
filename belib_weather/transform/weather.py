"""Weather by the hour: which of several documents counts.

What belongs here: the choice between documents. What does not: reading them (`formats.weather`)
and the join with facts (`facts`).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol, TypeVar

import dataframely as dy
import polars as pl

from belib_weather.datasets import WeatherHour
from belib_weather.formats.samples import VALUES
from belib_weather.formats.weather import WeatherBody

_JOINED = ("temperature_c", "wind_speed_kmh", "precipitation_mm", "weather_code")
"""The columns that facts carry."""


class Document(Protocol):
    """What is known of a document without reading it."""

    @property
    def source(self) -> str:
        """Raw source."""
        ...

    @property
    def captured_at(self) -> datetime:
        """When it was captured."""
        ...


D = TypeVar("D", bound=Document)


def newest_first(documents: Iterable[D]) -> list[D]:
    """Documents in order of preference: archives, then the newest capture."""
    return sorted(
        documents,
        key=lambda document: (document.source.endswith("/archive"), document.captured_at),
        reverse=True,
    )


def bodies_to_compare(
    read: Iterable[tuple[D, WeatherBody]], hours: Iterable[datetime]
) -> list[WeatherBody]:
    """The bodies that can matter to `best_weather` of some hours; the others are not read.

    An hour is settled once a document had all values that facts carry. No document that comes
    later in the order can be better.

    Args:
        read: documents in the order of `newest_first` with their bodies, read lazily.
        hours: the requested hour stamps.
    """
    bodies: list[WeatherBody] = []
    missing, second = set(hours), None
    for document, body in read:
        # Of one second any of them would do, as long as it is always the same one.
        if not missing and document.captured_at.replace(microsecond=0) != second:
            break
        bodies.append(body)
        second = document.captured_at.replace(microsecond=0)
        complete = body.records.filter(pl.all_horizontal(pl.col(_JOINED).is_not_null()))
        missing.difference_update(complete["hour"].to_list())
    return bodies


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
