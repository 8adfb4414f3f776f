"""Many courses, the truth that they have in common, and how often it is covered."""

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
import polars as pl

from belib_weather.simulator.world import World
from belib_weather_tests.coverage import intervals as i
from belib_weather_tests.coverage.city import course
from belib_weather_tests.coverage.intervals import Found, Wanted
from belib_weather_tests.coverage.parallel import in_parallel
from belib_weather_tests.coverage.weather_truth import WeatherTruth

WORLD = World(city_day_spread=0.15, wet_arrival_factor=0.8, arrivals_per_degree=0.01)
"""Days differ more than in Paris, and the effects of weather are large enough to be found."""
CELL = ["area", "local_weekday", "local_hour"]


@dataclass(frozen=True)
class Study:
    """What is simulated.

    Attributes:
        correlation: of neighbouring days.
        courses: how many.
        wanted: which intervals of each.
        processes: how many run at once.
        weather: truth of the weather association, where it is wanted.
    """

    correlation: float
    courses: int
    wanted: Wanted
    processes: int = 1
    weather: WeatherTruth | None = None


@dataclass(frozen=True)
class Covered:
    """How often the intervals of a kind and length cover the truth, over all courses."""

    kind: str
    days: int
    correlation: float
    intervals: int
    share: float
    margin: float
    """How far the share may be off: 95 % of it, since courses are few; one course counts once."""


@dataclass(frozen=True)
class Studied:
    """What a study gives.

    Attributes:
        covered: by kind and length.
        found: the intervals of each course.
    """

    covered: list[Covered]
    found: list[list[Found]]


def studied(study: Study) -> Studied:
    """Simulate the courses and count."""
    jobs = [(study, number) for number in range(1, study.courses + 1)]
    results = in_parallel(_one, jobs, study.processes)
    found = [own for own, _, _ in results]
    spans = {key: float(np.mean([own[key] for _, own, _ in results])) for key in results[0][1]}
    counted = _counted(study, found, _truth(study, found, spans))
    return Studied(counted + _profiles(study, [profile for _, _, profile in results]), found)


def _one(job: tuple[Study, int]) -> tuple[list[Found], dict[str, float], pl.DataFrame]:
    study, number = job
    world = replace(WORLD, course=number, day_correlation=study.correlation)
    own = course(world, study.wanted.days)
    last = own.first(max(study.wanted.lengths))
    profile = pl.DataFrame()
    if study.wanted.with_marts:
        seen = last.facts.group_by(pl.col("station_id").alias("area"), *CELL[1:]).agg(
            pl.col("any_available_seconds", "any_observed_seconds").sum()
        )
        profile = i.profile_of(own, 28).select(*CELL, "^estimated.*$").join(seen, on=CELL)
    return i.intervals_of(own, study.wanted), i.spans_of(last), profile


def _truth(
    study: Study, courses: list[list[Found]], spans: dict[str, float]
) -> dict[tuple[str, str], float]:
    """The truth of every kind and key: what is known, else the mean over the longest periods."""
    by_key: dict[tuple[str, str], list[Found]] = defaultdict(list)
    for each in chain.from_iterable(courses):
        by_key[each.kind, each.key].append(each)
    truth = {}
    for (kind, key), own in by_key.items():
        longest = [each for each in own if each.days == max(e.days for e in own)]
        truth[kind, key] = float(
            np.average([e.estimate for e in longest], weights=[e.weight for e in longest])
        )
        if kind == i.ADVICE:
            day, best, worst = key.split()
            truth[kind, key] = spans[f"{day} {best}"] - spans[f"{day} {worst}"]
        if kind == i.ASSOCIATION and study.weather is not None:
            truth[kind, key] = study.weather.of(*key.split(i.AGAINST))
    return truth


def _counted(
    study: Study, courses: list[list[Found]], truth: dict[tuple[str, str], float]
) -> list[Covered]:
    """Of each kind and length the share that covers; `groups` has covered and all, by course."""
    groups: dict[tuple[str, int], dict[int, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for number, found in enumerate(courses):
        for each in found:
            if each.low is not None and each.high is not None:
                is_covered = each.low <= truth[each.kind, each.key] <= each.high
                groups[each.kind, each.days][number].append(is_covered)
    return [
        _covered(study, kind, days, [(sum(own), len(own)) for own in by_course.values()])
        for (kind, days), by_course in sorted(groups.items())
    ]


def _covered(study: Study, kind: str, days: int, by_course: list[tuple[int, int]]) -> Covered:
    """The share of all intervals, and its margin: those of one course resemble each other."""
    covered, number = np.array(by_course, dtype=float).T
    share = covered.sum() / number.sum()
    courses = max(len(number), 2)
    spread = np.square(covered - share * number).sum() * courses / (courses - 1)
    margin = 1.96 * np.sqrt(spread) / number.sum()
    return Covered(kind, days, study.correlation, int(number.sum()), float(share), float(margin))


def _profiles(study: Study, profiles: list[pl.DataFrame]) -> list[Covered]:
    """Of the typical week, each cell's truth is its chance over all days of all courses."""
    if profiles[0].is_empty():
        return []
    cells = pl.concat([own.with_columns(course=n) for n, own in enumerate(profiles)])
    true = pl.col("any_available_seconds").sum() / pl.col("any_observed_seconds").sum()
    is_covered = true.over(CELL).is_between("estimated_chance_low", "estimated_chance_high")
    by_course = (
        cells.with_columns(is_covered=is_covered)
        .group_by("course")
        .agg(pl.col("is_covered").sum(), pl.len())
    )
    return [_covered(study, i.PROFILE, 28, by_course.select("is_covered", "len").rows())]
