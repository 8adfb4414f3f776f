"""`Lake`: the one door to MongoDB."""

from collections.abc import Iterator
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import polars as pl

from belib_weather.lake import current, raw, schema
from belib_weather.lake.connection import Connection
from belib_weather.lake.current import CurrentWritten
from belib_weather.lake.envelope import RawDocument, RejectedLike, ResponseLike, quarantined
from belib_weather.lake.raw import Appended, Verified
from belib_weather.window import Window


class Lake:
    """Raw responses and the live state in one MongoDB database.

    Connects on first use. Writes are acknowledged by a majority, from the journal: what a method
    returned from is there after a crash. Every method raises `LakeUnavailable` when the server
    is not found within `timeout_seconds`, and `LakeAccessError` when it refuses the user.

    Raises:
        LakeError: the URL is malformed.
    """

    def __init__(self, url: str, database: str, *, timeout_seconds: float = 10) -> None:
        self._connection = Connection(url, database, timeout_seconds)

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

    def append(self, collection: str, response: ResponseLike) -> Appended:
        """Store a response, whole or not at all; the same response again is no second document.

        Raises:
            LakeConflictError: other bytes are stored for this source and instant.
            LakeValidationError: it does not fit the envelope or exceeds 16 MB compressed.
        """
        return raw.append(self._connection, collection, response)

    def quarantine(self, rejected: RejectedLike) -> None:
        """Keep a refused response with its reason, its body up to 4 MiB."""
        with self._connection.translated("quarantining a response"):
            self._connection.database[schema.QUARANTINE].insert_one(quarantined(rejected))

    def documents(self, collection: str, window: Window) -> Iterator[RawDocument]:
        """Stream the responses captured in the window, in `captured_at` order, in bounded memory.

        Raises:
            CorruptDocumentError: a body does not match its sha256; the message names it.
        """
        return raw.documents(self._connection, collection, window)

    def weather_documents(self, window: Window) -> Iterator[RawDocument]:
        """Stream weather responses whose stamps [first, last] overlap the window.

        Raises:
            CorruptDocumentError: a body does not match its sha256; the message names it.
        """
        return raw.weather_documents(self._connection, window)

    def inventory(self, collection: str, window: Window) -> pl.DataFrame:
        """What is stored in the window, without bodies: `INVENTORY_COLUMNS`, oldest first."""
        return raw.inventory(self._connection, collection, window)

    def list_documents(self, collection: str, window: Window) -> pl.DataFrame:
        """The inventory with each document's `id`, newest first."""
        return raw.list_documents(self._connection, collection, window)

    def summaries(self, collection: str, window: Window) -> list[tuple[datetime, dict[str, Any]]]:
        """Capture time and summary of the window's documents, in `captured_at` order."""
        return raw.summaries(self._connection, collection, window)

    def ingested_since(self, collection: str, since: datetime) -> pl.DataFrame:
        """`captured_at`, `ingested_at` of documents ingested at or after `since`.

        `ingested_at` is the writer's clock just before the write: look back by a margin.
        """
        return raw.ingested_since(self._connection, collection, since)

    def get(self, collection: str, key: datetime | str) -> RawDocument | None:
        """One document by id, or the first captured within a second from an instant on, or None.

        Raises:
            CorruptDocumentError: its body does not match its sha256.
        """
        return raw.get(self._connection, collection, key)

    def newest(self, collection: str) -> RawDocument | None:
        """The response captured last; None when there is none.

        Raises:
            CorruptDocumentError: its body does not match its sha256.
        """
        instant = self.newest_captured_at(collection)
        return None if instant is None else self.get(collection, instant)

    def newest_captured_at(self, collection: str) -> datetime | None:
        """When the newest response was captured; None when there is none."""
        return raw.last_instant(self._connection, collection)

    def captured_before(self, collection: str, instant: datetime) -> datetime | None:
        """When the last response before `instant` was captured; None when there is none."""
        return raw.last_instant(self._connection, collection, instant)

    def verify(self, collection: str, window: Window) -> Verified:
        """Read every document of the window and prove its bytes."""
        return raw.verify(self._connection, collection, window)

    def replace_current(self, snapshot: pl.DataFrame) -> CurrentWritten:
        """Make `belib_current` show `snapshot` (`CURRENT_COLUMNS`, one `captured_at`).

        Writes only what changed, deletes points that left, and never goes back: when a newer
        snapshot is shown already, nothing is written. Writers take turns.

        Raises:
            LakeValidationError: no row, several instants, or a charge point twice.
            LakeBusyError: other writers left no turn, or took over an expired one.
        """
        return current.replace_current(self._connection, snapshot)

    def current(self) -> pl.DataFrame:
        """The live state: `CURRENT_COLUMNS`, one row per charge point, by id."""
        return current.read_current(self._connection)

    def stats(self) -> pl.DataFrame:
        """Per collection: `collection`, `documents`, `bytes` (BSON, uncompressed by the server)."""
        rows = []
        with self._connection.translated("measuring its collections"):
            for name in (*schema.RAW, schema.QUARANTINE, schema.BELIB_CURRENT):
                measured = self._connection.database.command("collStats", name)
                rows.append((name, int(measured["count"]), int(measured["size"])))
        columns = {"collection": pl.String(), "documents": pl.Int64(), "bytes": pl.Int64()}
        return pl.DataFrame(rows, schema=columns, orient="row")

    def version(self) -> str:
        """Version of the server, with its name when it is not MongoDB's own."""
        with self._connection.translated("asking for its version"):
            version = str(self._connection.client.server_info()["version"])
            name = self._connection.client.admin.command("hello").get("setName")
        return f"{version} (SecantusDB)" if name == "secantus" else version

    def ping(self) -> None:
        """Return when the server answers."""
        with self._connection.translated("asking for a sign of life"):
            self._connection.database.command("ping")
