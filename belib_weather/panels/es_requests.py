"""A panel as an Elasticsearch request, and its answer as a frame.

What belongs here: the aggregations that Kibana requests for the panel, one by one. What does not:
sending them. They need Elasticsearch's core alone: formulas are computed from sums.
Concept: https://www.elastic.co/docs/explore-analyze/query-filter/aggregations
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from belib_weather.dates import date_in_paris
from belib_weather.networks import NETWORK
from belib_weather.panels.dimensions import Day, Dimension, Hour, Ranges
from belib_weather.panels.evaluate import figures_of_sums
from belib_weather.panels.intervals import comparisons_of_days
from belib_weather.panels.measures import (
    LAST_BY,
    Aggregation,
    Ratio,
    Statistic,
    columns_before,
    previous_week,
    statistics_of,
    summed_columns,
)
from belib_weather.panels.specification import Panel, Shape
from belib_weather.search.projections import PROJECTIONS
from belib_weather.window import Window

MAP_FIELDS = (
    "station_id",
    "station_name",
    "address",
    "arrondissement",
    "station_status",
    "since",
    "since_kind",
    "available",
    "reported_out_of_order",
    "charge_points",
    "power_kw",
    "location",
)
"""Fields of each station on a map."""
MOST_STATIONS = 10_000
"""Most hits that Elasticsearch returns for one request; the city has about 400 stations."""
_MISSING = "__missing__"
_ZONE = ZoneInfo(NETWORK.zone)


def request(panel: Panel, window: Window | None) -> dict[str, Any]:
    """The body of the search that Kibana sends for a panel.

    Args:
        panel: of any shape.
        window: the dashboard's period, which the present ignores; None for all.
    """
    period = _with_previous_week(panel, window)
    body: dict[str, Any] = {"size": 0, "track_total_hits": False, "query": _query(panel, period)}
    if panel.shape is Shape.MAP:
        return {**body, "size": MOST_STATIONS, "_source": list(MAP_FIELDS)}
    aggregations = _measures(panel, window)
    for position, dimension in reversed(list(enumerate(panel.by))):
        aggregations = {f"by{position}": {**_groups(dimension), "aggs": aggregations}}
    return {**body, "aggs": aggregations}


def result(panel: Panel, answer: Mapping[str, Any], window: Window | None) -> pl.DataFrame:
    """The panel's rows in the answer for a period, as `evaluate.evaluate` gives them.

    Raises:
        ValueError: groups are missing, because the panel's `size` is too small.
    """
    if panel.shape is Shape.MAP:
        return _hits(answer)
    return figures_of_sums(panel, _sums(panel, answer), window)


def intervals(panel: Panel, answer: Mapping[str, Any]) -> pl.DataFrame:
    """The rows of a panel of intervals in an answer, as `with_comparisons` gives them."""
    measure, (group, day) = panel.measures[0], (dimension.field for dimension in panel.by)
    if not isinstance(measure, Ratio):
        raise TypeError(f"{panel.name}: only a ratio has an interval")
    days = _sums(panel, answer).select(
        group,
        pl.col(day).alias("local_date"),
        n=pl.sum_horizontal(*measure.numerator).cast(pl.Float64),
        d=pl.sum_horizontal(*measure.denominator).cast(pl.Float64),
    )
    return comparisons_of_days(measure, days.filter(pl.col("d") > 0), group)


def _sums(panel: Panel, answer: Mapping[str, Any]) -> pl.DataFrame:
    if "aggregations" in answer:
        rows = list(_rows(panel, answer["aggregations"], 0))
    else:  # the alias has no index yet
        rows = [] if panel.by else [tuple(None for _ in _column_names(panel))]
    schema = {dimension.field: _key_type(panel, dimension) for dimension in panel.by}
    schema |= dict.fromkeys(_column_names(panel), pl.Float64)
    schema |= {m.name: pl.String for m in statistics_of(panel.measures) if m.is_text}
    return _with_times(panel, pl.DataFrame(rows, schema=schema, orient="row"))


def _query(panel: Panel, window: Window | None) -> dict[str, Any]:
    clauses = [condition.query() for condition in panel.filters]
    if window is not None and panel.dataset.time_field is not None:
        clauses.append(_within(panel.dataset.time_field, window))
    return {"bool": {"filter": clauses}}


def _within(time_field: str, window: Window) -> dict[str, Any]:
    bounds = {
        "gte": window.start.isoformat(),
        "lt": window.end.isoformat(),
        # As Kibana sends it.
        "format": "strict_date_optional_time",
    }
    return {"range": {time_field: bounds}}


def _with_previous_week(panel: Panel, window: Window | None) -> Window | None:
    """All that a panel is over: of a change also the week before."""
    if window is None or not columns_before(panel.measures):
        return window
    return Window(_week_before(window).start, window.end)


def _week_before(window: Window) -> Window:
    """The same days and hours on the clock of Paris, as Kibana shifts a period."""
    start, end = (
        (instant.astimezone(_ZONE) - timedelta(weeks=1)).astimezone(UTC)
        for instant in (window.start, window.end)
    )
    return Window(start, end)


def _groups(dimension: Dimension) -> dict[str, Any]:
    if isinstance(dimension, Hour | Day):
        return {
            "date_histogram": {
                "field": dimension.field,
                "calendar_interval": "1h" if isinstance(dimension, Hour) else "1d",
                "time_zone": NETWORK.zone,
                "min_doc_count": 1,
            }
        }
    if isinstance(dimension, Ranges):
        ranges = [
            {"key": label}
            | ({} if low is None else {"from": low})
            | ({} if high is None else {"to": high})
            for (low, high), label in zip(dimension.bounds, dimension.labels, strict=True)
        ]
        return {"range": {"field": dimension.field, "ranges": ranges}}
    terms: dict[str, Any] = {
        "field": dimension.field,
        "size": dimension.size,
        "order": {"_key": "asc"},
    }
    return {"terms": terms | ({"missing": _MISSING} if dimension.with_missing else {})}


def _measures(panel: Panel, window: Window | None) -> dict[str, Any]:
    aggregations: dict[str, Any] = {
        column: {"sum": {"field": column}} for column in summed_columns(panel.measures)
    }
    for statistic in statistics_of(panel.measures):
        aggregation: dict[str, Any] = {statistic.aggregation.value: {"field": statistic.field}}
        if statistic.is_text:
            newest = {"size": 1, "sort": [{LAST_BY: "desc"}], "_source": [statistic.field]}
            aggregation = {statistic.aggregation.value: newest}
        if statistic.filter is not None:
            inner = {statistic.name: aggregation}
            aggregation = {"filter": statistic.filter.query(), "aggs": inner}
        aggregations[statistic.name] = aggregation
    return aggregations | _of_two_weeks(panel, window)


def _of_two_weeks(panel: Panel, window: Window | None) -> dict[str, Any]:
    """The sums of a change, each of its own period."""
    time_field, columns = panel.dataset.time_field, columns_before(panel.measures)
    if window is None or time_field is None or not columns:
        return {previous_week(column): {"sum": {"field": column}} for column in columns}
    sums = {}
    for column in columns:
        for name, period in ((column, window), (previous_week(column), _week_before(window))):
            inner = {name: {"sum": {"field": column}}}
            sums[name] = {"filter": _within(time_field, period), "aggs": inner}
    return sums


def _column_names(panel: Panel) -> list[str]:
    statistics = (statistic.name for statistic in statistics_of(panel.measures))
    before = map(previous_week, columns_before(panel.measures))
    return [*summed_columns(panel.measures), *before, *statistics]


def _rows(panel: Panel, node: Mapping[str, Any], depth: int) -> Iterator[tuple[Any, ...]]:
    """One tuple per group: its keys, then its sums and statistics."""
    if depth == len(panel.by):
        yield tuple(_value(node[name], name) for name in _column_names(panel))
        return
    groups = node[f"by{depth}"]
    if groups.get("sum_other_doc_count"):
        raise ValueError(f"{panel.name}: more than {len(groups['buckets'])} groups; raise its size")
    for bucket in groups["buckets"]:
        # Range aggregations return empty groups too.
        if bucket["doc_count"]:
            for rest in _rows(panel, bucket, depth + 1):
                yield (None if bucket["key"] == _MISSING else bucket["key"], *rest)


def _value(node: Mapping[str, Any], name: str) -> float | int | str | None:
    found = node[name] if "doc_count" in node else node
    if "hits" in found:
        (last,) = found["hits"]["hits"]
        (text,) = last["_source"].values() or (None,)
        return text
    return found["value"]  # type: ignore[no-any-return]


def _key_type(panel: Panel, dimension: Dimension) -> type[pl.DataType]:
    if isinstance(dimension, Hour | Day):
        return pl.Int64
    if isinstance(dimension, Ranges):
        return pl.String
    column = PROJECTIONS[panel.dataset.index].dataset.columns()[dimension.field]
    return pl.Int64 if column.dtype.is_integer() else pl.String


def _with_times(panel: Panel, sums: pl.DataFrame) -> pl.DataFrame:
    """Milliseconds since 1970 as instants and dates, counts as integers."""

    def instant(name: str) -> pl.Expr:
        return pl.from_epoch(pl.col(name).cast(pl.Int64), "ms").dt.replace_time_zone("UTC")

    times = [
        instant(d.field).cast(pl.Datetime("us", "UTC")) for d in panel.by if isinstance(d, Hour)
    ]
    dates = [date_in_paris(instant(d.field)) for d in panel.by if isinstance(d, Day)]
    instants = [
        instant(m.name).cast(pl.Datetime("us", "UTC"))
        for m in panel.measures
        if isinstance(m, Statistic) and m.is_time
    ]
    counts = [
        pl.col(m.name).cast(pl.UInt32)
        for m in panel.measures
        if isinstance(m, Statistic) and m.aggregation in (Aggregation.DISTINCT, Aggregation.ROWS)
    ]
    return sums.with_columns(*times, *dates, *instants, *counts)


def _hits(answer: Mapping[str, Any]) -> pl.DataFrame:
    """One row per station; its place as `latitude` and `longitude`."""
    location = pl.Struct({"lat": pl.Float64, "lon": pl.Float64})
    schema = pl.Schema(dict.fromkeys(MAP_FIELDS, pl.String()))
    whole = ("arrondissement", "available", "reported_out_of_order", "charge_points")
    schema |= dict.fromkeys(whole, pl.Int64())
    schema |= {"power_kw": pl.Float64(), "location": location}
    sources = [hit["_source"] for hit in answer["hits"]["hits"]]
    frame = pl.DataFrame(sources, schema=schema)
    place = pl.col("location").struct
    return (
        frame.with_columns(
            pl.col("since").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_zone="UTC", time_unit="us"),
            latitude=place.field("lat"),
            longitude=place.field("lon"),
        )
        .drop("location")
        .sort("station_id")
    )
