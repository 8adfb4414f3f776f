"""How much of the time was observed, and how many snapshots were missed.

What belongs here: adding up hours of the feed by local date. What does not: the hours themselves
(`transform.feed_hours`), and what the snapshots show.
"""

from dataclasses import dataclass

import polars as pl

from belib_weather.window import HOUR, Window

_HOUR_SECONDS = int(HOUR.total_seconds())


@dataclass(frozen=True)
class Polls:
    """Snapshots by local date: `local_date`, `hours`, `taken`, `expected`, `missed`, and seconds.

    `missed` adds up what each hour lacks; an hour with more than expected fills no other. Hours
    before the first poll are expected to hold nothing. `observed` of `settled` seconds lie between
    two snapshots; an hour is settled half an hour after its end.
    """

    minutes: tuple[int, ...]
    """Between two polls; several where the cadence changed."""
    by_day: pl.DataFrame
    outages: tuple[Window, ...] = ()
    """Hours on end without a snapshot, in order; the last may go on."""
    goes_on: bool = False
    """Whether the last of `outages` reaches into the running hour."""

    def total(self, column: str) -> int:
        """The sum of a column over all days."""
        return int(self.by_day[column].sum())

    @property
    def time_observed(self) -> float | None:
        """Share of the settled time that was observed; None where nothing is settled."""
        settled = self.total("settled")
        return self.total("observed") / settled if settled else None


def polls_of(feed: pl.DataFrame, whole_hours: Window) -> Polls:
    """Add up whole hours of the feed.

    Args:
        feed: FeedHour rows.
        whole_hours: the hours that are over, from the first that was polled.
    """
    over = feed.filter(
        pl.col("hour").is_between(whole_hours.start, whole_hours.end, closed="left")
    ).with_columns(expected=pl.col("expected_snapshots").fill_null(0))
    settled = ~pl.col("is_provisional")
    by_day = (
        over.group_by("local_date")
        .agg(
            pl.len().cast(pl.Int64).alias("hours"),
            pl.col("snapshots").cast(pl.Int64).sum().alias("taken"),
            pl.col("expected").cast(pl.Int64).sum(),
            (pl.col("expected") - pl.col("snapshots")).clip(lower_bound=0).sum().alias("missed"),
            pl.col("observed_seconds").filter(settled).cast(pl.Int64).sum().alias("observed"),
            (settled.sum().cast(pl.Int64) * _HOUR_SECONDS).alias("settled"),
        )
        .with_columns(
            time_observed=pl.col("observed") / pl.when(pl.col("settled") > 0).then("settled")
        )
        .sort("local_date")
    )
    expected = over["expected_snapshots"].drop_nulls().unique().sort(descending=True)
    minutes = tuple(round(60 / snapshots) for snapshots in expected)
    outages = _outages(over)
    running = feed.filter((pl.col("hour") == whole_hours.end) & (pl.col("snapshots") > 0))
    goes_on = bool(outages) and outages[-1].end == whole_hours.end and running.is_empty()
    return Polls(minutes, by_day, outages, goes_on)


def _outages(hours: pl.DataFrame) -> tuple[Window, ...]:
    """Hours on end without a snapshot."""
    dark = hours.filter(pl.col("snapshots") == 0).sort("hour")
    new = (pl.col("hour").diff() != HOUR).fill_null(value=True).cum_sum()
    runs = dark.group_by(new.alias("run"), maintain_order=True).agg(
        start=pl.col("hour").min(), end=pl.col("hour").max() + HOUR
    )
    return tuple(Window(start, end) for start, end in runs.select("start", "end").iter_rows())
