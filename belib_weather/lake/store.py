"""`Lake`: all access to MongoDB."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import polars as pl

from belib_weather.lake import attempts, copies, current, quarantined, schema
from belib_weather.lake.connection import Connection
from belib_weather.lake.current import CurrentWritten
from belib_weather.lake.envelope import ResponseLike
from belib_weather.lake.quarantined import QuarantinedDocument
from belib_weather.lake.raw import Appended, RawResponses
from belib_weather.window import Window


class Lake(RawResponses):
    """Raw responses and the live state in one MongoDB database.

    Connects on first use. Writes are acknowledged by a majority, from the journal: what a method
    has stored when it returns survives a crash. Every method raises `LakeUnavailable` when the
    server is not found within `timeout_seconds`, and `LakeAccessError` when it refuses the user.

    Raises:
        LakeError: the URL is malformed.
    """

    def __init__(self, url: str, database: str, *, timeout_seconds: float = 10) -> None:
        super().__init__(Connection(url, database, timeout_seconds))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._connection.client.close()

    def prepare(self) -> None:
        """Create collections, validators and indexes; idempotent, also when two do it at once."""
        schema.prepare(self._connection)

    def replace_current(self, snapshot: pl.DataFrame) -> CurrentWritten:
        """Make `belib_current` show `snapshot` (`CURRENT_COLUMNS`, one `captured_at`).

        Writes only what changed, deletes points that left, and never goes back: when a newer
        snapshot is shown already, nothing is written, unless that one was set aside or is of the
        future. Writers take turns.

        Raises:
            LakeValidationError: no row, several instants, or a charge point twice.
            LakeBusyError: other writers left no turn, or took over an expired one.
        """
        return current.replace_current(
            self._connection, snapshot, partial(self.is_withdrawn, schema.RAW_SNAPSHOTS)
        )

    def current(self) -> pl.DataFrame:
        """The live state: `CURRENT_COLUMNS`, one row per charge point, by id."""
        return current.read_current(self._connection)

    def refused(self, sources: Iterable[str], window: Window) -> pl.DataFrame:
        """`captured_at` of the answers of these sources in quarantine, those of files included."""
        return attempts.refused(self._connection, sources, window)

    def first_attempt(
        self, collection: str, sources: Iterable[str], window: Window | None = None
    ) -> datetime | None:
        """When these sources were first polled, in the window if one is given, refused or not.

        None when they never were. Without a window it takes seconds where imports lie before.
        """
        return attempts.first_attempt(self._connection, collection, sources, window)

    def quarantined(self, window: Window, limit: int = 1_000) -> pl.DataFrame:
        """What was refused in the window, newest first: `QUARANTINE_COLUMNS`."""
        return quarantined.list_quarantine(self._connection, window, limit)

    def quarantined_document(self, document_id: str) -> QuarantinedDocument | None:
        """One refused response by its id; None where there is none.

        Raises:
            CorruptDocumentError: what was kept of its body does not decompress.
        """
        return quarantined.read_quarantined(self._connection, document_id)

    def delete_quarantined_bodies(self, before: datetime) -> int:
        """Empty the bodies of responses that were refused before an instant; returns how many."""
        return quarantined.delete_bodies(self._connection, before)

    def accept_quarantined(
        self, collection: str, response: ResponseLike, document_id: str
    ) -> Appended:
        """Store a response that lay in quarantine; then it is no longer there.

        Raises:
            LakeConflictError: other bytes are stored for this source and instant.
            LakeValidationError: it does not fit the envelope.
        """
        appended = self.append(collection, response)
        quarantined.remove(self._connection, document_id)
        return appended

    def stats(self) -> pl.DataFrame:
        """Per collection: `collection`, `documents`, `bytes` (BSON, uncompressed by the server)."""
        rows, database = [], self._connection.database
        size = {"$sum": {"$bsonSize": "$$ROOT"}}
        with self._connection.translated("measuring its collections"):
            for name in (*schema.RAW, schema.QUARANTINE, schema.SET_ASIDE):
                measured = database.command("collStats", name)
                rows.append((name, int(measured["count"]), int(measured["size"])))
            # Small, with many indexes: the embedded server's `collStats` reads them all.
            groups = database[schema.BELIB_CURRENT].aggregate(
                [{"$group": {"_id": None, "count": {"$sum": 1}, "size": size}}]
            )
            found = next(groups, {"count": 0, "size": 0})
            rows.append((schema.BELIB_CURRENT, int(found["count"]), int(found["size"])))
        columns = {"collection": pl.String(), "documents": pl.Int64(), "bytes": pl.Int64()}
        return pl.DataFrame(rows, schema=columns, orient="row")

    def dump(self, collection: str, file: BinaryIO) -> int:
        """Write every document of a collection, as mongodump does; returns how many."""
        return copies.dump(self._connection, collection, file)

    def load(self, collection: str, path: Path) -> int:
        """Insert the documents of such a file; returns how many.

        Raises:
            LakeValidationError: the file holds something else.
        """
        return copies.load(self._connection, collection, path)

    def version(self) -> str:
        """Version of the server, with its name when it is not MongoDB's own."""
        with self._connection.translated("reading its version"):
            version = str(self._connection.client.server_info()["version"])
            name = self._connection.client.admin.command("hello").get("setName")
        return f"{version} (SecantusDB)" if name == "secantus" else version
