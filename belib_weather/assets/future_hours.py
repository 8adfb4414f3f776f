"""Facts of hours that have not begun: written by runs whose clock was ahead.

What belongs here: removing them from the facts and the index. What does not: raw, which keeps what
was polled; the tick of such an hour builds its facts when it comes.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import polars as pl

from belib_weather.assets.publisher import Publisher, days_of
from belib_weather.datasets import AvailabilityFact
from belib_weather.partitions import contiguous
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import AVAILABILITY_FACTS
from belib_weather.window import HOUR, Window, floor_hour

_YEARS = timedelta(days=3660)
_DAY_OF_HOURS = 24


def remove_future_facts(store: Warehouse, now: datetime) -> int:
    """Remove the facts of hours after the one that goes on; the number of these hours."""
    hours = store.count(AVAILABILITY_FACTS, _future_window(now))["hour"]
    for window in _windows(hours):
        with store.locked(AVAILABILITY_FACTS, window) as transaction:
            transaction.replace(AVAILABILITY_FACTS, AvailabilityFact.create_empty(), window)
            # Late data finds them by it: perhaps this clock is behind, and they have begun.
            transaction.record_inputs(AVAILABILITY_FACTS, _no_inputs(window))
    return hours.len()


def unpublish_future_hours(publisher: Publisher, now: datetime) -> int:
    """Publish hours after the one that goes on as PostgreSQL has them; how many there were."""
    projection = publisher.publication.projection
    hours = publisher.search.count(projection, _future_window(now))[projection.time]
    for window in _windows(hours):
        for day in days_of(window):
            publisher.publish(day)
    return hours.len()


def _no_inputs(window: Window) -> pl.DataFrame:
    hours = pl.DataFrame({"hour": window.hours}, schema={"hour": pl.Datetime("us", "UTC")})
    return hours.with_columns(input_hash=pl.lit("has not begun"), snapshots=0)


def _future_window(now: datetime) -> Window:
    following = floor_hour(now) + HOUR
    return Window(following, following + _YEARS)


def _windows(hours: Iterable[datetime]) -> list[Window]:
    return contiguous(hours, most=_DAY_OF_HOURS)
