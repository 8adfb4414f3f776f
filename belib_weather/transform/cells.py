"""A table of every station and hour, as dense numbers: sums without grouping.

What belongs here: which cell is whose. What does not: what is summed (`facts`).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

_HOUR = 3600
Numbers = npt.NDArray[np.int64]
"""A number per cell, station by station."""


@dataclass(frozen=True)
class Cells:
    """The cells of stations and hours.

    Attributes:
        stations: how many.
        start: the first second; a full hour.
        end: the second after the last one; a full hour.
    """

    stations: int
    start: int
    end: int

    @property
    def hours(self) -> int:
        """How many of each station."""
        return (self.end - self.start) // _HOUR

    def counted(self, cell: Numbers) -> Numbers:
        """How often each cell occurs; a cell is station x hours + hour since the start."""
        return np.bincount(cell, minlength=self.stations * self.hours)

    def summed(self, rows: pl.DataFrame) -> Numbers:
        """The sum of `seconds` in each cell, of rows with `station` and `hour` since 1970."""
        hour = rows["hour"].to_numpy() - self.start // _HOUR
        cell = rows["station"].to_numpy() * self.hours + hour
        # Sums of weights are floats, exact up to 2 ** 53.
        sums = np.bincount(cell, rows["seconds"].to_numpy(), self.stations * self.hours)
        return sums.astype(np.int64)

    def frame(self, **columns: Numbers) -> pl.DataFrame:
        """`station`, `hour` (since 1970) and numbers of every cell, by station and hour."""
        station = np.repeat(np.arange(self.stations), self.hours)
        hour = np.tile(np.arange(self.hours), self.stations) + self.start // _HOUR
        return pl.DataFrame({"station": station, "hour": hour, **columns})
