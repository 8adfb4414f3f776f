"""The bundle: everything that is imported into Kibana, the same bytes for the same code.

What belongs here: the order and the hash. What does not: importing it (`provision`).
"""

import hashlib
import json
from dataclasses import dataclass

from belib_weather.kibana.assembly import dashboard_id, saved_dashboard, tag_id
from belib_weather.kibana.dashboards import DASHBOARDS
from belib_weather.kibana.data_views import data_views
from belib_weather.kibana.objects import SavedObject
from belib_weather.kibana.rules import Rule, alerting_rules

TAG_COLOUR = "#009E73"
TAG_DESCRIPTION = "Paris charge points and the weather: written by belib-weather"


@dataclass(frozen=True)
class Bundle:
    """Saved objects, rules, and the ids and titles of the dashboards.

    Attributes:
        ndjson: saved objects, one a line.
        rules: alerting rules.
        dashboards: id and title of each dashboard.
    """

    ndjson: bytes
    rules: tuple[Rule, ...]
    dashboards: tuple[tuple[str, str], ...]

    @property
    def sha256(self) -> str:
        """Hash of all content."""
        rules = [[rule.rule_id, rule.body] for rule in self.rules]
        content = self.ndjson + json.dumps(rules, sort_keys=True).encode()
        return hashlib.sha256(content).hexdigest()


def build_bundle(index_prefix: str) -> Bundle:
    """Data views, a tag, the dashboards and the rules over the aliases of a prefix."""
    objects = [
        *data_views(index_prefix),
        SavedObject(
            "tag",
            tag_id(index_prefix),
            {
                "name": f"{index_prefix} charge points",
                "description": TAG_DESCRIPTION,
                "color": TAG_COLOUR,
            },
        ),
        *(saved_dashboard(dashboard, index_prefix) for dashboard in DASHBOARDS),
    ]
    return Bundle(
        ndjson="".join(f"{saved.line()}\n" for saved in objects).encode(),
        rules=alerting_rules(index_prefix),
        dashboards=tuple((dashboard_id(index_prefix, d), d.title) for d in DASHBOARDS),
    )
