"""How fast units are taken, freed, broken and repaired: counted, and as rates that borrow.

What belongs here: counts of changes between neighbouring instants up to a day, and the rates that
they give. What does not: the chance that follows from them (`renewal`).
"""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from belib_weather.forecast.calendar import HOURS, WEEK_HOURS
from belib_weather.forecast.history import (
    FREE,
    HOUR,
    OUT,
    TAKEN,
    UNOBSERVED,
    Codes,
    Floats,
    Ints,
    Singles,
)

AGES = np.array([0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3, 4, 6, 9, 14, 24.0])
"""Hours for which a unit has been taken: the lower ends of classes."""
OUT_AGES = np.array([0, 1, 2, 4, 8, 16, 24, 48, 96, 168, 336.0])
"""The same for which it has been out of service."""
CLOCK = 2 * HOURS
"""Hours of the clock on weekdays, then of the weekend."""
_WEEKEND = 5 * HOURS
CLOCK_OF = np.array([h % HOURS + (HOURS if h >= _WEEKEND else 0) for h in range(WEEK_HOURS)])
"""Hour of the clock of each hour of the week."""


@dataclass(frozen=True)
class Changes:
    """Hours and changes that were observed, counted at the earlier of two neighbouring instants.

    Attributes:
        begun: free to taken, by unit and hour of the clock; shape (units, 48).
        begun_all: the same of all units by hour of the week; shape (1, 168).
        free: hours free, by unit and hour of the week; shape (units, 168).
        taken: hours taken, by unit and age; shape (units, ages).
        ended: taken to free; shape (units, 1).
        ended_at: the same of all units by hour of the clock and age; shape (48, ages).
        taken_at: hours of all units, the same.
        served: hours in service, all units, and how many broke; shape (1, 2).
        out_at: hours out of service of all units, and returns, by age; shape (2, ages).
    """

    begun: Singles
    begun_all: Singles
    free: Singles
    taken: Singles
    ended: Singles
    ended_at: Singles
    taken_at: Singles
    served: Singles
    out_at: Singles

    @classmethod
    def none(cls, units: int) -> Self:
        """Nothing is known yet."""
        shapes = (
            *((units, CLOCK), (1, WEEK_HOURS), (units, WEEK_HOURS), (units, len(AGES))),
            *((units, 1), (CLOCK, len(AGES)), (CLOCK, len(AGES)), (1, 2), (2, len(OUT_AGES))),
        )
        return cls(*(np.zeros(shape, dtype=np.float32) for shape in shapes))

    def rows(self, of: Ints) -> Self:
        """Those of these units, by number; nothing for a negative one."""
        known = (of >= 0)[:, None]
        own = {
            name: np.where(known, getattr(self, name)[np.maximum(of, 0)], np.float32(0))
            for name in ("begun", "free", "taken", "ended")
        }
        rest = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in own}
        return type(self)(**own, **rest)

    def add(self, state: Codes, age: NDArray[np.uint16], cell: Ints, step: int) -> None:
        """Count the changes from each instant to the next.

        Args:
            state: shape (units, instants + 1).
            age: instants since the last change; shape (units, instants).
            cell: hour of the week of each instant; shape (instants,).
            step: seconds between instants.
        """
        before, after = state[:, :-1], state[:, 1:]
        hours = np.float32(step / HOUR)
        known = (after == FREE) | (after == TAKEN)
        unit, at = np.nonzero((before == FREE) & known)
        self._count(self.free, (unit, cell[at]), hours)
        began = after[unit, at] == TAKEN
        self._count(self.begun, (unit[began], CLOCK_OF[cell[at[began]]]), np.float32(1))
        self._count(self.begun_all, (np.zeros_like(at[began]), cell[at[began]]), np.float32(1))
        unit, at = np.nonzero((before == TAKEN) & known)
        kind, clock = class_of(AGES, age[unit, at], step), CLOCK_OF[cell[at]]
        self._count(self.taken, (unit, kind), hours)
        self._count(self.taken_at, (clock, kind), hours)
        over = after[unit, at] == FREE
        self._count(self.ended, (unit[over], np.zeros_like(unit[over])), np.float32(1))
        self._count(self.ended_at, (clock[over], kind[over]), np.float32(1))
        served = (before == FREE) | (before == TAKEN)
        self.served[0] += (
            hours * (served & (after != UNOBSERVED)).sum(),
            (served & (after == OUT)).sum(),
        )
        unit, at = np.nonzero((before == OUT) & (after != UNOBSERVED))
        kind = class_of(OUT_AGES, age[unit, at], step)
        back = kind[after[unit, at] != OUT]
        self.out_at[0] += hours * np.bincount(kind, minlength=len(OUT_AGES))
        self.out_at[1] += np.bincount(back, minlength=len(OUT_AGES))

    @staticmethod
    def _count(into: Singles, place: tuple[Ints, Ints], weight: np.float32) -> None:
        flat = np.bincount(place[0] * into.shape[1] + place[1], minlength=into.size)
        into += weight * flat.reshape(into.shape).astype(np.float32)


@dataclass(frozen=True)
class Rates:
    """Changes per hour.

    Attributes:
        arrive: free to taken, by unit and hour of the week; shape (units, 168).
        pace: how fast a unit is taken, of the usual; shape (units,).
        leave: taken to free by unit and age; shape (units, ages).
        leave_clock: factor on it by hour of the clock; shape (48,).
        back: out of service to in service, by age; shape (ages,).
        broke: in service to out of service.
    """

    arrive: Singles
    pace: Singles
    leave: Singles
    leave_clock: Singles
    back: Singles
    broke: float


def class_of(ages: Floats, instants: NDArray[np.uint16] | Ints, step: int) -> Ints:
    """Number of the class that an age in instants lies in."""
    edges = np.ceil(ages * HOUR / step - 1e-9)
    return np.searchsorted(edges, instants, side="right") - 1


def rates_of(changes: Changes) -> Rates:
    """The rates of each unit, where little is known drawn towards those of all."""
    begun, free = changes.begun, changes.free
    number = begun.sum(axis=1)
    factor = np.ones(len(free), dtype=np.float32)
    week = _week(changes.begun_all[0], free.sum(axis=0))
    for _ in range(3):
        # Where units are busy, those that are free are the less busy ones.
        factor = _shrunk(number, free @ week)
        week = _week(changes.begun_all[0], factor @ free)
    expected = np.zeros_like(begun)
    by_cell = free * (factor[:, None] * week)
    for part, days in ((slice(0, _WEEKEND), 5), (slice(_WEEKEND, WEEK_HOURS), 2)):
        own = slice(0, HOURS) if days == 5 else slice(HOURS, CLOCK)
        expected[:, own] = by_cell[:, part].reshape(-1, days, HOURS).sum(axis=1)
    own_clock = _shrunk(begun, expected)
    arrive = factor[:, None] * week * own_clock[:, CLOCK_OF]
    ended, taken = changes.ended_at.sum(axis=0), changes.taken_at.sum(axis=0)
    mean = (ended.sum() + 0.1) / (taken.sum() + 1)
    leave = (ended + 2 * mean) / (taken + 2)
    clock = _shrunk(changes.ended_at.sum(axis=1), changes.taken_at @ leave)
    own_leave = _shrunk(changes.ended[:, 0], changes.taken @ leave)
    out, back = changes.out_at
    of_all = (back.sum() + 0.1) / (out.sum() + 24)
    return Rates(
        arrive.astype(np.float32),
        factor,
        (own_leave[:, None] * leave).astype(np.float32),
        clock,
        ((back + 24 * of_all) / (out + 24)).astype(np.float32),
        float((changes.served[0, 1] + 0.1) / (changes.served[0, 0] + 1_000)),
    )


def _week(begun: Singles, hours: Singles) -> Singles:
    """Arrivals per hour by hour of the week, drawn towards those by hour of the clock."""
    mean = (begun.sum() + 0.1) / (hours.sum() + 1)
    clock = np.bincount(CLOCK_OF, begun, CLOCK) + 10 * mean
    clock = (clock / (np.bincount(CLOCK_OF, hours, CLOCK) + 10))[CLOCK_OF]
    return np.asarray(clock * _shrunk(begun, clock * hours), dtype=np.float32)


def _shrunk(observed: NDArray[np.floating], expected: NDArray[np.floating]) -> Singles:
    """Observed by expected counts, drawn towards 1 as far as their spread is that of chance."""
    square = float((expected**2).sum())
    over = float(((observed - expected) ** 2 - expected).sum()) / square if square else 0.0
    strength = 1 / min(max(over, 1e-3), 4.0)
    return np.asarray((observed + strength) / (expected + strength), dtype=np.float32)
