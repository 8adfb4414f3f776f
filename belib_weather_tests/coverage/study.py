"""Many courses, the truth that they have in common, and how often it is covered."""

from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context

import numpy as np
import polars as pl

from belib_weather.simulator.lasting import OUT_OF_ORDER
from belib_weather.simulator.world import World
from belib_weather_tests.coverage import intervals as i
from belib_weather_tests.coverage.city import course
from belib_weather_tests.coverage.intervals import Found, Wanted

WORLD = World(city_day_spread=0.15, wet_arrival_factor=0.8, arrivals_per_degree=0.01)
"""Days differ more than in Paris, and the effects of weather are large enough to be found."""
_CELL = ["area", "local_weekday", "local_hour"]


@dataclass(frozen=True)
class Study:
    """What is simulated.

    Attributes:
        correlation: of neighbouring days.
        courses: how many.
        wanted: which intervals of each.
        processes: how many run at once.
    """

    correlation: float
    courses: int
    wanted: Wanted
    processes: int = 1


@dataclass(frozen=True)
class Covered:
    """How often the intervals of a kind and length cover the truth, over all courses."""

    kind: str
    days: int
    correlation: float
    intervals: int
    share: float
    bias: float
    """Mean of the estimates less the truth, in widths of an interval; 0 where it is recovered."""


def studied(study: Study) -> list[Covered]:
    """Simulate the courses and count."""
    jobs = [(study, number) for number in range(1, study.courses + 1)]
    if study.processes == 1:
        results = [_one(job) for job in jobs]
    else:
        with ProcessPoolExecutor(study.processes, mp_context=get_context("forkserver")) as pool:
            results = list(pool.map(_one, jobs, chunksize=4))
    found = [each for own, _, _ in results for each in own]
    spans = {key: float(np.mean([own[key] for _, own, _ in results])) for key in results[0][1]}
    counted = _counted(study, found, _truth(found, spans))
    return counted + _profiles(study, [profile for _, _, profile in results])


def _one(job: tuple[Study, int]) -> tuple[list[Found], dict[str, float], pl.DataFrame]:
    study, number = job
    world = replace(WORLD, course=number, day_correlation=study.correlation)
    own = course(world, max(study.wanted.lengths))
    profile = pl.DataFrame()
    if study.wanted.with_marts:
        seen = own.facts.group_by(pl.col("station_id").alias("area"), *_CELL[1:]).agg(
            pl.col("any_available_seconds", "any_observed_seconds").sum()
        )
        profile = i.profile_of(own, 28).select(*_CELL, "^estimated.*$").join(seen, on=_CELL)
    return i.intervals_of(own, study.wanted), i.spans_of(own), profile


def _truth(found: Iterable[Found], spans: dict[str, float]) -> dict[tuple[str, str], float]:
    """The truth of every kind and key: what is known, else the mean over the longest periods."""
    by_key: dict[tuple[str, str], list[Found]] = defaultdict(list)
    for each in found:
        by_key[each.kind, each.key].append(each)
    truth = {}
    hours = OUT_OF_ORDER.draw(np.random.default_rng(1), 200_000) / 3_600
    for (kind, key), own in by_key.items():
        longest = [each for each in own if each.days == max(e.days for e in own)]
        truth[kind, key] = float(
            np.average([e.estimate for e in longest], weights=[e.weight for e in longest])
        )
        if kind == i.ADVICE:
            day, best, worst = key.split()
            truth[kind, key] = spans[f"{day} {best}"] - spans[f"{day} {worst}"]
        elif kind in (i.REPAIR, i.REPAIR_90):
            truth[kind, key] = float(np.quantile(hours, 0.5 if kind == i.REPAIR else 0.9))
    return truth


def _counted(
    study: Study, found: list[Found], truth: dict[tuple[str, str], float]
) -> list[Covered]:
    groups: dict[tuple[str, int], list[tuple[bool, float]]] = defaultdict(list)
    for each in found:
        if each.low is None or each.high is None:
            continue
        true = truth[each.kind, each.key]
        error = (each.estimate - true) / max(each.high - each.low, 1e-12)
        groups[each.kind, each.days].append((each.low <= true <= each.high, error))
    return [
        Covered(
            *(kind, days, study.correlation, len(own)),
            *(float(np.mean([column[n] for column in own])) for n in (0, 1)),
        )
        for (kind, days), own in sorted(groups.items())
    ]


def _profiles(study: Study, profiles: list[pl.DataFrame]) -> list[Covered]:
    """Of the typical week, each cell's truth is its chance over all days of all courses."""
    if profiles[0].is_empty():
        return []
    cells = pl.concat(profiles)
    true = pl.col("any_available_seconds").sum() / pl.col("any_observed_seconds").sum()
    cells = cells.with_columns(true=true.over(_CELL))
    low, high = pl.col("estimated_chance_low"), pl.col("estimated_chance_high")
    is_covered = pl.col("true").is_between(low, high)
    error = (pl.col("estimated_chance") - pl.col("true")) / (high - low)
    share, bias = cells.select(is_covered.mean(), error.mean().alias("bias")).row(0)
    return [Covered(i.PROFILE, 28, study.correlation, cells.height, share, bias)]
