"""What the weather does to occupancy in the simulated city, by brute force.

The simulator acts on arrivals, the product estimates differences in occupancy: the truth of these
is not a parameter, and is measured. The same courses (days, outages, stations) run twice, with the
one weather and with the other; the drawn sessions differ, so a truth has an error of its own.

What belongs here: truths of `weather_association`, and the weathers that are simulated for them.
"""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from belib_weather.simulator.weather import Hours, Weather
from belib_weather.simulator.world import World
from belib_weather.transform.weather_conditions import HEAVY_MM, REFERENCE_C
from belib_weather_tests.coverage.city import SEED, course
from belib_weather_tests.coverage.parallel import in_parallel

Floats = NDArray[np.float64]
GRID_C = (0.0, 5.0, 10.0, REFERENCE_C)
"""Fixed temperatures; above the last one the temperature does nothing to the city."""
LIGHT, HEAVY = "precipitation below 1 mm", "precipitation of 1 mm or more"
_DAYS = 56


class FixedTemperatureWeather(Weather):
    """The weather of a seed at one temperature."""

    def __init__(self, seed: int, temperature: float) -> None:
        super().__init__(seed)
        self._temperature = temperature

    def truth(self, first: int, count: int) -> Hours:
        """What the weather was, but for the temperature."""
        own = super().truth(first, count)
        temperatures = np.full(count, self._temperature)
        return replace(own, values={**own.values, "temperature_2m": temperatures})


@dataclass(frozen=True)
class WeatherTruth:
    """Differences in occupancy, and their standard errors.

    Attributes:
        temperature: mean occupancy at each of `GRID_C` less that at the last of it.
        precipitation: by class, in its hours less dry ones, as it falls: occupancy follows
            arrivals by hours, in the rain and after it.
        errors: of all, by condition.
    """

    temperature: Floats
    precipitation: dict[str, float]
    errors: dict[str, float]

    def of(self, condition: str, against: str) -> float:
        """The difference that a row of `weather_association` is an estimate of."""
        if against == "dry":
            return self.precipitation[condition]
        here, there = (
            float(np.interp(_celsius(name), GRID_C, self.temperature))
            for name in (condition, against)
        )
        return here - there

    def error(self, condition: str) -> float:
        """Standard error of a truth; 0 above the reference, where it is known to be 0."""
        return self.errors.get(condition, 0.0)


def weather_truth(world: World, courses: int, processes: int = 1) -> WeatherTruth:
    """Simulate so many courses in each weather."""
    worlds = [replace(world, course=number) for number in range(1, courses + 1)]
    found = np.array(in_parallel(_one, worlds, processes))
    mean, error = found.mean(axis=0), found.std(axis=0, ddof=1) / np.sqrt(courses)
    *below, light, heavy = mean.tolist()
    names = [*(f"{temperature:g} °C" for temperature in GRID_C[:-1]), LIGHT, HEAVY]
    return WeatherTruth(
        np.array([*below, 0.0]),
        {LIGHT: light, HEAVY: heavy},
        dict(zip(names, error.tolist(), strict=True)),
    )


def _one(world: World) -> list[float]:
    """Of one course: the differences at temperatures below the reference, then in the rain."""
    *below, reference = (_mean_at(world, temperature) for temperature in GRID_C)
    return [*(mean - reference for mean in below), *_of_rain(world)]


def _mean_at(world: World, temperature: float) -> float:
    own = course(world, _DAYS, FixedTemperatureWeather(world.seed(SEED), temperature))
    return float(_occupancy(own.facts)["occupancy"].to_numpy().mean())


def _of_rain(world: World) -> tuple[float, float]:
    """Effect on the occupancy of hours of either class less that on dry ones."""
    hours = _occupancy(course(world, _DAYS).facts)
    without = _occupancy(course(replace(world, wet_arrival_factor=1.0), _DAYS).facts)
    change = (hours["occupancy"] - without["occupancy"]).to_numpy()
    mm = hours["mm"].to_numpy()
    dry = change[mm == 0].mean()
    is_light, is_heavy = (mm > 0) & (mm < HEAVY_MM), mm >= HEAVY_MM
    return float(change[is_light].mean() - dry), float(change[is_heavy].mean() - dry)


def _occupancy(facts: pl.DataFrame) -> pl.DataFrame:
    """Of each hour, of the whole city, and its precipitation."""
    occupied = pl.col("occupied_seconds").sum()
    in_service = occupied + pl.col("available_seconds").sum()
    by_hour = facts.group_by("hour").agg(
        (occupied / in_service).alias("occupancy"), pl.col("precipitation_mm").first().alias("mm")
    )
    return by_hour.sort("hour")


def _celsius(name: str) -> float:
    return float(name.removesuffix(" °C"))
