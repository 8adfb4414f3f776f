"""Measures and dimensions read back from Lens columns, beside their declarations.

A formula is read from the tree that Kibana computes and written as people would: so are the text
that they edit and the declaration, and all three must agree.

What belongs here: columns of one layer. What does not: how they are drawn (`readings`).
"""

import re
from collections.abc import Mapping

from belib_weather.kibana.schema import columns as c
from belib_weather.panels.dimensions import Day, Dimension, Hour, Terms
from belib_weather.panels.i18n import Language
from belib_weather.panels.measures import (
    OBSERVED,
    Aggregation,
    Change,
    Measure,
    Ratio,
    Statistic,
    Total,
    is_share,
)
from belib_weather.panels.specification import Panel, Shape
from belib_weather.search.projections import PROJECTIONS

Fact = tuple[object, ...]
Columns = Mapping[str, c.Column]
_OPERATIONS = {
    Aggregation.MEAN: "average",
    Aggregation.MAXIMUM: "max",
    Aggregation.DISTINCT: "unique_count",
    Aggregation.ROWS: "count",
}
_WORDS = {"keyword": "string", "boolean": "boolean"}
_SIGNS = {"add": " + ", "divide": " / ", "lt": " < ", "multiply": " * ", "subtract": " - "}
_OVER_AN_AXIS = (Shape.LINES, Shape.BARS, Shape.STACKED)


def saved_dimension(column: c.Column | None) -> Fact:
    """The facts of a saved group column."""
    match column:
        case c.Dates(params=params):
            settings: Fact = (
                params.interval,
                params.include_empty_rows,
                params.ignore_time_range,
            )
        case c.Ranges(params=params):
            settings = tuple((r.low, r.high, r.label) for r in params.ranges)
        case c.Terms(params=params):
            rank, by = params.order_agg, params.order_by.type
            settings = (
                column.data_type,
                params.size,
                params.other_bucket,
                params.missing_bucket,
                by,
                rank and (rank.source_field, rank.label),
            )
        case _:
            return ("no group",)
    return (column.operation_type, column.label, column.source_field, *settings)


def declared_dimension(dimension: Dimension, panel: Panel) -> Fact:
    """The facts that a dimension of a panel declares."""
    label, field = dimension.title.in_(Language.ENGLISH), dimension.field
    if isinstance(dimension, Hour | Day):
        is_hour = isinstance(dimension, Hour)
        has_gaps = panel.shape in _OVER_AN_AXIS
        is_other = field != panel.dataset.time_field
        return ("date_histogram", label, field, "1h" if is_hour else "1d", has_gaps, is_other)
    if isinstance(dimension, Terms):
        mapping = PROJECTIONS[panel.dataset.index].mapping["properties"]
        kind = _WORDS.get(mapping[field]["type"], "number")
        is_ranked = panel.shape is Shape.HEATMAP and kind == "number"
        order: Fact = ("custom", (field, f"Least {field}")) if is_ranked else ("alphabetical", None)
        missing = dimension.with_missing
        return ("terms", label, field, kind, dimension.size, missing, missing, *order)
    groups = zip(dimension.bounds, dimension.labels, strict=True)
    return ("range", label, field, *((low, high, name) for (low, high), name in groups))


def saved_measure(name: str, columns: Columns) -> Fact:
    """The facts of a saved measure's column, with the parts that it refers to."""
    match columns.get(name):
        case c.Metric() as metric:
            written = _format(metric.params.format)
            return (*_statistic(metric), metric.label, written, metric.time_shift)
        case c.Last() as last:
            return ("last_value", last.source_field, last.params.sort_field, last.label)
        case c.Formula(references=[reference]) as formula:
            arithmetic = columns.get(reference)
            if not isinstance(arithmetic, c.Math):
                return ("a formula without arithmetic",)
            tree, parts = arithmetic.params.tinymath_ast, arithmetic.references
            labels = {columns[part].label if part in columns else "" for part in parts}
            text = _text(tree, columns)
            return (
                text,
                formula.params.formula,
                tree.text,
                tree.location.max,
                (*parts, reference, name),
                labels | {arithmetic.label},
                formula.label,
                _format(formula.params.format),
            )
    return ("no measure",)


def declared_measure(measure: Measure, panel: Panel) -> Fact:
    """The facts that a measure of a panel declares."""
    label = measure.title.in_(Language.ENGLISH)
    format_ = _declared_format(measure, panel)
    if isinstance(measure, Statistic) and measure.is_text:
        return ("last_value", measure.field, "hour", label)
    if isinstance(measure, Statistic):
        return (*_declared_statistic(measure), label, None if measure.is_time else format_, None)
    if _is_plain(measure):
        return ("sum", measure.columns[0], "number", False, None, label, format_, None)
    text = _formula(measure)
    parts = {f"Part of {label}"}
    order = tuple(order_of(measure))
    return (text, text, text, len(text), order, parts, label, format_)


def order_of(measure: Measure) -> list[str]:
    """The columns of a measure in their order: parts, arithmetic, the one that is shown."""
    if isinstance(measure, Statistic) or _is_plain(measure):
        return [measure.name]
    count = len(measure.columns) * (1 + isinstance(measure, Change))
    if isinstance(measure, Ratio):
        count += (measure.count is not None) + measure.of_half_observed
    return [*(f"{measure.name}X{i}" for i in range(count + 1)), measure.name]


def _is_plain(measure: Ratio | Total | Change) -> bool:
    return isinstance(measure, Total) and measure.divisor == 1 and len(measure.columns) == 1


def _statistic(metric: c.Metric) -> Fact:
    condition = metric.filter.query if metric.filter else None
    is_empty = metric.params.empty_as_null
    return metric.operation_type, metric.source_field, metric.data_type, is_empty, condition


def _declared_statistic(measure: Statistic) -> Fact:
    operation = _OPERATIONS[measure.aggregation]
    condition = measure.filter.kql() if measure.filter else None
    kind = "date" if measure.is_time else "number"
    return operation, measure.field, kind, operation in ("average", "max"), condition


def _format(found: c.Format | None) -> Fact | None:
    if found is None:
        return None
    params = found.params
    return (found.id, params.decimals, params.suffix, params.pattern)


def _declared_format(measure: Measure, panel: Panel) -> Fact:
    """Along an axis, a value has the decimals that it needs."""
    percent = "%" if is_share(measure) else ""
    kind, pattern = ("percent" if percent else "number"), None
    if panel.shape in _OVER_AN_AXIS:
        optional = "".rjust(measure.decimals + 2, "0")
        kind, pattern = "custom", f"0,0.[{optional}]{percent}"
    return (kind, measure.decimals, _suffix(measure), pattern)


def _suffix(measure: Measure) -> str | None:
    return f" {measure.unit}" if isinstance(measure, Statistic | Change) and measure.unit else None


def _formula(measure: Ratio | Total | Change) -> str:
    """The formula of a declaration, as people write it."""
    if isinstance(measure, Change):
        share = _formula(measure.ratio)
        before = re.sub(r"sum\((\w+)\)", r"sum(\1, shift='1w')", share)
        seen, earlier = f"sum({OBSERVED})", f"sum({OBSERVED}, shift='1w')"
        parts = (
            f"ifelse(({one} * 10) < ({other} * 9), 0, 1)"
            for one, other in ((seen, earlier), (earlier, seen))
        )
        return f"(100 * (({share}) - ({before}))) / ({' * '.join(parts)})"
    if isinstance(measure, Total):
        return f"{_sums(measure.columns)} / {measure.divisor}"
    figure = measure.figure
    below = (
        f"(count({figure.counted}) * {figure.weight})"
        if figure.counted
        else _sums(figure.denominator)
    )
    if figure.minus:
        below = _bracketed([below, *(f"sum({name})" for name in figure.minus)], " - ")
    if measure.of_half_observed:
        below = f"({below} * ifelse((sum({OBSERVED}) * 2000) < time_range(), 0, 1))"
    return f"{_sums(figure.numerator)} / {below}"


def _sums(fields: tuple[str, ...]) -> str:
    return _bracketed([f"sum({field})" for field in fields], " + ")


def _bracketed(terms: list[str], sign: str) -> str:
    return terms[0] if len(terms) == 1 else f"({sign.join(terms)})"


def _text(tree: c.Division, columns: Columns) -> str:
    """The formula that a tree computes, as people write it."""
    left, right = (_side(side, columns) for side in tree.args)
    return f"{left}{_SIGNS[tree.name]}{right}"


def _side(node: c.Node | str | float, columns: Columns) -> str:
    if isinstance(node, c.Node) and node.name == "ifelse":
        condition, *values = node.args
        is_less = " < ".join(_terms(condition, columns))
        return f"ifelse({', '.join([is_less, *(_side(one, columns) for one in values)])})"
    sign = _SIGNS[node.name] if isinstance(node, c.Node) else ""
    return _bracketed(_terms(node, columns), sign)


def _terms(node: c.Node | str | float, columns: Columns) -> list[str]:
    """The terms of a sum or a product, whose first may be one of the same."""
    if not isinstance(node, c.Node):
        return [_part(columns.get(node)) if isinstance(node, str) else f"{node}"]
    if len(node.args) != 2:
        return ["no arithmetic of two"]
    first, second = node.args
    is_same = isinstance(first, c.Node) and first.name == node.name
    head = _terms(first, columns) if is_same else [_side(first, columns)]
    return [*head, _side(second, columns)]


def _part(column: c.Column | None) -> str:
    """A part of a formula; what it says more than its operation and its field is written too."""
    if isinstance(column, c.Period):
        return "time_range()"
    if not isinstance(column, c.Metric):
        return "nothing"
    operation, field, kind, is_empty, condition = _statistic(column)
    shift = f", shift='{column.time_shift}'" if column.time_shift else ""
    more = (kind, is_empty, condition, column.params.format)
    if more == ("number", False, None, None):
        return f"{operation}({field}{shift})"
    return f"{operation}({field}, {more})"
