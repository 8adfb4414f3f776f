"""Facts of every shape that the dataset allows."""

import random
from datetime import datetime
from typing import Any

import dataframely as dy
import polars as pl

from belib_weather.datasets import POINT_SECONDS, AvailabilityFact
from belib_weather.window import Window


def split(dice: random.Random, total: int, names: tuple[str, ...]) -> dict[str, int]:
    """`total` cut into one part per name, some of them empty."""
    cuts = sorted(dice.choice((0, total, dice.randint(0, total))) for _ in names[1:])
    ends = zip([0, *cuts], [*cuts, total], strict=True)
    return dict(zip(names, (end - start for start, end in ends), strict=True))


def fact(dice: random.Random, station_id: str, hour: datetime) -> dict[str, Any]:
    """Any hour of a station that the dataset allows; what is left out may be anything."""
    points = dice.choice((1, 2, 6, 300))
    exclusive = split(
        dice, 3600, ("any_available_seconds", "full_seconds", "otherwise", "nothing seen")
    )
    return {
        "station_id": station_id,
        "hour": hour,
        "charge_points": points,
        **split(dice, points * 3600, POINT_SECONDS),
        "any_observed_seconds": 3600 - exclusive.pop("nothing seen"),
        "any_available_seconds": exclusive["any_available_seconds"],
        "full_seconds": exclusive["full_seconds"],
    }


def facts_of(seed: int, stations: list[str], window: Window) -> pl.DataFrame:
    """Any facts of these stations in the window."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    rows = [fact(dice, station, hour) for station in stations for hour in window.hours]
    sampled = AvailabilityFact.sample(overrides=rows, generator=dy.random.Generator(seed))
    return sampled.sort(AvailabilityFact.primary_key())
