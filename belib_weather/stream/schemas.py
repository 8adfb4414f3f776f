"""The fields of the messages, declared once: values and published JSON Schemas come from here."""

from dataclasses import dataclass
from typing import Any

from belib_weather.datasets.changes import ChangeKind, Event, StatusChange, Subject
from belib_weather.vocabulary import STATION_STATUSES, STATUSES

SCHEMA_VERSION = 1
_DRAFT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True)
class Field:
    """A field of a message.

    Attributes:
        column: of the outbox.
        schema: JSON Schema of its values, without the description.
        description: what it means, where that is not what the column's is.
    """

    column: str
    schema: dict[str, Any]
    description: str | None = None


_INSTANT = {
    "type": "string",
    "format": "date-time",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$",
}
PRESENT = "present"
"""Event of a station that has not changed: how it was when sending began."""
_EVENTS = {
    Subject.POINT: [Event.STATUS.value, Event.FRESHNESS.value, Event.RETRACTED.value],
    Subject.STATION: [
        *(e.value for e in Event if e not in (Event.STATUS, Event.FRESHNESS)),
        PRESENT,
    ],
}


def _shared(subject: Subject, words: tuple[str, ...]) -> dict[str, Field]:
    return {
        "change_id": Field("change_id", {"type": "string", "pattern": "^[0-9a-f]{32}$"}),
        "id": Field("subject_id", {"type": "string", "minLength": 1}, "The key of the message."),
        "station_id": Field("station_id", {"type": "string", "minLength": 1}),
        "event": Field("event", {"enum": _EVENTS[subject]}),
        "from": Field("from_word", {"enum": [*words, None]}),
        "to": Field("to_word", {"enum": list(words)}),
        "instant": Field("occurred_at", _INSTANT),
        "kind": Field("kind", {"enum": [kind.value for kind in ChangeKind]}),
        "seen_at": Field("seen_at", _INSTANT),
        "source": Field("source", {"type": "string"}),
        "rules": Field("rules", {"type": "integer", "minimum": 1}),
        "is_correction": Field("is_correction", {"type": "boolean"}),
        "is_late": Field("is_late", {"type": "boolean"}),
        "retracts": Field("retracts", {"type": ["string", "null"], "pattern": "^[0-9a-f]{32}$"}),
    }


POINT_FIELDS: dict[str, Field] = _shared(Subject.POINT, STATUSES) | {
    "from_is_stale": Field("from_is_stale", {"type": ["boolean", "null"]}),
    "to_is_stale": Field("to_is_stale", {"type": "boolean"}),
}
STATION_FIELDS: dict[str, Field] = _shared(Subject.STATION, STATION_STATUSES) | {
    "event": Field(
        "event",
        {"enum": _EVENTS[Subject.STATION]},
        "became_free, became_full, broke_down, came_back, became_silent; retracted; present: no"
        " change, but how the station was when sending began, with `from` null.",
    )
}


def json_schema(title: str, fields: dict[str, Field]) -> dict[str, Any]:
    """The JSON Schema of a topic's messages."""
    columns = StatusChange.columns()
    return {
        "$schema": _DRAFT,
        "$id": f"urn:belib-weather:{title}:{SCHEMA_VERSION}",
        "title": title,
        "type": "object",
        "additionalProperties": False,
        "required": list(fields),
        "properties": {
            name: {
                "description": field.description or columns[field.column].description,
                **field.schema,
            }
            for name, field in fields.items()
        },
    }
