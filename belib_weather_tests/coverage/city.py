"""Exact facts of a course of the city, without polls: every second is observed."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from belib_weather.simulator.fleet import Fleet, build_fleet
from belib_weather.simulator.lasting import merged
from belib_weather.simulator.paris_time import DAY, HOUR, local_day, second, week_hour
from belib_weather.simulator.spells import Spells
from belib_weather.simulator.timeline import AVAILABLE, OCCUPIED, Timeline
from belib_weather.simulator.weather import Weather
from belib_weather.simulator.world import World
from belib_weather.vocabulary import STALENESS_SECONDS
from belib_weather_tests.simulated_facts import SOURCE, WEATHER_SOURCE

Ints = NDArray[np.int64]
START = second(datetime(2026, 9, 20, 22, tzinfo=UTC))
"""A Monday's midnight in Paris; the period has the night of the change of clocks."""
SEED, POINTS, STATIONS = 5, 200, 44


@lru_cache(maxsize=1)
def fleet() -> Fleet:
    """The fleet of every course."""
    return build_fleet(SEED, POINTS, STATIONS)


@dataclass(frozen=True)
class Course:
    """One course: its facts by station and hour, and its outages."""

    facts: pl.DataFrame
    timeline: Timeline
    start: int
    end: int

    def first(self, days: int) -> "Course":
        """Its first days alone."""
        until = self.facts["local_date"].min() + timedelta(days=days)  # type: ignore[operator]
        facts = self.facts.filter(pl.col("local_date") < until)
        return replace(self, facts=facts, end=min(self.end, START + days * DAY + HOUR))


def course(world: World, days: int, weather: Weather | None = None) -> Course:
    """A course of `days` days from `START` on, in its own weather or in this one."""
    weather = weather or Weather(world.seed(SEED))
    timeline = Timeline(fleet(), weather, world)
    end = START + days * DAY + HOUR  # the clock is turned back meanwhile
    return Course(_facts(timeline, weather, START, end), timeline, START, end)


def _facts(timeline: Timeline, weather: Weather, start: int, end: int) -> pl.DataFrame:
    rows = timeline.between(start, end)
    begin = np.maximum(rows.second, start)
    follows = np.append(np.diff(rows.point) == 0, False)
    finish = np.where(follows, np.append(rows.second[1:], end), end)
    finish = np.minimum(finish, rows.updated + STALENESS_SECONDS)
    hours = np.arange(start // HOUR, end // HOUR)
    station = fleet().station[rows.point]

    def seconds(chosen: NDArray[np.bool_]) -> Ints:
        """Point-seconds by station and hour."""
        spells = Spells.of(rows.point[chosen], begin[chosen], finish[chosen])
        by_point = _by_hour(spells, len(fleet()), hours)
        total = np.zeros((len(fleet().stations), len(hours)), dtype=np.int64)
        np.add.at(total, fleet().station, by_point)
        return total

    free = rows.status == AVAILABLE
    any_free = merged(Spells.of(station[free], begin[free], finish[free]))
    exists = np.isin(np.arange(len(fleet().stations)), fleet().station[fleet().appears < start])
    number = int(exists.sum())
    sample = weather.truth(int(hours[0]), len(hours) + 1)
    wet = sample.values["precipitation"][1:]
    code = sample.values["weather_code"][1:]
    week = week_hour(hours)
    days = local_day(hours)
    by_hour = pl.DataFrame(
        {
            "hour": pl.Series(hours * HOUR).cast(pl.Int64),
            "local_date": pl.Series(days).cast(pl.Int32).cast(pl.Date),
            "local_hour": (week % 24).astype(np.int16),
            "local_weekday": (week // 24 + 1).astype(np.int16),
            "temperature_c": sample.values["temperature_2m"][:-1],
            "precipitation_mm": wet,
            "weather_class": np.select([wet > 0, code <= 1], ["wet", "clear"], "cloudy"),
        }
    ).with_columns(pl.from_epoch("hour", "s").dt.replace_time_zone("UTC"))
    stations = pl.DataFrame(
        {
            "station_id": [s.id for s in fleet().stations],
            "arrondissement": [
                s.place.arrondissement if s.place else None for s in fleet().stations
            ],
        }
    ).filter(pl.Series(exists))
    return stations.join(by_hour, how="cross").with_columns(
        pl.Series("available_seconds", seconds(free)[exists].ravel()),
        pl.Series("occupied_seconds", seconds(rows.status == OCCUPIED)[exists].ravel()),
        pl.Series(
            "any_available_seconds",
            _by_hour(any_free, len(fleet().stations), hours)[exists].ravel(),
        ),
        pl.Series("any_observed_seconds", np.full(number * len(hours), HOUR)),
        reserved_seconds=pl.lit(0),
        is_provisional=pl.lit(False),
        source=pl.lit(SOURCE),
        weather_source=pl.lit(WEATHER_SOURCE),
    )


def _by_hour(spells: Spells, units: int, hours: Ints) -> Ints:
    """Seconds of disjoint spells by unit (their `point`) and hour; shape (units, hours)."""
    far = 1 << 42
    order = np.lexsort((spells.start, spells.point))
    point, start, end = (getattr(spells, n)[order] for n in ("point", "start", "end"))
    before = np.concatenate([[0], np.cumsum(end - start)])
    edges = np.append(hours, hours[-1] + 1) * HOUR
    grid = (np.arange(units)[:, None] * far + edges[None, :]).ravel()
    row = np.searchsorted(point * far + start, grid, side="right") - 1
    safe = np.maximum(row, 0)
    is_own = (row >= 0) & (point[safe] == grid // far)
    inside = np.clip(grid % far, start[safe], end[safe]) - start[safe]
    reached = np.where(is_own, before[safe] + inside, before[row + 1])
    return np.asarray(np.diff(reached.reshape(units, -1), axis=1), dtype=np.int64)
