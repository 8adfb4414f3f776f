"""Measures: what a panel counts, always a ratio of sums where it is a share.

What belongs here: how a figure is computed from sums of columns. What does not: dimensions.
Source of the figures: docs/metrics.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import polars as pl

from belib_weather.datasets.figures import Figure
from belib_weather.panels.filters import Filter
from belib_weather.panels.i18n import Message
from belib_weather.window import Window


class Aggregation(StrEnum):
    """A statistic of one column; the value is Elasticsearch's name of the aggregation."""

    MEAN = "avg"
    MAXIMUM = "max"
    DISTINCT = "cardinality"
    ROWS = "value_count"
    LAST = "top_hits"


OBSERVED = "any_observed_seconds"
"""The seconds in which some point of a station was observed."""
LAST_BY = "hour"
"""The time by which a value is the last: that of the facts."""


@dataclass(frozen=True)
class Ratio:
    """A figure as a measure: a ratio of sums, so exact at every roll-up.

    `is_near_zero`: whether its usual values are a few percent (`axes`). `bands`: where a heatmap
    changes its colour, the same in every period; without them it goes by the values shown.
    `of_half_observed`: a station observed for less than half of the period has no value, so a list
    of the worst does not begin with what was hardly seen.
    """

    figure: Figure
    decimals: int = 1
    is_near_zero: bool = False
    bands: tuple[float, ...] = ()
    of_half_observed: bool = False

    @property
    def name(self) -> str:
        """Name of the measure."""
        return self.figure.name

    @property
    def title(self) -> Message:
        """Title for people."""
        return Message(self.figure.title)

    @property
    def numerator(self) -> tuple[str, ...]:
        """The columns whose sum is divided."""
        return self.figure.numerator

    @property
    def denominator(self) -> tuple[str, ...]:
        """The columns whose sum it is divided by."""
        return self.figure.denominator

    @property
    def minus(self) -> tuple[str, ...]:
        """The columns whose sum is taken off the denominator."""
        return self.figure.minus

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns summed, each once, in order."""
        observed = (OBSERVED,) if self.of_half_observed else ()
        return tuple(dict.fromkeys((*self.numerator, *self.denominator, *self.minus, *observed)))

    @property
    def count(self) -> "Statistic | None":
        """The number of rows that it is divided by; None where it is divided by sums."""
        figure = self.figure
        if not figure.counted:
            return None
        return Statistic(figure.count, self.title, Aggregation.ROWS, figure.counted)

    def of_sums(self, period: Window | None = None) -> pl.Expr:
        """The figure of a frame that holds the column sums, which are of a period if one is given.

        Without a period all that was observed counts.
        """
        share = self.figure.of_sums()
        if period is None or not self.of_half_observed:
            return share
        seconds = (period.end - period.start).total_seconds()
        return pl.when(2 * pl.col(OBSERVED) >= seconds).then(share).alias(self.name)


@dataclass(frozen=True)
class Total:
    """Sum of some columns divided by a constant, as seconds by 3600 for hours."""

    name: str
    title: Message
    columns: tuple[str, ...]
    divisor: int = 1
    decimals: int = 0
    is_near_zero: bool = False

    def of_sums(self) -> pl.Expr:
        """The figure of a frame that holds the column sums."""
        return (pl.sum_horizontal(*self.columns) / self.divisor).alias(self.name)


@dataclass(frozen=True)
class Statistic:
    """A statistic of one column, over the rows that pass a filter.

    `is_near_zero`: whether 0 is among its usual values (`axes`). `is_share`: whether it is written
    in percent.
    """

    name: str
    title: Message
    aggregation: Aggregation
    field: str
    filter: Filter | None = None
    unit: str = ""
    decimals: int = 0
    is_time: bool = False
    is_near_zero: bool = False
    is_share: bool = False

    @property
    def is_text(self) -> bool:
        """Whether its values are texts: the last value of a column, as of an address."""
        return self.aggregation is Aggregation.LAST

    def of_rows(self) -> pl.Expr:
        """The statistic as a polars aggregation."""
        column = pl.col(self.field)
        if self.filter is not None:
            column = column.filter(self.filter.expression())
        match self.aggregation:
            case Aggregation.MEAN:
                result = column.mean()
            case Aggregation.MAXIMUM:
                result = column.max()
            case Aggregation.DISTINCT:
                result = column.drop_nulls().n_unique()
            case Aggregation.ROWS:
                result = column.count()
            case Aggregation.LAST:
                result = column.sort_by(LAST_BY).last()
        return result.alias(self.name)


_CHANGE = Message("change since the week before")
ALIKE = (10, 9)
"""Two periods are compared if each was observed for nine tenths of the other, or longer."""
_BEFORE = "_a_week_before"
"""Ends the name of a sum of the week before."""


@dataclass(frozen=True)
class Change:
    """How much a ratio of sums differs from that of the week before, in percentage points.

    Of a period: its sums are of the period, and of the same days and hours a week earlier. Empty
    where the two were not observed about equally long: a week would be compared with some days.
    """

    ratio: Ratio
    title: Message = _CHANGE
    decimals: int = 1
    unit: str = "points"
    is_near_zero: bool = False

    @property
    def name(self) -> str:
        """Name of the measure."""
        return f"{self.ratio.name}_change"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns summed, each once, in order; also those of the week before."""
        return tuple(dict.fromkeys((*self.ratio.columns, OBSERVED)))

    def of_sums(self) -> pl.Expr:
        """The change in a frame that holds the column sums of both periods."""
        figure = self.ratio.figure
        before = replace(
            figure,
            numerator=tuple(map(previous_week, figure.numerator)),
            denominator=tuple(map(previous_week, figure.denominator)),
        )
        change = 100 * (figure.of_sums() - before.of_sums())
        now, then = pl.col(OBSERVED), pl.col(previous_week(OBSERVED))
        whole, part = ALIKE
        is_alike = (whole * then >= part * now) & (whole * now >= part * then)
        return pl.when(is_alike).then(change).alias(self.name)


Measure = Ratio | Total | Statistic | Change


def previous_week(column: str) -> str:
    """Name of a column's sum of the week before."""
    return column + _BEFORE


def is_share(measure: Measure) -> bool:
    """Whether a measure's values are written in percent."""
    return isinstance(measure, Ratio) or (isinstance(measure, Statistic) and measure.is_share)


def unit_of(measure: Measure) -> str:
    """The unit of a measure's values: percent of a share, nothing of a count."""
    if is_share(measure):
        return "%"
    return measure.unit if isinstance(measure, Statistic | Change) else ""


def summed_columns(measures: Sequence[Measure]) -> tuple[str, ...]:
    """The columns whose sums the measures need, each once, in order."""
    return tuple(
        dict.fromkeys(
            column
            for measure in measures
            if not isinstance(measure, Statistic)
            for column in measure.columns
        )
    )


def columns_before(measures: Sequence[Measure]) -> tuple[str, ...]:
    """The columns whose sums of the week before the measures need, each once, in order."""
    changes = (measure for measure in measures if isinstance(measure, Change))
    return tuple(dict.fromkeys(column for change in changes for column in change.columns))


def statistics_of(measures: Sequence[Measure]) -> tuple[Statistic, ...]:
    """The statistics that the measures need, each once, in order."""
    needed = (m.count if isinstance(m, Ratio) else m for m in measures)
    return tuple({m.name: m for m in needed if isinstance(m, Statistic)}.values())
