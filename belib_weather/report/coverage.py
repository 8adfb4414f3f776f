"""How many snapshots were taken, against how many could be expected.

The rhythm follows from the data: of the divisors of an hour in minutes, the one nearest to 60
divided by the most frequent number of snapshots in an hour. An hour without any counts as missed.

What belongs here: counting snapshots. What does not: what they show.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from belib_weather.dates import date_in_paris
from belib_weather.window import HOUR, Window

_USUAL = 5
_RHYTHMS = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60)


@dataclass(frozen=True)
class Polls:
    """Snapshots by local date: `local_date`, `hours`, `taken`, `expected`, `missed`.

    `missed` adds up what each hour lacks; an hour with more than expected makes good for no other.
    """

    minutes: int
    by_day: pl.DataFrame

    def total(self, column: str) -> int:
        """The sum of a column over all days."""
        return int(self.by_day[column].sum())


def polls_of(facts: pl.DataFrame, whole_hours: Window) -> Polls:
    """Count the snapshots of whole hours.

    Args:
        facts: with `hour` and `snapshots`, the seconds in which a station was sighted; the best
            seen station of an hour tells how many snapshots there were.
        whole_hours: the hours that are over, from the first that has facts.
    """
    every = pl.DataFrame({"hour": list(whole_hours.hours)}, schema={"hour": facts.schema["hour"]})
    counted = facts.group_by("hour").agg(pl.col("snapshots").max().cast(pl.Int64).alias("taken"))
    hours = every.join(counted, on="hour", how="left").with_columns(pl.col("taken").fill_null(0))
    minutes = rhythm(hours["taken"])
    due = 60 // minutes
    by_day = (
        hours.with_columns(
            date_in_paris(pl.col("hour")).alias("local_date"),
            (due - pl.col("taken")).clip(lower_bound=0).alias("missed"),
        )
        .group_by("local_date")
        .agg(
            pl.len().cast(pl.Int64).alias("hours"),
            pl.col("taken").sum(),
            (pl.len().cast(pl.Int64) * due).alias("expected"),
            pl.col("missed").sum(),
        )
        .sort("local_date")
    )
    return Polls(minutes, by_day)


def rhythm(taken: Iterable[int]) -> int:
    """Minutes between two polls, as the most frequent number of snapshots in an hour has it."""
    seen = pl.Series(list(taken), dtype=pl.Int64)
    modes = seen.filter(seen > 0).mode()
    if modes.is_empty():
        return _USUAL
    step = HOUR / timedelta(minutes=1) / int(modes.sort()[-1])
    return min(_RHYTHMS, key=lambda minutes: abs(minutes - step))
