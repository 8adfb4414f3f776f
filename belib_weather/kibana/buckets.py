"""Lens columns of dimensions: what a panel is broken down by, as Lens stores it.

What belongs here: the buckets of `datasourceStates.formBased`. What does not: what is computed
in them (`columns`), how it is drawn (`lens`).
Concept: https://www.elastic.co/docs/explore-analyze/visualize/lens
"""

from typing import Any

from belib_weather.kibana.columns import Columns
from belib_weather.panels.dimensions import Day, Dimension, Hour, Ranges, Terms
from belib_weather.panels.i18n import Language
from belib_weather.panels.specification import Dataset, Shape
from belib_weather.search.projections import PROJECTIONS

OVER_AN_AXIS = frozenset({Shape.LINES, Shape.BARS, Shape.STACKED})
"""Where time without rows shows as a gap: without a group of its own a line would cross it."""
_KINDS = {"keyword": "string", "boolean": "boolean", "date": "date"}


def dimension_columns(
    column_id: str, dimension: Dimension, dataset: Dataset, shape: Shape
) -> Columns:
    """The bucket column of a dimension.

    Args:
        column_id: of the column.
        dimension: what rows are put into groups by.
        dataset: where its field is.
        shape: how the panel is drawn. Up to Kibana 9.3 a heatmap sorts groups by name as text, 10
            before 2, unless they are ranked by a number.
    """
    field = dimension.field
    column: dict[str, Any] = {
        "label": dimension.title.in_(Language.ENGLISH),
        "customLabel": True,
        "isBucketed": True,
        "sourceField": field,
    }
    if isinstance(dimension, Hour | Day):
        return {column_id: column | _dates(dimension, dataset, shape)}
    if isinstance(dimension, Ranges):
        return {column_id: column | _ranges(dimension)}
    mapping = PROJECTIONS[dataset.index].mapping["properties"]
    kind = _KINDS.get(mapping[field]["type"], "number")
    rank: dict[str, Any] = {"orderBy": {"type": "alphabetical", "fallback": False}}
    if shape is Shape.HEATMAP and kind == "number":
        rank = {"orderBy": {"type": "custom"}, "orderAgg": _least(field)}
    return {column_id: column | {"dataType": kind} | _terms(dimension, rank)}


def _dates(dimension: Hour | Day, dataset: Dataset, shape: Shape) -> dict[str, Any]:
    return {
        "dataType": "date",
        "operationType": "date_histogram",
        "scale": "interval",
        "params": {
            "interval": "1h" if isinstance(dimension, Hour) else "1d",
            "includeEmptyRows": shape in OVER_AN_AXIS,
            "dropPartials": False,
            # Otherwise the dashboard's period applies to this field, not the data view's.
            "ignoreTimeRange": dimension.field != dataset.time_field,
        },
    }


def _ranges(dimension: Ranges) -> dict[str, Any]:
    ranges = [
        {"from": low, "to": high, "label": label}
        for (low, high), label in zip(dimension.bounds, dimension.labels, strict=True)
    ]
    arrow = {"id": "range", "params": {"template": "arrow_right", "replaceInfinity": True}}
    return {
        "dataType": "string",
        "operationType": "range",
        "scale": "ordinal",
        "params": {"type": "range", "ranges": ranges, "maxBars": "auto", "parentFormat": arrow},
    }


def _terms(dimension: Terms, rank: dict[str, Any]) -> dict[str, Any]:
    return {
        "operationType": "terms",
        "scale": "ordinal",
        "params": {
            "size": dimension.size,
            **rank,
            "orderDirection": "asc",
            # Kibana groups missing values only where it also groups the others.
            "otherBucket": dimension.with_missing,
            "missingBucket": dimension.with_missing,
            "parentFormat": {"id": "terms"},
            "include": [],
            "exclude": [],
            "includeIsRegex": False,
            "excludeIsRegex": False,
        },
    }


def _least(field: str) -> dict[str, Any]:
    """Ranks groups of a number by the number itself."""
    return {
        "label": f"Least {field}",
        "customLabel": True,
        "dataType": "number",
        "isBucketed": False,
        "operationType": "min",
        "scale": "ratio",
        "sourceField": field,
    }
