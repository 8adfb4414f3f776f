"""Attempts to poll a source: those that were refused, and the first of all.

What belongs here: reading when they were. What does not: what they brought (`raw`).
"""

from collections.abc import Iterable
from datetime import datetime

import polars as pl

from belib_weather.lake.connection import Connection
from belib_weather.lake.envelope import FILE
from belib_weather.lake.schema import QUARANTINE
from belib_weather.lake.slices import first_instant
from belib_weather.window import Window

_POLL = {"cadence_seconds": {"$gt": 0}}
_NO_FILE = {"request.url": {"$not": {"$regex": f"^{FILE}"}}}
_SCHEMA = {"captured_at": pl.Datetime("us", "UTC")}


def refused(connection: Connection, sources: Iterable[str], window: Window) -> pl.DataFrame:
    """`captured_at` of the answers of these sources in quarantine, those of files included."""
    query = {
        "source": {"$in": list(sources)},
        "captured_at": {"$gte": window.start, "$lt": window.end},
    }
    with connection.translated(f"reading {QUARANTINE} of {window}"):
        rows = connection.database[QUARANTINE].find(
            query, {"_id": 0, "captured_at": 1}, sort=[("captured_at", 1)]
        )
        return pl.DataFrame(list(rows), schema=_SCHEMA)


def first_attempt(
    connection: Connection,
    collection: str,
    sources: Iterable[str],
    window: Window | None = None,
) -> datetime | None:
    """When these sources were first polled, refused or not; None when they never were.

    Args:
        connection: to MongoDB.
        collection: that their answers are stored in.
        sources: raw source names.
        window: looks for the first one in it, which costs little; of all there are else.
    """
    known = {"source": {"$in": list(sources)}}
    start, end = (window.start, window.end) if window else (None, None)
    found = [
        first_instant(connection, name, start=start, end=end, matching={**known, **condition})
        for name, condition in ((collection, _POLL), (QUARANTINE, _NO_FILE))
    ]
    return min(filter(None, found), default=None)
