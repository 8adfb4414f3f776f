"""One transaction of the warehouse: what it replaces becomes visible at once or not at all.

What belongs here: writing under a lock. What does not: taking the lock (`store`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import polars as pl
import sqlalchemy as sa

from belib_weather.datasets.changes import Subject
from belib_weather.warehouse.copying import copy_in, read_rows
from belib_weather.warehouse.forecast_archive import ForecastArchive
from belib_weather.warehouse.ledger import write_ledger
from belib_weather.warehouse.outbox import (
    append_changes,
    delete_changes,
    read_changes,
)
from belib_weather.warehouse.publication import PublicationLedger
from belib_weather.warehouse.state import read_state, write_state
from belib_weather.warehouse.table import Relation, Table
from belib_weather.window import Window


@dataclass(frozen=True)
class Replaced:
    """Numbers of rows that a window, or a whole table, lost and got."""

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

    def replace(self, table: Table, frame: pl.DataFrame, window: Window | None = None) -> Replaced:
        """Make the rows of a window, or of the whole table, those of the frame, and no others.

        For what changes whole every time; `upsert` is for what stays mostly as it was.

        Raises:
            ValueError: a row of the frame lies outside the window, or the table is written by
                windows and none is given.
        """
        statement = sa.delete(table.sql)
        if window is not None:
            _refuse_rows_outside(table, frame, window)
            time = table.sql.c[table.time]
            statement = statement.where(time >= window.start, time < window.end)
        elif table.lock_grain is not None:
            raise ValueError(f"{table.name} is replaced by windows: give one")
        deleted = self._connection.execute(statement).rowcount
        copy_in(self._connection, table.name, frame)
        return Replaced(deleted, frame.height)

    def upsert(
        self, table: Table, frame: pl.DataFrame, stored: pl.DataFrame | None = None
    ) -> Upserted:
        """Make a dimension the rows of the frame; writes only rows that differ.

        Args:
            table: the dimension.
            frame: all of its rows.
            stored: its rows as read in this transaction; read now where left out.
        """
        key, columns = table.dataset.primary_key(), table.dataset.column_names()
        stored = self.read(table) if stored is None else stored
        changed = frame.select(columns).join(stored, on=columns, how="anti", nulls_equal=True)
        absent = stored.join(frame, on=key, how="anti")
        inserted = changed.join(stored, on=key, how="anti").height
        obsolete = stored.join(frame, on=columns, how="anti", nulls_equal=True).select(key)
        if not obsolete.is_empty():
            self._connection.execute(
                sa.delete(table.sql).where(
                    *(table.sql.c[name] == sa.bindparam(f"_{name}") for name in key)
                ),
                [{f"_{name}": row[name] for name in key} for row in obsolete.rows(named=True)],
            )
        copy_in(self._connection, table.name, changed)
        return Upserted(
            inserted, changed.height - inserted, absent.height, frame.height - changed.height
        )

    def read(self, relation: Relation, window: Window | None = None) -> pl.DataFrame:
        """All rows, or those of a window, by primary key, in the dataset's types."""
        return read_rows(self._connection, relation, window)

    def record_inputs(self, table: Table, inputs: pl.DataFrame) -> None:
        """Write the ledger of what was just replaced.

        Args:
            table: what was replaced.
            inputs: the table's time column (start of the hour or day), `input_hash`, `snapshots`.
        """
        write_ledger(self._connection, table, inputs)

    def publication(self, alias: str) -> PublicationLedger:
        """The publication ledger of an alias, within this transaction."""
        return PublicationLedger(self._connection, alias)

    def append_changes(self, changes: pl.DataFrame) -> int:
        """Append to the outbox, each change once; see `outbox.append_changes`."""
        return append_changes(self._connection, changes)

    def changes(
        self,
        after: int,
        *,
        most: int,
        subject: Subject | None = None,
        stations: Collection[str] | None = None,
        seen_since: datetime | None = None,
    ) -> pl.DataFrame:
        """Changes of the outbox after a position, in order; see `outbox.read_changes`."""
        return read_changes(
            self._connection,
            after,
            most=most,
            subject=subject,
            stations=stations,
            seen_since=seen_since,
        )

    def delete_changes(self, before: datetime) -> int:
        """Delete changes that were seen earlier."""
        return delete_changes(self._connection, before)

    def state(self, name: str) -> str | None:
        """A mark of progress, as this transaction sees it."""
        return read_state(self._connection, name)

    @property
    def forecasts(self) -> ForecastArchive:
        """Models and forecasts, within this transaction."""
        return ForecastArchive(self._connection)

    def set_state(self, name: str, value: str) -> None:
        """Set a mark of progress."""
        write_state(self._connection, name, value)


def _refuse_rows_outside(table: Table, frame: pl.DataFrame, window: Window) -> None:
    outside = frame.filter(~pl.col(table.time).is_between(window.start, window.end, closed="left"))
    if outside.height:
        raise ValueError(
            f"{outside.height} rows for {table.name} are outside {window},"
            f" first {outside.item(0, table.time)}"
        )
