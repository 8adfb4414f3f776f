"""How many snapshots were taken, against how many the polls would have made.

What belongs here: adding up hours by local date. What does not: the hours themselves
(`transform.poll_counts`), and what the snapshots show.
"""

from dataclasses import dataclass

import polars as pl

from belib_weather.dates import date_in_paris
from belib_weather.window import Window


@dataclass(frozen=True)
class Polls:
    """Snapshots by local date: `local_date`, `hours`, `taken`, `expected`, `missed`.

    `missed` adds up what each hour lacks; an hour with more than expected fills no other. Hours
    before the first poll are expected to hold nothing.
    """

    minutes: tuple[int, ...]
    """Between two polls; several where the cadence changed."""
    by_day: pl.DataFrame

    def total(self, column: str) -> int:
        """The sum of a column over all days."""
        return int(self.by_day[column].sum())


def polls_of(hours: pl.DataFrame, whole_hours: Window) -> Polls:
    """Add up the snapshots of whole hours.

    Args:
        hours: `hour`, `snapshots`, `cadence_seconds`, `expected` (`transform.poll_counts`).
        whole_hours: the hours that are over, from the first that has facts.
    """
    over = hours.filter(
        pl.col("hour").is_between(whole_hours.start, whole_hours.end, closed="left")
    ).with_columns(pl.col("expected").fill_null(0))
    by_day = (
        over.group_by(date_in_paris(pl.col("hour")).alias("local_date"))
        .agg(
            pl.len().cast(pl.Int64).alias("hours"),
            pl.col("snapshots").sum().alias("taken"),
            pl.col("expected").sum(),
            (pl.col("expected") - pl.col("snapshots")).clip(lower_bound=0).sum().alias("missed"),
        )
        .sort("local_date")
    )
    seconds = over["cadence_seconds"].drop_nulls().unique().sort()
    return Polls(tuple(int(cadence) // 60 for cadence in seconds), by_day)
