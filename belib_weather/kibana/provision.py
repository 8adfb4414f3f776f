"""Importing a bundle into Kibana once, or writing it to a folder where there is no Kibana.

What belongs here: when to import, and in which order. What does not: what is in the bundle
(`bundle`), requests to Kibana (`client`).

The hash of what was imported is stored in Kibana itself, so that a Kibana that was emptied is
provisioned again, and one that has everything is left alone. It is in the description of a tag of
its own: tags can be imported and exported, are in no list of dashboards, and do not affect other
objects. It is read by the export interface, which 8.15 and 9 share and which returns all objects in
one request; the interfaces that read a single saved object are deprecated.
Source: https://www.elastic.co/docs/api/doc/kibana/operation/operation-post-saved-objects-export
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from belib_weather.files import PUBLIC, write_file
from belib_weather.kibana.bundle import Bundle
from belib_weather.kibana.client import KibanaClient
from belib_weather.kibana.errors import KibanaError, Refusal, RulesRefused
from belib_weather.kibana.objects import SavedObject

OBJECTS_FILE, RULES_FILE = "belib_weather.ndjson", "belib_weather_rules.json"


class Outcome(StrEnum):
    """What an import did."""

    IMPORTED = "imported"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Provisioned:
    """What was done with a bundle, and where.

    Attributes:
        outcome: whether Kibana was written to.
        version: of Kibana.
        objects: saved objects in the bundle.
        rules: alerting rules in the bundle.
    """

    outcome: Outcome
    version: str
    objects: int
    rules: int


def provision(kibana: KibanaClient, bundle: Bundle, index_prefix: str) -> Provisioned:
    """Import the bundle into Kibana, once Kibana is available.

    Nothing is written where Kibana has every object and rule of a bundle with the same content
    hash: what people changed since then stays. Otherwise everything is imported and replaces their
    changes; a rule that was paused stays paused.

    Args:
        kibana: where to import.
        bundle: what to import.
        index_prefix: of the aliases that the bundle reads; it keeps two bundles apart.

    Raises:
        ImportRefused: Kibana refused some saved objects and imported none.
        RulesRefused: everything but some rules is in place; the next call tries again.
        KibanaError: any other failure; calling again is always safe.
    """
    version = kibana.wait()
    mark = _import_marker(bundle, index_prefix)
    objects = objects_of(bundle)
    outcome = Outcome.UNCHANGED
    if not _is_imported(kibana, bundle, objects, mark):
        kibana.import_objects(bundle.ndjson)
        _put_rules(kibana, bundle)
        # Last, so that what failed is tried again.
        kibana.import_objects(f"{mark.line()}\n".encode())
        outcome = Outcome.IMPORTED
    return Provisioned(outcome, version, len(objects), len(bundle.rules))


def write_bundle(bundle: Bundle, folder: Path) -> tuple[Path, Path]:
    """Write saved objects (NDJSON) and rules (JSON: id to request body) into a folder.

    Raises:
        OSError: the folder cannot be created or written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    objects, rules = folder / OBJECTS_FILE, folder / RULES_FILE
    write_file(objects, bundle.ndjson, mode=PUBLIC)
    bodies = {rule.rule_id: rule.body for rule in bundle.rules}
    write_file(rules, f"{json.dumps(bodies, ensure_ascii=False, indent=2)}\n", mode=PUBLIC)
    return objects, rules


def objects_of(bundle: Bundle) -> list[tuple[str, str]]:
    """Type and id of each saved object."""
    lines = [json.loads(line) for line in bundle.ndjson.splitlines() if line.strip()]
    return [(line["type"], line["id"]) for line in lines]


def dashboard_links(bundle: Bundle, address: str) -> dict[str, str]:
    """Where a browser finds each dashboard, by its title."""
    return {title: f"{address}/app/dashboards#/view/{key}" for key, title in bundle.dashboards}


def _is_imported(
    kibana: KibanaClient, bundle: Bundle, objects: Sequence[tuple[str, str]], mark: SavedObject
) -> bool:
    stored = kibana.stored([*objects, (mark.type, mark.id)])
    if stored is None:
        return False
    marks = [one["attributes"].get("description") for one in stored if one["id"] == mark.id]
    return marks == [mark.attributes["description"]] and all(
        kibana.has_rule(rule.rule_id) for rule in bundle.rules
    )


def _put_rules(kibana: KibanaClient, bundle: Bundle) -> None:
    refused = []
    for rule in bundle.rules:
        try:
            kibana.put_rule(rule.rule_id, rule.body)
        except KibanaError as error:
            refused.append(Refusal("rule", rule.name, str(error)))
    if refused:
        raise RulesRefused(f"Kibana at {kibana.address}", refused)


def _import_marker(bundle: Bundle, index_prefix: str) -> SavedObject:
    return SavedObject(
        "tag",
        str(uuid5(NAMESPACE_URL, f"belib_weather/kibana/{index_prefix}/imported")),
        {
            "color": "#98A2B3",
            "description": f"Written by belib-weather; do not edit: sha256 {bundle.sha256}",
            "name": f"{index_prefix}: imported content",
        },
    )
