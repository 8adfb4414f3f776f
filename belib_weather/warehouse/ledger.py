"""The input ledger: what the rows of each hour or day of a table were made from.

What belongs here: one hash per table and hour or day, written with the rows. What does not: how
inputs are hashed (`transform.input_hashes`) and who compares them (`automation`).
Concept: docs/decisions/late-data-by-comparing-state.md
"""

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
    comment="What the rows of each hour or day of a table were made from.",
)


def read_ledger(connection: sa.Connection, table: Table, window: Window) -> pl.DataFrame:
    """Entries of a table's window, in order.

    Returns:
        The table's time column (start of the hour or day), `input_hash`, `snapshots`.
    """
    query = sql.SQL("SELECT {} FROM {} WHERE table_name = {} AND {} ORDER BY start").format(
        names_of(("start", "input_hash", "snapshots")),
        sql.Identifier(INPUT_LEDGER.name),
        sql.Literal(table.name),
        within("start", window),
    )
    schema = pl.Schema(
        {table.time: pl.Datetime("us", "UTC"), "input_hash": pl.String(), "snapshots": pl.Int32()}
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
            set_={name: statement.excluded[name] for name in ("input_hash", "snapshots")},
        ),
        inputs.select(
            pl.lit(table.name).alias("table_name"),
            pl.col(table.time).alias("start"),
            "input_hash",
            "snapshots",
        ).to_dicts(),
    )
