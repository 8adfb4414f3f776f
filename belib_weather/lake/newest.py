"""The newest response, and which documents count at all.

What belongs here: the one definition of *the newest*, and setting documents aside. What does not:
reading windows (`raw`).
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from belib_weather.lake.connection import Connection
from belib_weather.lake.envelope import RawDocument, raw_document
from belib_weather.lake.errors import CorruptDocumentError
from belib_weather.lake.set_aside import (
    Mark,
    is_marked,
    keys,
    marks,
    of_second,
    set_aside,
    take_back,
)
from belib_weather.lake.slices import BATCH, EARLY
from belib_weather.window import Window

FUTURE = timedelta(minutes=5)
"""A capture time later than now by more is in the future: clocks differ by less."""
LOOKBACKS = (timedelta(hours=1), *(timedelta(days=days) for days in (1, 2, 4, 8, 16, 30)))
"""A server may read all that matches, so what is behind a silence costs twice as much at most."""
_FURTHER = timedelta(days=60)
OnDamaged = Callable[[CorruptDocumentError], object]


def last_that_counts() -> datetime:
    """A capture time after this one is in the future."""
    return datetime.now(UTC) + FUTURE


class NewestResponses:
    """The newest of the raw responses, and the marks of those that are set aside."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def newest(self, collection: str) -> RawDocument | None:
        """The newest response, by the one definition of it; None when there is none.

        *The newest* is captured last of those that are not set aside and not in the future (later
        than now + 5 min). Everything that shows the present reads it from here.

        Raises:
            CorruptDocumentError: its body does not match its sha256.
        """
        return next(self.newest_first(collection), None)

    def newest_first(
        self, collection: str, *, on_damaged: OnDamaged | None = None
    ) -> Iterator[RawDocument]:
        """The responses from the newest on back, one after another.

        Args:
            collection: raw collection.
            on_damaged: as in `documents`.

        Raises:
            CorruptDocumentError: a body does not match its sha256.
        """
        for instant, source in self._newest_keys(collection):
            query = {"source": source, "captured_at": instant}
            with self._connection.translated(f"reading the newest of {collection}"):
                stored = self._connection.database[collection].find_one(query)
            if stored is not None:
                yield from verified(stored, on_damaged)

    def newest_captured_at(self, collection: str) -> datetime | None:
        """When the newest response (see `newest`) was captured; None when there is none."""
        return next((instant for instant, _ in self._newest_keys(collection)), None)

    def _newest_keys(self, collection: str) -> Iterator[tuple[datetime, str]]:
        """Capture time and source of what counts, newest first.

        Asked in look-backs: not every server stops at the first index entry.
        """
        marked = keys(self._connection, collection)
        now = datetime.now(UTC)
        upper, instant = {"$lte": last_that_counts()}, None
        for lower in (*({"$gte": now - back} for back in _lookbacks(now - EARLY)), {}):
            with self._connection.translated(f"looking for the newest of {collection}"):
                found = self._connection.database[collection].find(
                    {"captured_at": upper | lower},
                    {"_id": 0, "captured_at": 1, "source": 1},
                    sort=[("captured_at", -1), ("source", -1)],
                    batch_size=BATCH,
                )
                for stored in found:
                    instant = stored["captured_at"]
                    if not is_marked(stored, marked):
                        yield instant, stored["source"]
            upper = upper if "$gte" not in lower else {"$lt": lower["$gte"]}

    def is_withdrawn(self, collection: str, captured_at: datetime) -> bool:
        """Whether a snapshot of this second no longer counts: set aside, or in the future."""
        if captured_at > last_that_counts():
            return True
        return bool(of_second(self._connection, collection, captured_at))

    def set_aside(self, document_id: str, reason: str, by: str | None = None) -> Mark:
        """Take a document out of use; its bytes stay. Its rows are rebuilt automatically.

        Raises:
            NoSuchDocument: there is none with this id.
        """
        return set_aside(self._connection, document_id, reason, by)

    def take_back(self, document_id: str) -> bool:
        """Bring a document that was set aside back into use; whether it was set aside."""
        return take_back(self._connection, document_id)

    def set_aside_marks(
        self, collection: str | None = None, window: Window | None = None
    ) -> list[Mark]:
        """What is set aside, of one raw collection or of all, by capture time."""
        return marks(self._connection, collection, window)


def _lookbacks(most: timedelta) -> Iterator[timedelta]:
    yield from LOOKBACKS
    back = LOOKBACKS[-1] + _FURTHER
    while back < most:
        yield back
        back += _FURTHER


def verified(stored: Mapping[str, Any], on_damaged: OnDamaged | None) -> Iterator[RawDocument]:
    """The document with its body verified; a damaged one goes to `on_damaged`, or is raised."""
    return intact(verified_or_error(stored), on_damaged)


def verified_or_error(stored: Mapping[str, Any]) -> RawDocument | CorruptDocumentError:
    """The document with its body verified, or how it is damaged."""
    try:
        return raw_document(stored)
    except CorruptDocumentError as error:
        return error


def intact(
    document: RawDocument | CorruptDocumentError, on_damaged: OnDamaged | None
) -> Iterator[RawDocument]:
    """The document; a damaged one goes to `on_damaged`, or is raised."""
    if not isinstance(document, CorruptDocumentError):
        yield document
    elif on_damaged is None:
        raise document
    else:
        on_damaged(document)
