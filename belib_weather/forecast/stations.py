"""Stations from their points: one free at least, how many are expected, and an 80 % interval.

The points of a station are alike in what nobody knows at the origin (a busy day, a lost modem). So
the number that is free is that of independent points with a common random shift of their log odds,
mixed with the station as a whole being away; shift and mixture are fitted to what was counted.

What belongs here: counts. What does not: chances of points and of stations (`fitting`).
"""

from dataclasses import dataclass, replace

import numpy as np

from belib_weather.forecast.calibration import expit, logit
from belib_weather.forecast.features import NAMES, Weather
from belib_weather.forecast.fitting import Fitted
from belib_weather.forecast.history import (
    DAY,
    FREE,
    HOUR,
    OUT,
    TAKEN,
    UNOBSERVED,
    Floats,
    History,
    Ints,
)
from belib_weather.forecast.sample import HORIZONS, Rows, sample_rows
from belib_weather.forecast.states import States

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

    def counted(self, chance: Floats, place: Ints, horizon: Floats) -> Floats:
        """Distribution of the number that is free (see `counts`)."""
        return counts(chance, place, np.interp(horizon, self.horizons, self.shift))

    def of_points(
        self, points: States, fit: Fitted, zone: str, weather: Weather | None, rows: Rows
    ) -> dict[str, Floats]:
        """Features of stations from their points; rows are of stations."""
        history = points.history
        ahead = (rows.target - history.start) // history.step
        unit, draw = members(history, rows.unit)
        own = sample_rows(points, zone, weather, (unit, rows.at[draw], ahead[draw]))
        return point_features(
            own, draw, self.counted(fit.chances(own)["model"], draw, rows.horizon)
        )


def point_features(points: Rows, place: Ints, counted: Floats) -> dict[str, Floats]:
    """Features of stations from the rows of their points.

    Args:
        points: rows of points.
        place: number of the station and target of each, ascending; shape (n,).
        counted: distribution of the number that is free, by station and target.
    """
    first = np.flatnonzero(np.diff(place, prepend=-1))
    column = {name: points.features[:, NAMES.index(name)] for name in ("state", "missed", "still")}
    served = np.bincount(place, (column["state"] == FREE) | (column["state"] == TAKEN))
    free = np.bincount(place, column["state"] == FREE)
    return {
        "together": 1 - counted[:, 0],
        "station_points": served.astype(np.float64),
        "station_free": free.astype(np.float64),
        "station_day": counted @ np.arange(counted.shape[1]),
        **{name: column[name][first].astype(np.float64) for name in ("missed", "still")},
    }


def members(history: History, station: Ints) -> tuple[Ints, Ints]:
    """All points of each station asked for, and the place in `station` that each is of."""
    order = np.argsort(history.station, kind="stable")
    known = history.station[order]
    first, last = np.searchsorted(known, station), np.searchsorted(known, station, side="right")
    size = last - first
    draw = np.repeat(np.arange(len(station)), size)
    rank = np.arange(len(draw)) - np.repeat(np.cumsum(size) - size, size)
    return order[first[draw] + rank], draw


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
    points: States, fit: Fitted, zone: str, weather: Weather | None, *, seed: int
) -> CountSpread:
    """The shift that makes the counts of the newest days most likely, by horizon."""
    chance, free, place, horizon = _drawn(points, fit, zone, weather, seed)
    horizons = np.unique(horizon)
    if len(horizons) == 0:
        return CountSpread(np.array([1.0]), np.array([_USUAL_SHIFT]))
    size = np.bincount(place, minlength=len(horizon))
    count = np.bincount(place, weights=free, minlength=len(horizon)).astype(np.int64)
    likely = np.empty((len(_SHIFTS), len(horizon)))
    for number, shift in enumerate(_SHIFTS):
        made = counts(chance, place, np.full(len(size), shift))
        likely[number] = np.log(np.maximum(made[np.arange(len(size)), count], 1e-6))
    found = []
    for hours in horizons:
        # A horizon borrows from its neighbours on the log scale of time.
        near = np.exp(-0.5 * (np.log(horizon / hours) / 0.7) ** 2)
        found.append(_SHIFTS[int(np.argmax(likely @ near))])
    return CountSpread(horizons, np.array(found))


_SHIFTS = np.array([0.0, 0.15, 0.3, 0.45, 0.6, 0.8, 1.0, 1.25, 1.5])
_USUAL_SHIFT = 0.4
_DRAWN = 6_000
"""Stations and targets that the shift is fitted to."""
_NEWEST_DAYS = 7


def _drawn(
    points: States, fit: Fitted, zone: str, weather: Weather | None, seed: int
) -> tuple[Floats, Floats, Ints, Floats]:
    """All points of stations drawn at origins of the newest days.

    Returns:
        By point: its chance, whether it was free, the number of its draw; by draw: the horizon.
    """
    history = points.history
    rng = np.random.default_rng(seed + 1)
    steps = np.unique([max(1, round(h * HOUR / history.step)) for h in HORIZONS])
    width = round(min(_NEWEST_DAYS * DAY, history.days * DAY / 4) / history.step)
    at = np.sort(rng.integers(max(0, history.instants - width), history.instants, _DRAWN))
    station = rng.integers(0, len(history.stations), _DRAWN)
    ahead = at + rng.choice(steps, _DRAWN)
    inside = ahead < history.instants
    at, station, ahead = at[inside], station[inside], ahead[inside]
    unit, draw = members(history, station)
    whole = np.ones(len(at), dtype=np.bool_)
    whole[draw[history.state[unit, ahead[draw]] == UNOBSERVED]] = False
    kept = whole[draw]
    unit, draw = unit[kept], draw[kept]
    if not len(unit):
        return np.zeros(0), np.zeros(0), np.zeros(0, dtype=np.int64), np.zeros(0)
    rows = sample_rows(points, zone, weather, (unit, at[draw], ahead[draw]))
    numbers, place = np.unique(draw, return_inverse=True)
    horizon = (ahead[numbers] - at[numbers]) * history.step / HOUR
    return fit.chances(rows)["model"], rows.outcome, place.astype(np.int64), horizon
