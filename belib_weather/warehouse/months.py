"""The monthly partitions of the facts, made when first written to.

What belongs here: creating them beside running readers and writers. What does not: rows.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from psycopg import sql

from belib_weather.warehouse.copying import driver
from belib_weather.warehouse.locks import lock
from belib_weather.warehouse.tables import AVAILABILITY_FACTS
from belib_weather.window import Window

# CREATE TABLE … PARTITION OF would shut out every reader; attaching shuts out none.
_CREATE = sql.SQL("CREATE TABLE {month} (LIKE {facts} INCLUDING ALL)")
_ATTACH = sql.SQL(
    "ALTER TABLE {facts} ATTACH PARTITION {month} FOR VALUES FROM ({start}) TO ({end})"
)


def ensure_months(engine: sa.Engine, window: Window) -> None:
    """Create the partitions that the window needs and that are missing, each on its own.

    Safe when several do it at once; nobody who reads or writes the facts is held up.
    """
    months = sorted({day.replace(day=1) for day in window.days})
    with engine.begin() as connection:
        missing = [month for month in months if not _exists(connection, month)]
    for month in missing:
        with engine.begin() as connection:
            lock(connection, "availability_facts partitions")
            if not _exists(connection, month):
                _create(connection, month)


def _create(connection: sa.Connection, month: datetime) -> None:
    following = datetime(month.year + month.month // 12, month.month % 12 + 1, 1, tzinfo=UTC)
    names = {
        "month": sql.Identifier(_name(month)),
        "facts": sql.Identifier(AVAILABILITY_FACTS.name),
        "start": sql.Literal(month),
        "end": sql.Literal(following),
    }
    for statement in (_CREATE, _ATTACH):
        driver(connection).execute(statement.format(**names))


def _name(month: datetime) -> str:
    return f"{AVAILABILITY_FACTS.name}_{month:%Y_%m}"


def _exists(connection: sa.Connection, month: datetime) -> bool:
    # Not to_regclass: after waiting for the lock it may still answer from before.
    return sa.inspect(connection).has_table(_name(month))
