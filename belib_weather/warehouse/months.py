"""The monthly partitions of a table, created when they are first written to.

What belongs here: creating them beside running readers and writers. What does not: rows.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from psycopg import sql

from belib_weather.warehouse.copying import driver
from belib_weather.warehouse.locks import acquire
from belib_weather.warehouse.table import Lock, Table
from belib_weather.window import Window

# CREATE TABLE … PARTITION OF would block every reader; attaching blocks none.
_CREATE = sql.SQL("CREATE TABLE {month} (LIKE {table} INCLUDING ALL)")
_ATTACH = sql.SQL(
    "ALTER TABLE {table} ATTACH PARTITION {month} FOR VALUES FROM ({start}) TO ({end})"
)


def ensure_months(engine: sa.Engine, table: Table, window: Window) -> None:
    """Create the monthly partitions that the window needs and that are missing.

    Safe when several processes do it at once; readers and writers of the table are not blocked.
    """
    months = sorted({day.replace(day=1) for day in window.days})
    with engine.begin() as connection:
        missing = [month for month in months if not _exists(connection, table, month)]
    for month in missing:
        with engine.begin() as connection:
            acquire(connection, Lock(f"{table.name} partitions"))
            if not _exists(connection, table, month):
                _create(connection, table, month)


def drop_month(connection: sa.Connection, table: Table, month: datetime) -> None:
    """Drop the partition of a month, with all its rows."""
    statement = sql.SQL("DROP TABLE {}").format(sql.Identifier(_name(table, month)))
    driver(connection).execute(statement)


def _create(connection: sa.Connection, table: Table, month: datetime) -> None:
    following = datetime(month.year + month.month // 12, month.month % 12 + 1, 1, tzinfo=UTC)
    names = {
        "month": sql.Identifier(_name(table, month)),
        "table": sql.Identifier(table.name),
        "start": sql.Literal(month),
        "end": sql.Literal(following),
    }
    for statement in (_CREATE, _ATTACH):
        driver(connection).execute(statement.format(**names))


def _name(table: Table, month: datetime) -> str:
    return f"{table.name}_{month:%Y_%m}"


def _exists(connection: sa.Connection, table: Table, month: datetime) -> bool:
    # Not to_regclass: after waiting for the lock it may still answer from before.
    return sa.inspect(connection).has_table(_name(table, month))
