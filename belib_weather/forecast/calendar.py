"""The hour of the week on the local clock, by UTC second.

What belongs here: local weekday, hour and date of instants. What does not: which zone it is (the
caller says so; the default is that of Paris).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from belib_weather.forecast.history import HOUR, Ints

HOURS = 24
WEEK_HOURS = 168


@dataclass(frozen=True)
class LocalHours:
    """Local clock of a run of UTC hours.

    Attributes:
        first: number of the first UTC hour since 1970.
        week_hour: hour of the local week at its beginning, 0 for Monday at midnight.
        day: local date at its beginning, in days since 1970.
    """

    first: int
    week_hour: Ints
    day: Ints

    def row(self, seconds: Ints) -> Ints:
        """Row of each UTC second."""
        return seconds // HOUR - self.first


def local_hours(start: int, end: int, zone: str) -> LocalHours:
    """The hours that overlap [start, end), UTC seconds.

    A zone whose offset is not of whole hours is cut at the UTC hour.
    """
    first, last = start // HOUR, -(-end // HOUR)
    hours = np.arange(first, last, dtype=np.int64)
    local = pl.from_epoch(pl.Series(hours * HOUR), "s").dt.replace_time_zone("UTC")
    local = local.dt.convert_time_zone(zone)
    weekday = local.dt.weekday().to_numpy().astype(np.int64) - 1
    clock = local.dt.hour().to_numpy().astype(np.int64)
    day = local.dt.date().to_physical().to_numpy().astype(np.int64)
    return LocalHours(first, weekday * HOURS + clock, day)
