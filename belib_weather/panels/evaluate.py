"""A panel's result, computed from rows.

What belongs here: grouping and figures, polars to polars. What does not: where the rows come from.
"""

import polars as pl
from polars import selectors as cs

from belib_weather.panels.dimensions import Dimension, Ranges
from belib_weather.panels.measures import (
    Measure,
    Ratio,
    Statistic,
    columns_before,
    statistics_of,
    summed_columns,
)
from belib_weather.panels.specification import Panel
from belib_weather.window import Window


def evaluate(panel: Panel, rows: pl.DataFrame, period: Window | None = None) -> pl.DataFrame:
    """Compute a panel over rows of its dataset.

    Args:
        panel: of any shape but a map, which shows its rows as they are.
        rows: rows of the dataset (`AvailabilityDocument`, `StationState`, `FeedHour`).
        period: the one that the rows are of, where stations must be observed for half of it.

    Returns:
        One column per dimension (named by its field) and per measure; one row per group, sorted
        by the dimensions, or as `sort_by` says. Without dimensions it is one row.

    Raises:
        ValueError: a measure needs the rows of the week before as well.
    """
    if columns_before(panel.measures):
        raise ValueError(f"{panel.name}: rows have one period; `es_requests` asks for two")
    for condition in panel.filters:
        rows = rows.filter(condition.expression())
    # Sorted as text, as in Elasticsearch, not in the order of the declaration.
    rows = rows.with_columns(cs.enum().cast(pl.String))
    keys = [dimension.key() for dimension in panel.by]
    aggregations = [
        *(_sum(column, rows.schema) for column in summed_columns(panel.measures)),
        *(statistic.of_rows() for statistic in statistics_of(panel.measures)),
    ]
    if not keys:
        return _figures(panel, rows.select(aggregations), period)
    grouped = rows.group_by(*keys).agg(aggregations)
    return sorted_rows(panel, _figures(panel, _without_missing(panel, grouped), period))


def _sum(column: str, schema: pl.Schema) -> pl.Expr:
    """Whole numbers are added as whole numbers, of which many fit; sums of shares as they are."""
    kind = pl.Float64() if schema[column].is_float() else pl.Int64()
    return pl.col(column).cast(kind).sum()


def figures_of_sums(panel: Panel, sums: pl.DataFrame, period: Window | None) -> pl.DataFrame:
    """The panel's columns from a frame with a column per dimension, sum and statistic."""
    return sorted_rows(panel, _figures(panel, sums, period))


def sorted_rows(panel: Panel, result: pl.DataFrame) -> pl.DataFrame:
    """The rows of a result in the panel's order."""
    keys = [_order(dimension) for dimension in panel.by]
    if not panel.sort_by:
        return result.sort(keys, nulls_last=True) if keys else result
    name = panel.sort_by.removeprefix("-")
    descending = [not panel.sort_by.startswith("-"), *(False for _ in keys)]
    return result.sort(name, *keys, descending=descending, nulls_last=True)


def _order(dimension: Dimension) -> pl.Expr:
    """Ranges go from low to high, everything else by its value."""
    if isinstance(dimension, Ranges):
        positions = {label: position for position, label in enumerate(dimension.labels)}
        return pl.col(dimension.field).replace_strict(positions, return_dtype=pl.Int64)
    return pl.col(dimension.field)


def _figures(panel: Panel, sums: pl.DataFrame, period: Window | None) -> pl.DataFrame:
    return sums.select(
        *(dimension.field for dimension in panel.by),
        *(_value(measure, period) for measure in panel.measures),
    )


def _value(measure: Measure, period: Window | None) -> pl.Expr:
    match measure:
        case Statistic():
            return pl.col(measure.name)
        case Ratio():
            return measure.of_sums(period)
    return measure.of_sums()


def _without_missing(panel: Panel, grouped: pl.DataFrame) -> pl.DataFrame:
    fields = [d.field for d in panel.by if not getattr(d, "with_missing", False)]
    return grouped.drop_nulls(fields) if fields else grouped
