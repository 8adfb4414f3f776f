"""Advisory locks: who may work on what.

What belongs here: taking them within a transaction, whose end releases them.
Concept: https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
"""

import zlib

import sqlalchemy as sa

from belib_weather.warehouse.table import Lock
from belib_weather.window import Window


def acquire(connection: sa.Connection, lock: Lock, window: Window | None = None) -> None:
    """Wait until no other transaction holds the lock, or its hours or days in the window.

    The hours are taken in order, so that overlapping windows cannot wait for each other.
    """
    units = lock.units(window)
    connection.execute(
        sa.text(
            "SELECT count(pg_advisory_xact_lock(:name, unit))"
            " FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS unit"
        ),
        {"name": _number(lock), "first": units[0], "last": units[-1]},
    )


def acquire_now(connection: sa.Connection, lock: Lock) -> bool:
    """Take the lock if no other transaction holds it; whether it was taken."""
    (unit,) = lock.units(None)
    statement = sa.text("SELECT pg_try_advisory_xact_lock(:name, :unit)")
    return bool(connection.execute(statement, {"name": _number(lock), "unit": unit}).scalar())


def _number(lock: Lock) -> int:
    return zlib.crc32(lock.name.encode()) - 2**31
