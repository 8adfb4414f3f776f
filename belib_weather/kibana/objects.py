"""Saved objects, and their lines in a bundle.

What belongs here: what all saved objects share. What does not: one type of them.
Versions: a Kibana older than an object's type version refuses it, a newer one migrates it; these
load on 8.15 and on every 9.
Source: https://www.elastic.co/docs/api/doc/kibana/operation/operation-post-saved-objects-import
"""

import json
from dataclasses import dataclass
from typing import Any

OLDEST_KIBANA = "8.15.0"
_CORE_VERSION = "8.8.0"
_TYPE_VERSIONS = {"dashboard": "10.2.0", "index-pattern": "8.0.0", "tag": "8.0.0"}


@dataclass(frozen=True)
class Reference:
    """A link from one saved object to another, by a name in the attributes."""

    name: str
    type: str
    id: str

    def as_json(self) -> dict[str, str]:
        """As Kibana writes it."""
        return {"name": self.name, "type": self.type, "id": self.id}


@dataclass(frozen=True)
class SavedObject:
    """A saved object: its type, its attributes, and its references."""

    type: str
    id: str
    attributes: dict[str, Any]
    references: tuple[Reference, ...] = ()

    def line(self) -> str:
        """One line of NDJSON, the same for the same object."""
        return json.dumps(
            {
                "attributes": self.attributes,
                "coreMigrationVersion": _CORE_VERSION,
                "id": self.id,
                "references": [reference.as_json() for reference in self.references],
                "type": self.type,
                "typeMigrationVersion": _TYPE_VERSIONS[self.type],
            },
            ensure_ascii=False,
            sort_keys=True,
        )


def nested_json(value: object) -> str:
    """JSON inside JSON, as Kibana stores a dashboard's parts; the same for the same value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
