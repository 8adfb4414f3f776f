"""Outages that last: their lengths, the minutes for which some return, and silences of modems.

What belongs here: the drawing of lengths and returns. What does not: which status an outage shows
and how it combines with sessions (see `disturbances`, `timeline`).
"""

from dataclasses import dataclass

import numpy as np

from belib_weather.simulator.paris_time import DAY, HOUR
from belib_weather.simulator.randomness import Floats, Ints
from belib_weather.simulator.spells import Spells

LONGEST = 84 * DAY
"""No outage lasts longer."""
_SHORTEST_SLOT = 2 * HOUR
_RETURN_SECONDS = (2 * 60, 25 * 60)


@dataclass(frozen=True)
class LengthMix:
    """Lengths in hours: a mixture of lognormal distributions.

    Attributes:
        shares: of each part; they add up to 1.
        medians: in hours.
        sigmas: standard deviations of ln(length).
    """

    shares: tuple[float, ...]
    medians: tuple[float, ...]
    sigmas: tuple[float, ...]

    def draw(self, rng: np.random.Generator, count: int) -> Ints:
        """Lengths in seconds, at most `LONGEST`; shape (count,)."""
        part = np.searchsorted(np.cumsum(self.shares)[:-1], rng.random(count), side="right")
        spread = np.exp(np.array(self.sigmas)[part] * rng.standard_normal(count))
        hours: Floats = np.array(self.medians)[part] * spread
        return np.minimum(np.maximum(hours * HOUR, 60), LONGEST).astype(np.int64)


OUT_OF_ORDER = LengthMix((0.40, 0.45, 0.15), (4.0, 60.0, 330.0), (0.8, 0.7, 0.5))
"""Hours, days and weeks: 24 h later 78 to 89 % of points in maintenance still are."""
WITHOUT_COMMUNICATION = LengthMix((0.80, 0.17, 0.03), (5.0, 48.0, 240.0), (0.9, 0.6, 0.4))


@dataclass(frozen=True)
class Outages:
    """Outages as they were drawn; arrays have shape (n,).

    Attributes:
        unit: index of the point or station.
        start: UTC second of the beginning.
        end: UTC second of the end.
        returns: how often it returns for minutes in between.
        returns_at: shape (n, most), share of its slot at which each return begins.
        returns_for: shape (n, most), seconds of each return.
    """

    unit: Ints
    start: Ints
    end: Ints
    returns: Ints
    returns_at: Floats
    returns_for: Ints

    MOST = 8

    @classmethod
    def draw(
        cls, rng: np.random.Generator, unit: Ints, start: Ints, length: Ints, flapping: float
    ) -> "Outages":
        """Lay returns into outages: a share `flapping` of those of two hours or more has some.

        The time is cut into as many slots of at least two hours as there are returns, and one
        return of 2 to 25 minutes lies in each.
        """
        count = len(unit)
        drawn = 1 + rng.poisson(1 + length / DAY / 2)
        flaps = rng.random(count) < flapping
        most = np.minimum(length // _SHORTEST_SLOT, cls.MOST)
        returns = np.where(flaps, np.minimum(drawn, most), 0)
        at = 0.2 + 0.5 * rng.random((count, cls.MOST))
        seconds = rng.integers(*_RETURN_SECONDS, (count, cls.MOST))
        return cls(unit, start, start + length, returns, at, seconds)

    @classmethod
    def joined(cls, parts: list["Outages"]) -> "Outages":
        """All outages of several parts."""
        names = ("unit", "start", "end", "returns", "returns_at", "returns_for")
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))

    def take(self, rows: Ints) -> "Outages":
        """The rows with these numbers, repeated where they are."""
        return Outages(
            *(self.unit[rows], self.start[rows], self.end[rows]),
            *(self.returns[rows], self.returns_at[rows], self.returns_for[rows]),
        )

    def spells(self) -> Spells:
        """The time without service: each outage without its returns."""
        slots = np.arange(self.MOST)
        width = (self.end - self.start) / np.maximum(self.returns, 1)
        begins = self.start[:, None] + ((slots + self.returns_at) * width[:, None]).astype(np.int64)
        rows, nth = np.nonzero(slots < self.returns[:, None])
        back, away = begins[rows, nth], begins[rows, nth] + self.returns_for[rows, nth]
        unit = np.concatenate([self.unit, self.unit[rows]])
        which = np.concatenate([np.arange(len(self.unit)), rows])
        starts, ends = np.concatenate([self.start, away]), np.concatenate([self.end, back])
        # Within an outage, the n-th start belongs with the n-th end.
        by_start, by_end = np.lexsort((starts, which)), np.lexsort((ends, which))
        return Spells.of(unit[by_start], starts[by_start], ends[by_end])


def merged(spells: Spells) -> Spells:
    """The union of spells of value 1: overlapping and touching ones of a point as one."""
    if not len(spells.point):
        return spells
    order = np.lexsort((spells.start, spells.point))
    point, start, end = spells.point[order], spells.start[order], spells.end[order]
    far = 1 << 42
    reached = np.maximum.accumulate(point * far + end)
    opens = np.flatnonzero(np.append(True, point[1:] * far + start[1:] > reached[:-1]))
    closes = np.append(opens[1:], len(point)) - 1
    return Spells.of(point[opens], start[opens], reached[closes] - point[opens] * far)
