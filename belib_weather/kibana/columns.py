"""Lens columns of measures: what a panel computes, as Lens stores it.

A column becomes one Elasticsearch aggregation; a ratio becomes a formula of sums, which Kibana
stores with its parts: the sums, the arithmetic, and the formula that refers to them.

What belongs here: the metrics of `datasourceStates.formBased`. What does not: what they are broken
down by (`buckets`), how it is drawn (`lens`).
"""

from typing import Any

from belib_weather.panels.i18n import Language
from belib_weather.panels.measures import (
    ALIKE,
    LAST_BY,
    OBSERVED,
    Aggregation,
    Change,
    Measure,
    Ratio,
    Statistic,
    Total,
    is_share,
)

_OPERATIONS = {
    Aggregation.MEAN: "average",
    Aggregation.MAXIMUM: "max",
    Aggregation.DISTINCT: "unique_count",
    Aggregation.ROWS: "count",
}
_COUNTS = frozenset({Aggregation.DISTINCT, Aggregation.ROWS})
"""Without rows they are 0, not empty."""
Columns = dict[str, dict[str, Any]]


def measure_columns(column_id: str, measure: Measure, *, is_on_axis: bool = False) -> Columns:
    """The columns of a measure: the one shown, and the parts that it refers to.

    Args:
        column_id: of the one shown.
        measure: what it shows.
        is_on_axis: whether ticks of an axis are written like its values.
    """
    columns = _columns(column_id, measure)
    params = columns[column_id]["params"]
    if is_on_axis and "format" in params:
        columns[column_id]["params"] = params | _format_of_ticks(measure)
    return columns


def _columns(column_id: str, measure: Measure) -> Columns:
    title = measure.title.in_(Language.ENGLISH)
    if isinstance(measure, Statistic):
        column = _last(title, measure) if measure.is_text else _metric(title, measure)
        return {column_id: column}
    if isinstance(measure, Total) and measure.divisor == 1 and len(measure.columns) == 1:
        plain = _sum(title, measure.columns[0])
        return {column_id: plain | {"params": plain["params"] | _format(measure)}}
    if isinstance(measure, Change):
        return _change(column_id, title, measure)
    return _formula(column_id, title, measure)


def _change(column_id: str, title: str, change: Change) -> Columns:
    """A share less that of the week before, in points: each sum is asked twice.

    Divided by 0, so empty, where the two weeks were not observed about equally long.
    """
    ratio, label = change.ratio, f"Part of {title}"
    columns: Columns = {}
    sides: list[dict[str, Any]] = []
    observed: list[str] = []
    for shift in ({}, {"timeShift": "1w"}):
        parts = {}
        for name in change.columns:
            parts[name] = f"{column_id}X{len(columns)}"
            columns[parts[name]] = _sum(label, name) | shift
        observed.append(parts[OBSERVED])
        sides.append(
            _function("divide", _added(ratio.numerator, parts), _added(ratio.denominator, parts))
        )
    shares = [
        f"({_sums(ratio.numerator, shift)} / {_sums(ratio.denominator, shift)})"
        for shift in ("", ", shift='1w'")
    ]
    points = _function("multiply", 100, _function("subtract", *sides))
    alike = _function("multiply", *map(_is_comparable, observed, reversed(observed)))
    tree = _function("divide", points, alike)
    below = " * ".join(map(_IS_ALIKE.format, _SUMS, reversed(_SUMS)))
    formula = f"(100 * ({' - '.join(shares)})) / ({below})"
    return _arithmetic(column_id, columns, tree, formula, change)


def _formula(column_id: str, title: str, measure: Ratio | Total) -> Columns:
    parts = {name: f"{column_id}X{position}" for position, name in enumerate(measure.columns)}
    label = f"Part of {title}"
    right: str | int | dict[str, Any]
    columns = {part: _sum(label, name) for name, part in parts.items()}
    if isinstance(measure, Ratio) and measure.count is not None:
        count = f"{column_id}X{len(parts)}"
        columns[count] = _metric(label, measure.count) | {"params": {"emptyAsNull": False}}
        left, right = _added(measure.numerator, parts), _product(count, measure.figure.weight)
        counted = f"count({measure.count.field}) * {measure.figure.weight}"
        formula = f"{_sums(measure.numerator)} / ({counted})"
    elif isinstance(measure, Ratio):
        left, right = _added(measure.numerator, parts), _denominator(measure, parts)
        below = _sums(measure.denominator)
        if measure.minus:
            below = f"({below} - {' - '.join(f'sum({name})' for name in measure.minus)})"
        if measure.of_half_observed:
            period = f"{column_id}X{len(parts)}"
            columns[period] = _length_of_period(label)
            right = _function("multiply", right, _is_half_observed(parts[OBSERVED], period))
            below = f"({below} * {_IS_HALF})"
        formula = f"{_sums(measure.numerator)} / {below}"
    else:
        left, right = _added(measure.columns, parts), measure.divisor
        formula = f"{_sums(measure.columns)} / {measure.divisor}"
    return _arithmetic(column_id, columns, _function("divide", left, right), formula, measure)


def _arithmetic(
    column_id: str, columns: Columns, tree: dict[str, Any], formula: str, measure: Measure
) -> Columns:
    """The parts of a formula, with its arithmetic and the formula itself."""
    title, columns = measure.title.in_(Language.ENGLISH), dict(columns)
    references, arithmetic = list(columns), f"{column_id}X{len(columns)}"
    columns[arithmetic] = {
        "label": f"Part of {title}",
        "customLabel": True,
        "dataType": "number",
        "isBucketed": False,
        "operationType": "math",
        "scale": "ratio",
        "params": {
            "tinymathAst": tree
            | {
                "location": {"min": 0, "max": len(formula)},
                "text": formula,
            }
        },
        "references": references,
    }
    columns[column_id] = {
        "label": title,
        "customLabel": True,
        "dataType": "number",
        "isBucketed": False,
        "operationType": "formula",
        "scale": "ratio",
        "params": {"formula": formula, "isFormulaBroken": False, **_format(measure)},
        "references": [arithmetic],
    }
    return columns


def _sums(names: tuple[str, ...], shift: str = "") -> str:
    text = " + ".join(f"sum({name}{shift})" for name in names)
    return text if len(names) == 1 else f"({text})"


def _added(names: tuple[str, ...], parts: dict[str, str]) -> str | dict[str, Any]:
    """The sum of some parts as Kibana's arithmetic tree: `add` takes two at a time."""
    tree: str | dict[str, Any] = parts[names[0]]
    for name in names[1:]:
        tree = _function("add", tree, parts[name])
    return tree


def _denominator(ratio: Ratio, parts: dict[str, str]) -> str | dict[str, Any]:
    """The denominator, with what is taken off it."""
    tree = _added(ratio.denominator, parts)
    for name in ratio.minus:
        tree = _function("subtract", tree, parts[name])
    return tree


_IS_HALF = f"ifelse((sum({OBSERVED}) * 2000) < time_range(), 0, 1)"
"""0 where a station was observed for less than half of the period, which is in milliseconds.

A division by 0 is an empty cell, and empty cells are last in either order.
"""


def _is_half_observed(observed: str, period: str) -> dict[str, Any]:
    is_less = _function("lt", _product(observed, 2000), period)
    return _function("ifelse", is_less, 0, 1)


_SUMS = (f"sum({OBSERVED})", f"sum({OBSERVED}, shift='1w')")
_IS_ALIKE = f"ifelse(({{}} * {ALIKE[0]}) < ({{}} * {ALIKE[1]}), 0, 1)"


def _is_comparable(one: str, other: str) -> dict[str, Any]:
    """0 where the one was observed for less than nine tenths of the other."""
    is_less = _function("lt", _product(one, ALIKE[0]), _product(other, ALIKE[1]))
    return _function("ifelse", is_less, 0, 1)


def _length_of_period(label: str) -> dict[str, Any]:
    return {
        "label": label,
        "customLabel": True,
        "dataType": "number",
        "isBucketed": False,
        "operationType": "time_range",
        "scale": "ratio",
        "references": [],
    }


def _product(part: str, factor: int) -> dict[str, Any]:
    return _function("multiply", part, factor)


def _function(name: str, *arguments: str | int | dict[str, Any]) -> dict[str, Any]:
    return {"type": "function", "name": name, "args": list(arguments)}


def _sum(label: str, field: str) -> dict[str, Any]:
    return {
        "label": label,
        "customLabel": True,
        "dataType": "number",
        "isBucketed": False,
        "operationType": "sum",
        "scale": "ratio",
        "sourceField": field,
        "params": {"emptyAsNull": False},
    }


def _last(title: str, measure: Statistic) -> dict[str, Any]:
    """The value of the newest row; with arrays Kibana asks `top_hits`, which every server has."""
    return {
        "label": title,
        "customLabel": True,
        "dataType": "string",
        "isBucketed": False,
        "operationType": "last_value",
        "scale": "ordinal",
        "sourceField": measure.field,
        "params": {"sortField": LAST_BY, "showArrayValues": True},
    }


def _metric(title: str, measure: Statistic) -> dict[str, Any]:
    column: dict[str, Any] = {
        "label": title,
        "customLabel": True,
        "dataType": "date" if measure.is_time else "number",
        "isBucketed": False,
        "operationType": _OPERATIONS[measure.aggregation],
        "scale": "ratio",
        "sourceField": measure.field,
        "params": {"emptyAsNull": measure.aggregation not in _COUNTS}
        | ({} if measure.is_time else _format(measure)),
    }
    if measure.filter is not None:
        column["filter"] = {"query": measure.filter.kql(), "language": "kuery"}
    return column


def _format(measure: Measure) -> dict[str, Any]:
    params: dict[str, Any] = {"decimals": measure.decimals}
    if isinstance(measure, Statistic | Change) and measure.unit:
        params["suffix"] = f" {measure.unit}"
    kind = "percent" if is_share(measure) else "number"
    return {"format": {"id": kind, "params": params}}


def _format_of_ticks(measure: Measure) -> dict[str, Any]:
    """With as many decimals as a tick needs, up to two more than elsewhere (Kibana 8.9)."""
    params = _format(measure)["format"]["params"]
    pattern = f"0,0.[{'0' * (measure.decimals + 2)}]{'%' if is_share(measure) else ''}"
    return {"format": {"id": "custom", "params": params | {"pattern": pattern}}}
