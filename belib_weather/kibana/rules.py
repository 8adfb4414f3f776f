"""Alerting rules for operators.

What belongs here: conditions, as Kibana's rule API takes them. What does not: recipients:
connectors and actions are the operator's own, and stay when a rule is updated.
Concept: https://www.elastic.co/docs/explore-analyze/alerts-cases/alerts/rule-types
"""

from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from belib_weather.kibana.data_views import CAPTURE_TIME, data_view_id, rules_view_id
from belib_weather.kibana.objects import nested_json
from belib_weather.panels.figures import SHARE_AVAILABLE_NOW, SHARE_SILENT_NOW
from belib_weather.panels.limits import LEAST_SHARE_AVAILABLE, MOST_SHARE_UNKNOWN
from belib_weather.panels.measures import Ratio
from belib_weather.panels.specification import Dataset

SILENCE_MINUTES = 30
"""Two snapshots further apart than this leave the time between them unobserved."""
UNREACHABLE_HOURS = 24
"""The feed stamps every point each night, so a day without a stamp means no contact."""
LONG_DEAD_DAYS = 30
"""A station without a stamp for longer sends no alert."""


@dataclass(frozen=True)
class Rule:
    """An alerting rule: a stable id, its name, and the body that creates it."""

    rule_id: str
    name: str
    body: dict[str, Any] = field(hash=False)


def alerting_rules(index_prefix: str) -> tuple[Rule, ...]:
    """The rules over the current state, the alias `{prefix}-stations`."""
    unreachable = {
        "range": {
            "newest_update": {"gte": f"now-{LONG_DEAD_DAYS}d", "lt": f"now-{UNREACHABLE_HOURS}h"}
        }
    }
    return (
        _rule(
            index_prefix,
            "feed-silent",
            f"Belib: no snapshot for {SILENCE_MINUTES} minutes",
            _query_rule(index_prefix, {"match_all": {}}, "<", 1),
        ),
        _rule(
            index_prefix,
            "station-unreachable",
            f"Belib: a station unreachable for {UNREACHABLE_HOURS} hours",
            _query_rule(index_prefix, unreachable, ">", 0, group="station_id"),
        ),
        _rule(
            index_prefix,
            "availability-drop",
            f"Belib: under {LEAST_SHARE_AVAILABLE:.0%} of an arrondissement available",
            _ratio_rule(
                index_prefix,
                SHARE_AVAILABLE_NOW,
                "<",
                LEAST_SHARE_AVAILABLE,
                group="arrondissement",
            ),
        ),
        _rule(
            index_prefix,
            "unknown-share",
            f"Belib: over {MOST_SHARE_UNKNOWN:.0%} of the charge points unknown or stale",
            _ratio_rule(index_prefix, SHARE_SILENT_NOW, ">", MOST_SHARE_UNKNOWN),
        ),
    )


def _rule(index_prefix: str, key: str, name: str, definition: dict[str, Any]) -> Rule:
    return Rule(
        str(uuid5(NAMESPACE_URL, f"belib_weather/kibana/{index_prefix}/{key}")),
        name,
        {
            "name": name,
            "enabled": True,
            "schedule": {"interval": "5m"},
            "tags": ["belib_weather"],
            "actions": [],
            # Fires on a change alone: one message for a station that stays unreachable.
            "notify_when": "onActionGroupChange",
            **definition,
        },
    )


def _query_rule(
    index_prefix: str,
    query: dict[str, Any],
    comparator: str,
    threshold: int,
    *,
    group: str | None = None,
) -> dict[str, Any]:
    """Compares the number of documents that a query finds in the period, in total or by group."""
    grouping = (
        {"groupBy": "all"}
        if group is None
        else {"groupBy": "top", "termField": group, "termSize": 500}
    )
    return {
        "rule_type_id": ".es-query",
        "consumer": "stackAlerts",
        "params": {
            "searchType": "esQuery",
            "index": [data_view_id(index_prefix, Dataset.STATIONS)],
            "timeField": CAPTURE_TIME,
            "timeWindowSize": SILENCE_MINUTES,
            "timeWindowUnit": "m",
            "esQuery": nested_json({"query": query}),
            "size": 0,
            "aggType": "count",
            "thresholdComparator": comparator,
            "threshold": [threshold],
            "excludeHitsFromPreviousRun": False,
            **grouping,
        },
    }


def _ratio_rule(
    index_prefix: str,
    ratio: Ratio,
    comparator: str,
    threshold: float,
    *,
    group: str | None = None,
) -> dict[str, Any]:
    """Compares a ratio of sums in the period, in total or by group."""
    letters = {column: chr(ord("A") + i) for i, column in enumerate(ratio.columns)}

    def added(columns: tuple[str, ...]) -> str:
        return f"({' + '.join(letters[column] for column in columns)})"

    return {
        "rule_type_id": "observability.rules.custom_threshold",
        "consumer": "logs",
        "params": {
            "criteria": [
                {
                    "comparator": comparator,
                    "threshold": [threshold],
                    "timeSize": SILENCE_MINUTES,
                    "timeUnit": "m",
                    "equation": f"{added(ratio.numerator)} / {added(ratio.denominator)}",
                    "label": ratio.title.en,
                    "metrics": [
                        {"name": letter, "aggType": "sum", "field": column}
                        for column, letter in letters.items()
                    ],
                }
            ],
            "alertOnNoData": False,
            "alertOnGroupDisappear": False,
            "searchConfiguration": {
                "index": rules_view_id(index_prefix),
                "query": {"query": "", "language": "kuery"},
            },
            **({"groupBy": [group]} if group else {}),
        },
    }
