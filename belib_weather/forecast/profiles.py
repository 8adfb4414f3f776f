"""The usual week of every unit, as known at the start of a local day.

What belongs here: sums by hour of the week, the plain mean of a cell, and the mean that borrows
from the city. What does not: the mart of typical weeks (`transform.occupancy_profile`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from belib_weather.forecast.calendar import HOURS, WEEK_HOURS, local_hours
from belib_weather.forecast.history import FREE, OUT, UNOBSERVED, History, Singles
from belib_weather.forecast.turnover import Changes, Rates, rates_of

_LEVEL_STRENGTH = 24.0
"""Hours for which the level of the city counts in that of a unit."""
_CELL_STRENGTH = 3.0
"""Weeks for which the unit's level, shifted as the city is, counts in a cell of it."""
_NEAR = 1e-3
_WEEKEND = 5 * HOURS


@dataclass(frozen=True)
class Sums:
    """What was observed of units; arrays have shape (units, 168), by hour of the local week.

    Attributes:
        free: hours free.
        served: hours in service.
        seen: hours observed.
        changes: what was taken, freed, broken and repaired.
    """

    free: Singles
    served: Singles
    seen: Singles
    changes: Changes

    @classmethod
    def none(cls, units: int) -> "Sums":
        """Nothing is known yet."""
        free, served, seen = (np.zeros((units, WEEK_HOURS), dtype=np.float32) for _ in range(3))
        return cls(free, served, seen, Changes.none(units))

    def rows(self, of: NDArray[np.int64]) -> "Sums":
        """The sums of these units, by number; nothing for a negative one."""
        known = (of >= 0)[:, None]
        free, served, seen = (
            np.where(known, values[np.maximum(of, 0)], np.float32(0))
            for values in (self.free, self.served, self.seen)
        )
        return Sums(free, served, seen, self.changes.rows(of))


@dataclass(frozen=True)
class Profile:
    """What is usual at each hour of the week; arrays have shape (units, 168) or (units,).

    Attributes:
        plain: share of the observed time free in the cell, else of the unit, else of all: the
            baseline.
        cell: share of the time in service free, of few weeks drawn towards what is expected.
        clock: the same of the hour of the day, over weekdays or the weekend.
        level: share of the time in service free, of the unit.
        out: share of the observed time out of service, of the unit.
        rates: how fast units are taken, freed, broken and repaired.
        city: share of the time in service free, of all; shape (168,).
    """

    plain: Singles
    cell: Singles
    clock: Singles
    level: Singles
    out: Singles
    rates: Rates
    city: Singles


def by_day(history: History, age: NDArray[np.uint16], zone: str) -> Iterator[tuple[int, Sums]]:
    """Each local day with the sums of the days before it; last the day after the history.

    The sums of one day are updated in place for the next: use them before going on.
    """
    hours = local_hours(history.start, history.end, zone)
    seconds = history.start + np.arange(history.instants, dtype=np.int64) * history.step
    row = hours.row(seconds)
    day, cell = hours.day[row], hours.week_hour[row]
    sums = Sums.none(len(history.units))
    share = np.float32(history.step / 3_600)
    first, last = int(day[0]), int(day[-1])
    for of_day in range(first, last + 1):
        yield of_day, sums
        begin, end = np.searchsorted(day, [of_day, of_day + 1])
        state = history.state[:, begin:end]
        earlier = slice(max(begin - 1, 0), end - 1)
        sums.changes.add(
            *(history.state[:, earlier.start : end], age[:, earlier], cell[earlier], history.step)
        )
        cells, where = np.unique(cell[begin:end], return_index=True)
        if len(cells):
            order = np.argsort(where)
            cells, where = cells[order], where[order]
            for values, holds in (
                (sums.free, state == FREE),
                (sums.served, (state != UNOBSERVED) & (state != OUT)),
                (sums.seen, state != UNOBSERVED),
            ):
                counted = np.add.reduceat(holds, where, axis=1, dtype=np.float32)
                values[:, cells] += share * counted
    yield last + 1, sums


def profile_of(sums: Sums) -> Profile:
    """The usual week of each unit, where little is known drawn towards that of all."""
    free, served, seen = sums.free, sums.served, sums.seen
    all_free, all_served = free.sum(axis=0), served.sum(axis=0)
    level_of_all = (all_free.sum() + 0.5) / (all_served.sum() + 1.0)
    city = (all_free + 4 * level_of_all) / (all_served + 4)
    level = (free.sum(axis=1) + _LEVEL_STRENGTH * level_of_all) / (
        served.sum(axis=1) + _LEVEL_STRENGTH
    )
    shift = _logit(city) - _logit(np.asarray(level_of_all, dtype=np.float32))
    expected = 1 / (1 + np.exp(-(_logit(level)[:, None] + shift[None, :])))
    cell = (free + _CELL_STRENGTH * expected) / (served + _CELL_STRENGTH)
    total = seen.sum(axis=1)
    mean = (free.sum(axis=1) + 0.5) / (total + 1.0)
    plain = np.where(seen > 0, free / np.maximum(seen, np.float32(1e-6)), mean[:, None])
    out = (total - served.sum(axis=1)) / (total + np.float32(HOURS))
    return Profile(
        *(_single(plain), _single(cell), _clock(free, served, _single(expected))),
        *(_single(level), _single(out)),
        rates_of(sums.changes),
        _single(city),
    )


def _clock(free: Singles, served: Singles, expected: Singles) -> Singles:
    """Share free by hour of the day, over all weekdays or the weekend; shape (units, 168)."""
    units = len(free)
    parts = []
    for part in (slice(0, _WEEKEND), slice(_WEEKEND, WEEK_HOURS)):
        days = (part.stop - part.start) // HOURS
        sums = [v[:, part].reshape(units, days, HOURS).sum(axis=1) for v in (free, served)]
        prior = expected[:, part].reshape(units, days, HOURS).mean(axis=1)
        share = (sums[0] + _CELL_STRENGTH * prior) / (sums[1] + _CELL_STRENGTH)
        parts.append(np.tile(share, (1, days)))
    return _single(np.concatenate(parts, axis=1))


def _logit(share: Singles) -> Singles:
    inside = np.clip(share, _NEAR, 1 - _NEAR)
    return _single(np.log(inside / (1 - inside)))


def _single(values: NDArray[np.floating]) -> Singles:
    return np.asarray(values, dtype=np.float32)
