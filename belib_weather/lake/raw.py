"""Reading and appending raw documents.

The window is read in slices, because a server may gather everything that matches a query before
it answers: memory stays bounded on both sides however long the window.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from belib_weather.lake.connection import Connection
from belib_weather.lake.envelope import RawDocument, ResponseLike, document_of, raw_document
from belib_weather.lake.errors import CorruptDocumentError, LakeConflictError
from belib_weather.lake.schema import COVERED_STAMPS, INVENTORY_FIELDS, RAW_WEATHER
from belib_weather.window import Window

_INSTANT = pl.Datetime("us", "UTC")
INVENTORY_COLUMNS: dict[str, pl.DataType] = {
    "captured_at": _INSTANT,
    "source": pl.String(),
    "sha256": pl.String(),
    "size": pl.Int64(),
    "record_count": pl.Int64(),
    "expected_count": pl.Int64(),
    "ingested_at": _INSTANT,
}
_INVENTORY = {"_id": 0, **dict.fromkeys(INVENTORY_FIELDS, 1)}
_BODIES_SLICE = timedelta(hours=6)
_INVENTORY_SLICE = timedelta(days=2)
_BATCH = 16
_LOOKBACKS = (timedelta(hours=1), timedelta(days=1), timedelta(days=30))
_ORDER = [("captured_at", 1), ("source", 1)]


@dataclass(frozen=True)
class Appended:
    """Where a response is stored, and whether this call stored it."""

    document_id: str
    is_new: bool


@dataclass(frozen=True)
class Verified:
    """How many documents were read, and the ids of those whose bytes are damaged."""

    documents: int
    corrupt: list[str]


def append(connection: Connection, collection: str, response: ResponseLike) -> Appended:
    """Store `response` once; see `Lake.append`."""
    document = document_of(response)
    stored = connection.database[collection]
    with connection.translated(f"appending to {collection}"):
        try:
            return Appended(str(stored.insert_one(document).inserted_id), is_new=True)
        except DuplicateKeyError:
            key = {"source": document["source"], "captured_at": document["captured_at"]}
            there = stored.find_one(key, {"sha256": 1, "ingest_id": 1})
            if there is None:
                raise
    if there["sha256"] != document["sha256"]:
        raise LakeConflictError(
            f"{collection} already holds another response of {document['source']} captured at "
            f"{document['captured_at']:%FT%T.%fZ} (document {there['_id']}, sha256 "
            f"{there['sha256'][:12]}…, not {document['sha256'][:12]}…). Raw is never changed: "
            "give this one its own captured_at."
        )
    # Equal ingest ids: our own insert, acknowledged to the driver's second try only.
    return Appended(str(there["_id"]), is_new=there["ingest_id"] == document["ingest_id"])


def documents(connection: Connection, collection: str, window: Window) -> Iterator[RawDocument]:
    """Stored responses of the window, in `captured_at` order."""
    for stored in _stored(connection, collection, window, None, _BODIES_SLICE):
        yield raw_document(stored)


def weather_documents(connection: Connection, window: Window) -> Iterator[RawDocument]:
    """Weather responses whose stamps overlap the window, in `captured_at` order."""
    overlaps = {
        "summary.first": {"$lt": window.end},
        "summary.last": {"$gte": window.start},
    }
    with connection.translated(f"reading {RAW_WEATHER} of {window}"):
        # Hinted: a planner may scan everything where two fields are compared with ranges.
        cursor = connection.database[RAW_WEATHER].find(
            overlaps, sort=_ORDER, batch_size=_BATCH, hint=COVERED_STAMPS
        )
        for stored in cursor:
            yield raw_document(stored)


def verify(connection: Connection, collection: str, window: Window) -> Verified:
    """Read everything of the window and prove its bytes."""
    count, corrupt = 0, []
    for stored in _stored(connection, collection, window, None, _BODIES_SLICE):
        count += 1
        try:
            raw_document(stored)
        except CorruptDocumentError:
            corrupt.append(str(stored["_id"]))
    return Verified(count, corrupt)


def inventory(connection: Connection, collection: str, window: Window) -> pl.DataFrame:
    """`INVENTORY_COLUMNS` of the window's documents; answered from an index where possible."""
    rows = _stored(connection, collection, window, _INVENTORY, _INVENTORY_SLICE)
    return pl.DataFrame(list(rows), schema=INVENTORY_COLUMNS)


def list_documents(connection: Connection, collection: str, window: Window) -> pl.DataFrame:
    """The inventory of the window with each document's `id` in front, newest first."""
    projection = dict.fromkeys(INVENTORY_FIELDS, 1)
    rows = [
        {"id": str(stored["_id"]), **stored}
        for stored in _stored(connection, collection, window, projection, _INVENTORY_SLICE)
    ]
    return pl.DataFrame(rows, schema={"id": pl.String(), **INVENTORY_COLUMNS}).reverse()


def summaries(
    connection: Connection, collection: str, window: Window
) -> list[tuple[datetime, dict[str, Any]]]:
    """Capture time and summary of the window's documents, in `captured_at` order."""
    projection = {"_id": 0, "captured_at": 1, "summary": 1}
    rows = _stored(connection, collection, window, projection, _INVENTORY_SLICE)
    return [(stored["captured_at"], stored["summary"]) for stored in rows]


def ingested_since(connection: Connection, collection: str, since: datetime) -> pl.DataFrame:
    """`captured_at` and `ingested_at` of what was ingested at or after `since`, oldest first."""
    fields = {"_id": 0, "ingested_at": 1, "captured_at": 1}
    with connection.translated(f"looking for late documents in {collection}"):
        rows = connection.database[collection].find(
            {"ingested_at": {"$gte": since}}, fields, sort=[("ingested_at", 1), ("captured_at", 1)]
        )
        return pl.DataFrame(list(rows), schema={"captured_at": _INSTANT, "ingested_at": _INSTANT})


def get(connection: Connection, collection: str, key: datetime | str) -> RawDocument | None:
    """One document by its id, or the first captured within a second from an instant on."""
    query: dict[str, Any]
    if isinstance(key, datetime):
        query = {"captured_at": {"$gte": key, "$lt": key + timedelta(seconds=1)}}
    elif ObjectId.is_valid(key):
        query = {"_id": ObjectId(key)}
    else:
        return None
    with connection.translated(f"reading {key} of {collection}"):
        stored = connection.database[collection].find_one(query, sort=_ORDER)
    return None if stored is None else raw_document(stored)


def last_instant(
    connection: Connection, collection: str, before: datetime | None = None
) -> datetime | None:
    """The newest `captured_at`, or the newest before an instant.

    Asked in growing look-backs: not every server stops at the first index entry.
    """
    anchor = before or datetime.now(UTC)
    upper = {} if before is None else {"$lt": before}
    ranges = [{"$gte": anchor - back, **upper} for back in _LOOKBACKS] + [upper]
    with connection.translated(f"looking for the newest document of {collection}"):
        for bounds in ranges:
            found = connection.database[collection].find_one(
                {"captured_at": bounds} if bounds else {},
                {"_id": 0, "captured_at": 1},
                sort=[("captured_at", -1)],
            )
            if found is not None:
                instant: datetime = found["captured_at"]
                return instant
    return None


def _stored(
    connection: Connection,
    collection: str,
    window: Window,
    projection: Mapping[str, int] | None,
    step: timedelta,
) -> Iterator[dict[str, Any]]:
    stored = connection.database[collection]
    start: datetime | None = window.start
    with connection.translated(f"reading {collection} of {window}"):
        while start is not None and start < window.end:
            end = min(start + step, window.end)
            slice_ = {"captured_at": {"$gte": start, "$lt": end}}
            found = False
            for document in stored.find(slice_, projection, sort=_ORDER, batch_size=_BATCH):
                found = True
                yield document
            start = end if found else _next_instant(connection, collection, end, window.end)


def _next_instant(
    connection: Connection, collection: str, start: datetime, end: datetime
) -> datetime | None:
    """Where the next document lies after an empty slice, so that gaps cost nothing."""
    if start >= end:
        return None
    near = min(start + timedelta(days=2), end)
    for bound in (near, end):
        found = connection.database[collection].find_one(
            {"captured_at": {"$gte": start, "$lt": bound}},
            {"_id": 0, "captured_at": 1},
            sort=[("captured_at", 1)],
        )
        if found is not None:
            instant: datetime = found["captured_at"]
            return instant
    return None
