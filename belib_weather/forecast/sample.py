"""Rows to learn from: origins drawn at random, with what was known then and what came.

What belongs here: drawing (unit, origin, target), each with the usual week of the days before its
origin. What does not: the features themselves, fitting.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from belib_weather.forecast.baselines import persistence_and_usual
from belib_weather.forecast.calendar import local_hours
from belib_weather.forecast.features import NAMES, Weather, features
from belib_weather.forecast.history import DAY, FREE, HOUR, UNOBSERVED, Flags, Floats, Ints, Singles
from belib_weather.forecast.profiles import by_day, profile_of
from belib_weather.forecast.states import States

HORIZONS = (*(quarter / 4 for quarter in range(1, 13)), *(float(h) for h in range(4, 25)))
"""Hours ahead of the forecasts that are made: every 15 minutes up to 3 h, every hour up to 24 h."""
_WARM_UP_DAYS = 7
_SHORTER_MORE_OFTEN = 0.5
"""A horizon is drawn with a weight of its length to the power of minus this.

Near the origin the blend leaves little to learn, and few rows show little of it. In a backtest of a
simulated city drawn so, and not alike, the Brier score at 15 minutes is 0.6 % lower, up to 6 h a
little lower, and at 24 h 0.5 % higher.
"""
_LONGEST = 24 * HOUR


@dataclass(frozen=True)
class Rows:
    """Rows in the order of their origins; arrays have shape (n,).

    Attributes:
        unit: number of the unit.
        at: instant of the origin.
        target: UTC second of the target.
        horizon: hours from origin to target.
        features: shape (n, number of `features.NAMES`).
        persistence: the chance by this baseline.
        usual: the same.
        outcome: 1 where the unit was free at the target, else 0.
        together: for a station, the chance by the chances of its points; nan for other units.
    """

    unit: Ints
    at: Ints
    target: Ints
    horizon: Floats
    features: Singles
    persistence: Floats
    usual: Floats
    outcome: Floats
    together: Floats

    def with_points(self, known: Mapping[str, Floats]) -> "Rows":
        """The rows of stations, with features from their points by name."""
        made = self.features.copy()
        for name, values in known.items():
            made[:, NAMES.index(name)] = values
        return replace(self, features=made, together=known["together"])

    def take(self, chosen: Flags) -> "Rows":
        """The rows for which `chosen` is true."""
        return Rows(
            *(self.unit[chosen], self.at[chosen], self.target[chosen], self.horizon[chosen]),
            *(self.features[chosen], self.persistence[chosen], self.usual[chosen]),
            *(self.outcome[chosen], self.together[chosen]),
        )


def draw_sample(
    states: States, zone: str, weather: Weather | None, *, most: int, seed: int
) -> Rows:
    """Rows of units and origins drawn at random, whose target was observed, more of near ones.

    The first week of a long history is passed over, so that something is usual; of a short one
    its first quarter.
    """
    history = states.history
    steps = np.array([round(h * HOUR / history.step) for h in HORIZONS], dtype=np.int64)
    steps = np.unique(steps[steps > 0])
    rng = np.random.default_rng(seed)
    first = round(min(_WARM_UP_DAYS, history.days / 4) * DAY / history.step)
    count = int(min(most * 1.5, 4.0 * history.state.size))
    unit = rng.integers(0, len(history.units), count)
    at = np.sort(rng.integers(first, max(first + 1, history.instants - 1), count))
    weight = steps.astype(np.float64) ** -_SHORTER_MORE_OFTEN
    ahead = rng.choice(steps, count, p=weight / weight.sum())
    inside = at + ahead < history.instants
    unit, at, ahead = unit[inside], at[inside], ahead[inside]
    came = history.state[unit, at + ahead]
    observed = (came != UNOBSERVED) & states.known(unit, at)
    chosen = np.flatnonzero(observed)
    if len(chosen) > most:
        chosen = np.sort(rng.choice(chosen, most, replace=False))
    return sample_rows(
        states, zone, weather, (unit[chosen], at[chosen], at[chosen] + ahead[chosen])
    )


def sample_rows(
    states: States, zone: str, weather: Weather | None, rows: tuple[Ints, Ints, Ints]
) -> Rows:
    """Features and baselines of (unit, origin, target instant), in the order of the origins.

    The usual week is that of the local days before the origin's.
    """
    history = states.history
    unit, at, ahead = rows
    target = history.start + ahead * history.step
    if not len(unit):
        nothing = np.zeros(0)
        empty = np.zeros((0, len(NAMES)), dtype=np.float32)
        return Rows(unit, at, target, nothing, empty, nothing, nothing, nothing, nothing)
    hours = local_hours(history.start, history.end + _LONGEST + HOUR, zone)
    day = hours.day[hours.row(history.start + at * history.step)]
    parts: list[tuple[Singles, Floats, Floats]] = []
    for of_day, sums in by_day(history, states.age["change"], zone):
        begin, end = np.searchsorted(day, [of_day, of_day + 1])
        if begin == end:
            continue
        own = slice(begin, end)
        profile = profile_of(sums)
        cell = hours.week_hour[hours.row(target[own])]
        made = features(states, profile, hours, (unit[own], at[own], target[own]), weather)
        parts.append((made, *persistence_and_usual(states, profile, cell, unit[own], at[own])))
    made, persistence, usual = (np.concatenate(column) for column in zip(*parts, strict=True))
    outcome = history.state[unit, ahead] == FREE
    horizon = (ahead - at) * history.step / HOUR
    known = outcome.astype(np.float64), np.full(len(unit), np.nan)
    return Rows(unit, at, target, horizon, made, persistence, usual, *known)
