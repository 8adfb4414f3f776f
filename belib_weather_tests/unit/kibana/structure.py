"""Faults of a bundle that Kibana would not report, or only show as an empty panel.

Each check yields sentences; a sound bundle yields none.
"""

import ast
import json
import operator
import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

from belib_weather.search.projections import PROJECTIONS
from belib_weather_tests.unit.kibana.interpreter import (
    Json,
    accessors,
    calculate,
    dashboards,
    is_markdown,
    is_vega,
    layer,
    objects,
    panels,
)

_OLDEST = {"dashboard": (10, 2, 0), "index-pattern": (8, 0, 0), "tag": (8, 0, 0)}
"""The newest type versions that Kibana 8.15 takes."""
_NUMBERS = {"integer", "short", "double", "long"}


def faults(ndjson: bytes, prefix: str) -> list[str]:
    """Everything that is wrong with a bundle."""
    return [
        *_objects(ndjson),
        *(
            f"{dashboard['id']}: {fault}"
            for dashboard in dashboards(ndjson)
            for check in (_references, _grid, _controls, _links)
            for fault in check(dashboard, objects(ndjson))
        ),
        *(
            f"{dashboard['id']}/{panel['panelIndex']}: {fault}"
            for dashboard in dashboards(ndjson)
            for panel in panels(dashboard)
            for fault in _panel(panel, prefix)
        ),
    ]


def _objects(ndjson: bytes) -> Iterator[str]:
    found = objects(ndjson)
    keys = Counter((one["type"], one["id"]) for one in found)
    yield from (f"twice: {key}" for key, count in keys.items() if count > 1)
    for one in found:
        version = tuple(int(n) for n in one["typeMigrationVersion"].split("."))
        if version > _OLDEST[one["type"]]:
            yield f"{one['id']}: Kibana 8.15 does not take {one['type']} {version}"
        if one["coreMigrationVersion"] != "8.8.0":
            yield f"{one['id']}: core version {one['coreMigrationVersion']}"
        for reference in one["references"]:
            if (reference["type"], reference["id"]) not in keys:
                yield f"{one['id']}: refers to {reference['id']}, which is not in the bundle"
        if one["type"] == "index-pattern":
            yield from _time_field(one)


WITHOUT_A_PERIOD = {
    *("stations", "outages", "reliability", "repair", "profiles", "saturation", "weather"),
    *("forecasts", "forecast_scores", "stream"),
}
"""The present, and what is of a period of its own."""


def _time_field(view: Json) -> Iterator[str]:
    fields = mapping_of(view["attributes"]["title"])
    name = view["attributes"].get("timeFieldName")
    if name is None and view["id"].rpartition("-")[2] in WITHOUT_A_PERIOD:
        return
    if fields.get(name, {}).get("type") != "date":
        yield f"{view['id']}: its time field {name} is no date"


def _references(dashboard: Json, _: list[Json]) -> Iterator[str]:
    references = {reference["name"]: reference["id"] for reference in dashboard["references"]}
    for panel in panels(dashboard):
        index, config = panel["panelIndex"], panel["embeddableConfig"]
        if panel["type"] == "lens":
            for reference in config["attributes"]["references"]:
                if references.get(f"{index}:{reference['name']}") != reference["id"]:
                    yield f"{index}: {reference['name']} is not referred to by the dashboard"
        if panel["type"] == "map":
            for one in json.loads(config["attributes"]["layerListJSON"]):
                name = one["sourceDescriptor"].get("indexPatternRefName")
                if name and f"{index}:{name}" not in references:
                    yield f"{index}: {name} is not referred to by the dashboard"


def _grid(dashboard: Json, _: list[Json]) -> Iterator[str]:
    boxes = {}
    for panel in panels(dashboard):
        grid = panel["gridData"]
        boxes[panel["panelIndex"]] = grid
        if grid["i"] != panel["panelIndex"]:
            yield f"{panel['panelIndex']}: its place is of {grid['i']}"
        if grid["x"] < 0 or grid["x"] + grid["w"] > 48 or min(grid["w"], grid["h"]) < 4:
            yield f"{panel['panelIndex']}: outside the grid or too small: {grid}"
    if len(boxes) != len(panels(dashboard)):
        yield "two panels have one index"
    for (one, a), (other, b) in combinations(boxes.items(), 2):
        if (
            a["x"] < b["x"] + b["w"]
            and b["x"] < a["x"] + a["w"]
            and a["y"] < b["y"] + b["h"]
            and b["y"] < a["y"] + a["h"]
        ):
            yield f"{one} and {other} overlap"


def _controls(dashboard: Json, _: list[Json]) -> Iterator[str]:
    references = {reference["name"]: reference["id"] for reference in dashboard["references"]}
    for key, control in json.loads(
        dashboard["attributes"]["controlGroupInput"]["panelsJSON"]
    ).items():
        kind = control["type"].removesuffix("Control")
        view = references.get(f"controlGroup_{key}:{kind}DataView")
        field = control["explicitInput"]["fieldName"]
        if view is None:
            yield f"control {key}: without a data view"
        elif field not in mapping_of(view):
            yield f"control {key}: {view} has no field {field}"
        elif kind == "rangeSlider" and mapping_of(view)[field]["type"] not in _NUMBERS:
            yield f"control {key}: {field} is no number"


def _links(dashboard: Json, found: list[Json]) -> Iterator[str]:
    ids = {one["id"] for one in found if one["type"] == "dashboard"}
    references = {reference["name"]: reference for reference in dashboard["references"]}
    [panel] = [one for one in panels(dashboard) if one["type"] == "links"]
    reached = set()
    for link in panel["embeddableConfig"]["attributes"]["links"]:
        target = references.get(f"{panel['panelIndex']}:{link['destinationRefName']}", {})
        reached.add(target.get("id"))
        if target.get("type") != "dashboard":
            yield f"the link {link['label']} leads nowhere"
        if not (link["options"]["useCurrentDateRange"] and link["options"]["useCurrentFilters"]):
            yield f"the link {link['label']} loses the period or the filters"
    if reached != ids:
        yield f"links lead to {sorted(map(str, reached))}, dashboards are {sorted(ids)}"


def _panel(panel: Json, prefix: str) -> Iterator[str]:
    if panel["type"] == "lens":
        yield from _lens(panel)
    elif panel["type"] == "map":
        yield from _map(panel, prefix)
    elif is_vega(panel):
        yield from _vega(panel)
    elif not is_markdown(panel):
        yield f"a panel of an unknown type {panel['type']}"


def _lens(panel: Json) -> Iterator[str]:
    found = layer(panel)
    columns = found["columns"]
    reference, *_ = panel["embeddableConfig"]["attributes"]["references"]
    fields = mapping_of(reference["id"])
    if sorted(found["columnOrder"]) != sorted(columns):
        yield "its column order is not of its columns"
    for name in accessors(panel):
        if name not in columns:
            yield f"shows {name}, which is no column"
    for name in columns:
        yield from _column(name, columns, fields)
    attributes = panel["embeddableConfig"]["attributes"]
    state = attributes["state"]
    if attributes["visualizationType"] == "lnsHeatmap":
        yield from _axes(state["visualization"], columns)
    if attributes["visualizationType"] == "lnsXY":
        yield from _gaps(state["visualization"], columns)
    conditions = [
        state["query"]["query"],
        *(c["filter"]["query"] for c in columns.values() if "filter" in c),
    ]
    for condition in conditions:
        for field in re.findall(r"(\w+) (?::|>=|<)", condition):
            if field not in fields:
                yield f"filters by {field}, which the index has not"


def _column(name: str, columns: Json, fields: Json) -> Iterator[str]:
    column = columns[name]
    operation, field = column["operationType"], column.get("sourceField")
    for part in column.get("references", []):
        if part not in columns:
            yield f"{name} refers to {part}, which is no column"
    if field is not None and field not in fields:
        yield f"{name}: the index has no field {field}"
    elif field is not None:
        yield from _fitting(name, column, fields[field]["type"])
    if operation == "formula":
        yield from _formula(name, columns)
    if operation in ("count", "unique_count") and column["params"]["emptyAsNull"]:
        yield f"{name}: shows nothing where it counts nothing"


def _axes(heatmap: Json, columns: Json) -> Iterator[str]:
    """Kibana before 9.4 sorts terms in order of their keys as words; later ones only on request."""
    for axis in ("x", "y"):
        column = columns[heatmap[f"{axis}Accessor"]]
        rank = column["params"].get("orderAgg", {}).get("sourceField")
        if column["dataType"] == "number" and rank != column["sourceField"]:
            yield f"its {axis} axis puts 10 before 2"
        if heatmap["gridConfig"].get(f"{axis}SortPredicate") != "asc":
            yield f"its {axis} axis is not sorted"


def _gaps(chart: Json, columns: Json) -> Iterator[str]:
    """Time without rows is a gap: it has a group of its own, and nothing is drawn into it."""
    only, *_ = chart["layers"]
    axis = columns.get(only["xAccessor"])
    if axis is None or axis["operationType"] != "date_histogram":
        return
    if not axis["params"]["includeEmptyRows"]:
        yield "a straight line crosses the time without rows: it has no group"
    if chart["fittingFunction"] != "None" or chart.get("emphasizeFitting"):
        yield "values are made up where there are none"
    if "area" in only["seriesType"]:
        yield "an area slopes into the time without rows"


def _fitting(name: str, column: Json, kind: str) -> Iterator[str]:
    operation = column["operationType"]
    if operation in ("sum", "average", "range") and kind not in _NUMBERS:
        yield f"{name}: {operation} of {column['sourceField']}, which is a {kind}"
    if operation == "last_value" and column["params"]["sortField"] != "hour":
        yield f"{name}: the last by {column['params']['sortField']}, not by the hour"
    if operation == "date_histogram" and kind != "date":
        yield f"{name}: a date histogram of a {kind}"
    if operation == "terms":
        expected = {"keyword": "string", "boolean": "boolean"}.get(kind, "number")
        if kind == "date":
            yield f"{name}: terms of a date are in UTC"
        elif column["dataType"] != expected:
            yield f"{name}: says {column['dataType']}, is {kind}"


def _formula(name: str, columns: Json) -> Iterator[str]:
    """The text that people edit and the tree that Kibana computes are one and the same."""
    (arithmetic,) = columns[name]["references"]
    tree = columns[arithmetic]["params"]["tinymathAst"]
    text = columns[name]["params"]["formula"]
    parts = [(part, columns[part]) for part in columns[arithmetic]["references"]]
    names = {
        part: (one.get("sourceField", "the period"), one.get("timeShift", ""))
        for part, one in parts
    }
    fields = {part: field + shift for part, (field, shift) in names.items()}
    plain = sorted({field for field, _ in names.values()})
    shifts = {shift: 1.05 if shift else 1 for _, shift in names.values()}
    # Of a week before about as much: weeks that are not alike are not compared.
    values = {
        field + shift: factor * (3.0 + 7 * i**2)
        for i, field in enumerate(plain)
        for shift, factor in shifts.items()
    }
    try:
        written: float | None = _arithmetic(ast.parse(text, mode="eval").body, values)
    except KeyError as error:
        yield f"{name}: {error} is in its formula and not in its columns"
        return
    except ZeroDivisionError:
        written = None
    computed = calculate(tree, lambda part: values[fields[part]])
    if written is None or computed is None or abs(written - computed) > 1e-9:
        yield f"{name}: its formula says {written}, its columns {computed}"


_SIGNS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Div: operator.truediv,
    ast.Mult: operator.mul,
    ast.Sub: operator.sub,
}


def _arithmetic(node: ast.expr, values: dict[str, float]) -> float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Call(
            func=ast.Name(id="sum" | "count"), args=[ast.Name(id=field)], keywords=shifts
        ):
            return values[field + "".join(ast.literal_eval(shift.value) for shift in shifts)]
        case ast.Call(func=ast.Name(id="time_range"), args=[], keywords=[]):
            return values["the period"]
        case ast.Call(
            func=ast.Name(id="ifelse"),
            args=[ast.Compare(left=left, ops=[ast.Lt()], comparators=[right]), one, other],
        ):
            is_less = _arithmetic(left, values) < _arithmetic(right, values)
            return _arithmetic(one if is_less else other, values)
        case ast.BinOp(left=left, op=sign, right=right):
            return _SIGNS[type(sign)](_arithmetic(left, values), _arithmetic(right, values))
    raise AssertionError(f"a formula of other things than sums and counts: {ast.dump(node)}")


def _map(panel: Json, prefix: str) -> Iterator[str]:
    fields = mapping_of(f"{prefix}-stations")
    for one in json.loads(panel["embeddableConfig"]["attributes"]["layerListJSON"]):
        source = one["sourceDescriptor"]
        if source["type"] == "ES_SEARCH":
            if fields[source["geoField"]]["type"] != "geo_point":
                yield "its place is no geo_point"
            colours = one["style"]["properties"]["fillColor"]["options"]
            if any(stop["stop"] is None for stop in colours["customColorPalette"]):
                yield "a colour of no state: that of all others stands apart since Kibana 8.4"
            for field in (*source["tooltipProperties"], colours["field"]["name"]):
                if field not in fields:
                    yield f"the index has no field {field}"


def _vega(panel: Json) -> Iterator[str]:
    data = json.loads(panel["embeddableConfig"]["savedVis"]["params"]["spec"])["data"]["url"]
    fields = mapping_of(data["index"])
    if "query" in data["body"] or not data.get("%context%"):
        yield "does not follow the dashboard's filters"
    if data.get("%timefield%") not in fields:
        yield "does not follow the dashboard's period"
    for field in _fields_asked(data["body"]["aggs"]):
        if field not in fields:
            yield f"the index has no field {field}"


def _fields_asked(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("field"), str):
            yield node["field"]
        for child in node.values():
            yield from _fields_asked(child)


def mapping_of(alias: str) -> Json:
    """Fields of an alias; of any prefix."""
    return PROJECTIONS[alias.rpartition("-")[2]].mapping["properties"]  # type: ignore[no-any-return]
