"""Messages from rows of the outbox: topic, key and value, with their JSON Schema.

What belongs here: what consumers see. What does not: sending (`producer`).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from belib_weather.datasets.changes import CHANGE_RULES, ChangeKind, StatusChange, Subject, id_of
from belib_weather.stream.schemas import POINT_FIELDS, PRESENT, STATION_FIELDS
from belib_weather.vocabulary import SinceKind

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


def present(states: pl.DataFrame) -> list[Record]:
    """Stations as they are, for a topic that no change has reached yet; before all changes.

    Args:
        states: `StationState` rows.
    """
    is_seen = pl.col("since_kind") == SinceKind.SEEN.value
    known = states.select(
        pl.lit(Subject.STATION.value).alias("subject"),
        pl.col("station_id").alias("subject_id"),
        "station_id",
        pl.lit(PRESENT).alias("event"),
        pl.col("station_status").cast(pl.String).alias("to_word"),
        pl.col("since").alias("occurred_at"),
        pl.when(is_seen)
        .then(pl.lit(ChangeKind.POLLED.value))
        .otherwise(pl.lit(ChangeKind.UNSEEN.value))
        .alias("kind"),
        pl.col("captured_at").alias("seen_at"),
        "source",
        pl.lit(CHANGE_RULES).alias("rules"),
        *(pl.lit(False).alias(name) for name in ("is_correction", "is_late")),
        pl.lit(0).alias("position"),
    )
    parts = known.select(pl.concat_str("event", "subject_id", "occurred_at", "to_word"))
    ids = list(map(id_of, parts.to_series()))
    missing = set(StatusChange.column_names()) - {*known.columns, "change_id"}
    return list(
        messages(
            known.with_columns(
                pl.Series("change_id", ids, dtype=pl.String),
                *(pl.lit(None).alias(name) for name in sorted(missing)),
            )
        )
    )


def _value(topic: str, row: dict[str, Any]) -> bytes:
    fields = POINT_FIELDS if topic == POINT_CHANGES else STATION_FIELDS
    value = {name: row[field.column] for name, field in fields.items()}
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
