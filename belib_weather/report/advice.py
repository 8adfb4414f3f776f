"""When to charge: the best and the worst hours of weekdays and of weekends.

Spans of three hours on the clock of Paris between 7 and 22, when people drive, are compared by the
chance of a free point: a ratio of sums, with its interval over days.

What belongs here: finding those spans. What does not: saying it in words (`advice_text`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from belib_weather.panels.figures import CHANCE, STATION_HOURS
from belib_weather.panels.intervals import with_intervals

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
    low: float | None
    high: float | None
    days: int
    station_hours: float


@dataclass(frozen=True)
class Advice:
    """The best and the worst span of a kind of day, and how many hours of the day are observed."""

    kind: Kind
    best: Span
    worst: Span
    hours: int

    @property
    def has_intervals(self) -> bool:
        """Whether both spans were observed on more than one day."""
        return self.best.low is not None and self.worst.high is not None

    @property
    def is_clear(self) -> bool:
        """Whether the intervals of the two spans do not overlap."""
        low, high = self.best.low, self.worst.high
        return low is not None and high is not None and low > high


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
            advice.append(Advice(kind, spans[0], apart[-1], hours))
    return advice


def _spans(rows: pl.DataFrame, observed: set[int]) -> Iterator[Span]:
    for start in range(FIRST_HOUR, LAST_HOUR - SPAN_HOURS + 1):
        hours = range(start, start + SPAN_HOURS)
        if not observed.issuperset(hours):
            continue
        chosen = rows.filter(pl.col("local_hour").is_in(list(hours)))
        chance = with_intervals(CHANCE, chosen).row(0, named=True)
        station_hours = chosen.select(
            pl.col(column).cast(pl.Int64).sum() for column in STATION_HOURS.columns
        ).select(STATION_HOURS.of_sums())
        yield Span(
            start,
            start + SPAN_HOURS,
            chance[CHANCE.name],
            chance["low"],
            chance["high"],
            chance["days"],
            station_hours.item(),
        )
