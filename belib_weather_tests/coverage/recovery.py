"""The simulator's parameters, found again by the product's own estimates."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from typing import NamedTuple

import numpy as np
import polars as pl

from belib_weather.formats.batches import Snapshot
from belib_weather.formats.snapshots import read_sightings
from belib_weather.simulator.lasting import OUT_OF_ORDER
from belib_weather.simulator.paris_time import instant, second
from belib_weather.simulator.truth import Truth
from belib_weather.transform.episodes import status_episodes
from belib_weather.transform.repair import quantiles
from belib_weather.window import Window, floor_day
from belib_weather_tests.coverage.city import POINTS, SEED, START, STATIONS, course
from belib_weather_tests.coverage.intervals import (
    AGAINST,
    ASSOCIATION,
    WEATHER_LENGTHS,
    Found,
    profile_of,
)
from belib_weather_tests.coverage.study import CELL, WORLD
from belib_weather_tests.coverage.weather_truth import HEAVY, LIGHT, WeatherTruth

_ENDS = ("exact", "polled")
_SIDES = 1.96
_FEWEST_CELLS = 100
"""Of fewer hours of the week at stations the page says nothing."""
_WEATHERS = (
    *(
        (
            f"occupancy at {t} °C less that at 15 °C (arrivals + 1 % a degree below)",
            f"{t} °C",
            "15 °C",
        )
        for t in (5, 10)
    ),
    ("occupancy at 20 °C less that at 15 °C (no effect)", "20 °C", "15 °C"),
    ("occupancy in hours with less than 1 mm less dry ones (arrivals × 0.8)", LIGHT, "dry"),
    ("occupancy in hours with 1 mm or more less dry ones (arrivals × 0.8)", HEAVY, "dry"),
)
_CHANCE = (pl.col("any_available_seconds").sum() / pl.col("any_observed_seconds").sum()).alias(
    "true"
)


class Recovered(NamedTuple):
    """A figure of the simulator beside what was found.

    Attributes:
        truth_margin: how far the truth may be off (95 %), where it is itself simulated.
        estimate_margin: the same of the mean of the estimates, where it is known.
    """

    what: str
    truth: float
    estimate: float
    how: str
    truth_margin: float = 0.0
    estimate_margin: float = 0.0


def recovered(courses: int, days_polled: int) -> list[Recovered]:
    """Every figure but those of the weather."""
    return [*profile(courses), *repair(courses), dwell(days_polled)]


def weather(courses: Sequence[Sequence[Found]], truth: WeatherTruth) -> list[Recovered]:
    """Differences with the weather beside those of the simulated city.

    Args:
        courses: what each course gives, in all correlations: they have its weather in common.
        truth: of the same world.
    """
    rows = []
    for what, condition, against in _WEATHERS:
        days, own = _longest(courses, f"{condition}{AGAINST}{against}")
        if not own:
            continue
        estimates = np.array([np.mean([each.estimate for each in of_one]) for of_one in own])
        ends = [(each.low, each.high) for each in chain.from_iterable(own)]
        half = np.median(np.diff(np.array(ends, dtype=float))) / 2
        rows.append(
            Recovered(
                what,
                truth.of(condition, against),
                float(estimates.mean()),
                f"`difference` of {days} days, {len(own)} courses; an interval is ± {half:.2g}",
                _SIDES * truth.error(condition),
                _SIDES * float(estimates.std(ddof=1)) / np.sqrt(len(own)),
            )
        )
    return rows


def _longest(courses: Sequence[Sequence[Found]], key: str) -> tuple[int, list[list[Found]]]:
    """The longest period in which a quarter of the courses have this difference; what they have."""
    for days in sorted(WEATHER_LENGTHS, reverse=True):
        own = [
            [f for f in of_one if (f.kind, f.days, f.key) == (ASSOCIATION, days, key)]
            for of_one in courses
        ]
        reported = [of_one for of_one in own if of_one]
        if len(reported) >= max(2, len(courses) / 4):
            return days, reported
    return 0, []


def profile(courses: int) -> list[Recovered]:
    """The typical week of 28 days, beside the chance of each cell over all days of all courses.

    Cells are separated by the chance in one half of the courses and compared in the other: those
    that are low by chance in the one are not in the other.
    """
    cells, seen = [], []
    for number in range(1, courses + 1):
        own = course(replace(WORLD, course=number), 56)
        is_later = pl.lit(number > courses // 2).alias("is_later")
        cells.append(profile_of(own, 28).select(is_later, *CELL, "estimated_chance"))
        chances = own.facts.group_by(pl.col("station_id").alias("area"), *CELL[1:]).agg(_CHANCE)
        seen.append(chances.with_columns(is_later))
    true = pl.concat(seen).group_by("is_later", *CELL).agg(pl.col("true").mean())
    level = true.filter(~pl.col("is_later")).select(*CELL, pl.col("true").alias("level"))
    both = (
        pl.concat(cells)
        .filter("is_later")
        .join(true, on=["is_later", *CELL])
        .join(level, on=CELL)
        .drop_nulls()
    )
    found = []
    for low, high in ((0.0, 0.8), (0.8, 0.95), (0.95, 1.0)):
        own_cells = both.filter(pl.col("level").is_between(low, high, closed="right"))
        number, of = own_cells.select(CELL).n_unique(), courses - courses // 2
        if number < _FEWEST_CELLS:
            continue
        true_mean, found_mean = own_cells.select("true", "estimated_chance").mean().row(0)
        found.append(
            Recovered(
                "chance of a free point, hours of the week at stations where it is"
                f" {low:g} to {high:g} in other courses",
                float(true_mean),
                float(found_mean),
                f"`estimated_chance` of 28 days, {number:,} cells in {of} courses",
            )
        )
    return found


def repair(courses: int) -> list[Recovered]:
    """Times to repair of all courses as of one city, followed to the end of 56 days."""
    seconds: list[int] = []
    ended: list[bool] = []
    for number in range(1, courses + 1):
        own = course(replace(WORLD, course=number), 56)
        drawn = own.timeline.disturbances.point_outages(own.start, own.end)
        begun = drawn.take(np.flatnonzero((drawn.start >= own.start) & (drawn.start < own.end)))
        seconds += (np.minimum(begun.end, own.end) - begun.start).tolist()
        ended += (begun.end <= own.end).tolist()
    found = quantiles(pl.Series(seconds), pl.Series(ended), (0.5, 0.9))
    hours = OUT_OF_ORDER.draw(np.random.default_rng(2), 200_000) / 3_600
    return [
        Recovered(
            f"time to repair, {share:.0%} quantile, hours",
            float(np.quantile(hours, share)),
            own.hours or float("nan"),
            f"Kaplan-Meier of {len(seconds):,} outages",
        )
        for own, share in zip(found, (0.5, 0.9), strict=True)
    ]


def dwell(days: int) -> Recovered:
    """Mean length of occupied runs, from episodes of 5-minute polls, beside the published ones."""
    truth = Truth(SEED, POINTS, STATIONS, WORLD)
    first = floor_day(instant(START)) + timedelta(days=1)
    window = Window(first, first + timedelta(days=days))
    polls = [first + n * timedelta(minutes=5) for n in range(-6, days * 288 + 7)]
    sightings = read_sightings(Snapshot(at, truth.poll(at)) for at in polls).good
    dates = [first + timedelta(days=n) for n in range(days)]
    sources = pl.DataFrame(
        {"day": dates, "source": ["simulator"] * days},
        schema={"day": pl.Datetime("us", "UTC"), "source": pl.String},
    )
    segments = status_episodes(sightings, window=window, sources=sources)
    runs = segments.filter(
        pl.col("status").cast(pl.String) == "occupied",
        pl.col("start_kind").cast(pl.String).is_in(_ENDS),
        pl.col("end_kind").cast(pl.String).is_in(_ENDS),
    )
    true = pl.DataFrame(truth.segments(window.start, window.end)).filter(
        pl.col("status") == "occupied",
        pl.col("start") > second(window.start),
        pl.col("end") < second(window.end),
    )
    # The same cut: episodes are by UTC day, and a run over midnight is of two segments.
    day = 86_400
    whole = true.filter(pl.col("start") // day == (pl.col("end") - 1) // day)
    hours = (whole["end"] - whole["start"]).to_numpy().mean() / 3_600
    seen = runs["seconds"].to_numpy().mean() / 3_600
    missed = 1 - runs.height / whole.height
    how = f"`status_episodes` of {runs.height:,} runs within a day; {missed:.0%} were missed"
    return Recovered("mean occupied run, hours", float(hours), float(seen), how)
