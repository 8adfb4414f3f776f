"""Documents that are set aside: marks beside raw, which itself is never changed.

What belongs here: the marks. What does not: leaving marked documents out of what is read (`raw`,
`slices`). The mark of a document is found by its source and capture time, which are unique.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bson import ObjectId

from belib_weather.lake.connection import Connection
from belib_weather.lake.envelope import encodable
from belib_weather.lake.errors import LakeError
from belib_weather.lake.schema import RAW, SET_ASIDE
from belib_weather.window import Window

Key = tuple[str, datetime]
"""Source and capture time of a document."""


class NoSuchDocument(LakeError):
    """No raw document has this id."""


@dataclass(frozen=True)
class Mark:
    """Why a document is set aside.

    Attributes:
        document_id: of the document, hexadecimal.
        collection: that it lies in.
        by: who did it, None if unknown.
        first: of a weather document, the first stamp that it covers.
        last: of a weather document, the last one.
    """

    document_id: str
    collection: str
    source: str
    captured_at: datetime
    reason: str
    set_aside_at: datetime
    by: str | None
    first: datetime | None = None
    last: datetime | None = None

    @property
    def key(self) -> Key:
        """By which the document is left out."""
        return self.source, self.captured_at


def set_aside(connection: Connection, document_id: str, reason: str, by: str | None) -> Mark:
    """Mark a document; a new reason replaces the one of before.

    Raises:
        NoSuchDocument: there is none with this id.
    """
    collection, found = _find(connection, document_id)
    summary = found.get("summary") or {}
    mark = {
        "collection": collection,
        "source": found["source"],
        "captured_at": found["captured_at"],
        "reason": encodable(reason),
        "set_aside_at": datetime.now(UTC),
        "by": encodable(by) if by else None,
        "first": summary.get("first"),
        "last": summary.get("last"),
    }
    with connection.translated(f"setting {document_id} aside"):
        connection.database[SET_ASIDE].replace_one({"_id": found["_id"]}, mark, upsert=True)
    return _mark({"_id": found["_id"], **mark})


def take_back(connection: Connection, document_id: str) -> bool:
    """Remove the mark of a document; whether there was one."""
    if not ObjectId.is_valid(document_id):
        return False
    with connection.translated(f"taking {document_id} back"):
        deleted = connection.database[SET_ASIDE].delete_one({"_id": ObjectId(document_id)})
    return deleted.deleted_count > 0


def marks(
    connection: Connection, collection: str | None = None, window: Window | None = None
) -> list[Mark]:
    """The marks, of one collection or of all, by the capture time of their documents.

    Args:
        connection: to MongoDB.
        collection: of the documents; all where it is left out.
        window: of their capture times.
    """
    query: dict[str, Any] = {} if collection is None else {"collection": collection}
    if window is not None:
        query["captured_at"] = {"$gte": window.start, "$lt": window.end}
    with connection.translated("looking for documents that are set aside"):
        found = connection.database[SET_ASIDE].find(query, sort=[("captured_at", 1), ("_id", 1)])
        return [_mark(stored) for stored in found]


def keys(connection: Connection, collection: str) -> frozenset[Key]:
    """What to leave out of a collection."""
    return frozenset(mark.key for mark in marks(connection, collection))


def is_marked(stored: Mapping[str, Any], marked: frozenset[Key]) -> bool:
    """Whether a stored envelope is set aside; it needs `source` and `captured_at`."""
    return bool(marked) and (stored["source"], stored["captured_at"]) in marked


def of_second(connection: Connection, collection: str, instant: datetime) -> list[Mark]:
    """The marks of documents captured in the second of an instant."""
    start = instant.astimezone(UTC).replace(microsecond=0)
    return marks(connection, collection, Window(start, start + timedelta(seconds=1)))


def _find(connection: Connection, document_id: str) -> tuple[str, Mapping[str, Any]]:
    if ObjectId.is_valid(document_id):
        fields = {"source": 1, "captured_at": 1, "summary.first": 1, "summary.last": 1}
        with connection.translated(f"looking for {document_id}"):
            for collection in RAW:
                query = {"_id": ObjectId(document_id)}
                if found := connection.database[collection].find_one(query, fields):
                    return collection, found
    raise NoSuchDocument(
        f"no raw document has the id {document_id!r}; `belib-weather raw list` shows the ids"
    )


def _mark(stored: Mapping[str, Any]) -> Mark:
    return Mark(
        document_id=str(stored["_id"]),
        collection=stored["collection"],
        source=stored["source"],
        captured_at=stored["captured_at"],
        reason=stored["reason"],
        set_aside_at=stored["set_aside_at"],
        by=stored["by"],
        first=stored["first"],
        last=stored["last"],
    )
