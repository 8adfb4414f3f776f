"""What the simulator was told, found again by the product's own estimates."""

from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

import numpy as np
import polars as pl

from belib_weather.datasets.marts import CITY
from belib_weather.datasets.weather_association import WITHHELD
from belib_weather.formats.snapshots import Snapshot, read_sightings
from belib_weather.simulator.lasting import OUT_OF_ORDER
from belib_weather.simulator.paris_time import instant, second
from belib_weather.simulator.truth import Truth
from belib_weather.transform.episodes import status_episodes
from belib_weather.transform.repair import quantiles
from belib_weather.transform.weather_association import area_hours, weather_association
from belib_weather.window import Window, floor_day
from belib_weather_tests.coverage.city import POINTS, SEED, START, STATIONS, course
from belib_weather_tests.coverage.intervals import profile_of
from belib_weather_tests.coverage.study import CELL, WORLD

_ENDS = ("exact", "polled")
_CHANCE = (pl.col("any_available_seconds").sum() / pl.col("any_observed_seconds").sum()).alias(
    "true"
)


class Recovered(NamedTuple):
    """A figure of the simulator beside what was found."""

    what: str
    truth: float
    estimate: float
    how: str


def recovered(courses: int, days_polled: int) -> list[Recovered]:
    """Every figure."""
    return [*weather(courses), *profile(courses), *repair(courses), dwell(days_polled)]


def weather(courses: int) -> list[Recovered]:
    """Weather: the association beside the same courses without its effect."""
    without = {
        "precipitation": replace(WORLD, wet_arrival_factor=1.0),
        "temperature_c": replace(WORLD, arrivals_per_degree=0.0),
    }
    estimates: dict[str, list[float]] = {column: [] for column in without}
    truths: dict[str, list[float]] = {column: [] for column in without}
    for number in range(1, courses + 1):
        facts = course(replace(WORLD, course=number), 56).facts
        rows = weather_association(area_hours(facts).filter(pl.col("scope") == CITY))
        said = rows.filter(pl.col("standing") != WITHHELD)
        for column, world in without.items():
            change = _change(facts, course(replace(world, course=number), 56).facts)
            for row in said.drop_nulls(column).iter_rows(named=True):
                if (true := _true_difference(change, row)) is not None:
                    truths[column].append(true)
                    estimates[column].append(row["difference"])
    names = {
        "precipitation": "occupancy in wet hours less dry ones (arrivals × 0.8)",
        "temperature_c": "occupancy at a temperature less that at the reference (arrivals + 1 % a"
        " degree below 15 °C)",
    }
    return [
        Recovered(
            names[column],
            float(np.mean(np.abs(truths[column]))),
            float(np.mean(np.sign(truths[column]) * estimates[column])),
            f"size of `difference`: {len(truths[column])} of 56 days, {courses} courses",
        )
        for column in without
    ]


def _change(facts: pl.DataFrame, without: pl.DataFrame) -> pl.DataFrame:
    """`change` of occupancy in each hour by what the other course lacks, and its weather."""
    other = _occupancy(without).select("hour", pl.col("occupancy").alias("other"))
    return (
        _occupancy(facts)
        .join(other, on="hour")
        .with_columns(change=pl.col("occupancy") - pl.col("other"))
    )


def _true_difference(change: pl.DataFrame, row: dict[str, object]) -> float | None:
    """What `row` (of `weather_association`) is an estimate of."""
    if row["temperature_c"] is None:
        is_it = pl.col("wet") & ((pl.col("mm") >= 1) == (row["precipitation"] == "1 mm or more"))
        other = ~pl.col("wet")
    else:
        reference = float(str(row["compared_with"]).removesuffix(" °C"))
        is_it, other = _near(float(str(row["temperature_c"]))), _near(reference)
    true, against = change.select(
        pl.col("change").filter(is_it).mean().alias("it"),
        pl.col("change").filter(other).mean().alias("other"),
    ).row(0)
    return None if true is None or against is None else float(true - against)


def _near(temperature: float) -> pl.Expr:
    return (pl.col("temperature") - temperature).abs() <= 1


def profile(courses: int) -> list[Recovered]:
    """The typical week of 28 days, beside the chance of each cell over all days of all courses."""
    cells, seen = [], []
    for number in range(1, courses + 1):
        own = course(replace(WORLD, course=number), 56)
        cells.append(profile_of(own, 28).select(*CELL, "estimated_chance"))
        seen.append(own.facts.group_by(pl.col("station_id").alias("area"), *CELL[1:]).agg(_CHANCE))
    true = pl.concat(seen).group_by(CELL).agg(pl.col("true").mean())
    both = pl.concat(cells).join(true, on=CELL).drop_nulls()
    how = f"`estimated_chance` of 28 days, {courses} courses"
    found = []
    for low, high in ((0.0, 0.5), (0.5, 0.9), (0.9, 1.0)):
        own_cells = both.filter(pl.col("true").is_between(low, high, closed="right"))
        what = (
            f"chance of a free point, hours of the week at stations where it is {low:g} to {high:g}"
        )
        true_mean, found_mean = own_cells.select("true", "estimated_chance").mean().row(0)
        found.append(
            Recovered(
                what, float(true_mean), float(found_mean), f"{how}, {own_cells.height:,} cells"
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


def _occupancy(facts: pl.DataFrame) -> pl.DataFrame:
    occupied = pl.col("occupied_seconds").sum()
    return (
        facts.group_by("hour")
        .agg(
            (occupied / (occupied + pl.col("available_seconds").sum())).alias("occupancy"),
            (pl.col("precipitation_mm").first() > 0).alias("wet"),
            pl.col("precipitation_mm").first().alias("mm"),
            pl.col("temperature_c").first().alias("temperature"),
        )
        .sort("hour")
    )
