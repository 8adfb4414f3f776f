"""Lens panels: a specification as the visualization that Kibana stores.

What belongs here: one function per shape, each a `state.visualization`. What does not: columns
(`buckets`, `columns`), and where a panel stands (`dashboards`).
Concept: https://www.elastic.co/docs/explore-analyze/visualize/lens
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from belib_weather.kibana.buckets import OVER_AN_AXIS, dimension_columns
from belib_weather.kibana.columns import Columns, measure_columns
from belib_weather.kibana.data_views import data_view_id
from belib_weather.kibana.limit_lines import (
    LIMITS,
    LIMITS_REFERENCE,
    drawn_limit,
    limit_columns,
    line_of,
)
from belib_weather.panels.axes import Axis, Side, axes_of, horizontal_title
from belib_weather.panels.colours import LIMIT_COLOURS, SEQUENCE, SERIES_COLOURS, STATUS_COLOURS
from belib_weather.panels.i18n import Language
from belib_weather.panels.measures import Measure, Ratio
from belib_weather.panels.specification import Panel, Shape

LAYER = "layer"
LAYER_REFERENCE = f"indexpattern-datasource-layer-{LAYER}"
_TITLES = {Side.LEFT: "yTitle", Side.RIGHT: "yRightTitle"}
_EXTENTS = {Side.LEFT: "yLeftExtent", Side.RIGHT: "yRightExtent"}
_ROWS_A_PAGE = 10


@dataclass(frozen=True)
class Layer:
    """The columns of a panel: all of them, the groups, and the values that it shows."""

    columns: Columns
    by: tuple[str, ...]
    values: tuple[str, ...]
    measures: tuple[Measure, ...]


def lens_attributes(panel: Panel, index_prefix: str) -> dict[str, Any]:
    """The attributes of a Lens panel stored by value."""
    layer, limit = layer_of(panel), line_of(panel)
    kind, draw = _SHAPES[panel.shape]
    data_view = data_view_id(index_prefix, panel.dataset)
    return {
        "title": panel.title.in_(Language.ENGLISH),
        "description": panel.note_in(Language.ENGLISH),
        "type": "lens",
        "visualizationType": kind,
        "references": [
            {"type": "index-pattern", "id": data_view, "name": LAYER_REFERENCE},
            *(
                [{"type": "index-pattern", "id": data_view, "name": LIMITS_REFERENCE}]
                if limit
                else []
            ),
        ],
        "state": {
            "adHocDataViews": {},
            "datasourceStates": {
                "formBased": {
                    "layers": {
                        LAYER: {
                            "columnOrder": list(layer.columns),
                            "columns": layer.columns,
                            "incompleteColumns": {},
                            "sampling": 1,
                        },
                        **({LIMITS: limit_columns(limit)} if limit else {}),
                    }
                }
            },
            "filters": [],
            "internalReferences": [],
            "query": {
                "language": "kuery",
                "query": " and ".join(f"({condition.kql()})" for condition in panel.filters),
            },
            "visualization": draw(panel, layer),
        },
    }


def layer_of(panel: Panel) -> Layer:
    """The columns of a panel: dimensions first, then measures with their parts."""
    by = tuple(f"by{position}" for position in range(len(panel.by)))
    # A heatmap shows one value; the sample size is in tables.
    measures = panel.measures[:1] if panel.shape is Shape.HEATMAP else panel.measures
    columns: Columns = {}
    for column_id, dimension in zip(by, panel.by, strict=True):
        columns |= dimension_columns(column_id, dimension, panel.dataset, panel.shape)
    for measure in measures:
        is_on_axis = panel.shape in OVER_AN_AXIS
        columns |= measure_columns(measure.name, measure, is_on_axis=is_on_axis)
    return Layer(columns, by, tuple(m.name for m in measures), measures)


def _base() -> dict[str, Any]:
    return {"layerId": LAYER, "layerType": "data"}


def _metric(panel: Panel, layer: Layer) -> dict[str, Any]:
    primary, *others = layer.values
    numbers = _base() | {"metricAccessor": primary}
    if panel.limit is not None:
        colours = LIMIT_COLOURS if panel.limit.is_most else LIMIT_COLOURS[::-1]
        numbers["palette"] = _palette(colours, (0, panel.limit.value, 1))
    return numbers | ({"secondaryMetricAccessor": others[0]} if others else {})


def _table(panel: Panel, layer: Layer) -> dict[str, Any]:
    descending = not panel.sort_by.startswith("-")
    sorting = {
        "columnId": panel.sort_by.removeprefix("-"),
        "direction": "desc" if descending else "asc",
    }
    return _base() | {
        "columns": [
            *(
                {"columnId": column, "isTransposed": False, "isMetric": False}
                for column in layer.by
            ),
            *({"columnId": c, "isTransposed": False, "isMetric": True} for c in layer.values),
        ],
        "paging": {"enabled": True, "size": _ROWS_A_PAGE},
        "rowHeight": "single",
        **({"sorting": sorting} if panel.sort_by else {}),
    }


def _xy(series: str) -> Callable[[Panel, Layer], dict[str, Any]]:
    def draw(panel: Panel, layer: Layer) -> dict[str, Any]:
        axes, across = axes_of(panel), horizontal_title(panel.by[0], Language.ENGLISH)
        sides = {measure.name: axis.side for axis in axes for measure in axis.measures}
        styles = [
            {"forAccessor": name, "color": colour, "axisMode": sides[name].value}
            for name, colour in zip(layer.values, _colours(panel, layer), strict=True)
        ]
        return (
            {
                "preferredSeriesType": series,
                "title": "",
                "legend": {"isVisible": len(layer.values) > 1, "position": "bottom"},
                "valueLabels": "hide",
                "fittingFunction": "None",
                "axisTitlesVisibilitySettings": {
                    "x": across is not None,
                    "yLeft": True,
                    "yRight": True,
                },
                "gridlinesVisibilitySettings": {"x": False, "yLeft": True, "yRight": False},
                "tickLabelsVisibilitySettings": {"x": True, "yLeft": True, "yRight": True},
                "labelsOrientation": {"x": 0, "yLeft": 0, "yRight": 0},
                "layers": [
                    _base()
                    | {
                        "seriesType": series,
                        "xAccessor": layer.by[0],
                        "accessors": list(layer.values),
                        "yConfig": styles,
                    },
                    *([drawn_limit()] if line_of(panel) else []),
                ],
            }
            | ({"xTitle": across} if across else {})
            | _vertical_axes(axes)
        )

    return draw


def _vertical_axes(axes: tuple[Axis, ...]) -> dict[str, Any]:
    """Title and extent of each; "full" begins at 0 where all values are positive."""
    return {
        key: value
        for axis in axes
        for key, value in (
            (_TITLES[axis.side], axis.title_in(Language.ENGLISH)),
            (
                _EXTENTS[axis.side],
                {"mode": "full" if axis.begins_at_zero else "dataBounds", "niceValues": True},
            ),
        )
    }


def _colours(panel: Panel, layer: Layer) -> list[str]:
    if panel.shape is Shape.STACKED:
        return [STATUS_COLOURS[name.removesuffix("_hours")] for name in layer.values]
    return list(SERIES_COLOURS[: len(layer.values)])


def _palette(colours: Sequence[str], edges: Sequence[float]) -> dict[str, Any]:
    """Colours of values from edge to edge: of shares up to 1, or of percent of the range."""
    return {
        "name": "custom",
        "type": "palette",
        "params": {
            "name": "custom",
            "rangeType": "number" if edges[-1] == 1 else "percent",
            "rangeMin": 0,
            "rangeMax": None,
            "continuity": "above",
            "reverse": False,
            "progression": "fixed",
            "steps": len(colours),
            "maxSteps": len(colours),
            "stops": [_stop(*one) for one in zip(colours, edges[1:], strict=True)],
            "colorStops": [_stop(*one) for one in zip(colours, edges[:-1], strict=True)],
        },
    }


def _stop(colour: str, edge: float) -> dict[str, Any]:
    return {"color": colour, "stop": edge}


def _heatmap(_: Panel, layer: Layer) -> dict[str, Any]:
    measure = layer.measures[0]
    bands = measure.bands if isinstance(measure, Ratio) else ()
    edges = (0, *bands, 1) if bands else range(0, 101, 100 // len(SEQUENCE))
    return _base() | {
        "shape": "heatmap",
        "xAccessor": layer.by[0],
        "yAccessor": layer.by[1],
        "valueAccessor": layer.values[0],
        "legend": {"isVisible": True, "position": "right", "type": "heatmap_legend"},
        "gridConfig": {
            "type": "heatmap_grid",
            "isCellLabelVisible": False,
            "isXAxisLabelVisible": True,
            "isXAxisTitleVisible": True,
            "isYAxisLabelVisible": True,
            "isYAxisTitleVisible": True,
            # From Kibana 9.4 on, an axis without a sort is in the order of the groups.
            "xSortPredicate": "asc",
            "ySortPredicate": "asc",
        },
        "palette": _palette(SEQUENCE, edges) | {"accessor": layer.values[0]},
    }


_SHAPES: dict[Shape, tuple[str, Callable[[Panel, Layer], dict[str, Any]]]] = {
    Shape.NUMBERS: ("lnsMetric", _metric),
    Shape.TABLE: ("lnsDatatable", _table),
    Shape.LINES: ("lnsXY", _xy("line")),
    Shape.BARS: ("lnsXY", _xy("bar")),
    # Bars: an area would slope into an hour without rows.
    Shape.STACKED: ("lnsXY", _xy("bar_percentage_stacked")),
    Shape.HEATMAP: ("lnsHeatmap", _heatmap),
}
LENS_SHAPES = frozenset(_SHAPES)
