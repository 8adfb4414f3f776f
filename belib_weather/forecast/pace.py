"""How busy a station is today, and how long nothing has changed at it.

What belongs here: what came against what was to be expected by the rates, at a station (else of the
unit alone). What does not: the rates (`turnover`).
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from belib_weather.forecast.calendar import LocalHours
from belib_weather.forecast.history import DAY, FREE, HOUR, TAKEN, Ints, Singles
from belib_weather.forecast.states import States, by_number
from belib_weather.forecast.turnover import Rates

_STRENGTH = 8.0
"""Arrivals for which the usual counts in how busy a station is on a day."""
_CORRELATION = 0.3
"""Of a day and the next: so much of what is unusual stays."""
_LONGEST_HOURS = 14 * 24.0


@dataclass(frozen=True)
class Paces:
    """How busy stations are, as a factor on arrivals; arrays have shape (n,).

    Attributes:
        today: since local midnight, drawn towards what yesterday lets expect.
        yesterday: on the day before, drawn towards the usual.
        tomorrow: what today lets expect.
        missed: changes that were to be expected since the last one of any unit of the station.
        still: hours since that change.
    """

    today: Singles
    yesterday: Singles
    tomorrow: Singles
    missed: Singles
    still: Singles


def paces(states: States, rates: Rates, hours: LocalHours, unit: Ints, at: Ints) -> Paces:
    """Those of the stations of units at instants."""
    history, owner = states.history, states.owner
    first = max(0, int(at.min()) - 2 * DAY // history.step)
    instants = np.arange(first, int(at.max()) + 1)
    place = hours.row(history.start + instants * history.step)
    day, cell = hours.day[place], hours.week_hour[place][:-1]
    last = int(instants[-1])
    before, after = history.state[:, first:last], history.state[:, first + 1 : last + 1]
    waits = (before == FREE) & ((after == FREE) | (after == TAKEN))
    expected = np.where(waits, rates.arrive[:, cell], np.float32(0)) * (history.step / HOUR)
    running = [
        np.concatenate([np.zeros((len(sums), 1)), np.cumsum(sums, axis=1)], axis=1)
        for sums in (_by_owner(np.add, v, owner) for v in (waits & (after == TAKEN), expected))
    ]
    whose = owner[unit]
    edges = [np.searchsorted(day, day[at - first] - back) for back in (1, 0)] + [at - first]
    made, prior = [], np.ones(len(unit))
    for begin, end in pairwise(edges):
        came, wanted = (sums[whose, end] - sums[whose, begin] for sums in running)
        made.append((_STRENGTH * prior + came) / (_STRENGTH + wanted))
        prior = 1 + _CORRELATION * (made[-1] - 1)
    yesterday, today, tomorrow = (np.asarray(v, dtype=np.float32) for v in (*made, prior))
    return Paces(today, yesterday, tomorrow, *_expected_changes(states, rates, unit, at))


def _expected_changes(
    states: States, rates: Rates, unit: Ints, at: Ints
) -> tuple[Singles, Singles]:
    """Changes to be expected since the last one, by the mean rates of the states; and hours."""
    own = slice(int(at.min()), int(at.max()) + 1)
    state, place = states.state[:, own], (states.owner[unit], at - own.start)
    arrive, leave = (values.mean(axis=1)[:, None] for values in (rates.arrive, rates.leave))
    rate = np.where(state == FREE, arrive, np.where(state == TAKEN, leave, np.float32(0)))
    age = _by_owner(np.minimum, states.age["change"][:, own], states.owner)[place]
    still = np.minimum(age * np.float32(states.history.step / HOUR), np.float32(_LONGEST_HOURS))
    return _by_owner(np.add, rate, states.owner)[place] * still, still


def _by_owner(how: np.ufunc, values: NDArray[Any], owner: Ints) -> Singles:
    return by_number(how, values, owner, int(owner.max()) + 1)
