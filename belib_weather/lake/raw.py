"""Reading and appending raw documents."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl
from bson import ObjectId
from bson.errors import BSONError
from pymongo.errors import BulkWriteError, DocumentTooLarge, DuplicateKeyError

from belib_weather.lake.envelope import (
    FILE,
    PackedDocument,
    RawDocument,
    RejectedLike,
    ResponseLike,
    document_of,
    quarantined,
    raw_document,
)
from belib_weather.lake.errors import (
    CorruptDocumentError,
    LakeConflictError,
    LakeValidationError,
)
from belib_weather.lake.newest import (
    LOOKBACKS,
    NewestResponses,
    OnDamaged,
    intact,
    verified,
    verified_or_error,
)
from belib_weather.lake.schema import (
    COVERED_STAMPS,
    INVENTORY_FIELDS,
    QUARANTINE,
    RAW_WEATHER,
)
from belib_weather.lake.set_aside import is_marked, keys
from belib_weather.lake.slices import BATCH, ORDER, envelopes, first_instant
from belib_weather.parallel import on_all_cores
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
    "cadence_seconds": pl.Int64(),
}
_BODIES_SLICE = timedelta(hours=6)
_INVENTORY_SLICE = timedelta(days=2)


@dataclass(frozen=True)
class Appended:
    """Where a response is stored, and whether this call stored it."""

    document_id: str
    is_new: bool


@dataclass(frozen=True)
class Verified:
    """How many documents were read, and the errors of those whose bytes are damaged."""

    documents: int
    damaged: list[CorruptDocumentError]

    @property
    def corrupt(self) -> list[str]:
        """The ids of the damaged ones."""
        return [error.document_id for error in self.damaged]


class RawResponses(NewestResponses):
    """Raw responses: appended once, read in `captured_at` order, never changed.

    Every method raises `LakeUnavailable` when the server is not found within the time limit, and
    `LakeAccessError` when it refuses the user.
    """

    def append(self, collection: str, response: ResponseLike) -> Appended:
        """Store a response, all of it or nothing; the same response again makes no new document.

        Raises:
            LakeConflictError: other bytes are stored for this source and instant.
            LakeValidationError: it does not fit the envelope or exceeds 16 MB compressed.
        """
        return self.append_document(collection, document_of(response))

    def append_all(
        self, collection: str, responses: Sequence[ResponseLike]
    ) -> list[Appended | LakeConflictError | LakeValidationError]:
        """Store responses in few requests; each of them whole or not at all, as by `append`.

        Returns:
            Of each, in order, what `append` returns or the error that it raises.
        """
        results: dict[int, Appended | LakeConflictError | LakeValidationError] = {}
        waiting: list[tuple[int, dict[str, Any]]] = []
        for number, response in enumerate(responses):
            try:
                waiting.append((number, document_of(response)))
            except LakeValidationError as error:
                results[number] = error
        while waiting:
            stored = self._insert_until_refused(collection, [document for _, document in waiting])
            for number, document in waiting[:stored]:
                results[number] = Appended(str(document["_id"]), is_new=True)
            for number, document in waiting[stored : stored + 1]:
                try:
                    results[number] = self.append_document(collection, document)
                except (LakeConflictError, LakeValidationError) as error:
                    results[number] = error
            waiting = waiting[stored + 1 :]
        return [results[number] for number in range(len(responses))]

    def _insert_until_refused(self, collection: str, documents: list[dict[str, Any]]) -> int:
        """Insert documents in order, up to the first that is refused; returns how many it were."""
        with self._connection.translated(f"appending to {collection}"):
            try:
                self._connection.database[collection].insert_many(documents)
            except BulkWriteError as error:
                if error.details["writeConcernErrors"]:
                    raise  # what was inserted is not acknowledged
                return int(error.details["nInserted"])
            except (DocumentTooLarge, BSONError):
                return 0  # the driver's: it does not say of which document
        return len(documents)

    def append_document(self, collection: str, document: dict[str, Any]) -> Appended:
        """Store an envelope (`envelope.document_of`), as `append` does.

        Raises:
            LakeConflictError: other bytes are stored for this source and instant.
            LakeValidationError: it does not fit the envelope or exceeds 16 MB compressed.
        """
        stored = self._connection.database[collection]
        with self._connection.translated(f"appending to {collection}"):
            try:
                return Appended(str(stored.insert_one(document).inserted_id), is_new=True)
            except DuplicateKeyError:
                key = {"source": document["source"], "captured_at": document["captured_at"]}
                existing = stored.find_one(key, {"sha256": 1, "ingest_id": 1})
                if existing is None:
                    raise
        if existing["sha256"] != document["sha256"]:
            stored_hash, own_hash = existing["sha256"][:12], document["sha256"][:12]
            raise LakeConflictError(
                f"{collection} already holds another response of {document['source']} captured at"
                f" {document['captured_at']:%FT%T.%fZ} (document {existing['_id']}, sha256"
                f" {stored_hash}…, not {own_hash}…). Raw is never changed: give this one its own"
                " captured_at."
            )
        # Equal ingest ids: our own insert, acknowledged to the driver's second try only.
        return Appended(str(existing["_id"]), is_new=existing["ingest_id"] == document["ingest_id"])

    def quarantine(self, rejected: RejectedLike) -> None:
        """Store a refused response with its reason, its body up to 4 MiB.

        A file that is refused for the same reason again makes no new document.
        """
        document = quarantined(rejected)
        same = {key: document[key] for key in ("sha256", "request", "reason")}
        with self._connection.translated("quarantining a response"):
            if rejected.request_url.startswith(FILE) and self._connection.database[
                QUARANTINE
            ].find_one(same, {"_id": 1}):
                return
        self.quarantine_document(document)

    def quarantine_document(self, document: dict[str, Any]) -> None:
        """Store an envelope (`envelope.quarantined`); one with the same `_id` only once."""
        with (
            self._connection.translated("quarantining a response"),
            suppress(DuplicateKeyError),
        ):
            self._connection.database[QUARANTINE].insert_one(document)

    def documents(
        self, collection: str, window: Window, *, on_damaged: OnDamaged | None = None
    ) -> Iterator[RawDocument]:
        """Stream the responses captured in the window, in `captured_at` order, in bounded memory.

        Documents that are set aside are left out, here and in all that follows.

        Args:
            collection: raw collection.
            window: of capture times.
            on_damaged: gets the error of a damaged document, which is then left out.

        Raises:
            CorruptDocumentError: a body does not match its sha256; the message names it.
        """
        stored = envelopes(self._connection, collection, window, None, _BODIES_SLICE)
        for document in on_all_cores(verified_or_error, stored):
            yield from intact(document, on_damaged)

    def packed(self, collection: str, window: Window) -> Iterator[PackedDocument]:
        """Stream the documents that `documents` gives, each to be unpacked and verified later."""
        return map(
            PackedDocument, envelopes(self._connection, collection, window, None, _BODIES_SLICE)
        )

    def weather_documents(
        self, window: Window, *, on_damaged: OnDamaged | None = None
    ) -> Iterator[RawDocument]:
        """Stream weather responses whose stamps [first, last] overlap the window.

        Args:
            window: of stamps.
            on_damaged: as in `documents`.

        Raises:
            CorruptDocumentError: a body does not match its sha256; the message names it.
        """
        marked = keys(self._connection, RAW_WEATHER)
        with self._connection.translated(f"reading {RAW_WEATHER} of {window}"):
            # Hinted: a planner may scan everything where two fields are compared with ranges.
            cursor = self._connection.database[RAW_WEATHER].find(
                _covering(window), sort=ORDER, batch_size=BATCH, hint=self._by_stamps()
            )
            for stored in cursor:
                if not is_marked(stored, marked):
                    yield from verified(stored, on_damaged)

    def weather_inventory(self, window: Window) -> pl.DataFrame:
        """`first` and `last` stamp, `captured_at`, `source`, `sha256` of the same, without bodies.

        In any order.
        """
        fields = {"_id": 0, "captured_at": 1, "source": 1, "sha256": 1, "summary": 1}
        marked = keys(self._connection, RAW_WEATHER)
        with self._connection.translated(f"looking for weather of {window}"):
            found = self._connection.database[RAW_WEATHER].find(
                _covering(window), fields, hint=self._by_stamps()
            )
            rows = [
                {**stored, "first": stored["summary"]["first"], "last": stored["summary"]["last"]}
                for stored in found
                if not is_marked(stored, marked)
            ]
        instants = dict.fromkeys(("first", "last", "captured_at"), _INSTANT)
        return pl.DataFrame(rows, schema={**instants, "source": pl.String(), "sha256": pl.String()})

    def _by_stamps(self) -> str | None:
        """The index of covered stamps; None in a database that nobody has prepared."""
        indexes = self._connection.database[RAW_WEATHER].index_information()
        return COVERED_STAMPS if COVERED_STAMPS in indexes else None

    def verify(self, collection: str, window: Window) -> Verified:
        """Read every document of the window and verify its bytes."""
        damaged: list[CorruptDocumentError] = []
        intact = sum(1 for _ in self.documents(collection, window, on_damaged=damaged.append))
        return Verified(intact + len(damaged), damaged)

    def inventory(
        self, collection: str, window: Window, columns: Iterable[str] = INVENTORY_COLUMNS
    ) -> pl.DataFrame:
        """What is stored in the window, without bodies, oldest first.

        Args:
            collection: raw collection.
            window: of capture times.
            columns: of `INVENTORY_COLUMNS`; few are read faster.
        """
        schema = {name: INVENTORY_COLUMNS[name] for name in columns}
        fields = {"_id": 0, **dict.fromkeys(("captured_at", "source", *schema), 1)}
        rows = envelopes(self._connection, collection, window, fields, _INVENTORY_SLICE)
        return pl.DataFrame(list(rows), schema=schema)

    def count(self, collection: str, window: Window) -> int:
        """How many documents were captured in the window, those that are set aside among them."""
        captured = {"captured_at": {"$gte": window.start, "$lt": window.end}}
        with self._connection.translated(f"counting {collection} of {window}"):
            return self._connection.database[collection].count_documents(captured)

    def list_documents(self, collection: str, window: Window) -> pl.DataFrame:
        """The inventory with each document's `id` and `set_aside` (the reason), newest first.

        The documents that are set aside are in it.
        """
        fields = dict.fromkeys(INVENTORY_FIELDS, 1)
        reasons = {mark.key: mark.reason for mark in self.set_aside_marks(collection)}
        rows = [
            {
                "id": str(stored["_id"]),
                "set_aside": reasons.get((stored["source"], stored["captured_at"])),
                **stored,
            }
            for stored in envelopes(
                self._connection, collection, window, fields, _INVENTORY_SLICE, with_set_aside=True
            )
        ]
        schema = {"id": pl.String(), "set_aside": pl.String(), **INVENTORY_COLUMNS}
        return pl.DataFrame(rows, schema=schema).reverse()

    def summaries(self, collection: str, window: Window) -> list[tuple[datetime, dict[str, Any]]]:
        """Capture time and summary of the window's documents, in `captured_at` order."""
        projection = {"_id": 0, "captured_at": 1, "source": 1, "summary": 1}
        rows = envelopes(self._connection, collection, window, projection, _INVENTORY_SLICE)
        return [(stored["captured_at"], stored["summary"]) for stored in rows]

    def ingested_since(self, collection: str, since: datetime) -> pl.DataFrame:
        """`captured_at`, `ingested_at` of documents ingested at or after `since`.

        `ingested_at` is the writer's clock just before the write: look back by a margin.
        """
        marked = keys(self._connection, collection)
        fields = {"_id": 0, "ingested_at": 1, "captured_at": 1} | ({"source": 1} if marked else {})
        order = [("ingested_at", 1), ("captured_at", 1)]
        with self._connection.translated(f"looking for late documents in {collection}"):
            rows = self._connection.database[collection].find(
                {"ingested_at": {"$gte": since}}, fields, sort=order
            )
            counted = [stored for stored in rows if not is_marked(stored, marked)]
        return pl.DataFrame(counted, schema={"captured_at": _INSTANT, "ingested_at": _INSTANT})

    def get(self, collection: str, key: datetime | str) -> RawDocument | None:
        """One document by id, or the first captured within a second from an instant on, or None.

        Raises:
            CorruptDocumentError: its body does not match its sha256.
        """
        query: dict[str, Any]
        if isinstance(key, datetime):
            query = {"captured_at": {"$gte": key, "$lt": key + timedelta(seconds=1)}}
        elif ObjectId.is_valid(key):
            query = {"_id": ObjectId(key)}
        else:
            return None
        with self._connection.translated(f"reading {key} of {collection}"):
            stored = self._connection.database[collection].find_one(query, sort=ORDER)
        return None if stored is None else raw_document(stored)

    def oldest_captured_at(self, collection: str) -> datetime | None:
        """When the oldest response was captured; None when there is none."""
        return first_instant(self._connection, collection)

    def cadence_before(self, collection: str, instant: datetime) -> int | None:
        """Seconds between two polls by the last one in the 30 days before; None without any."""
        with self._connection.translated(f"looking for the cadence of {collection}"):
            for back in LOOKBACKS:
                found = self._connection.database[collection].find_one(
                    {
                        "captured_at": {"$gte": instant - back, "$lt": instant},
                        "cadence_seconds": {"$gt": 0},
                    },
                    {"_id": 0, "cadence_seconds": 1},
                    sort=[("captured_at", -1)],
                )
                if found is not None:
                    cadence: int = found["cadence_seconds"]
                    return cadence
        return None


def _covering(window: Window) -> dict[str, Any]:
    """Weather documents of which a stamp, or what lies between two, is in the window."""
    return {"summary.first": {"$lt": window.end}, "summary.last": {"$gte": window.start}}
