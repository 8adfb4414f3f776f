"""The outbox `status_changes`: appended with the state, read in order by those who send it on.

What belongs here: the order of rows, each row once, and what is deleted. What does not: which
changes there are (`transform.changes`).
"""

from collections.abc import Collection
from datetime import datetime

import polars as pl
import sqlalchemy as sa
from psycopg import sql

from belib_weather.datasets.changes import Lag, Subject
from belib_weather.warehouse.copying import copy_in, copy_out, names_of
from belib_weather.warehouse.tables import STATUS_CHANGES

_COLUMNS = STATUS_CHANGES.dataset.column_names()


def append_changes(connection: sa.Connection, changes: pl.DataFrame) -> int:
    """Append the changes that are not there yet, in their order; returns how many.

    Args:
        connection: of the transaction that writes the state and holds its lock: so the positions of
            one transaction are all smaller or all greater than those of another.
        changes: as `StatusChange` without `position`.
    """
    table = STATUS_CHANGES.sql
    ids = changes["change_id"].to_list()
    stored = connection.execute(
        sa.select(table.c.change_id).where(table.c.change_id.in_(ids))
    ).scalars()
    new = changes.filter(~pl.col("change_id").is_in(list(stored)))
    last = connection.execute(sa.select(sa.func.max(table.c.position))).scalar() or 0
    positions = pl.int_range(last + 1, last + 1 + new.height, dtype=pl.Int64, eager=True)
    copy_in(
        connection,
        STATUS_CHANGES.name,
        STATUS_CHANGES.dataset.validate(
            new.with_columns(positions.alias("position")).select(_COLUMNS), cast=True
        ),
    )
    return new.height


def read_changes(
    connection: sa.Connection,
    after: int,
    *,
    most: int,
    subject: Subject | None = None,
    stations: Collection[str] | None = None,
    seen_since: datetime | None = None,
) -> pl.DataFrame:
    """Changes after a position, in order, as `StatusChange`; of some stations where given."""
    conditions = [sql.SQL("position > {}").format(sql.Literal(after))]
    if subject is not None:
        conditions.append(sql.SQL("subject = {}").format(sql.Literal(subject.value)))
    if stations is not None:
        conditions.append(sql.SQL("station_id = ANY({})").format(sql.Literal(list(stations))))
    if seen_since is not None:
        conditions.append(sql.SQL("seen_at >= {}").format(sql.Literal(seen_since)))
    query = sql.SQL("SELECT {} FROM {} WHERE {} ORDER BY position LIMIT {}").format(
        names_of(_COLUMNS),
        sql.Identifier(STATUS_CHANGES.name),
        sql.SQL(" AND ").join(conditions),
        sql.Literal(most),
    )
    return copy_out(connection, query, STATUS_CHANGES.dataset.create_empty().schema)


def lag_after(connection: sa.Connection, position: int) -> Lag:
    """What waits after a position of the outbox."""
    table = STATUS_CHANGES.sql
    # Late changes were seen long before they were written.
    oldest_time = sa.func.min(table.c.seen_at).filter(~table.c.is_late)
    after = sa.select(sa.func.count(), oldest_time)
    waiting, oldest = connection.execute(after.where(table.c.position > position)).one()
    sent = sa.select(table.c.seen_at).where(table.c.position <= position, ~table.c.is_late)
    newest = connection.execute(sent.order_by(table.c.position.desc()).limit(1)).scalar()
    return Lag(waiting, oldest, newest)


def delete_changes(connection: sa.Connection, before: datetime) -> int:
    """Delete what was seen earlier, but never the last row, which keeps the order going."""
    table = STATUS_CHANGES.sql
    last = sa.select(sa.func.max(table.c.position)).scalar_subquery()
    return connection.execute(
        sa.delete(table).where(table.c.seen_at < before, table.c.position < last)
    ).rowcount
