"""Quarantine: refused bodies with their reasons, listed, shown, and taken in when they can be read.

What belongs here: reading and thinning the collection. What does not: refusing (`sources`) and
storing (`raw.RawResponses.quarantine`).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import polars as pl
from bson import ObjectId

from belib_weather.lake.connection import Connection
from belib_weather.lake.envelope import compressed, uncompressed
from belib_weather.lake.schema import QUARANTINE
from belib_weather.window import Window

QUARANTINE_COLUMNS: dict[str, pl.DataType] = {
    "id": pl.String(),
    "captured_at": pl.Datetime("us", "UTC"),
    "source": pl.String(),
    "sha256": pl.String(),
    "size": pl.Int64(),
    "reason": pl.String(),
}


@dataclass(frozen=True)
class QuarantinedDocument:
    """A refused response; `body` is what was kept of it."""

    id: str
    source: str
    captured_at: datetime
    body: bytes
    is_truncated: bool
    sha256: str
    size: int
    reason: str
    ingested_at: datetime
    request: dict[str, Any]
    response: dict[str, Any]


def list_quarantine(connection: Connection, window: Window, limit: int) -> pl.DataFrame:
    """What was refused in the window, newest first, at most `limit`: `QUARANTINE_COLUMNS`."""
    fields = {name: 1 for name in QUARANTINE_COLUMNS if name != "id"}
    query = {"captured_at": {"$gte": window.start, "$lt": window.end}}
    with connection.translated("reading the quarantine"):
        found = connection.database[QUARANTINE].find(
            query, fields, sort=[("captured_at", -1)], limit=limit
        )
        rows = [{"id": str(stored.pop("_id")), **stored} for stored in found]
    return pl.DataFrame(rows, schema=QUARANTINE_COLUMNS)


def remove(connection: Connection, document_id: str) -> None:
    """Remove one refused response, which is stored in raw now."""
    with connection.translated(f"removing {document_id} from the quarantine"):
        connection.database[QUARANTINE].delete_one({"_id": ObjectId(document_id)})


def delete_bodies(connection: Connection, before: datetime) -> int:
    """Empty the bodies of responses that were refused earlier; returns of how many.

    What `feed_hours` counts stays: when, of which source, and why it was refused.
    """
    with connection.translated("deleting old bodies of the quarantine"):
        emptied = connection.database[QUARANTINE].update_many(
            {"captured_at": {"$lt": before}, "is_emptied": {"$ne": True}},
            {"$set": {"body": compressed(b""), "is_truncated": True, "is_emptied": True}},
        )
    return emptied.modified_count


def read_quarantined(connection: Connection, document_id: str) -> QuarantinedDocument | None:
    """One refused response by its id; None where there is none.

    Raises:
        CorruptDocumentError: what was kept of its body does not decompress.
    """
    if not ObjectId.is_valid(document_id):
        return None
    with connection.translated(f"reading {document_id} of the quarantine"):
        stored = connection.database[QUARANTINE].find_one({"_id": ObjectId(document_id)})
    if stored is None:
        return None
    return QuarantinedDocument(
        id=str(stored["_id"]),
        source=stored["source"],
        captured_at=stored["captured_at"].astimezone(UTC),
        body=uncompressed(stored),
        is_truncated=stored["is_truncated"],
        sha256=stored["sha256"],
        size=stored["size"],
        reason=stored["reason"],
        ingested_at=stored["ingested_at"],
        request=stored["request"],
        response=stored["response"],
    )
