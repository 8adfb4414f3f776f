"""What the simulator was told, found again by the product's own estimates."""

from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

import numpy as np
import polars as pl

from belib_weather.datasets.marts import CITY, WITHHELD
from belib_weather.formats.snapshots import Snapshot, read_sightings
from belib_weather.simulator.lasting import OUT_OF_ORDER
from belib_weather.simulator.paris_time import instant, second
from belib_weather.simulator.truth import Truth
from belib_weather.transform.episodes import status_episodes
from belib_weather.transform.repair import quantiles
from belib_weather.transform.weather_association import area_hours, weather_association
from belib_weather.window import Window, floor_day
from belib_weather_tests.coverage.city import POINTS, SEED, START, STATIONS, course
from belib_weather_tests.coverage.study import WORLD

_ENDS = ("exact", "polled")


class Recovered(NamedTuple):
    """A figure of the simulator beside what was found."""

    what: str
    truth: float
    estimate: float
    how: str


def recovered(courses: int, days_polled: int) -> list[Recovered]:
    """Every figure."""
    return [*weather(courses), *repair(courses), dwell(days_polled)]


def weather(courses: int) -> list[Recovered]:
    """Occupancy in wet hours: the association beside the same courses without the effect."""
    estimates, truths = [], []
    for number in range(1, courses + 1):
        pair = [
            course(replace(WORLD, course=number, wet_arrival_factor=factor), 56).facts
            for factor in (WORLD.wet_arrival_factor, 1.0)
        ]
        rows = weather_association(area_hours(pair[0]).filter(pl.col("scope") == CITY))
        said = rows.filter(pl.col("standing") != WITHHELD).drop_nulls("precipitation")
        estimates.append(float(np.average(said["difference"], weights=said["hours"])))
        with_effect, without = (_occupancy(facts) for facts in pair)
        change = (with_effect["occupancy"] - without["occupancy"]).to_numpy()
        wet = with_effect["wet"].to_numpy()
        truths.append(float(change[wet].mean() - change[~wet].mean()))
    how = f"`weather_association` of 56 days, {courses} courses"
    what = "occupancy in wet hours less dry ones (arrivals × 0.8)"
    return [Recovered(what, float(np.mean(truths)), float(np.mean(estimates)), how)]


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


def _occupancy(facts: pl.DataFrame) -> pl.DataFrame:
    occupied = pl.col("occupied_seconds").sum()
    return (
        facts.group_by("hour")
        .agg(
            (occupied / (occupied + pl.col("available_seconds").sum())).alias("occupancy"),
            (pl.col("precipitation_mm").first() > 0).alias("wet"),
        )
        .sort("hour")
    )
