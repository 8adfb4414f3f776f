"""Advisory locks: who may work on what.

What belongs here: taking them within a transaction, which gives them back when it ends.
Concept: https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
"""

import zlib

import sqlalchemy as sa

from belib_weather.window import Window


def lock(connection: sa.Connection, name: str, window: Window | None = None) -> None:
    """Wait until nobody else holds `name`, or any of its hours in the window, and hold them.

    The hours are taken in order, so that overlapping windows cannot wait for each other.
    """
    hours = [0] if window is None else [int(h.timestamp()) // 3600 for h in window.hours]
    connection.execute(
        sa.text(
            "SELECT count(pg_advisory_xact_lock(:name, hour))"
            " FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS hour"
        ),
        {"name": zlib.crc32(name.encode()) - 2**31, "first": hours[0], "last": hours[-1]},
    )
