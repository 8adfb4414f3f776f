"""Reliability of stations: what their points did in a local week or month, in sums.

What belongs here: one period at a time, from segments, listed points and outages. What does not:
which periods are made, and shares, which a view computes from these sums.
Definitions: docs/metrics.md.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import dataframely as dy
import polars as pl

from belib_weather.datasets.reliability import IN_SERVICE_SECONDS, StationReliability
from belib_weather.dates import window_of_date
from belib_weather.transform.down_time import with_down_time
from belib_weather.transform.sources import union_of_sources
from belib_weather.vocabulary import (
    PERIOD_KINDS,
    UP_STATUSES,
    OutageEnd,
    OutageKind,
    PeriodKind,
    Status,
)
from belib_weather.window import DAY, Window, floor_day, second_of

_WEEK = timedelta(days=7)


@dataclass(frozen=True, order=True)
class Period:
    """A week or a month on the calendar of Paris.

    Attributes:
        kind: week or month.
        starts_on: its first date: a Monday, or the first of a month.
    """

    kind: PeriodKind
    starts_on: date

    @property
    def window(self) -> Window:
        """From its first midnight in Paris to the one after its last day."""
        if self.kind is PeriodKind.WEEK:
            following = self.starts_on + _WEEK
        else:
            following = (self.starts_on + timedelta(days=31)).replace(day=1)
        return Window(window_of_date(self.starts_on).start, window_of_date(following).start)

    @property
    def days_read(self) -> Window:
        """The UTC days whose segments it needs: unknown is down from 24 hours on."""
        window = self.window
        return Window(floor_day(window.start - DAY), window.end)


def periods_of(first: date, last: date) -> list[Period]:
    """Weeks and months that hold any date from `first` to `last`, in order."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    weeks = {day - timedelta(days=day.weekday()) for day in days}
    months = {day.replace(day=1) for day in days}
    return [
        *(Period(PeriodKind.MONTH, day) for day in sorted(months)),
        *(Period(PeriodKind.WEEK, day) for day in sorted(weeks)),
    ]


def reliability(
    period: Period,
    segments: pl.DataFrame,
    points: pl.DataFrame,
    outages: pl.DataFrame,
    observed_to: datetime,
) -> dy.DataFrame[StationReliability]:
    """The stations that have a point listed, or a segment, in a period.

    Args:
        period: the period; it is made up to `observed_to`.
        segments: `StatusEpisode` rows of `period.days_read`.
        points: `ChargePoint` rows, all.
        outages: `Outage` rows, all that touch the period.
        observed_to: end of the observed time.

    Raises:
        ValueError: the period begins when the observed time is over.
    """
    window = period.window
    if window.start >= observed_to:
        raise ValueError(f"the {period.kind} begins at {window.start}, observed to {observed_to}")
    begin, end = window.start, min(window.end, observed_to)
    seconds = _seconds(segments, second_of(begin), second_of(end))
    listed = _listed(points, begin, end)
    by_point = listed.join(seconds, on=["station_id", "charge_point_id"], how="full", coalesce=True)
    observed = pl.sum_horizontal(*IN_SERVICE_SECONDS, "planned_seconds", "removed_seconds")
    sums = (
        by_point.with_columns(pl.col(pl.Int64).fill_null(0))
        .with_columns((pl.col("listed") - observed).clip(0).alias("unobserved_seconds"))
        .group_by("station_id")
        .agg(pl.len().cast(pl.Int32).alias("charge_points"), pl.col(pl.Int64).sum())
        .drop("listed")
    )
    rows = sums.join(_counts(outages, begin, end), on="station_id", how="left")
    is_within = (pl.col("started_at") < end) & (pl.col("ended_at") > begin)
    source = segments.filter(is_within).select(union_of_sources(pl.col("source"))).item()
    return StationReliability.validate(
        rows.with_columns(
            pl.lit(period.kind.value).cast(pl.Enum(PERIOD_KINDS)).alias("period"),
            pl.lit(period.starts_on).alias("starts_on"),
            pl.lit(end, pl.Datetime("us", "UTC")).alias("made_to"),
            pl.lit(source, pl.String).alias("source"),
            pl.col(pl.UInt32).fill_null(0).cast(pl.Int32),
        )
        .select(StationReliability.column_names())
        .sort("station_id")
    )


def _seconds(segments: pl.DataFrame, begin: int, end: int) -> pl.DataFrame:
    """Seconds of each point within [begin, end), by what they count as."""
    cut = with_down_time(segments).with_columns(
        pl.col("begin").clip(begin, end),
        pl.col("end").clip(begin, end),
        pl.col("down_begin").clip(begin, end),
    )
    length = pl.col("end") - pl.col("begin")
    down = (pl.col("end") - pl.max_horizontal("begin", "down_begin")).clip(0).fill_null(0)
    status = pl.col("status")
    is_up, is_fresh = status.is_in(UP_STATUSES), ~pl.col("is_stale")
    is_down = pl.col("down_begin").is_not_null()

    def total(amount: pl.Expr, where: pl.Expr, name: str) -> pl.Expr:
        return amount.filter(where).sum().alias(f"{name}_seconds")

    return (
        cut.group_by("station_id", "charge_point_id")
        .agg(
            total(length, is_up & is_fresh, "up"),
            total(length, (status == Status.AVAILABLE) & is_fresh, "available"),
            total(down, is_down, "down"),
            total(length, is_up & ~is_fresh, "silent"),
            total(length - down, is_down, "unsettled"),
            total(length, status == Status.PLANNED, "planned"),
            total(length, status == Status.REMOVED, "removed"),
            length.sum().alias("length"),
        )
        .filter(pl.col("length") > 0)
        .drop("length")
    )


def _listed(points: pl.DataFrame, begin: datetime, end: datetime) -> pl.DataFrame:
    """Seconds within [begin, end) for which each point is listed."""
    last = pl.lit(end, pl.Datetime("us", "UTC"))
    since = pl.col("valid_from").clip(begin, end)
    until = pl.col("valid_to").fill_null(last).clip(begin, end)
    return (
        points.group_by("station_id", "charge_point_id")
        .agg((until - since).dt.total_seconds().sum().alias("listed"))
        .filter(pl.col("listed") > 0)
    )


def _counts(outages: pl.DataFrame, begin: datetime, end: datetime) -> pl.DataFrame:
    """Per station: counts of outages, and the longest and the last of the period."""
    is_outage = pl.col("kind").cast(pl.String) == OutageKind.OUTAGE
    starts = pl.col("started_at").is_between(begin, end, closed="left")
    ends = pl.col("ended_at").is_between(begin, end, closed="left")
    returned = pl.col("end_kind").cast(pl.String) == OutageEnd.RETURNED
    begun = pl.col("is_begun") & starts
    carried = (pl.col("started_at") < begin) & (pl.col("ended_at") > begin)
    down_from = pl.max_horizontal("down_from", pl.lit(begin, pl.Datetime("us", "UTC")))
    length = (pl.col("ended_at").clip(upper_bound=end) - down_from).dt.total_seconds()
    goes_on = pl.col("ended_at") >= end
    return outages.group_by("station_id").agg(
        (is_outage & begun).sum().alias("outages_begun"),
        (is_outage & returned & ends).sum().alias("outages_ended"),
        (~is_outage & begun).sum().alias("silences_begun"),
        pl.col("charge_point_id")
        .filter(is_outage & starts & ~pl.col("is_begun"))
        .n_unique()
        .alias("points_already_out"),
        (is_outage & carried).sum().alias("outages_carried_in"),
        length.filter(is_outage & (length > 0)).max().alias("longest_outage_seconds"),
        pl.col("started_at").filter(is_outage & begun).max().alias("last_begun_at"),
        goes_on.filter(is_outage & begun)
        .sort_by(pl.col("started_at").filter(is_outage & begun))
        .last()
        .alias("last_begun_lasts"),
    )
