"""One transaction of the warehouse: what it replaces becomes visible at once or not at all.

What belongs here: writing under a lock. What does not: taking the lock (`store`).
"""

from dataclasses import dataclass

import polars as pl
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from belib_weather.warehouse.copying import copy_in, read_rows
from belib_weather.warehouse.tables import (
    DATASETS,
    FACT_INPUTS,
    METADATA,
    PLATFORM_STATE,
    TIME_COLUMN,
)
from belib_weather.window import Window


@dataclass(frozen=True)
class Replaced:
    """Rows that a window, or a whole table, lost and got."""

    deleted: int
    inserted: int


@dataclass(frozen=True)
class Upserted:
    """Rows of a dimension that were touched, and those that stayed as they were."""

    inserted: int
    updated: int
    deleted: int
    unchanged: int


class WarehouseTransaction:
    """Writes of one locked window; committed together when the lock is left without an error."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def replace(self, table: str, frame: pl.DataFrame, window: Window) -> Replaced:
        """Make the window's rows those of the frame, and no others.

        Raises:
            ValueError: a row of the frame lies outside the window.
        """
        outside = frame.filter(
            ~pl.col(TIME_COLUMN).is_between(window.start, window.end, closed="left")
        )
        if outside.height:
            raise ValueError(
                f"{outside.height} rows for {table} are outside {window},"
                f" first {outside.item(0, TIME_COLUMN)}"
            )
        hour = METADATA.tables[table].c[TIME_COLUMN]
        deleted = self._connection.execute(
            sa.delete(METADATA.tables[table]).where(hour >= window.start, hour < window.end)
        ).rowcount
        copy_in(self._connection, table, frame)
        return Replaced(deleted, frame.height)

    def replace_all(self, table: str, frame: pl.DataFrame) -> Replaced:
        """Make the table's rows those of the frame, and no others.

        For what changes whole every time; `upsert` is for what stays mostly as it was.
        """
        deleted = self._connection.execute(sa.delete(METADATA.tables[table])).rowcount
        copy_in(self._connection, table, frame)
        return Replaced(deleted, frame.height)

    def upsert(self, table: str, frame: pl.DataFrame) -> Upserted:
        """Make a dimension the rows of the frame; writes only rows that differ."""
        key = DATASETS[table].primary_key()
        columns = DATASETS[table].column_names()
        held = self.read_all(table)
        changed = frame.select(columns).join(held, on=columns, how="anti", nulls_equal=True)
        gone = held.join(frame, on=key, how="anti")
        inserted = changed.join(held, on=key, how="anti").height
        obsolete = held.join(frame, on=columns, how="anti", nulls_equal=True).select(key)
        if not obsolete.is_empty():
            target = METADATA.tables[table]
            staged = obsolete.rows(named=True)
            self._connection.execute(
                sa.delete(target).where(
                    *(target.c[name] == sa.bindparam(f"_{name}") for name in key)
                ),
                [{f"_{name}": row[name] for name in key} for row in staged],
            )
        copy_in(self._connection, table, changed)
        return Upserted(
            inserted, changed.height - inserted, gone.height, frame.height - changed.height
        )

    def read_all(self, table: str) -> pl.DataFrame:
        """All rows of a dimension, by primary key, in the dataset's types."""
        return read_rows(self._connection, table)

    def record_inputs(self, inputs: pl.DataFrame) -> None:
        """Write the ledger: `hour`, `input_hash`, `snapshots` of the hours just replaced."""
        statement = insert(FACT_INPUTS)
        self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["hour"],
                set_={
                    "input_hash": statement.excluded.input_hash,
                    "snapshots": statement.excluded.snapshots,
                },
            ),
            inputs.select("hour", "input_hash", "snapshots").to_dicts(),
        )

    def set_state(self, name: str, value: str) -> None:
        """Set a mark of progress."""
        statement = insert(PLATFORM_STATE).values(name=name, value=value)
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["name"], set_={"value": value})
        )
