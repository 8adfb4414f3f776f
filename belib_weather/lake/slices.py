"""Reading a window of a raw collection in slices.

A server may gather everything that matches a query before it answers, the embedded one does; in
slices, memory and time stay bounded on both sides however long the window.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from belib_weather.lake.connection import Connection
from belib_weather.lake.set_aside import is_marked, keys
from belib_weather.window import Window

BATCH = 16
"""Documents with bodies that a server sends at a time."""
_BATCH_WITHOUT_BODIES = 1_000
ORDER = [("captured_at", 1), ("source", 1)]
_NEAR = timedelta(days=2)
_STEP = timedelta(days=30)
EARLY = datetime(2020, 1, 1, tzinfo=UTC)
"""What is older is looked for at once: nobody is known to have recorded the feed so early."""


def envelopes(
    connection: Connection,
    collection: str,
    window: Window,
    projection: Mapping[str, int] | None,
    step: timedelta,
    *,
    with_set_aside: bool = False,
) -> Iterator[dict[str, Any]]:
    """The envelopes of a window in `ORDER`, a slice of `step` at a time; gaps cost nothing.

    Documents that are set aside are left out unless they are asked for; the projection has to hold
    `source` and `captured_at`.
    """
    stored = connection.database[collection]
    marked = frozenset() if with_set_aside else keys(connection, collection)
    batch = BATCH if projection is None else _BATCH_WITHOUT_BODIES
    start: datetime | None = window.start
    with connection.translated(f"reading {collection} of {window}"):
        while start is not None and start < window.end:
            end = min(start + step, window.end)
            slice_ = {"captured_at": {"$gte": start, "$lt": end}}
            is_empty = True
            for envelope in stored.find(slice_, projection, sort=ORDER, batch_size=batch):
                is_empty = False
                if not is_marked(envelope, marked):
                    yield envelope
            start = _next_instant(connection, collection, end, window.end) if is_empty else end


def first_instant(
    connection: Connection,
    collection: str,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    matching: Mapping[str, Any] | None = None,
) -> datetime | None:
    """The oldest capture time in [start, end), step by step; None where there is none.

    Args:
        connection: to MongoDB.
        collection: that is looked in.
        start: from the oldest document on where it is left out.
        end: to the newest one where it is left out.
        matching: a query of more fields.
    """
    fields, order = {"_id": 0, "captured_at": 1}, [("captured_at", 1)]
    with connection.translated(f"looking for documents of {collection}"):
        for bounds in _steps(start, end):
            query = {"captured_at": bounds, **(matching or {})}
            if found := connection.database[collection].find_one(query, fields, sort=order):
                instant: datetime = found["captured_at"]
                return instant
    return None


def _steps(start: datetime | None, end: datetime | None) -> Iterator[dict[str, datetime]]:
    """Bounds (`$gte`, `$lt`) of capture times, oldest first, that cover [start, end)."""
    if start is None:
        start = EARLY
        yield {"$lt": start}
    last = end or datetime.now(UTC)
    while start < last:
        following = min(start + _STEP, last)
        yield {"$gte": start, "$lt": following}
        start = following
    if end is None:
        yield {"$gte": start}


def _next_instant(
    connection: Connection, collection: str, start: datetime, end: datetime
) -> datetime | None:
    """Where the next document lies after an empty slice."""
    near = min(start + _NEAR, end)
    return first_instant(connection, collection, start=start, end=near) or first_instant(
        connection, collection, start=near, end=end
    )
