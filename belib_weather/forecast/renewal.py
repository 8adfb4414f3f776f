"""The chance of being free ahead, as a unit's own rates have it: arrivals, ages, repairs.

A unit that is taken leaves at the rate of its age; one that is free is taken at the rate of its
hour of the week, times what its station shows today; one that is out of service returns at the
rate of its age. All rows go step by step of the grid from when they were last seen.
"""

from dataclasses import dataclass, fields

import numpy as np

from belib_weather.forecast.calendar import LocalHours
from belib_weather.forecast.history import FREE, HOUR, OUT, TAKEN, History, Ints, Singles
from belib_weather.forecast.pace import Paces
from belib_weather.forecast.states import MISSING, States
from belib_weather.forecast.turnover import AGES, CLOCK_OF, OUT_AGES, Rates, class_of

_MOST = np.float32(0.95)
"""No change is surer than this in a step."""
_RENEWED = int(np.searchsorted(AGES, 2.0))
"""Class of age of a unit that is taken when it comes back into service."""
_CHUNK = 8_192
"""Rows that go together: they fit into a processor's cache."""


@dataclass(frozen=True)
class Origins:
    """From where units go on; arrays have shape (n,).

    Attributes:
        unit: number of the unit.
        at: instant at which it was last seen.
        ahead: steps from there to the target.
        state: what was seen; nan where that was too long ago.
        age: instants since the last change, when it was seen.
        waited: instants from `at` to the origin.
        today: factor on arrivals up to the midnight after the origin.
        later: the same from then on.
    """

    unit: Ints
    at: Ints
    ahead: Ints
    state: Singles
    age: Ints
    waited: Ints
    today: Singles
    later: Singles

    @classmethod
    def of(cls, states: States, unit: Ints, at: Ints, ahead: Ints, paces: Paces) -> "Origins":
        """Those of (unit, origin, steps from the origin to the target)."""
        known = states.known(unit, at)
        waited = np.where(known, states.age["seen"][unit, at], 0).astype(np.int64)
        age = states.age["change"][unit, at] - waited
        state = np.where(known, states.state[unit, at], MISSING)
        where = unit, at - waited, ahead + waited
        return cls(*where, state, np.maximum(age, 0), waited, paces.today, paces.tomorrow)

    def take(self, rows: Ints) -> "Origins":
        """The rows with these numbers."""
        return Origins(*(getattr(self, field.name)[rows] for field in fields(self)))


def renewal_chances(
    rates: Rates, usual: Singles, hours: LocalHours, grid: History, origins: Origins
) -> Singles:
    """The chance of being free at each target; nan where the state is not known.

    Args:
        rates: of the units.
        usual: share free of the time in service, by unit and hour of the week.
        hours: local clock of all origins and targets.
        grid: gives start and step.
        origins: rows.
    """
    found = np.full(len(origins.unit), MISSING)
    known = np.flatnonzero(~np.isnan(origins.state))
    order = known[np.argsort(-origins.ahead[known], kind="stable")]
    for first in range(0, len(order), _CHUNK):
        own = order[first : first + _CHUNK]
        found[own] = _step_chances(rates, usual, hours, grid, origins.take(own))
    return found


def _step_chances(
    rates: Rates, usual: Singles, hours: LocalHours, grid: History, rows: Origins
) -> Singles:
    """The same of rows in descending order of `ahead`, all of a known state."""
    length = np.float32(grid.step / HOUR)
    kind, older = _ageing(rates, grid.step)
    renewed = int(np.searchsorted(kind, _RENEWED, side="right")) - 1
    leave = np.ascontiguousarray(rates.leave[:, kind][rows.unit].T * length)
    broke = min(np.float32(rates.broke) * length, _MOST)
    today = hours.day[hours.row(grid.start + (rows.at + rows.waited) * grid.step)]
    free, out = (np.asarray(rows.state == state, dtype=np.float32) for state in (FREE, OUT))
    taken = np.zeros((len(kind), len(rows.unit)), dtype=np.float32)
    busy = np.flatnonzero(rows.state == TAKEN)
    taken[np.searchsorted(kind, class_of(AGES, rows.age[busy], grid.step)), busy] = 1
    for number in range(int(rows.ahead[0])):
        going = slice(0, int(np.searchsorted(-rows.ahead, -number, side="left")))
        unit, at = rows.unit[going], rows.at[going] + number
        place = hours.row(grid.start + at * grid.step)
        cell, share = hours.week_hour[place], usual[unit, hours.week_hour[place]]
        pace = np.where(hours.day[place] <= today[going], rows.today[going], rows.later[going])
        begun = free[going] * np.minimum(rates.arrive[unit, cell] * pace * length, _MOST)
        own, was_out = taken[:, going], rows.state[going] == OUT
        gone = own * np.minimum(leave[:, going] * rates.leave_clock[CLOCK_OF[cell]], _MOST)
        # What breaks on the way has been out for half of it.
        since = np.where(was_out, rows.age[going] + number, number // 2)
        rate = rates.back[class_of(OUT_AGES, since, grid.step)]
        back = out[going] * np.minimum(rate * length, _MOST)
        own -= gone
        moved = own * older
        own -= moved
        own[1:] += moved[:-1]
        own[0] += begun
        free[going] += gone.sum(axis=0) - begun
        out[going] += broke * (1 - out[going]) - back
        own *= 1 - broke
        own[renewed] += back * (1 - share)
        free[going] = free[going] * (1 - broke) + back * share
    return free


def _ageing(rates: Rates, step: int) -> tuple[Ints, Singles]:
    """The classes of age that this step can distinguish, and the share that grows out of each.

    Of those that stay taken, in a step: so many that the share that survives a class is that of
    a unit that goes through it instant by instant.
    """
    edges = np.unique(np.ceil(AGES * HOUR / step - 1e-9))
    kind = class_of(AGES, edges.astype(np.int64), step)
    leave = np.clip(rates.leave[:, kind].mean(axis=0) * step / HOUR, 1e-6, _MOST)
    width, stay = np.append(np.diff(edges), np.inf), 1 - leave.astype(np.float64)
    older = stay ** (width - 1) * leave / (1 - stay**width)
    return kind, older.astype(np.float32)[:, None]
