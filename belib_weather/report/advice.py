"""When to charge: the best and the worst hours of weekdays and of weekends.

Spans of three hours on the clock of Paris between 7 and 22, when people drive, are compared by the
chance of a free point: a ratio of sums over the observed days. The best and the worst are compared
within days, with the interval of `transform.comparisons`.

What belongs here: finding those spans. What does not: saying it in words (`advice_text`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from belib_weather.panels.figures import CHANCE, STATION_HOURS
from belib_weather.panels.intervals import difference_within_days, sums_of_days
from belib_weather.transform.comparisons import Comparison

SPAN_HOURS = 3
FIRST_HOUR, LAST_HOUR = 7, 22
_SATURDAY = 6


class Kind(StrEnum):
    """Kinds of days."""

    WEEKDAYS = "weekdays"
    WEEKEND = "weekend"


@dataclass(frozen=True)
class Span:
    """Hours of a kind of day, with the chance of a free point and its sample size."""

    start: int
    end: int
    chance: float
    days: int
    station_hours: float


@dataclass(frozen=True)
class Advice:
    """The best and the worst span of a kind of day.

    Attributes:
        difference: chance of the best less that of the worst, within days.
        hours: how many hours of the day are observed.
    """

    kind: Kind
    best: Span
    worst: Span
    difference: Comparison
    hours: int

    @property
    def has_interval(self) -> bool:
        """Whether enough days were observed to say how sure the difference is."""
        return self.difference.low is not None

    @property
    def is_clear(self) -> bool:
        """Whether the best span is better beyond doubt."""
        return self.difference.low is not None and self.difference.low > 0


def advice_of(facts: pl.DataFrame) -> list[Advice]:
    """Advice for each kind of day that has two spans without a common hour.

    Args:
        facts: with `local_date`, `local_hour`, `local_weekday` and the station seconds.
    """
    is_weekend = pl.col("local_weekday") >= _SATURDAY
    advice = []
    for kind, rows in (
        (Kind.WEEKDAYS, facts.filter(~is_weekend)),
        (Kind.WEEKEND, facts.filter(is_weekend)),
    ):
        observed = set(rows.filter(pl.col("any_observed_seconds") > 0)["local_hour"])
        spans = sorted(_spans(rows, observed), key=lambda span: (-span.chance, span.start))
        apart = [span for span in spans if abs(span.start - spans[0].start) >= SPAN_HOURS]
        if apart:
            hours = len(observed.intersection(range(FIRST_HOUR, LAST_HOUR)))
            best, worst = spans[0], apart[-1]
            difference = difference_within_days(CHANCE, rows, _within(best), _within(worst))
            advice.append(Advice(kind, best, worst, difference, hours))
    return advice


def _within(span: Span) -> pl.Expr:
    return pl.col("local_hour").is_between(span.start, span.end - 1)


def _spans(rows: pl.DataFrame, observed: set[int]) -> Iterator[Span]:
    for start in range(FIRST_HOUR, LAST_HOUR - SPAN_HOURS + 1):
        hours = range(start, start + SPAN_HOURS)
        if not observed.issuperset(hours):
            continue
        chosen = rows.filter(pl.col("local_hour").is_in(list(hours)))
        days = sums_of_days(CHANCE, chosen)
        station_hours = chosen.select(
            pl.col(column).cast(pl.Int64).sum() for column in STATION_HOURS.columns
        ).select(STATION_HOURS.of_sums())
        yield Span(
            start,
            start + SPAN_HOURS,
            days.select(pl.col("n").sum() / pl.col("d").sum()).item(),
            days.height,
            station_hours.item(),
        )
