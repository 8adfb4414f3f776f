"""Messages from rows of the outbox: topic, key and value, with their JSON Schema.

What belongs here: what consumers see. What does not: sending (`producer`).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from belib_weather.datasets.changes import Subject
from belib_weather.stream.schemas import POINT_FIELDS, STATION_FIELDS

POINT_CHANGES, STATION_STATES, PROGRESS = "point-changes", "station-states", "progress"
STATION_CORRECTIONS = "station-corrections"
"""Names of the topics, after the prefix."""
_TOPICS = {Subject.POINT.value: POINT_CHANGES, Subject.STATION.value: STATION_STATES}


@dataclass(frozen=True)
class Record:
    """A message of the stream.

    Attributes:
        topic: without the prefix.
        key: id of the charge point or station.
        value: a JSON object by the topic's schema.
        change_id: deterministic id of the change, part of the value.
        position: place of the change in the outbox.
        instant: of the change, ISO 8601 in UTC.
    """

    topic: str
    key: str
    value: bytes
    change_id: str
    position: int
    instant: str


def messages(changes: pl.DataFrame) -> Iterator[Record]:
    """One message per change, in the order of the outbox.

    Args:
        changes: `StatusChange` rows.
    """
    texts = changes.with_columns(
        pl.col("occurred_at", "seen_at").dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
        pl.col("subject", "event", "kind").cast(pl.String),
    )
    for row in texts.iter_rows(named=True):
        topic = _TOPICS[row["subject"]]
        if topic == STATION_STATES and row["is_late"]:
            # In the compacted topic it would take the place of the station's present.
            topic = STATION_CORRECTIONS
        yield Record(
            topic,
            row["subject_id"],
            _value(topic, row),
            row["change_id"],
            row["position"],
            row["occurred_at"],
        )


def _value(topic: str, row: dict[str, Any]) -> bytes:
    fields = POINT_FIELDS if topic == POINT_CHANGES else STATION_FIELDS
    value = {name: row[field.column] for name, field in fields.items()}
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
