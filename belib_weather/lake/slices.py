"""Reading a window of a raw collection in slices.

A server may gather everything that matches a query before it answers; in slices, memory stays
bounded on both sides however long the window.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from belib_weather.lake.connection import Connection
from belib_weather.lake.set_aside import is_marked, keys
from belib_weather.window import Window

BATCH = 16
"""Documents with bodies that a server sends at a time."""
ORDER = [("captured_at", 1), ("source", 1)]
_NEAR = timedelta(days=2)


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
    start: datetime | None = window.start
    with connection.translated(f"reading {collection} of {window}"):
        while start is not None and start < window.end:
            end = min(start + step, window.end)
            slice_ = {"captured_at": {"$gte": start, "$lt": end}}
            is_empty = True
            for envelope in stored.find(slice_, projection, sort=ORDER, batch_size=BATCH):
                is_empty = False
                if not is_marked(envelope, marked):
                    yield envelope
            start = _next_instant(connection, collection, end, window.end) if is_empty else end


def edge_instant(
    connection: Connection, collection: str, bounds: Mapping[str, datetime], *, newest: bool
) -> datetime | None:
    """The newest or the oldest capture time within bounds (`$gte`, `$lt`; none: of all)."""
    with connection.translated(f"looking for documents of {collection}"):
        found = connection.database[collection].find_one(
            {"captured_at": bounds} if bounds else {},
            {"_id": 0, "captured_at": 1},
            sort=[("captured_at", -1 if newest else 1)],
        )
    if found is None:
        return None
    instant: datetime = found["captured_at"]
    return instant


def _next_instant(
    connection: Connection, collection: str, start: datetime, end: datetime
) -> datetime | None:
    """Where the next document lies after an empty slice."""
    if start >= end:
        return None
    for bound in (min(start + _NEAR, end), end):
        bounds = {"$gte": start, "$lt": bound}
        if found := edge_instant(connection, collection, bounds, newest=False):
            return found
    return None
