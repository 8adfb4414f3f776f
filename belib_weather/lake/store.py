"""The lake: append, verify and read raw responses, and keep the live state.

What belongs here: queries. What does not: the envelope (`envelope`), what MongoDB enforces
(`collections`), the live state's documents (`current`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from bson import ObjectId
from bson.errors import InvalidId
from pymongo import ASCENDING, DESCENDING
from pymongo.errors import DuplicateKeyError

from belib_weather.lake import collections, current
from belib_weather.lake.connection import address_of, open_database, telling
from belib_weather.lake.current import CurrentWritten
from belib_weather.lake.envelope import RawDocument, packed, packed_rejected, unpacked
from belib_weather.lake.errors import CorruptDocumentError, LakeConflictError
from belib_weather.lake.protocols import RejectedLike, ResponseLike
from belib_weather.window import Window

INVENTORY = pl.Schema(
    {
        "captured_at": pl.Datetime("us", "UTC"),
        "source": pl.String(),
        "sha256": pl.String(),
        "size": pl.Int64(),
        "record_count": pl.Int64(),
        "expected_count": pl.Int64(),
        "ingested_at": pl.Datetime("us", "UTC"),
    }
)
_BODIES_AT_ONCE = 32
_IN_ORDER = [("captured_at", ASCENDING), ("sha256", ASCENDING)]


@dataclass(frozen=True)
class Appended:
    """A stored response; `is_new` is false when it was there already."""

    document_id: ObjectId
    is_new: bool


@dataclass(frozen=True)
class Verified:
    """What a window holds, every body read and held against its hash."""

    documents: int
    records: int
    stored_bytes: int
    corrupt: list[str]


class Lake:
    """The raw responses and the live state of one MongoDB database.

    Args:
        url: `mongodb://[user:password@]host[:port]/…`.
        database: name of the database.
        timeout_seconds: patience until a server is found.
    """

    def __init__(self, url: str, database: str, *, timeout_seconds: float = 10) -> None:
        self._address = address_of(url)
        self._database = open_database(url, database, timeout_seconds)

    def prepare(self) -> None:
        """Create collections, validators and indexes; idempotent, safe when two do it at once."""
        with telling(self._address, "prepare the collections"):
            collections.prepare(self._database)

    def append(self, collection: str, response: ResponseLike) -> Appended:
        """Store a response, whole or not at all; the same response twice is one document.

        Raises:
            LakeConflictError: another body of this source holds that instant.
            LakeError: MongoDB did not acknowledge; appending again is safe.
        """
        document = packed(response)
        with telling(self._address, f"store {response.source} of {response.captured_at}"):
            try:
                done = self._database[collection].insert_one(document)
            except DuplicateKeyError:
                held = self._database[collection].find_one(
                    {"source": response.source, "captured_at": document["captured_at"]},
                    {"sha256": 1},
                )
                if held is None or held["sha256"] != document["sha256"]:
                    raise LakeConflictError(
                        f"{collection} holds another body of {response.source} captured at"
                        f" {response.captured_at}; nothing was changed. Give this one another time."
                    ) from None
                return Appended(held["_id"], is_new=False)
        return Appended(done.inserted_id, is_new=True)

    def quarantine(self, rejected: RejectedLike) -> None:
        """Keep a refused response with the reason, out of everybody's way."""
        with telling(self._address, "quarantine a refused response"):
            self._database[collections.QUARANTINE].insert_one(packed_rejected(rejected))

    def documents(self, collection: str, window: Window) -> Iterator[RawDocument]:
        """Responses captured in the window, in order of capture; a few in memory at a time.

        Raises:
            CorruptDocumentError: a body does not match its hash.
        """
        return self._unpacked(collection, _captured_in(window))

    def weather_documents(self, window: Window) -> Iterator[RawDocument]:
        """Weather responses with a stamp in the window, in order of capture."""
        covers = {"summary.first": {"$lt": window.end}, "summary.last": {"$gte": window.start}}
        return self._unpacked(collections.RAW_WEATHER, covers)

    def inventory(self, collection: str, window: Window) -> pl.DataFrame:
        """What was captured in the window, without bodies: by `INVENTORY`, in order of capture."""
        return self._listed(collection, _captured_in(window))

    def ingested_since(self, collection: str, since: datetime) -> pl.DataFrame:
        """What was ingested at or after an instant, by `INVENTORY`, in order of capture."""
        return self._listed(collection, {"ingested_at": {"$gte": since}})

    def summaries(self, collection: str, window: Window) -> list[tuple[datetime, dict[str, Any]]]:
        """Capture time and summary of what was captured in the window, in order."""
        with telling(self._address, f"list {collection}"):
            found = self._database[collection].find(
                _captured_in(window), {"captured_at": 1, "summary": 1}
            )
            return [(row["captured_at"], row["summary"]) for row in found.sort(_IN_ORDER)]

    def newest(self, collection: str) -> RawDocument | None:
        """The response captured last."""
        with telling(self._address, f"read {collection}"):
            found = self._database[collection].find_one(sort=[("captured_at", DESCENDING)])
        return None if found is None else unpacked(found)

    def newest_captured_at(self, collection: str) -> datetime | None:
        """When the newest response was captured."""
        return self._neighbour(collection, {})

    def captured_before(self, collection: str, instant: datetime) -> datetime | None:
        """When the last response before an instant was captured."""
        return self._neighbour(collection, {"captured_at": {"$lt": instant}})

    def get(self, collection: str, which: str | datetime) -> RawDocument | None:
        """A response by its document id, or the first one captured in a second."""
        if isinstance(which, datetime):
            second = which.astimezone(UTC).replace(microsecond=0)
            query: dict[str, Any] = _captured_in(Window(second, second + timedelta(seconds=1)))
        else:
            try:
                query = {"_id": ObjectId(which)}
            except InvalidId:
                return None
        return next(self._unpacked(collection, query), None)

    def verify(self, collection: str, window: Window) -> Verified:
        """Read every body of the window and hold it against its hash."""
        documents = records = stored = 0
        corrupt = []
        for document in self._found(collection, _captured_in(window)):
            documents += 1
            records += document["record_count"]
            stored += len(document["body"])
            try:
                unpacked(document)
            except CorruptDocumentError:
                corrupt.append(str(document["_id"]))
        return Verified(documents, records, stored, corrupt)

    def replace_current(self, points: pl.DataFrame) -> CurrentWritten:
        """Make `belib_current` the given points; writes only what changed.

        Args:
            points: `charge_point_id`, `station_id`, `status`, `is_stale`, `last_updated`,
                `captured_at`, `address`, `arrondissement`, `latitude`, `longitude`, `source`.
        """
        with telling(self._address, "update the live state"):
            return current.replace(self._database[collections.CURRENT], points)

    def current(self) -> pl.DataFrame:
        """The live state: one row per charge point, by id, in the columns of `replace_current`."""
        with telling(self._address, "read the live state"):
            return current.read(self._database[collections.CURRENT])

    def stats(self) -> pl.DataFrame:
        """Documents and stored bytes: `collection` String, `documents`, `bytes` Int64."""
        rows = []
        with telling(self._address, "tell its sizes"):
            for name in collections.VALIDATORS:
                told = self._database.command("collStats", name)
                rows.append((name, int(told["count"]), int(told["size"])))
        schema = {"collection": pl.String, "documents": pl.Int64, "bytes": pl.Int64}
        return pl.DataFrame(rows, schema=schema, orient="row")

    def version(self) -> str:
        """The server's version."""
        with telling(self._address, "tell its version"):
            return str(self._database.client.server_info()["version"])

    def _neighbour(self, collection: str, query: dict[str, Any]) -> datetime | None:
        with telling(self._address, f"read {collection}"):
            found = self._database[collection].find_one(
                query, {"_id": 0, "captured_at": 1}, sort=[("captured_at", DESCENDING)]
            )
        return None if found is None else found["captured_at"]

    def _listed(self, collection: str, query: dict[str, Any]) -> pl.DataFrame:
        wanted = {"_id": 0} | dict.fromkeys(INVENTORY.names(), 1)
        with telling(self._address, f"list {collection}"):
            rows = list(self._database[collection].find(query, wanted).sort(_IN_ORDER))
        return pl.DataFrame(rows, schema=INVENTORY)

    def _unpacked(self, collection: str, query: dict[str, Any]) -> Iterator[RawDocument]:
        return map(unpacked, self._found(collection, query))

    def _found(self, collection: str, query: dict[str, Any]) -> Iterator[dict[str, Any]]:
        with telling(self._address, f"read {collection}"):
            yield from self._database[collection].find(
                query, sort=_IN_ORDER, batch_size=_BODIES_AT_ONCE
            )


def _captured_in(window: Window) -> dict[str, Any]:
    return {"captured_at": {"$gte": window.start, "$lt": window.end}}
