"""Holds what a bundle's panels would show against SQL.

Every panel is read from the saved objects, executed, and compared value by value.
"""

import json
import math
from datetime import datetime
from typing import Any

from belib_weather_tests.stores.kibana import expected
from belib_weather_tests.stores.kibana.conftest import Loaded
from belib_weather_tests.unit.kibana import interpreter
from belib_weather_tests.unit.kibana.interpreter import Json, Rows
from belib_weather_tests.unit.kibana.results import differs, vega_rows_of


def wrong_numbers(ndjson: bytes, loaded: Loaded, *, of: str | None = None) -> list[str]:
    """Panels whose result differs from SQL, or cannot be had; of all dashboards or of one."""
    wrong = []
    for dashboard in interpreter.dashboards(ndjson):
        if of and dashboard["id"] != of:
            continue
        for panel in interpreter.panels(dashboard):
            if interpreter.is_markdown(panel):
                continue
            name = panel["panelIndex"]
            try:
                shown, in_sql = shown_and_in_sql(panel, loaded)
            except Exception as error:  # whatever breaks a faulty panel shows it
                wrong.append(f"{dashboard['id']}/{name}: {type(error).__name__}: {error}")
                continue
            if difference := differs(shown, in_sql):
                wrong.append(f"{dashboard['id']}/{name}: {difference}")
    return wrong


def shown_and_in_sql(panel: Json, loaded: Loaded) -> tuple[Rows, Rows]:
    """A panel's rows in Kibana and in SQL."""
    name = panel["panelIndex"]
    if interpreter.is_vega(panel):
        start, end = loaded.period("availability")
        in_sql = expected.rows(loaded.sql, "panel", name, start, end)
        return vega_rows(panel, loaded), [with_reach(row) for row in in_sql]
    if panel["type"] == "map":
        start, end = loaded.period("stations")
        return map_rows(panel, loaded), expected.rows(loaded.sql, "panel", name, start, end)
    reference, *_ = panel["embeddableConfig"]["attributes"]["references"]
    start, end = loaded.period(reference["id"].rpartition("-")[2])
    return lens(panel, loaded, start, end), expected.rows(loaded.sql, "panel", name, start, end)


def lens(
    panel: Json, loaded: Loaded, start: datetime, end: datetime, *, with_empty: bool = False
) -> Rows:
    """What a Lens panel shows of a period."""
    reference, *_ = panel["embeddableConfig"]["attributes"]["references"]
    time_field = interpreter.time_field(loaded.bundle.ndjson, reference["id"])
    request = interpreter.lens_request(panel, time_field, start, end)
    answer = loaded.ask(reference["id"], request)
    return interpreter.lens_rows(panel, answer, end - start, with_empty=with_empty)


def with_reach(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """SQL's group, share, difference, days, mean square and mean product of days, as is shown.

    Shown are group, share, difference, low, high and days.
    """
    from scipy import stats

    group, share, difference, days, square, product = row
    raw = product / square
    r = min(max(raw + (1 + 3 * raw) / days, 0), 0.99)
    effective = days * (1 - r) / (1 + r)
    error = math.sqrt(square * days / (days - 1) / effective)
    reach = stats.t.ppf(0.975, max(effective - 1, 1)) * error
    low, high = (difference - reach, difference + reach) if days >= 14 else (None, None)
    return group, share, difference, low, high, days


def map_rows(panel: Json, loaded: Loaded) -> Rows:
    """The stations that a map would show."""
    start, end = loaded.period("stations")
    _, stations = json.loads(panel["embeddableConfig"]["attributes"]["layerListJSON"])
    body = {
        "size": 10_000,
        "query": interpreter.query(stations["query"]["query"], [], start, end),
    }
    fields = (
        "station_id station_name address arrondissement station_status since since_kind available"
        " reported_out_of_order charge_points power_kw"
    )
    hits = loaded.ask(f"{loaded.prefix}-stations", body)["hits"]["hits"]
    return [
        (
            *(_value(name, hit["_source"][name]) for name in fields.split()),
            *((hit["_source"]["location"] or {}).get(axis) for axis in ("lat", "lon")),
        )
        for hit in hits
    ]


def _value(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name == "since" else value


def vega_rows(panel: Json, loaded: Loaded) -> Rows:
    """What a Vega panel computes in the browser: group, share, difference, low, high, days."""
    spec = json.loads(panel["embeddableConfig"]["savedVis"]["params"]["spec"])
    request = spec["data"]["url"]
    start, end = loaded.period("availability")
    body = request["body"] | {"query": interpreter.query("", [request["%timefield%"]], start, end)}
    answer = loaded.ask(request["index"], body)
    return vega_rows_of(spec, answer["aggregations"]["by0"]["buckets"])
