"""A table of faults: what it is, in which object, where, and what stands there instead."""

import json
from collections.abc import Callable
from typing import Any

from belib_weather_tests.unit.kibana.seeded import GONE

CHANCE = "attributes/panelsJSON/@chance-by-hour"
_STATE = "embeddableConfig/attributes/state"
STATE = f"{CHANCE}/{_STATE}"
COLUMNS = f"{STATE}/datasourceStates/formBased/layers/layer/columns"
CHANGE = (
    f"attributes/panelsJSON/@occupancy-and-last-week/{_STATE}"
    "/datasourceStates/formBased/layers/layer/columns"
)
WORST = (
    f"attributes/panelsJSON/@worst-stations/{_STATE}"
    "/datasourceStates/formBased/layers/layer/columns/free_when_not_full"
)
RATIO = f"{COLUMNS}/chance_of_a_free_point"
DRAWN = f"{STATE}/visualization"
TABLE = f"attributes/panelsJSON/@free-stations/{_STATE}/visualization"
LINES_OF = f"attributes/panelsJSON/@quality-over-time/{_STATE}/visualization"
NUMBERS = f"attributes/panelsJSON/@free-now/{_STATE}/visualization"
LIMITED = f"attributes/panelsJSON/@silent-now/{_STATE}/visualization"
LINE = f"attributes/panelsJSON/@free-by-arrondissement/{_STATE}"
_LIMIT = "datasourceStates/formBased/layers/limits/columns/limit"
HEATMAP = f"attributes/panelsJSON/@chance-by-hour-and-weekday/{_STATE}/visualization"
MAP = "attributes/panelsJSON/@station-map/embeddableConfig"
STATIONS = f"{MAP}/attributes/layerListJSON/#1"
VEGA = "attributes/panelsJSON/@weather-intervals/embeddableConfig/savedVis/params/spec"
WAYS = "attributes/panelsJSON/@worst-stations/embeddableConfig/enhancements/dynamicActions/events"
CONTROL = "attributes/controlGroupInput/panelsJSON/control-arrondissement"
SHADOW = {"hour": {"type": "date", "script": {"source": "emit(0)"}}}
FILTER = {"meta": {"disabled": False}, "query": {"match_phrase": {"arrondissement": 1}}}
KQL = {"language": "kuery", "query": "arrondissement : 1"}


def key(name: str, value: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Adds a key, or replaces its value."""
    return lambda old: old | {name: value}


def swapped(first: str, second: str, name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Exchanges a value of two objects."""

    def swap(old: dict[str, Any]) -> dict[str, Any]:
        one, other = old[first], old[second]
        return old | {
            first: one | {name: other[name]},
            second: other | {name: one[name]},
        }

    return swap


def styles(name: str) -> Callable[[list[dict[str, Any]]], list[dict[str, Any]]]:
    """Exchanges a value of the first two styles of a chart."""

    def swap(old: list[dict[str, Any]]) -> list[dict[str, Any]]:
        one, other, *rest = old
        return [one | {name: other[name]}, other | {name: one[name]}, *rest]

    return swap


def renamed(old: dict[str, Any]) -> dict[str, Any]:
    """The layer under another id than the visualization names."""
    return {"other": old["layer"]}


def filtered(old: dict[str, Any]) -> dict[str, Any]:
    """A request of a Vega panel with a query of its own."""
    return old | {"query": {"range": {"hour": {"gte": "now-1h"}}}}


QUALITY = (
    f"attributes/panelsJSON/@quality-over-time/{_STATE}"
    "/datasourceStates/formBased/layers/layer/columns"
)
ADDRESS = (
    f"attributes/panelsJSON/@worst-stations/{_STATE}"
    "/datasourceStates/formBased/layers/layer/columns/address"
)
NAMED: list[tuple[str, str, str, Any]] = [
    # What is asked.
    ("sampling", "drivers", f"{COLUMNS.removesuffix('/columns')}/sampling", 0.1),
    ("no week before", "planners", f"{CHANGE}/occupancy_changeX4/timeShift", GONE),
    ("a month before", "planners", f"{CHANGE}/occupancy_changeX4/timeShift", "1M"),
    ("the week before of both", "planners", f"{CHANGE}/occupancy_changeX0", key("timeShift", "1w")),
    ("all stations ranked", "operators", f"{WORST}X3", GONE),
    (
        "observed for less",
        "operators",
        f"{WORST}X4/params/tinymathAst/args/#1/args/#1/args/#0/args/#1",
        60_000,
    ),
    ("time shift", "drivers", f"{COLUMNS}/chance_of_a_free_pointX0", key("timeShift", "1w")),
    ("time shift of a formula", "drivers", RATIO, key("timeShift", "1d")),
    (
        "reduced range",
        "drivers",
        f"{COLUMNS}/chance_of_a_free_pointX0",
        key("reducedTimeRange", "1h"),
    ),
    ("scaled by time", "drivers", f"{COLUMNS}/chance_of_a_free_pointX0", key("timeScale", "h")),
    ("filter of a part", "drivers", f"{COLUMNS}/chance_of_a_free_pointX0", key("filter", KQL)),
    ("filter of a formula", "drivers", RATIO, key("filter", KQL)),
    ("filter in a state", "drivers", f"{STATE}/filters", [FILTER]),
    ("query in a state", "drivers", f"{STATE}/query/query", "arrondissement : 1"),
    ("Lucene", "drivers", f"{STATE}/query/language", "lucene"),
    (
        "global filters ignored",
        "drivers",
        COLUMNS.removesuffix("/columns"),
        key("ignoreGlobalFilters", value=True),
    ),
    ("ad-hoc data view", "drivers", f"{STATE}/adHocDataViews", {"other": {"title": "other-*"}}),
    (
        "reference within",
        "drivers",
        f"{STATE}/internalReferences",
        [{"type": "index-pattern", "id": "other", "name": "layer"}],
    ),
    ("text-based layer", "drivers", f"{STATE}/datasourceStates", key("textBased", {"layers": {}})),
    (
        "second layer",
        "drivers",
        f"{STATE}/datasourceStates/formBased/layers",
        lambda old: old | {"second": old["layer"]},
    ),
    ("mismatched layer", "drivers", f"{STATE}/datasourceStates/formBased/layers", renamed),
    ("mismatched layer of a chart", "drivers", f"{DRAWN}/layers/#0/layerId", "other"),
    (
        "another index",
        "drivers",
        f"{CHANCE}/embeddableConfig/attributes/references/#0/id",
        "belib-feed",
    ),
    ("another index of the page", "drivers", "references/#0/id", "belib-feed"),
    (
        "incomplete column",
        "drivers",
        COLUMNS.removesuffix("/columns"),
        key("incompleteColumns", {"x": {"operationType": "sum"}}),
    ),
    ("broken formula", "drivers", f"{RATIO}/params/isFormulaBroken", True),
    (
        "a column that nothing shows",
        "drivers",
        COLUMNS,
        lambda old: old | {"more": old["chance_of_a_free_pointX0"]},
    ),
    ("included values", "drivers", f"{COLUMNS}/by0/params/include", ["1"]),
    ("excluded values", "drivers", f"{COLUMNS}/by0/params/exclude", ["1"]),
    ("descending", "drivers", f"{COLUMNS}/by0/params/orderDirection", "desc"),
    ("secondary fields", "drivers", f"{COLUMNS}/by0/params", key("secondaryFields", ["hour"])),
    ("accuracy mode", "drivers", f"{COLUMNS}/by0/params", key("accuracyMode", value=True)),
    ("another hour", "drivers", f"{COLUMNS}/by0/sourceField", "local_weekday"),
    ("partial groups dropped", "operators", f"{QUALITY}/by0/params/dropPartials", True),
    ("another interval", "operators", f"{QUALITY}/by0/params/interval", "1d"),
    ("empty groups left out", "operators", f"{QUALITY}/by0/params/includeEmptyRows", False),
    ("address before the last", "operators", f"{ADDRESS}/params/sortField", "local_date"),
    ("an array's first value", "operators", f"{ADDRESS}/params/showArrayValues", False),
    ("a value of some rows", "operators", ADDRESS, key("filter", KQL)),
    ("another last value", "operators", f"{ADDRESS}/sourceField", "station_name"),
    # What is written.
    ("swapped labels", "operators", QUALITY, swapped("coverage", "share_stale", "label")),
    ("automatic label", "drivers", f"{RATIO}/customLabel", False),
    ("wrong format", "drivers", f"{RATIO}/params/format/id", "number"),
    ("bytes", "drivers", f"{RATIO}/params/format/id", "bytes"),
    ("more digits", "drivers", f"{RATIO}/params/format/params/decimals", 2),
    ("compact numbers", "drivers", f"{RATIO}/params/format/params", key("compact", value=True)),
    ("a unit", "drivers", f"{RATIO}/params/format/params", key("suffix", " km")),
    ("no format", "drivers", f"{RATIO}/params/format", GONE),
    ("title of a panel", "drivers", f"{CHANCE}/title", "Occupancy"),
    (
        "title of a visualization",
        "drivers",
        f"{CHANCE}/embeddableConfig/attributes/title",
        "Occupancy",
    ),
    (
        "no note",
        "operators",
        "attributes/panelsJSON/@broken-now/embeddableConfig/attributes/description",
        "",
    ),
    (
        "credits left out",
        "drivers",
        "attributes/panelsJSON/@head/embeddableConfig/savedVis/params/markdown",
        "Belib",
    ),
    # How it is drawn.
    ("swapped colours", "operators", f"{LINES_OF}/layers/#0/yConfig", styles("color")),
    ("swapped axes", "operators", f"{LINES_OF}/layers/#0/yConfig", styles("axisMode")),
    ("swapped measures", "operators", f"{LINES_OF}/layers/#0/accessors", lambda old: old[::-1]),
    ("axis from 0", "drivers", f"{DRAWN}/yLeftExtent/mode", "full"),
    (
        "axis of one's own",
        "drivers",
        f"{DRAWN}/yLeftExtent",
        {"mode": "custom", "lowerBound": 0.5, "upperBound": 0.6},
    ),
    ("no extent", "drivers", f"{DRAWN}/yLeftExtent", GONE),
    ("logarithm", "drivers", DRAWN, key("yLeftScale", "log")),
    ("inverted axis", "drivers", f"{DRAWN}/yLeftExtent", key("invert", value=True)),
    ("title of an axis", "operators", f"{LINES_OF}/yTitle", "share stale"),
    ("no title of an axis", "operators", f"{LINES_OF}/yRightTitle", GONE),
    ("titles hidden", "drivers", f"{DRAWN}/axisTitlesVisibilitySettings/yLeft", False),
    ("labels hidden", "drivers", f"{DRAWN}/tickLabelsVisibilitySettings/yLeft", False),
    ("no legend", "operators", f"{LINES_OF}/legend/isVisible", False),
    ("values carried on", "operators", f"{LINES_OF}/fittingFunction", "Carry"),
    ("ends carried on", "operators", LINES_OF, key("endValue", "Nearest")),
    ("areas", "operators", f"{LINES_OF}/layers/#0/seriesType", "area"),
    ("split", "operators", f"{LINES_OF}/layers/#0", key("splitAccessor", "by0")),
    ("collapsed chart", "operators", f"{LINES_OF}/layers/#0", key("collapseFn", "sum")),
    (
        "horizontal range",
        "operators",
        LINES_OF,
        key("xExtent", {"mode": "custom", "lowerBound": 0, "upperBound": 1}),
    ),
    (
        "reference layer",
        "operators",
        f"{LINES_OF}/layers",
        lambda old: [*old, {"layerId": "r", "layerType": "referenceLine"}],
    ),
    ("hidden column", "drivers", f"{TABLE}/columns/#0", key("hidden", value=True)),
    ("turned column", "drivers", f"{TABLE}/columns/#0/isTransposed", True),
    ("collapsed column", "drivers", f"{TABLE}/columns/#0", key("collapseFn", "max")),
    ("column of a total", "drivers", f"{TABLE}/columns/#2", key("summaryRow", "sum")),
    ("coloured column", "drivers", f"{TABLE}/columns/#2", key("colorMode", "cell")),
    ("column left out", "drivers", f"{TABLE}/columns", lambda old: old[:-1]),
    ("sorted the other way", "drivers", f"{TABLE}/sorting/direction", "asc"),
    ("sorted by another", "drivers", f"{TABLE}/sorting/columnId", "charge_points"),
    ("fewer rows", "drivers", f"{TABLE}/paging/size", 5),
    ("another number", "drivers", f"{NUMBERS}/metricAccessor", "share_available_now"),
    ("greatest value", "drivers", NUMBERS, key("maxAccessor", "available")),
    ("numbers broken down", "drivers", NUMBERS, key("breakdownByAccessor", "by0")),
    ("collapsed number", "drivers", NUMBERS, key("collapseFn", "avg")),
    ("prefix", "drivers", NUMBERS, key("secondaryPrefix", "of")),
    ("no line at the limit", "operators", f"{LINE}/visualization/layers", lambda old: old[:1]),
    (
        "another colour of a line",
        "operators",
        f"{LINE}/visualization/layers/#1/yConfig/#0/color",
        "#000000",
    ),
    ("a line elsewhere", "operators", f"{LINE}/{_LIMIT}/params/value", "0.25"),
    ("another limit", "operators", f"{LIMITED}/palette/params/stops/#0/stop", 0.2),
    ("no colours of a limit", "operators", f"{LIMITED}/palette", GONE),
    ("colours of no limit", "drivers", NUMBERS, key("palette", {"name": "status"})),
    (
        "swapped colours of a limit",
        "operators",
        f"{LIMITED}/palette/params/colorStops",
        lambda old: [a | {"color": b["color"]} for a, b in zip(old, old[::-1], strict=True)],
    ),
    ("another band", "drivers", f"{HEATMAP}/palette/params/stops/#1/stop", 0.85),
    ("swapped axes of a heatmap", "drivers", f"{HEATMAP}/xAccessor", "by1"),
    ("unsorted heatmap", "drivers", f"{HEATMAP}/gridConfig/ySortPredicate", GONE),
    ("reversed colours", "drivers", f"{HEATMAP}/palette/params/reverse", True),
    ("another scale", "drivers", f"{HEATMAP}/palette/params/rangeType", "percent"),
    (
        "colours in another order",
        "drivers",
        f"{HEATMAP}/palette/params/stops",
        lambda old: old[::-1],
    ),
    # Maps and Vega.
    ("query of a layer", "drivers", f"{STATIONS}/query/query", "available > 3"),
    ("query of a map", "drivers", f"{MAP}/attributes/mapStateJSON/query/query", "available > 3"),
    ("filter of a map", "drivers", f"{MAP}/attributes/mapStateJSON/filters", [FILTER]),
    (
        "period of a map",
        "drivers",
        f"{MAP}/attributes/mapStateJSON",
        key("timeFilters", {"from": "now-1y", "to": "now"}),
    ),
    ("hidden layer", "drivers", f"{STATIONS}/visible", False),
    ("hidden layer of a page", "drivers", f"{MAP}/hiddenLayers", ["stations"]),
    ("joined layer", "drivers", f"{STATIONS}/joins", [{"leftField": "station_id"}]),
    ("page's filters ignored", "drivers", f"{STATIONS}/sourceDescriptor/applyGlobalQuery", False),
    ("a period for the present", "drivers", f"{STATIONS}/sourceDescriptor/applyGlobalTime", True),
    ("top hits", "drivers", f"{STATIONS}/sourceDescriptor/scalingType", "TOP_HITS"),
    (
        "another tooltip",
        "drivers",
        f"{STATIONS}/sourceDescriptor/tooltipProperties",
        ["station_id"],
    ),
    (
        "colours of states",
        "drivers",
        f"{STATIONS}/style/properties/fillColor/options/customColorPalette",
        lambda old: [a | {"color": b["color"]} for a, b in zip(old, old[::-1], strict=True)],
    ),
    ("another view", "drivers", f"{MAP}/mapCenter/lat", 45.75),
    ("no schema", "researchers", f"{VEGA}/$schema", GONE),
    (
        "another schema",
        "researchers",
        f"{VEGA}/$schema",
        "https://vega.github.io/schema/vega/v5.json",
    ),
    ("without the page's filters", "researchers", f"{VEGA}/data/url/%context%", False),
    ("another field of time", "researchers", f"{VEGA}/data/url/%timefield%", "local_date"),
    ("Vega of another index", "researchers", f"{VEGA}/data/url/index", "belib-feed"),
    ("query of Vega", "researchers", f"{VEGA}/data/url/body", filtered),
    ("another step of Vega", "researchers", f"{VEGA}/transform/#4/filter", "datum.d > 100"),
    ("another mark of Vega", "researchers", f"{VEGA}/layer/#0/encoding/x/field", "share"),
    # The page.
    (
        "query of a page",
        "drivers",
        "attributes/kibanaSavedObjectMeta/searchSourceJSON/query/query",
        "arrondissement : 1",
    ),
    (
        "filter of a page",
        "drivers",
        "attributes/kibanaSavedObjectMeta/searchSourceJSON/filter",
        [FILTER],
    ),
    (
        "period of a panel",
        "drivers",
        f"{CHANCE}/embeddableConfig",
        key("timeRange", {"from": "now-1y", "to": "now"}),
    ),
    ("query of a panel", "drivers", f"{CHANCE}/embeddableConfig", key("query", KQL)),
    ("filter of a panel", "drivers", f"{CHANCE}/embeddableConfig", key("filters", [FILTER])),
    (
        "drilldown",
        "drivers",
        f"{CHANCE}/embeddableConfig/enhancements",
        key("dynamicActions", {"events": []}),
    ),
    ("drilldown left out", "operators", WAYS, lambda old: old[1:]),
    ("drilldown to nowhere", "operators", f"{WAYS}/#0/eventId", "other"),
    (
        "drilldown without filters",
        "operators",
        f"{WAYS}/#0/action/config/useCurrentFilters",
        False,
    ),
    ("drilldown by an address", "operators", f"{WAYS}/#1/action/factoryId", "URL_DRILLDOWN"),
    ("hidden title", "drivers", f"{CHANCE}/embeddableConfig", key("hidePanelTitles", value=True)),
    ("period", "drivers", "attributes/timeFrom", "now-1h"),
    ("longer period", "drivers", "attributes/timeFrom", "now-30d/d"),
    ("end of the period", "drivers", "attributes/timeTo", "now-1d"),
    ("period not restored", "drivers", "attributes/timeRestore", False),
    ("refresh paused", "drivers", "attributes/refreshInterval/pause", True),
    ("shared colours", "drivers", "attributes/optionsJSON/syncColors", True),
    ("panel moved", "drivers", f"{CHANCE}/gridData/x", 4),
    ("panel left out", "drivers", "attributes/panelsJSON", lambda old: old[:-1]),
    ("panel twice", "drivers", "attributes/panelsJSON", lambda old: [*old, old[-1]]),
    (
        "another panel's content",
        "drivers",
        "attributes/panelsJSON",
        lambda old: [
            old[0],
            old[2] | {"panelIndex": old[1]["panelIndex"], "gridData": old[1]["gridData"]},
            *old[2:],
        ],
    ),
    ("chosen value", "drivers", f"{CONTROL}/explicitInput/selectedOptions", ["1"]),
    ("excluding control", "drivers", f"{CONTROL}/explicitInput", key("exclude", value=True)),
    ("existence", "drivers", f"{CONTROL}/explicitInput", key("existsSelected", value=True)),
    (
        "chosen range",
        "drivers",
        "attributes/controlGroupInput/panelsJSON/control-power-kw/explicitInput",
        key("value", ["1", "2"]),
    ),
    ("another field of a control", "drivers", f"{CONTROL}/explicitInput/fieldName", "local_hour"),
    ("another name of a control", "drivers", f"{CONTROL}/explicitInput/title", "Weather"),
    (
        "controls that ignore filters",
        "drivers",
        "attributes/controlGroupInput/ignoreParentSettingsJSON/ignoreFilters",
        True,
    ),
    (
        "control without data view",
        "drivers",
        "references",
        lambda old: [r for r in old if "control" not in r["name"]],
    ),
    # Data views and the tag.
    ("another time field", "availability", "attributes/timeFieldName", "local_date"),
    ("no time field", "availability", "attributes/timeFieldName", GONE),
    ("shadowing field", "availability", "attributes/runtimeFieldMap", json.dumps(SHADOW)),
    ("hidden fields", "availability", "attributes/sourceFilters", '[{"value": "station_id"}]'),
    ("scripted field", "availability", "attributes/fields", '[{"name": "x", "scripted": true}]'),
    (
        "format of a field",
        "availability",
        "attributes/fieldFormatMap",
        {"occupancy": {"id": "bytes"}},
    ),
    ("another index of a data view", "availability", "attributes/title", "belib-*"),
    ("rollup", "availability", "attributes", key("type", "rollup")),
    ("hidden indices", "availability", "attributes", key("allowHidden", value=True)),
    ("note of a field", "availability", "attributes/fieldAttrs/hour/customDescription", "?"),
    ("count of a field", "availability", "attributes/fieldAttrs/hour", key("count", 5)),
    ("colour of the tag", "tag", "attributes/color", "#FF0000"),
    ("newer version", "drivers", "typeMigrationVersion", "10.3.0"),
    ("managed", "drivers", "", key("managed", value=True)),
    ("namespaces", "drivers", "", key("namespaces", ["other"])),
]
