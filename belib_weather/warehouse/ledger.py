"""The input ledger: the inputs of the rows of each hour or day of a table.

What belongs here: one hash per table and hour or day, written with the rows. What does not: how
inputs are hashed (`transform.input_hashes`) and who compares them (`automation`).
Concept: docs/decisions/late-data-by-comparing-state.md
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.dialects.postgresql import insert

from belib_weather.warehouse.copying import copy_out, names_of, within
from belib_weather.warehouse.table import Table
from belib_weather.window import Window

INPUT_LEDGER = sa.Table(
    "input_ledger",
    sa.MetaData(),
    sa.Column("table_name", sa.String, primary_key=True, comment="Table that the rows are in."),
    sa.Column(
        "start",
        sa.DateTime(timezone=True),
        primary_key=True,
        comment="Start of the UTC hour or day of the rows.",
    ),
    sa.Column(
        "input_hash", sa.String, nullable=False, comment="SHA-256 of what the rows were made from."
    ),
    sa.Column("snapshots", sa.Integer, nullable=False, comment="Raw snapshots in that time."),
    sa.Column(
        "rules",
        sa.Integer,
        nullable=False,
        server_default="1",
        comment="Version of the rules that made the rows.",
    ),
    comment="What the rows of each hour or day of a table were made from.",
)


def read_ledger(connection: sa.Connection, table: Table, window: Window) -> pl.DataFrame:
    """Entries of a table's window, in order.

    Returns:
        The table's time column (start of the hour or day), `input_hash`, `snapshots`, `rules`.
    """
    query = sql.SQL("SELECT {} FROM {} WHERE table_name = {} AND {} ORDER BY start").format(
        names_of(("start", "input_hash", "snapshots", "rules")),
        sql.Identifier(INPUT_LEDGER.name),
        sql.Literal(table.name),
        within("start", window),
    )
    schema = pl.Schema(
        {
            table.time: pl.Datetime("us", "UTC"),
            "input_hash": pl.String(),
            "snapshots": pl.Int32(),
            "rules": pl.Int32(),
        }
    )
    return copy_out(connection, query, schema)


def write_ledger(connection: sa.Connection, table: Table, inputs: pl.DataFrame) -> None:
    """Write entries of a table: its time column, `input_hash` and `snapshots`."""
    if inputs.is_empty():
        return
    statement = insert(INPUT_LEDGER)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["table_name", "start"],
            set_={name: statement.excluded[name] for name in ("input_hash", "snapshots", "rules")},
        ),
        inputs.select(
            pl.lit(table.name).alias("table_name"),
            pl.col(table.time).alias("start"),
            "input_hash",
            "snapshots",
            pl.lit(table.rules).alias("rules"),
        ).to_dicts(),
    )


@dataclass(frozen=True)
class OlderRules:
    """The hours or days of a table with raw documents and with rows of older rules.

    Attributes:
        waiting: how many.
        every: all hours or days of the table that have raw documents.
        newest: their starts, the newest first, up to the requested number.
    """

    waiting: int
    every: int
    newest: tuple[datetime, ...]


def of_older_rules(
    connection: sa.Connection, table: Table, before: datetime | None, most: int
) -> OlderRules:
    """What is left to rebuild since the rules of a table changed.

    Args:
        connection: to PostgreSQL.
        table: whose rows.
        before: `newest` are those that start earlier; None for all.
        most: how many of them.
    """
    ledger = INPUT_LEDGER.c
    rows = sa.and_(ledger.table_name == table.name, ledger.snapshots > 0)
    is_older = ledger.rules < table.rules
    counts = sa.select(sa.func.count().filter(is_older), sa.func.count()).where(rows)
    waiting, every = connection.execute(counts).one()
    if not waiting:
        return OlderRules(0, every, ())
    newest = sa.select(ledger.start).where(rows, is_older).order_by(ledger.start.desc())
    if before is not None:
        newest = newest.where(ledger.start < before)
    starts = connection.scalars(newest.limit(most)).all()
    return OlderRules(waiting, every, tuple(start.astimezone(UTC) for start in starts))
