"""A bundle small enough to read, so that these tests do not depend on what the dashboards show."""

import json
from typing import Any

from belib_weather.kibana.bundle import Bundle
from belib_weather.kibana.rules import Rule

DASHBOARD = ("5f3c2b6e-4a51-5d0c-9f0e-0d6a4f6f3b11", "Belib – conducteurs")


def saved_object(kind: str, key: str, title: str, *references: tuple[str, str]) -> dict[str, Any]:
    """One saved object that refers to others by type and id."""
    return {
        "attributes": {"name" if kind == "tag" else "title": title},
        "id": key,
        "references": [{"type": k, "id": i, "name": f"{k}-{i}"} for k, i in references],
        "type": kind,
    }


DATA_VIEW = saved_object("index-pattern", "view", "belib-availability")
TAG = saved_object("tag", "label", "belib")
SHOWN = saved_object("dashboard", *DASHBOARD, ("index-pattern", "view"), ("tag", "label"))


def rule(name: str, **params: Any) -> Rule:
    """An alerting rule."""
    key = f"00000000-0000-5000-8000-{sum(map(ord, name)):012d}"
    body = {
        "name": name,
        "rule_type_id": ".es-query",
        "consumer": "stackAlerts",
        "enabled": True,
        "schedule": {"interval": "5m"},
        "params": params,
        "tags": ["belib"],
        "actions": [],
        "notify_when": "onActionGroupChange",
    }
    return Rule(key, name, body)


RULES = (rule("the feed is silent", minutes=15), rule("many unknown", share=0.2))


def bundle(*objects: dict[str, Any], rules: tuple[Rule, ...] = RULES) -> Bundle:
    """These saved objects, or one dashboard with what it refers to."""
    lines = [json.dumps(one, sort_keys=True) for one in objects or (DATA_VIEW, TAG, SHOWN)]
    return Bundle("".join(f"{line}\n" for line in lines).encode(), rules, (DASHBOARD,))
