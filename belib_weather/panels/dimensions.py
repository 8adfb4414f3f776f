"""Dimensions: what a panel is broken down by.

What belongs here: how rows are grouped. What does not: what is computed for a group.
Times are local: the hour of the day and the weekday are columns of the facts, such as `local_hour`,
since Elasticsearch's own are in UTC.
"""

from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from belib_weather.panels.i18n import Message

_HOUR, _DAY = Message("Hour"), Message("Day")


class _ByValue:
    """Each value of the column is a group."""

    field: str

    def key(self) -> pl.Expr:
        """The group of a row."""
        return pl.col(self.field)


@dataclass(frozen=True)
class Terms(_ByValue):
    """Each value of a column is a group; `size` bounds them, so it must be large enough for all.

    Rows without a value are left out, or grouped under null where `with_missing`.
    """

    field: str
    title: Message
    size: int
    with_missing: bool = False


@dataclass(frozen=True)
class Ranges:
    """Groups of a number by edges: from each edge (included) to the next (excluded).

    `edges` are ascending; the first and the last group are open where the edge is infinite.
    """

    field: str
    title: Message
    edges: tuple[float, ...]

    @property
    def bounds(self) -> list[tuple[float | None, float | None]]:
        """Lower and upper bound of each group; None is open."""
        return [
            (None if low == float("-inf") else low, None if high == float("inf") else high)
            for low, high in pairwise(self.edges)
        ]

    @property
    def labels(self) -> list[str]:
        """What each group is called."""
        return [_label(low, high) for low, high in self.bounds]

    def key(self) -> pl.Expr:
        """The group of a row, by its label; null outside all groups."""
        column, label = pl.col(self.field), pl.lit(None, dtype=pl.String)
        for (low, high), name in zip(self.bounds, self.labels, strict=True):
            inside = column.is_not_null()
            if low is not None:
                inside &= column >= low
            if high is not None:
                inside &= column < high
            label = pl.when(inside).then(pl.lit(name)).otherwise(label)
        return label.alias(self.field)


@dataclass(frozen=True)
class Hour(_ByValue):
    """Each UTC hour is a group: facts are hourly, so it is the finest there is."""

    title: Message = _HOUR
    field: str = "hour"


@dataclass(frozen=True)
class Day(_ByValue):
    """Each calendar day in Paris is a group."""

    title: Message = _DAY
    field: str = "local_date"


Dimension = Terms | Ranges | Hour | Day


def _label(low: float | None, high: float | None) -> str:
    if low is None:
        return f"< {high:g}"
    return f"≥ {low:g}" if high is None else f"{low:g} – {high:g}"
