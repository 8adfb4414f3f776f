"""Calendar dates in Paris, and their UTC hours: 24, or 23 and 25 when the clock changes.

What belongs here: from UTC to dates and back. What does not: partitions, which are UTC.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from belib_weather.networks import NETWORK
from belib_weather.window import Window

_PARIS = ZoneInfo(NETWORK.zone)


def window_of_date(day: date) -> Window:
    """The UTC window of a date in Paris, midnight to midnight."""
    following = day + timedelta(days=1)
    return Window(_midnight(day), _midnight(following))


def window_of_dates(days: Iterable[date]) -> Window:
    """The UTC window from the first of some dates in Paris to the end of the last."""
    ordered = sorted(days)
    return Window(window_of_date(ordered[0]).start, window_of_date(ordered[-1]).end)


def window_of_month(month: date) -> Window:
    """The UTC window of a month in Paris; any of its dates names it."""
    first = month_of(month)
    return Window(_midnight(first), _midnight(month_of(first + timedelta(days=31))))


def month_of(day: date) -> date:
    """The first date of the month of a date."""
    return day.replace(day=1)


def dates_of(window: Window) -> list[date]:
    """The dates in Paris that a UTC window touches, in order."""
    first = window.start.astimezone(_PARIS).date()
    last = (window.end - timedelta(microseconds=1)).astimezone(_PARIS).date()
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def date_in_paris(instant: pl.Expr) -> pl.Expr:
    """The date in Paris of an instant (UTC)."""
    return instant.dt.convert_time_zone(NETWORK.zone).dt.date()


def local_calendar(instant: pl.Expr) -> tuple[pl.Expr, ...]:
    """`local_date`, `local_hour`, `local_weekday` (1 is Monday): the clock of Paris."""
    paris = instant.dt.convert_time_zone(NETWORK.zone).dt
    return (
        paris.date().alias("local_date"),
        paris.hour().alias("local_hour"),
        paris.weekday().alias("local_weekday"),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), _PARIS).astimezone(UTC)
