"""Alerting rules: what Kibana would ask for each is what SQL says, and each can fire."""

import ast
import json
from copy import deepcopy
from typing import Any

import pytest

from belib_weather.kibana.rules import Rule
from belib_weather_tests.stores.kibana import city, expected
from belib_weather_tests.stores.kibana.conftest import Loaded
from belib_weather_tests.unit.kibana import interpreter, structure
from belib_weather_tests.unit.kibana.results import differs

FEED_SILENT, UNREACHABLE, AVAILABILITY_DROP, UNKNOWN_SHARE = range(4)


def matched(rule: Rule, loaded: Loaded) -> list[tuple[Any, ...]]:
    """Documents that a query rule finds, in all or by group, as Kibana asks."""
    params = rule.body["params"]
    window = f"now-{params['timeWindowSize']}{params['timeWindowUnit']}"
    recent = {"range": {params["timeField"]: {"gte": window, "lt": "now"}}}
    body: dict[str, Any] = {
        "size": params["size"],
        "track_total_hits": True,
        "query": {"bool": {"filter": [recent, json.loads(params["esQuery"])["query"]]}},
    }
    if params["groupBy"] == "all":
        return [(loaded.ask(params["index"][0], body)["hits"]["total"]["value"],)]
    body["aggs"] = {"groups": {"terms": {"field": params["termField"], "size": params["termSize"]}}}
    buckets = loaded.ask(params["index"][0], body)["aggregations"]["groups"]["buckets"]
    return [(bucket["key"], bucket["doc_count"]) for bucket in buckets]


def ratios(rule: Rule, loaded: Loaded) -> list[tuple[Any, ...]]:
    """The equation of a threshold rule, in all or by group."""
    params = rule.body["params"]
    (criterion,) = params["criteria"]
    [view] = [
        one["attributes"]
        for one in interpreter.objects(loaded.bundle.ndjson)
        if one["id"] == params["searchConfiguration"]["index"]
    ]
    recent = {"gte": f"now-{criterion['timeSize']}{criterion['timeUnit']}", "lt": "now"}
    sums = {
        metric["name"]: {metric["aggType"]: {"field": metric["field"]}}
        for metric in criterion["metrics"]
    }
    groups = params.get("groupBy", [])
    body: dict[str, Any] = {
        "size": 0,
        "query": {"range": {view["timeFieldName"]: recent}},
        "aggs": sums,
    }
    if groups:
        terms = {"terms": {"field": groups[0], "size": 100}, "aggs": sums}
        body["aggs"] = {"groups": terms}
    answer = loaded.ask(view["title"], body)["aggregations"]
    nodes = answer["groups"]["buckets"] if groups else [answer]
    return [
        (
            *([node["key"]] if groups else []),
            equation(criterion["equation"], {name: node[name]["value"] for name in sums}),
        )
        for node in nodes
    ]


def equation(text: str, values: dict[str, float]) -> float | None:
    """A sum over a sum."""
    division = ast.parse(text, mode="eval").body
    assert isinstance(division, ast.BinOp)
    assert isinstance(division.op, ast.Div)

    def added(node: ast.expr) -> float:
        if isinstance(node, ast.BinOp):
            assert isinstance(node.op, ast.Add)
            return added(node.left) + added(node.right)
        assert isinstance(node, ast.Name)
        return values[node.id]

    below = added(division.right)
    return added(division.left) / below if below else None


@pytest.mark.parametrize(
    ("position", "name"), [(FEED_SILENT, "feed-silent"), (UNREACHABLE, "station-unreachable")]
)
def test_a_query_rule_matches_the_rows_of_sql(position: int, name: str, loaded: Loaded) -> None:
    rule = loaded.bundle.rules[position]
    in_sql = expected.rows(loaded.sql, "rule", name, *loaded.period("stations"))
    assert in_sql
    assert differs(matched(rule, loaded), in_sql) == ""


@pytest.mark.parametrize(
    ("position", "name"),
    [(AVAILABILITY_DROP, "availability-drop"), (UNKNOWN_SHARE, "unknown-share")],
)
def test_a_threshold_rule_equals_sql(position: int, name: str, loaded: Loaded) -> None:
    rule = loaded.bundle.rules[position]
    in_sql = expected.rows(loaded.sql, "rule", name, *loaded.period("stations"))
    assert in_sql
    assert differs(ratios(rule, loaded), in_sql) == ""


def test_the_rule_fires_for_stations_silent_for_days_but_not_for_over_30_days(
    loaded: Loaded,
) -> None:
    """One in six of the city, and none that has been dead for over 30 days."""
    found = matched(loaded.bundle.rules[UNREACHABLE], loaded)
    assert sorted(station for station, _ in found) == [
        f"FR*V75*PPX{n:02}*01" for n in range(0, 24, 6) if n != city.LONG_DEAD
    ]


def test_the_rules_fields_are_in_the_index(loaded: Loaded) -> None:
    fields = structure.mapping_of(f"{loaded.prefix}-stations")
    for rule in loaded.bundle.rules:
        params = rule.body["params"]
        used = [metric["field"] for c in params.get("criteria", []) for metric in c["metrics"]]
        used += [params[key] for key in ("termField", "timeField") if key in params]
        used += params["groupBy"] if isinstance(params.get("groupBy"), list) else []
        assert used
        assert set(used) <= set(fields)


def test_a_rule_with_another_query_is_found(loaded: Loaded) -> None:
    unreachable, drop = (
        deepcopy(loaded.bundle.rules[position]) for position in (UNREACHABLE, AVAILABILITY_DROP)
    )
    params = unreachable.body["params"]
    params["esQuery"] = params["esQuery"].replace("24h", "200h")
    [criterion] = drop.body["params"]["criteria"]
    criterion["metrics"][0]["field"] = "occupied"

    start, end = loaded.period("stations")
    in_sql = expected.rows(loaded.sql, "rule", "station-unreachable", start, end)
    assert differs(matched(unreachable, loaded), in_sql)
    in_sql = expected.rows(loaded.sql, "rule", "availability-drop", start, end)
    assert differs(ratios(drop, loaded), in_sql)
