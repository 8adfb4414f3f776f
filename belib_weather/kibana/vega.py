"""Vega panels: what Lens cannot show, such as an interval over whole days.

The specification computes in the browser what `panels.intervals` computes in Python; the tests
compare the two.

What belongs here: Vega-Lite specifications with their own requests to Elasticsearch. What does not:
pictures outside Kibana (`panels.pictures`).
Concept: https://www.elastic.co/docs/explore-analyze/visualize/custom-visualizations-with-vega
"""

from typing import Any

from belib_weather.panels.colours import SERIES_COLOURS
from belib_weather.panels.es_requests import request
from belib_weather.panels.i18n import Language
from belib_weather.panels.intervals import t_quantile
from belib_weather.panels.measures import Ratio
from belib_weather.panels.specification import Panel

_MOST_DEGREES = 60
_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"


def interval_specification(panel: Panel, alias: str) -> dict[str, Any]:
    """The Vega-Lite specification of a share by group with its interval over days.

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
        "layer": _layers(measure.title.in_(Language.ENGLISH)),
    }


def _transforms(measure: Ratio) -> list[dict[str, Any]]:
    quantiles = [round(t_quantile(degrees), 9) for degrees in range(1, _MOST_DEGREES + 1)]
    return [
        {"calculate": "datum.by1.buckets", "as": "day"},
        {"flatten": ["day"]},
        {"calculate": _summed(measure.numerator), "as": "n"},
        {"calculate": _summed(measure.denominator), "as": "d"},
        {"filter": "datum.d > 0"},
        {
            "joinaggregate": [
                {"op": "sum", "field": "n", "as": "total_n"},
                {"op": "sum", "field": "d", "as": "total_d"},
                {"op": "count", "as": "k"},
            ],
            "groupby": ["key"],
        },
        {"calculate": "datum.total_n / datum.total_d", "as": "ratio"},
        {"calculate": "pow(datum.n - datum.ratio * datum.d, 2)", "as": "residual"},
        {
            "aggregate": [
                {"op": "sum", "field": "residual", "as": "residuals"},
                {"op": "max", "field": "ratio", "as": "share"},
                {"op": "max", "field": "total_d", "as": "total"},
                {"op": "max", "field": "k", "as": "days"},
            ],
            "groupby": ["key"],
        },
        {
            "calculate": "datum.days > 1 ? sqrt(datum.days / (datum.days - 1) * datum.residuals)"
            f" / datum.total * {quantiles}[min(datum.days - 2, {_MOST_DEGREES - 1})] : null",
            "as": "reach",
        },
        {
            "calculate": "isValid(datum.reach) ? max(0, datum.share - datum.reach) : null",
            "as": "low",
        },
        {
            "calculate": "isValid(datum.reach) ? min(1, datum.share + datum.reach) : null",
            "as": "high",
        },
        {"calculate": "datum.key + ' (' + datum.days + ' days)'", "as": "label"},
    ]


def _summed(columns: tuple[str, ...]) -> str:
    return " + ".join(f"datum.day['{column}'].value" for column in columns)


def _layers(title: str) -> list[dict[str, Any]]:
    axis = {"format": ".0%"}
    colour = SERIES_COLOURS[0]
    return [
        {
            "mark": {"type": "rule", "strokeWidth": 4, "opacity": 0.4, "color": colour},
            "encoding": {
                "x": {
                    "field": "low",
                    "type": "quantitative",
                    "axis": axis,
                    "title": title,
                    "scale": {"zero": False},
                },
                "x2": {"field": "high"},
            },
        },
        {
            "mark": {"type": "point", "filled": True, "size": 90, "color": colour},
            "encoding": {
                "x": {"field": "share", "type": "quantitative"},
                "tooltip": [
                    {"field": "share", "type": "quantitative", "format": ".1%", "title": title},
                    {"field": "low", "type": "quantitative", "format": ".1%"},
                    {"field": "high", "type": "quantitative", "format": ".1%"},
                    {"field": "days", "type": "quantitative"},
                ],
            },
        },
    ]
