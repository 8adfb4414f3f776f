"""Running sums and last events of a history, looked up by (unit, instant).

What belongs here: what is known at an instant of units, stations and groups. What does not: the
features that are gathered from it (`features`).
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from belib_weather.forecast.history import (
    FREE,
    HOUR,
    OUT,
    UNOBSERVED,
    Codes,
    Flags,
    History,
    Ints,
    Singles,
)

REMEMBERED_HOURS = 24.0
"""A state observed so long ago still counts as the state now."""
MISSING = np.float32(np.nan)
Counts = NDArray[np.uint16]
Numbers = Mapping[str, Singles | Counts]
_LONG_AGO = 65_535


class States:
    """Running sums and last events of a history, from which features are gathered.

    Every value at an instant rests on that instant and earlier ones alone.
    """

    def __init__(self, history: History) -> None:
        self.history = history
        self.seen = history.state != UNOBSERVED
        last = _last(self.seen)
        filled = np.take_along_axis(history.state, np.maximum(last, 0), axis=1)
        self.state: Codes = np.where(last >= 0, filled, np.int8(UNOBSERVED))
        changes = np.zeros_like(self.seen)
        before, after = self.state[:, :-1], self.state[:, 1:]
        changes[:, 1:] = (before != after) & (before != UNOBSERVED)
        self.age = {
            "seen": _age(last),
            "change": _age(_last(changes)),
            "free": _age(_last(history.state == FREE)),
            "service": _age(_last(self.seen & (history.state != OUT))),
        }
        self.sums = {
            "free": _running(history.state == FREE),
            "out": _running(history.state == OUT),
            "seen": _running(self.seen),
            "changes": _running(changes),
        }

    @cached_property
    def of_station(self) -> Numbers:
        """Units seen, free and out, summed by station, now and (`… before`) over all earlier."""
        return self._by(self.history.station, len(self.history.stations))

    @cached_property
    def owner(self) -> Ints:
        """Number of each unit's station; of the unit itself where there are none."""
        if not self.history.stations:
            return np.arange(len(self.history.units), dtype=np.int64)
        alone = self.history.station < 0
        return np.where(alone, len(self.history.stations), self.history.station)

    @cached_property
    def of_owner(self) -> Numbers:
        """Sums as `of_station`, of what `owner` numbers."""
        if not self.history.stations:
            return {f"{name} before": values for name, values in self.sums.items()}
        return self._by(self.owner, len(self.history.stations) + 1)

    @cached_property
    def of_group(self) -> Numbers:
        """The same by group; where units have none, of all units."""
        if not self.history.groups:
            return self._by(np.zeros(len(self.history.units), dtype=np.int64), 1)
        return self._by(self.history.group, len(self.history.groups))

    def _by(self, number: Ints, count: int) -> Numbers:
        known = np.flatnonzero(number >= 0)
        found: dict[str, Singles | Counts] = {}
        for name, holds in (
            ("seen", self.seen),
            ("free", self.history.state == FREE),
            ("out", self.history.state == OUT),
        ):
            found[name] = total = by_number(np.add, holds[known], number[known], count)
            found[f"{name} before"] = _running(total)
        return found

    def share(self, of: str, unit: Ints, at: Ints, hours: float) -> Singles:
        """Share of the observed instants of the last hours, `at` included; nan without any."""
        width = max(1, round(hours * HOUR / self.history.step))
        begin = np.maximum(at + 1 - width, 0)
        sums, seen = self.sums[of], self.sums["seen"]
        total = (seen[unit, at + 1] - seen[unit, begin]).astype(np.float32)
        found = (sums[unit, at + 1] - sums[unit, begin]).astype(np.float32)
        return np.where(total > 0, found / np.maximum(total, 1), MISSING)

    def known(self, unit: Ints, at: Ints) -> Flags:
        """Whether the state now is known: observed at most `REMEMBERED_HOURS` before."""
        age = self.age["seen"][unit, at].astype(np.int64) * self.history.step
        return np.asarray(age <= REMEMBERED_HOURS * HOUR)

    def value(self, unit: Ints, at: Ints) -> Singles:
        """The state at instants as a number; nan where it is not observed or lies before all."""
        inside = (at >= 0) & (at < self.history.instants)
        found = self.history.state[unit, np.clip(at, 0, self.history.instants - 1)]
        return np.where(inside & (found != UNOBSERVED), found, MISSING).astype(np.float32)


def by_number(how: np.ufunc, values: NDArray[Any], number: Ints, count: int) -> Singles:
    """Rows of each of `count` numbers added up (or the least of them); 0 without any."""
    order = np.argsort(number, kind="stable")
    numbers, first = np.unique(number[order], return_index=True)
    found = np.zeros((count, values.shape[1]), dtype=np.float32)
    if numbers.size:
        found[numbers] = how.reduceat(values[order], first, axis=0, dtype=np.float32)
    return found


def _last(holds: Flags) -> NDArray[np.int32]:
    """Newest instant at or before each one at which it holds, -1 where none does."""
    instants = np.arange(holds.shape[1], dtype=np.int32)
    found = np.where(holds, instants, np.int32(-1))
    return np.maximum.accumulate(found, axis=1)


def _age(last: NDArray[np.int32]) -> Counts:
    """Instants since the last event, `_LONG_AGO` where there was none or it is longer ago."""
    instants = np.arange(last.shape[1], dtype=np.int32)
    age = np.where(last >= 0, instants - last, _LONG_AGO)
    return np.minimum(age, _LONG_AGO).astype(np.uint16)


def _running(values: Flags | Singles) -> Counts:
    """Sum of the instants before each one; shape (rows, instants + 1).

    It goes round at 65,536, which differences of two do not notice.
    """
    sums = np.zeros((values.shape[0], values.shape[1] + 1), dtype=np.uint16)
    np.cumsum(values, axis=1, dtype=np.uint16, out=sums[:, 1:])
    return sums
