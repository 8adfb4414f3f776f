"""The facts of a saved Lens panel, beside those that its panel declares.

Both are facts by name: `saved` reads the saved object, `declared` the specification. Neither uses
the code that writes the object (`lens`, `columns`, `buckets`), so its faults are found too.

What belongs here: one panel. What does not: where panels stand (`check`), measures and dimensions
(`column_readings`).
"""

from collections.abc import Iterator, Mapping

from belib_weather.kibana.column_readings import (
    declared_dimension,
    declared_measure,
    order_of,
    saved_dimension,
    saved_measure,
)
from belib_weather.kibana.schema.lens import (
    XY,
    Heatmap,
    Lens,
    LimitLayer,
    LimitLine,
    Numbers,
    Palette,
    Table,
    XYLayer,
)
from belib_weather.panels.axes import Axis, Side, axes_of, horizontal_title
from belib_weather.panels.colours import LIMIT_COLOURS, SEQUENCE, SERIES_COLOURS, STATUS_COLOURS
from belib_weather.panels.i18n import Language
from belib_weather.panels.measures import Measure, Ratio
from belib_weather.panels.specification import Panel, Shape

SHAPES = frozenset(
    {Shape.NUMBERS, Shape.TABLE, Shape.HEATMAP, Shape.LINES, Shape.BARS, Shape.STACKED}
)
Facts = dict[str, object]
_REFERENCE = "indexpattern-datasource-layer-layer"
_LIMITS_REFERENCE = "indexpattern-datasource-layer-limits"
LONGEST = 200
"""Characters of a value in a sentence."""
_KINDS = {Shape.NUMBERS: "lnsMetric", Shape.TABLE: "lnsDatatable", Shape.HEATMAP: "lnsHeatmap"}
_SERIES = {
    Shape.LINES: "line",
    Shape.BARS: "bar",
    Shape.STACKED: "bar_percentage_stacked",
}


def saved(lens: Lens, panel: Panel) -> Facts:
    """The facts of a saved panel that stands where `panel` is declared."""
    layers = lens.state.datasource_states.form_based.layers
    layer = layers.layer
    by, measures = _ids(panel)
    facts: Facts = {
        "title": lens.title,
        "description": lens.description,
        "kind": lens.visualization_type,
        "index": [(one.name, one.id) for one in lens.references],
        "condition": lens.state.query.query,
        "columns": sorted(layer.columns),
        "order of columns": layer.column_order,
    }
    facts["line"] = layers.limits and _saved_line(layers.limits)
    facts |= {f"group {name}": saved_dimension(layer.columns.get(name)) for name in by}
    facts |= {f"measure {name}": saved_measure(name, layer.columns) for name in measures}
    return facts | _saved_drawing(lens.state.visualization)


def declared(panel: Panel, index: str) -> Facts:
    """The facts of a specification, over the alias `index`."""
    by, measures = _ids(panel)
    order = [*by, *(name for m in _measures(panel) for name in order_of(m))]
    facts: Facts = {
        "title": panel.title.in_(Language.ENGLISH),
        "description": panel.note_in(Language.ENGLISH),
        "kind": _KINDS.get(panel.shape, "lnsXY"),
        "index": [(_REFERENCE, index), *([(_LIMITS_REFERENCE, index)] if _has_line(panel) else [])],
        "condition": " and ".join(f"({condition.kql()})" for condition in panel.filters),
        "columns": sorted(order),
        "order of columns": order,
    }
    facts["line"] = _declared_line(panel)
    facts |= {
        f"group {name}": declared_dimension(dimension, panel)
        for name, dimension in zip(by, panel.by, strict=True)
    }
    facts |= {f"measure {m.name}": declared_measure(m, panel) for m in _measures(panel)}
    return facts | _declared_drawing(panel, by, measures)


def _has_line(panel: Panel) -> bool:
    return panel.limit is not None and panel.shape is Shape.BARS


def _saved_line(limits: LimitLayer) -> Facts:
    column = limits.columns.limit
    written = column.params.format
    return {
        "value": float(column.params.value),
        "label": column.label,
        "format": (written.id, written.params.decimals, written.params.suffix),
    }


def _declared_line(panel: Panel) -> Facts | None:
    if panel.limit is None or not _has_line(panel):
        return None
    label = panel.limit.title.in_(Language.ENGLISH)
    return {"value": panel.limit.value, "label": label, "format": ("percent", 0, None)}


def _measures(panel: Panel) -> tuple[Measure, ...]:
    return panel.measures[:1] if panel.shape is Shape.HEATMAP else panel.measures


def _ids(panel: Panel) -> tuple[list[str], list[str]]:
    return [f"by{i}" for i in range(len(panel.by))], [m.name for m in _measures(panel)]


def _saved_drawing(drawn: Numbers | Table | XY | Heatmap) -> Facts:
    match drawn:
        case Numbers():
            numbers = [drawn.metric_accessor, drawn.secondary_metric_accessor]
            return {"numbers": numbers} | (_saved_colours(drawn.palette) if drawn.palette else {})
        case Table():
            sorting = drawn.sorting
            return {
                "columns of the table": [(c.column_id, c.is_metric) for c in drawn.columns],
                "sorted by": sorting and (sorting.column_id, sorting.direction),
            }
        case Heatmap():
            return {
                "axes": [drawn.x_accessor, drawn.y_accessor, drawn.value_accessor],
                "coloured by": drawn.palette.accessor,
            } | _saved_colours(drawn.palette)
        case XY():
            return _saved_chart(drawn)


def _saved_colours(palette: Palette) -> Facts:
    params = palette.params
    return {
        "colours": [(stop.color, stop.stop) for stop in params.stops],
        "colours from": [(stop.color, stop.stop) for stop in params.color_stops],
        "steps of colours": (params.range_type, params.steps, params.max_steps),
    }


def _saved_chart(drawn: XY) -> Facts:
    layers = [one for one in drawn.layers if isinstance(one, XYLayer)]
    lines = [
        style.color for one in drawn.layers if isinstance(one, LimitLine) for style in one.y_config
    ]
    layer, right = layers[0], drawn.y_right_extent
    return {
        "layers": [one.layer_type for one in drawn.layers],
        "colours of lines": lines,
        "series": [drawn.preferred_series_type, layer.series_type],
        "axes": [layer.x_accessor, *layer.accessors],
        "styles": [(s.for_accessor, s.color, s.axis_mode) for s in layer.y_config],
        "legend": drawn.legend.is_visible,
        "horizontal title": (drawn.x_title, drawn.axis_titles_visibility_settings.x),
        "left axis": (drawn.y_title, drawn.y_left_extent.mode),
        "right axis": (drawn.y_right_title, right and right.mode),
    }


def _declared_drawing(panel: Panel, by: list[str], names: list[str]) -> Facts:
    match panel.shape:
        case Shape.NUMBERS:
            return {"numbers": [*names, None][:2]} | _declared_limit(panel)
        case Shape.TABLE:
            measure = panel.sort_by.removeprefix("-")
            direction = "asc" if panel.sort_by.startswith("-") else "desc"
            return {
                "columns of the table": [(n, False) for n in by] + [(n, True) for n in names],
                "sorted by": (measure, direction) if measure else None,
            }
        case Shape.HEATMAP:
            return {"axes": [*by, *names], "coloured by": names[0]} | _declared_bands(panel)
    return _declared_chart(panel, by, names)


def _declared_limit(panel: Panel) -> Facts:
    """Green within the limit, red beyond it."""
    if panel.limit is None:
        return {}
    within, beyond = LIMIT_COLOURS
    low, high = (within, beyond) if panel.limit.is_most else (beyond, within)
    return {
        "colours": [(low, panel.limit.value), (high, 1)],
        "colours from": [(low, 0), (high, panel.limit.value)],
        "steps of colours": ("number", 2, 2),
    }


def _declared_bands(panel: Panel) -> Facts:
    """Fixed bands of a share, or fifths of the range of the values shown."""
    measure = panel.measures[0]
    if isinstance(measure, Ratio) and measure.bands:
        edges: list[float] = [0, *measure.bands, 1]
    else:
        edges = [20 * i for i in range(6)]
    return {
        "colours": list(zip(SEQUENCE, edges[1:], strict=True)),
        "colours from": list(zip(SEQUENCE, edges[:-1], strict=True)),
        "steps of colours": ("percent" if edges[-1] == 100 else "number", 5, 5),
    }


def _declared_chart(panel: Panel, by: list[str], names: list[str]) -> Facts:
    axes = {axis.side: axis for axis in axes_of(panel)}
    sides = {m.name: axis.side.value for axis in axes.values() for m in axis.measures}
    colours = (
        [STATUS_COLOURS[name.removesuffix("_hours")] for name in names]
        if panel.shape is Shape.STACKED
        else list(SERIES_COLOURS[: len(names)])
    )
    across = horizontal_title(panel.by[0], Language.ENGLISH)
    return {
        "layers": ["data", *(["referenceLine"] if _has_line(panel) else [])],
        "colours of lines": [LIMIT_COLOURS[1]] if _has_line(panel) else [],
        "series": [_SERIES[panel.shape]] * 2,
        "axes": [*by, *names],
        "styles": [(name, c, sides[name]) for name, c in zip(names, colours, strict=True)],
        "legend": len(names) > 1,
        "horizontal title": (across, across is not None),
        "left axis": _declared_axis(axes.get(Side.LEFT)),
        "right axis": _declared_axis(axes.get(Side.RIGHT)),
    }


def _declared_axis(axis: Axis | None) -> tuple[str | None, str | None]:
    if axis is None:
        return None, None
    mode = "full" if axis.begins_at_zero else "dataBounds"
    return axis.title_in(Language.ENGLISH), mode


def differences(
    where: str, saved: Mapping[str, object], declared: Mapping[str, object]
) -> Iterator[str]:
    """A sentence for each fact that is not as declared."""
    for name in sorted(declared.keys() | saved.keys()):
        for found, expected in _differing_parts(saved.get(name), declared.get(name)):
            yield (
                f"{where}: {name}: {found!r:.{LONGEST}}, where {expected!r:.{LONGEST}} is declared"
            )


def _differing_parts(found: object, expected: object) -> Iterator[tuple[object, object]]:
    """The parts of two facts that differ."""
    if found == expected:
        return
    both = (found, expected)
    match both:
        case (tuple() | list(), tuple() | list()) if len(both[0]) == len(both[1]):
            for one, other in zip(*both, strict=True):
                yield from _differing_parts(one, other)
        case _:
            yield both
