"""Spells: periods in which something is true for a charge point, as columns."""

from dataclasses import dataclass

import numpy as np

from belib_weather.simulator.randomness import Flags, Ints


@dataclass(frozen=True)
class Spells:
    """Half-open periods [start, end) in UTC seconds; all arrays have shape (n,).

    Attributes:
        point: index of the charge point in the fleet.
        value: what is true, as a positive code; each layer gives it a meaning.
    """

    point: Ints
    start: Ints
    end: Ints
    value: Ints

    @classmethod
    def of(cls, point: Ints, start: Ints, end: Ints, value: int = 1) -> "Spells":
        """Spells that all carry one value; empty periods are left out."""
        keep = end > start
        return cls(point, start, end, np.full(len(point), value, dtype=np.int64)).where(keep)

    @classmethod
    def joined(cls, parts: list["Spells"]) -> "Spells":
        """All spells of several parts."""
        return cls(
            np.concatenate([part.point for part in parts]),
            np.concatenate([part.start for part in parts]),
            np.concatenate([part.end for part in parts]),
            np.concatenate([part.value for part in parts]),
        )

    def where(self, keep: Flags) -> "Spells":
        """The spells for which `keep` is true."""
        return Spells(self.point[keep], self.start[keep], self.end[keep], self.value[keep])

    def within(self, start: int, end: int) -> "Spells":
        """The spells that overlap [start, end), whole."""
        return self.where((self.start < end) & (self.end > start))
