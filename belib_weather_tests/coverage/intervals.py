"""Every interval that the product prints, computed for one course."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl

from belib_weather.datasets.marts import CITY, STATION
from belib_weather.datasets.weather_association import WITHHELD
from belib_weather.panels import figures as f
from belib_weather.panels.intervals import with_comparisons
from belib_weather.report.advice import FIRST_HOUR, LAST_HOUR, SPAN_HOURS, advice_of
from belib_weather.simulator.paris_time import DAY
from belib_weather.transform.chance_estimates import chance_estimates
from belib_weather.transform.comparisons import FULL_DAYS
from belib_weather.transform.repair import rate_interval
from belib_weather.transform.weather_association import area_hours, weather_association
from belib_weather_tests.coverage.city import Course, fleet

HOURS = "chance of a free point: an hour less the other hours of the same days"
WEATHER_CHANCE = "chance of a free point: a weather less the other hours of the same days"
WEATHER_OCCUPANCY = "occupancy: a weather less the other hours of the same days"
ADVICE = "chance of a free point: the best hours less the worst, chosen from the same days"
PROFILE = "typical week: chance of a free point at a station in an hour of the week (90 %)"
ASSOCIATION = "weather association: occupancy at a temperature or precipitation"
AGAINST = " against "
WEATHER_LENGTHS = (28, 56, 98)
"""Of the weather association; it is provisional below 90 days."""
RATE = "outages begun per 1,000 point-hours up"
LEVEL = "a level: chance of a free point in the city, days taken as independent (not printed)"


class Found(NamedTuple):
    """An interval that one simulated course gives.

    Attributes:
        key: what it is the interval of.
        weight: its share when the courses are averaged to estimate the true value.
    """

    kind: str
    days: int
    key: str
    estimate: float
    low: float | None
    high: float | None
    weight: float = 1.0


@dataclass(frozen=True)
class Wanted:
    """Which lengths are measured, and whether those that take longest are."""

    lengths: tuple[int, ...]
    with_marts: bool

    @property
    def days(self) -> int:
        """Of the longest."""
        return max(*self.lengths, *(WEATHER_LENGTHS if self.with_marts else ()), 0)


def intervals_of(course: Course, wanted: Wanted) -> list[Found]:
    """All intervals of a course, over its first days."""
    last = max(wanted.lengths)
    found = _rate(course.first(last), last)
    for days in wanted.lengths:
        facts = course.first(days).facts
        found += _within_days(facts, days)
        if days >= FULL_DAYS:
            found += _level(facts, days)
    for days in WEATHER_LENGTHS if wanted.with_marts else ():
        found += _association(course.first(days).facts, days)
    return found


def profile_of(course: Course, days: int) -> pl.DataFrame:
    """The typical week of every station: `area`, weekday, hour, estimate and its ends."""
    return chance_estimates(course.first(days).facts).filter(pl.col("scope") == STATION)


def spans_of(course: Course) -> dict[str, float]:
    """Mean over days of the chance in every span that may be advised, by kind of day."""
    facts, found = course.facts, {}
    for kind, of_kind in (
        ("weekdays", pl.col("local_weekday") < 6),
        ("weekend", pl.col("local_weekday") > 5),
    ):
        for start in range(FIRST_HOUR, LAST_HOUR - SPAN_HOURS + 1):
            hours = pl.col("local_hour").is_between(start, start + SPAN_HOURS - 1)
            by_day = (
                facts.filter(of_kind & hours)
                .group_by("local_date")
                .agg(pl.col("any_available_seconds").sum() / pl.col("any_observed_seconds").sum())
            )
            found[f"{kind} {start}"] = float(by_day["any_available_seconds"].to_numpy().mean())
    return found


def _within_days(facts: pl.DataFrame, days: int) -> list[Found]:
    sums = facts.group_by("local_date", "local_hour", "local_weekday", "weather_class").agg(
        pl.col("^.*_seconds$").sum()
    )
    found = []
    for kind, measure, by in (
        (HOURS, f.CHANCE, "local_hour"),
        (WEATHER_CHANCE, f.CHANCE, "weather_class"),
        (WEATHER_OCCUPANCY, f.OCCUPANCY, "weather_class"),
    ):
        for row in with_comparisons(measure, sums, by).iter_rows(named=True):
            ends = (row["low"], row["high"], float(row["compared_days"]))
            if row["compared_days"] >= days / 2:  # else it is the interval of fewer days
                found.append(Found(kind, days, str(row[by]), row["difference"], *ends))
    for advice in advice_of(sums):
        of = advice.difference
        if of.low is not None and of.difference is not None:
            key = f"{advice.kind} {advice.best.start} {advice.worst.start}"
            found.append(Found(ADVICE, days, key, of.difference, of.low, of.high))
    return found


def _level(facts: pl.DataFrame, days: int) -> list[Found]:
    """The interval of a mean over days, as it was printed before: for comparison."""
    from scipy import stats

    chance = pl.col("any_available_seconds").sum() / pl.col("any_observed_seconds").sum()
    by_day = facts.group_by("local_date").agg(chance)["any_available_seconds"].to_numpy()
    low, high = stats.t.interval(0.95, len(by_day) - 1, by_day.mean(), stats.sem(by_day))
    return [Found(LEVEL, days, "city", float(by_day.mean()), float(low), float(high))]


def _association(facts: pl.DataFrame, days: int) -> list[Found]:
    hours = area_hours(facts).filter(pl.col("scope") == CITY)
    rows = weather_association(hours).filter(pl.col("standing") != WITHHELD)
    return [
        Found(
            *(ASSOCIATION, days, f"{row['condition']}{AGAINST}{row['compared_with']}"),
            *(row["difference"], row["difference_low"], row["difference_high"]),
        )
        for row in rows.iter_rows(named=True)
    ]


def _rate(course: Course, days: int) -> list[Found]:
    drawn = course.timeline.disturbances.point_outages(course.start, course.end)
    begun = drawn.take(np.flatnonzero((drawn.start >= course.start) & (drawn.start < course.end)))
    seconds = np.minimum(begun.end, course.end) - begun.start
    station = fleet().station
    number = np.bincount(station[begun.unit], minlength=len(fleet().stations))
    up = np.bincount(station) * days * DAY - np.bincount(
        station[begun.unit], weights=seconds, minlength=len(number)
    )
    rate = 3_600_000 * number.sum() / up.sum()
    ends = rate_interval(number, up)
    return [] if ends is None else [Found(RATE, days, "city", float(rate), *ends)]
