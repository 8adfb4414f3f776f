"""Reads saved objects as Kibana does: each Lens column is one aggregation of Elasticsearch.

It knows nothing of the specifications that the objects were made of, so a fault in either shows.
"""

import json
import operator
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
MISSING = "__missing__"
PERIOD = "the length of the period"
_AGGREGATIONS = {
    "sum": "sum",
    "average": "avg",
    "min": "min",
    "max": "max",
    "unique_count": "cardinality",
    "count": "value_count",
    "last_value": "top_hits",
}
_EMPTY = ("sum", "unique_count", "count")
"""Those of which Kibana can show nothing instead of 0."""
_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "add": operator.add,
    "divide": operator.truediv,
    "lt": operator.lt,
    "multiply": operator.mul,
    "subtract": operator.sub,
}
Json = dict[str, Any]
Rows = list[tuple[Any, ...]]


def objects(ndjson: bytes) -> list[Json]:
    return [json.loads(line) for line in ndjson.splitlines()]


def dashboards(ndjson: bytes) -> list[Json]:
    return [found for found in objects(ndjson) if found["type"] == "dashboard"]


def panels(dashboard: Json) -> list[Json]:
    found: list[Json] = json.loads(dashboard["attributes"]["panelsJSON"])
    return found


def is_vega(panel: Json) -> bool:
    return bool(panel["embeddableConfig"].get("savedVis", {}).get("type") == "vega")


def is_markdown(panel: Json) -> bool:
    """Whether a panel has words or links alone."""
    return panel["type"] == "links" or bool(
        panel["embeddableConfig"].get("savedVis", {}).get("type") == "markdown"
    )


def layer(panel: Json) -> Json:
    state = panel["embeddableConfig"]["attributes"]["state"]
    layers = state["datasourceStates"]["formBased"]["layers"]
    (found,) = (one for name, one in layers.items() if name != "limits")
    return found  # type: ignore[no-any-return]


def lucene(kql: str) -> str:
    """The few forms of KQL that are used, as a Lucene query, which Elasticsearch reads itself."""
    spaced = re.sub(r"\s*:\s*", ":", kql)
    return (
        re.sub(r"(\w+) (>=|<) (-?[\d.]+)", r"\1:\2\3", spaced)
        .replace(" and ", " AND ")
        .replace(" or ", " OR ")
    )


def time_field(ndjson: bytes, view_id: str) -> str | None:
    """The field that a period is of, by a data view."""
    found = (one for one in objects(ndjson) if one["id"] == view_id)
    (view,) = (one for one in found if one["type"] == "index-pattern")
    field: str | None = view["attributes"].get("timeFieldName")
    return field


def query(kql: str, time_fields: list[str], start: datetime, end: datetime) -> Json:
    bounds = {
        "gte": start.isoformat(),
        "lt": end.isoformat(),
        "format": "strict_date_optional_time",
    }
    clauses: list[Json] = [{"range": {field: bounds}} for field in time_fields]
    if kql:
        clauses.append({"query_string": {"query": lucene(kql)}})
    return {"bool": {"filter": clauses}}


def lens_request(panel: Json, period_of: str | None, start: datetime, end: datetime) -> Json:
    attributes = panel["embeddableConfig"]["attributes"]
    columns = layer(panel)["columns"]
    order = layer(panel)["columnOrder"]
    aggregations: Json = {
        name: _metric(name, columns[name])
        for name in order
        if columns[name]["operationType"] in _AGGREGATIONS
    }
    if any("timeShift" in column for column in columns.values()):
        aggregations, start = _of_two_weeks(aggregations, columns, str(period_of), (start, end))
    for name in reversed([name for name in order if columns[name]["isBucketed"]]):
        inside = aggregations | _ranking(columns[name])
        aggregations = {name: {**_bucket(columns[name], start, end), "aggs": inside}}
    kql = attributes["state"]["query"]["query"]
    return {
        "size": 0,
        "track_total_hits": False,
        "query": query(
            kql, _time_fields(columns) or ([period_of] if period_of else []), start, end
        ),
        "aggs": aggregations,
    }


def _of_two_weeks(
    aggregations: Json, columns: Json, field: str, period: tuple[datetime, datetime]
) -> tuple[Json, datetime]:
    """Each metric within the period, or the week before it; where the earlier one begins."""
    week = timedelta(days=7)
    before = [(instant.astimezone(PARIS) - week).astimezone(UTC) for instant in period]
    split = {}
    for name, aggregation in aggregations.items():
        shift = columns[name].get("timeShift")
        assert shift in (None, "1w"), shift
        start, end = before if shift else period
        within = {"range": {field: {"gte": start.isoformat(), "lt": end.isoformat()}}}
        split[name] = {"filter": within, "aggs": {name: aggregation}}
    return split, before[0]


def _time_fields(columns: Json) -> list[str]:
    """The period is one of a date histogram's field, unless it ignores it."""
    return [
        column["sourceField"]
        for column in columns.values()
        if column["operationType"] == "date_histogram" and not column["params"]["ignoreTimeRange"]
    ]


def _metric(name: str, column: Json) -> Json:
    if column["operationType"] == "last_value":
        newest = [{column["params"]["sortField"]: "desc"}]
        return {"top_hits": {"size": 1, "sort": newest, "_source": [column["sourceField"]]}}
    aggregation: Json = {_AGGREGATIONS[column["operationType"]]: {"field": column["sourceField"]}}
    if "filter" in column:
        condition = {"query_string": {"query": lucene(column["filter"]["query"])}}
        return {"filter": condition, "aggs": {name: aggregation}}
    return aggregation


def _ranking(column: Json) -> Json:
    """What terms are ordered by where that is another figure than their key."""
    params = column["params"]
    if column["operationType"] != "terms" or params["orderBy"]["type"] != "custom":
        return {}
    return {"rank": _metric("rank", params["orderAgg"])}


def _bucket(column: Json, start: datetime, end: datetime) -> Json:
    field, params = column["sourceField"], column["params"]
    match column["operationType"]:
        case "terms":
            order = "rank" if _ranking(column) else "_key"
            terms = {"field": field, "size": params["size"], "order": {order: "asc"}}
            is_missing_kept = params["otherBucket"] and params["missingBucket"]
            return {"terms": terms | ({"missing": MISSING} if is_missing_kept else {})}
        case "date_histogram":
            # A single unit is a calendar interval, whatever the unit.
            dates: Json = {
                "field": field,
                "calendar_interval": params["interval"],
                "time_zone": PARIS.key,
                "min_doc_count": 1,
            }
            if params["includeEmptyRows"]:
                bounds = {"min": start.isoformat(), "max": end.isoformat()}
                dates |= {"min_doc_count": 0, "extended_bounds": bounds}
            return {"date_histogram": dates}
        case "range":
            ranges = [
                {"key": str(i)}
                | ({} if r["from"] is None else {"from": r["from"]})
                | ({} if r["to"] is None else {"to": r["to"]})
                for i, r in enumerate(params["ranges"])
            ]
            return {"range": {"field": field, "ranges": ranges}}
        case other:
            raise AssertionError(f"no such bucket: {other}")


def lens_rows(panel: Json, answer: Json, period: timedelta, *, with_empty: bool = False) -> Rows:
    """One tuple per group: dimensions, then the metrics that the visualization shows.

    With `with_empty` also those groups that hold no document, where Kibana asks for them.
    """
    columns = layer(panel)["columns"]
    order = layer(panel)["columnOrder"]
    by = [name for name in order if columns[name]["isBucketed"]]
    shown = [name for name in accessors(panel) if name not in by]

    def walk(node: Json, depth: int) -> Iterator[tuple[Any, ...]]:
        if depth == len(by):
            yield tuple(_evaluate(name, columns, node | {PERIOD: period}) for name in shown)
            return
        column = columns[by[depth]]
        for bucket in node[by[depth]]["buckets"]:
            if bucket["doc_count"] or with_empty:
                for rest in walk(bucket, depth + 1):
                    yield (_key(column, bucket["key"]), *rest)

    return list(walk(answer["aggregations"], 0))


def accessors(panel: Json) -> list[str]:
    """The columns that a visualization shows, in its order."""
    attributes = panel["embeddableConfig"]["attributes"]
    shown = attributes["state"]["visualization"]
    match attributes["visualizationType"]:
        case "lnsMetric":
            names = [shown["metricAccessor"], shown.get("secondaryMetricAccessor")]
        case "lnsDatatable":
            names = [column["columnId"] for column in shown["columns"]]
        case "lnsXY":
            (only,) = (one for one in shown["layers"] if one["layerType"] == "data")
            names = [only["xAccessor"], only.get("splitAccessor"), *only["accessors"]]
        case "lnsHeatmap":
            names = [shown["xAccessor"], shown["yAccessor"], shown["valueAccessor"]]
        case other:
            raise AssertionError(f"no such visualization: {other}")
    return [name for name in names if name]


def _key(column: Json, key: Any) -> Any:
    if key == MISSING:
        return None
    if column["operationType"] == "range":
        return column["params"]["ranges"][int(key)]["label"]
    if column["operationType"] == "date_histogram":
        instant = datetime.fromtimestamp(key / 1000, UTC)
        is_day = column["params"]["interval"] == "1d"
        return instant.astimezone(PARIS).date() if is_day else instant
    return key


def _evaluate(name: str, columns: Json, node: Json) -> Any:
    column = columns[name]
    if column["operationType"] == "formula":
        (reference,) = column["references"]
        return _evaluate(reference, columns, node)
    if column["operationType"] == "math":
        return calculate(
            column["params"]["tinymathAst"], lambda part: _evaluate(part, columns, node)
        )
    return _shown(name, column, node)


def _shown(name: str, column: Json, node: Json) -> Any:
    """The value of a column that is no arithmetic."""
    if column["operationType"] == "time_range":
        return 1000 * node[PERIOD].total_seconds()
    found = node[name]
    if column["operationType"] == "last_value":
        (newest,) = found["hits"]["hits"]
        return newest["_source"].get(column["sourceField"])
    value = found[name]["value"] if "doc_count" in found else found["value"]
    if column["params"].get("emptyAsNull") and column["operationType"] in _EMPTY and value == 0:
        return None
    if column["dataType"] == "date" and value is not None:
        return datetime.fromtimestamp(value / 1000, UTC)
    return value


def calculate(tree: Any, value_of: Any) -> float | None:
    """Kibana's arithmetic: a division by zero, or of nothing, is nothing."""
    if isinstance(tree, int | float):
        return tree
    if isinstance(tree, str):
        return value_of(tree)  # type: ignore[no-any-return]
    left, right, *more = (calculate(argument, value_of) for argument in tree["args"])
    if left is None or right is None or None in more:
        return None
    if tree["name"] == "ifelse":
        return right if left else more[0]
    if tree["name"] == "divide" and not right:
        return None
    return float(_ARITHMETIC[tree["name"]](left, right))
