"""Measures: what a panel counts, always a ratio of sums where it is a share.

What belongs here: how a figure is made of sums of columns. What does not: over which dimensions.
Source of the figures: docs/metrics.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from belib_weather.panels.filters import Filter
from belib_weather.panels.i18n import Text


class Aggregation(StrEnum):
    """A statistic of one column; the value is Elasticsearch's name of the aggregation."""

    SUM = "sum"
    MEAN = "avg"
    MINIMUM = "min"
    MAXIMUM = "max"
    DISTINCT = "cardinality"
    ROWS = "value_count"


@dataclass(frozen=True)
class Ratio:
    """Sum of some columns over the sum of others; null where the denominator is 0.

    A share is exact at every roll-up only as a ratio of sums, never as an average of shares.
    """

    name: str
    title: Text
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    decimals: int = 1

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns summed, each once, in order."""
        return tuple(dict.fromkeys((*self.numerator, *self.denominator)))

    def of_sums(self) -> pl.Expr:
        """The figure of a frame that holds the column sums."""
        total = pl.sum_horizontal(*self.denominator)
        return (pl.sum_horizontal(*self.numerator) / pl.when(total != 0).then(total)).alias(
            self.name
        )


@dataclass(frozen=True)
class Total:
    """Sum of some columns divided by a constant, as seconds by 3600 for hours."""

    name: str
    title: Text
    columns: tuple[str, ...]
    divisor: int = 1
    decimals: int = 0

    def of_sums(self) -> pl.Expr:
        """The figure of a frame that holds the column sums."""
        return (pl.sum_horizontal(*self.columns) / self.divisor).alias(self.name)


@dataclass(frozen=True)
class Statistic:
    """A statistic of one column, over the rows that a filter lets through."""

    name: str
    title: Text
    aggregation: Aggregation
    field: str
    filter: Filter | None = None
    unit: str = ""
    decimals: int = 0
    is_time: bool = False

    def of_rows(self) -> pl.Expr:
        """The statistic as a polars aggregation."""
        column = pl.col(self.field)
        if self.filter is not None:
            column = column.filter(self.filter.expression())
        if self.aggregation is Aggregation.MEAN:
            result = column.mean()
        elif self.aggregation is Aggregation.MINIMUM:
            result = column.min()
        elif self.aggregation is Aggregation.MAXIMUM:
            result = column.max()
        elif self.aggregation is Aggregation.DISTINCT:
            result = column.drop_nulls().n_unique()
        elif self.aggregation is Aggregation.ROWS:
            result = column.count()
        else:
            result = column.sum()
        return result.alias(self.name)


Measure = Ratio | Total | Statistic


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
