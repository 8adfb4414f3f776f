"""Demand that differs from day to day, and resembles that of the day before.

The day's level is an AR(1) process of parameter r, written as a moving average of independent
normal values (one per day and station), so that any day can be drawn without those before it.
"""

import numpy as np

from belib_weather.simulator.paris_time import BLOCK, DAY
from belib_weather.simulator.randomness import Floats, generator
from belib_weather.simulator.world import World

_BLOCK_DAYS = BLOCK // DAY
_NEGLIGIBLE = 1e-3


def day_levels(world: World, seed: int, stations: int, first: int, count: int) -> Floats:
    """How much busier than usual each station is on each day, in logits; shape (count, stations).

    Args:
        world: gives correlation and spreads.
        seed: seed of the course.
        stations: how many stations there are.
        first: first day, in days since 1970.
        count: how many days.
    """
    weights = _weights(world.day_correlation)
    normal = _normal_values(seed, stations, first - len(weights) + 1, count + len(weights) - 1)
    levels = np.zeros((count, stations + 1))
    for lag, weight in enumerate(weights):
        skip = len(weights) - 1 - lag
        levels += weight * normal[skip : skip + count]
    of_city, of_station = levels[:, :1], levels[:, 1:]
    return world.city_day_spread * of_city + world.station_day_spread * of_station


def _weights(correlation: float) -> list[float]:
    lags = 1 if correlation == 0 else 1 + int(np.ceil(np.log(_NEGLIGIBLE) / np.log(correlation)))
    weights = correlation ** np.arange(lags)
    return [float(weight) for weight in weights / np.sqrt((weights**2).sum())]


def _normal_values(seed: int, stations: int, first: int, count: int) -> Floats:
    """Independent standard normal values; shape (count, stations + 1)."""
    blocks = range(first // _BLOCK_DAYS, (first + count - 1) // _BLOCK_DAYS + 1)
    values = np.concatenate(
        [
            generator(seed, "days", block).standard_normal((_BLOCK_DAYS, stations + 1))
            for block in blocks
        ]
    )
    skip = first - blocks[0] * _BLOCK_DAYS
    return values[skip : skip + count]
