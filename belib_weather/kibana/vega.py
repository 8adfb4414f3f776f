"""Vega panels: what Lens cannot show, such as the interval of a difference within days.

The specification computes in the browser what `panels.intervals` and `transform.comparisons`
compute in Python; the tests compare the two.

What belongs here: Vega-Lite specifications with their own requests to Elasticsearch. What does not:
pictures outside Kibana (`panels.pictures`).
Concept: https://www.elastic.co/docs/explore-analyze/visualize/custom-visualizations-with-vega
"""

import math
from typing import Any

from belib_weather.panels.axes import DIFFERENCE_AXIS
from belib_weather.panels.colours import SERIES_COLOURS
from belib_weather.panels.es_requests import request
from belib_weather.panels.i18n import Language
from belib_weather.panels.measures import Ratio
from belib_weather.panels.specification import Panel
from belib_weather.transform.comparisons import FEWEST_DAYS, MOST_CORRELATION, t_quantile

_STEPS = 128
_A_DAY_AND_AN_HOUR_MS = 25 * 3_600_000 + 1
_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"


def interval_specification(panel: Panel, alias: str) -> dict[str, Any]:
    """The Vega-Lite specification of a share by group, compared with the same days' other groups.

    Kibana adds the dashboard's period and filters to the request (`%context%`).

    Raises:
        ValueError: the panel has filters of its own, which Kibana does not send, or its first
            measure is no ratio.
    """
    measure = panel.measures[0]
    if panel.filters or not isinstance(measure, Ratio):
        raise ValueError(f"{panel.name}: intervals are of a ratio, without filters of the panel")
    body = request(panel, None)
    data = {
        "url": {
            "%context%": True,
            "%timefield%": panel.dataset.time_field,
            "index": alias,
            "body": {"size": 0, "aggs": body["aggs"]},
        },
        "format": {"property": "aggregations.by0.buckets"},
    }
    return {
        "$schema": _SCHEMA,
        "data": data,
        "transform": _transforms(measure),
        "encoding": {"y": {"field": "label", "type": "nominal", "title": None}},
        "layer": _layers(),
    }


def _transforms(measure: Ratio) -> list[dict[str, Any]]:
    return [
        {"calculate": "datum.by1.buckets", "as": "day"},
        {"flatten": ["day"]},
        {"calculate": "datum.day.key", "as": "date"},
        {"calculate": _summed(measure.numerator), "as": "n"},
        {"calculate": _summed(measure.denominator), "as": "d"},
        {"filter": "datum.d > 0"},
        _joined(["date"], day_n=("sum", "n"), day_d=("sum", "d")),
        _joined(["key"], level_n=("sum", "n"), level_d=("sum", "d")),
        {"filter": "datum.day_d > datum.d"},
        {
            "calculate": "datum.n / datum.d - (datum.day_n - datum.n) / (datum.day_d - datum.d)",
            "as": "of_day",
        },
        _joined(["key"], difference=("mean", "of_day")),
        {"calculate": "datum.of_day - datum.difference", "as": "deviation"},
        {
            "window": [
                {"op": "lag", "field": "deviation", "as": "before"},
                {"op": "lag", "field": "date", "as": "date_before"},
            ],
            "sort": [{"field": "date"}],
            "groupby": ["key"],
        },
        {
            "calculate": "isValid(datum.date_before)"
            f" && datum.date - datum.date_before < {_A_DAY_AND_AN_HOUR_MS}"
            " ? datum.deviation * datum.before : null",
            "as": "product",
        },
        {"calculate": "datum.deviation * datum.deviation", "as": "square"},
        {
            "aggregate": [
                {"op": "max", "field": "level_n", "as": "level_n"},
                {"op": "max", "field": "level_d", "as": "level_d"},
                {"op": "max", "field": "difference", "as": "difference"},
                {"op": "mean", "field": "square", "as": "variance"},
                {"op": "mean", "field": "product", "as": "product"},
                {"op": "valid", "field": "product", "as": "pairs"},
                {"op": "count", "as": "days"},
            ],
            "groupby": ["key"],
        },
        *_interval(),
        {"calculate": "datum.level_n / datum.level_d", "as": "share"},
        {"calculate": "datum.key + ' (' + datum.days + ' days)'", "as": "label"},
        *(
            {"calculate": f"isValid(datum.{name}) ? 100 * datum.{name} : null", "as": f"{name}_pp"}
            for name in ("difference", "low", "high")
        ),
    ]


def _interval() -> list[dict[str, Any]]:
    """The rule of `transform.comparisons`; the quantile of t is looked up by 1 / degrees."""
    logs = [round(math.log(t_quantile(_STEPS / step)), 9) for step in range(1, _STEPS + 1)]
    table = [round(math.log(t_quantile(math.inf)), 9), *logs]
    has_interval = f"datum.days >= {FEWEST_DAYS} && datum.pairs > 0 && datum.variance > 1e-18"
    return [
        {"calculate": "datum.product / datum.variance", "as": "raw"},
        {
            "calculate": f"clamp(datum.raw + (1 + 3 * datum.raw) / datum.days, 0,"
            f" {MOST_CORRELATION})",
            "as": "r",
        },
        {"calculate": "datum.days * (1 - datum.r) / (1 + datum.r)", "as": "effective"},
        {"calculate": f"{_STEPS} / max(datum.effective - 1, 1)", "as": "place"},
        {"calculate": str(table), "as": "table"},
        {
            "calculate": "exp(datum.table[floor(datum.place)]"
            " + (datum.place - floor(datum.place))"
            f" * (datum.table[min(floor(datum.place) + 1, {_STEPS})]"
            " - datum.table[floor(datum.place)]))",
            "as": "quantile",
        },
        {
            "calculate": f"{has_interval} ? datum.quantile * sqrt(datum.variance * datum.days"
            " / (datum.days - 1) / datum.effective) : null",
            "as": "reach",
        },
        {
            "calculate": "isValid(datum.reach) ? max(-1, datum.difference - datum.reach) : null",
            "as": "low",
        },
        {
            "calculate": "isValid(datum.reach) ? min(1, datum.difference + datum.reach) : null",
            "as": "high",
        },
    ]


def _joined(groups: list[str], **sums: tuple[str, str]) -> dict[str, Any]:
    found = [{"op": op, "field": field, "as": name} for name, (op, field) in sums.items()]
    return {"joinaggregate": found, "groupby": groups}


def _summed(columns: tuple[str, ...]) -> str:
    return " + ".join(f"datum.day['{column}'].value" for column in columns)


def _layers() -> list[dict[str, Any]]:
    axis = {"format": "+.1~f"}
    colour = SERIES_COLOURS[0]
    title = DIFFERENCE_AXIS.in_(Language.ENGLISH)
    formats = {"share": ".1%", "difference_pp": "+.1f", "low_pp": "+.1f", "high_pp": "+.1f"}
    return [
        {
            "mark": {"type": "rule", "strokeWidth": 4, "opacity": 0.4, "color": colour},
            "encoding": {
                "x": {"field": "low_pp", "type": "quantitative", "axis": axis, "title": title},
                "x2": {"field": "high_pp"},
            },
        },
        {
            "mark": {"type": "point", "filled": True, "size": 90, "color": colour},
            "encoding": {
                "x": {"field": "difference_pp", "type": "quantitative"},
                "tooltip": [
                    *(
                        {
                            "field": field,
                            "type": "quantitative",
                            "format": form,
                            "title": _TITLES[field],
                        }
                        for field, form in formats.items()
                    ),
                    {"field": "days", "type": "quantitative"},
                ],
            },
        },
    ]


_TITLES = {
    "share": "share, on the observed days",
    "difference_pp": "points above the other hours",
    "low_pp": "95% interval from",
    "high_pp": "95% interval to",
}
