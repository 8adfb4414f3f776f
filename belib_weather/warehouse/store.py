"""The warehouse: locked windows to write in, and reading back in exact types.

What belongs here: connections and queries. What does not: the writes themselves (`transaction`)
and the schema's history (`migrations`).
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import polars as pl
import sqlalchemy as sa
from psycopg import sql

from belib_weather.datasets.changes import Lag
from belib_weather.warehouse.copying import copy_out, read_rows, read_sums, within
from belib_weather.warehouse.down_segments import read_down_segments, read_observed_time
from belib_weather.warehouse.errors import as_warehouse_errors
from belib_weather.warehouse.forecast_archive import ForecastArchive
from belib_weather.warehouse.ledger import OlderRules, of_older_rules, read_ledger
from belib_weather.warehouse.locks import acquire, acquire_now
from belib_weather.warehouse.migrate import current_and_head, upgrade
from belib_weather.warehouse.months import ensure_months
from belib_weather.warehouse.outbox import lag_after
from belib_weather.warehouse.publication import PublicationLedger
from belib_weather.warehouse.state import read_state
from belib_weather.warehouse.table import Lock, Partitioning, Relation, Table
from belib_weather.warehouse.tables import TABLES, metadata
from belib_weather.warehouse.transaction import WarehouseTransaction
from belib_weather.warehouse.versions import IN_FORCE, Versions
from belib_weather.window import Grain, Window

CONNECT_TIMEOUT_SECONDS = 10
LOCK_TIMEOUT = "5min"
STATEMENT_TIMEOUT = "15min"


class Warehouse:
    """The facts and dimensions of one PostgreSQL database; connects when first asked.

    Args:
        url: `postgresql+psycopg://[user:password@]host[:port]/database`.
    """

    def __init__(self, url: str) -> None:
        parsed = sa.make_url(url).set(drivername="postgresql+psycopg")
        self.address = f"{parsed.host}:{parsed.port or 5432}/{parsed.database}"
        self._engine = sa.create_engine(
            parsed,
            pool_pre_ping=True,
            connect_args={
                "application_name": "belib_weather",
                "connect_timeout": CONNECT_TIMEOUT_SECONDS,
                "options": (
                    f"-c timezone=UTC -c lock_timeout={LOCK_TIMEOUT}"
                    f" -c statement_timeout={STATEMENT_TIMEOUT}"
                    " -c idle_in_transaction_session_timeout=15min"
                ),
            },
        )

    def migrate(self) -> None:
        """Bring the schema up to date; two at once take turns."""
        with as_warehouse_errors(self.address, "bring its schema up to date"):
            upgrade(self._engine)

    def schema_version(self) -> tuple[str | None, str]:
        """The schema's version and the newest one that this release knows."""
        with (
            as_warehouse_errors(self.address, "read its schema version"),
            self._engine.connect() as connection,
        ):
            return current_and_head(connection)

    @contextmanager
    def locked(
        self, what: Table | Lock, window: Window | None = None
    ) -> Iterator[WarehouseTransaction]:
        """One transaction that alone may work on a table or lock, or on its part in the window.

        Take it before reading the inputs: of two runs on one hour, the later then has the newer
        inputs. Everything written becomes visible at once, when the block is left.

        Args:
            what: a table, or a lock on what is not a table.
            window: needed exactly when `what` is locked by hours or days.

        Raises:
            WarehouseBusy: another transaction holds it for longer than five minutes.
            WarehouseError: any other failure; nothing was changed.
        """
        with as_warehouse_errors(self.address, f"work on {what.name}"):
            if isinstance(what, Table) and what.partitioning is Partitioning.MONTHLY and window:
                ensure_months(self._engine, what, window)
            with self._engine.begin() as connection:
                acquire(connection, what.lock if isinstance(what, Table) else what, window)
                yield WarehouseTransaction(connection)

    @contextmanager
    def lock_if_free(self, what: Lock) -> Iterator[WarehouseTransaction | None]:
        """As `locked`, but None at once where another transaction holds the lock."""
        with (
            as_warehouse_errors(self.address, f"work on {what.name}"),
            self._engine.begin() as connection,
        ):
            is_free = acquire_now(connection, what)
            yield WarehouseTransaction(connection) if is_free else None

    @contextmanager
    def publication(self, alias: str) -> Iterator[PublicationLedger]:
        """The publication ledger of an alias, in a transaction without a lock: to compare."""
        with (
            as_warehouse_errors(self.address, "read the ledger"),
            self._engine.begin() as connection,
        ):
            yield PublicationLedger(connection, alias)

    @contextmanager
    def forecasts(self) -> Iterator[ForecastArchive]:
        """Models and forecasts, in a transaction without a lock: to read."""
        with (
            as_warehouse_errors(self.address, "read forecasts"),
            self._engine.begin() as connection,
        ):
            yield ForecastArchive(connection)

    def read(
        self,
        relation: Relation,
        window: Window | None = None,
        columns: Collection[str] | None = None,
    ) -> pl.DataFrame:
        """All rows, or those whose time lies in a window, by primary key, in the dataset's types.

        Args:
            relation: a table or a view.
            window: None reads everything: for what is small.
            columns: these alone, by what is left of the key; None reads all.
        """
        with (
            as_warehouse_errors(self.address, f"read {relation.name}"),
            self._engine.begin() as connection,
        ):
            return read_rows(connection, relation, window, columns)

    def sums(
        self,
        relation: Relation,
        window: Window | None,
        by: Collection[str],
        of: Collection[str],
        greatest: Collection[str] = (),
    ) -> pl.DataFrame:
        """Sums over rows that are many, and not needed one by one.

        Args:
            relation: a table or a view.
            window: of its time; None adds up all rows.
            by: columns to group by.
            of: columns of whole numbers to add up.
            greatest: columns of which the greatest value is read, such as those in which the rows
                of a group are equal: few columns to group by take half the time.

        Returns:
            The columns of `by`, of `of` (Int64), and of `greatest`, in any order.
        """
        with (
            as_warehouse_errors(self.address, f"read {relation.name}"),
            self._engine.begin() as connection,
        ):
            return read_sums(connection, relation, window, by=by, of=of, greatest=greatest)

    def select(self, query: sa.Select[Any]) -> list[dict[str, Any]]:
        """The rows of a query by column name, in a transaction that may only read."""
        with (
            as_warehouse_errors(self.address, "answer a query"),
            self._engine.begin() as connection,
        ):
            connection.execute(sa.text("SET TRANSACTION READ ONLY"))
            return [dict(row) for row in connection.execute(query).mappings()]

    def count(self, relation: Relation, window: Window, every: Grain = Grain.HOUR) -> pl.DataFrame:
        """Rows per hour or day: the time column, `count`; times without rows are left out."""
        query = sql.SQL(
            "SELECT date_trunc({0}, {1}), count(*) FROM {2} WHERE {3} GROUP BY 1 ORDER BY 1"
        ).format(
            sql.Literal(every.value),
            sql.Identifier(relation.time),
            sql.Identifier(relation.name),
            within(relation.time, window),
        )
        schema = pl.Schema({relation.time: pl.Datetime("us", "UTC"), "count": pl.Int64()})
        with (
            as_warehouse_errors(self.address, f"count {relation.name}"),
            self._engine.begin() as connection,
        ):
            return copy_out(connection, query, schema)

    def ledger(self, table: Table, window: Window) -> pl.DataFrame:
        """The inputs of the rows of the window, in order.

        Returns:
            The table's time column (start of the hour or day), `input_hash`, `snapshots`, `rules`.
        """
        with (
            as_warehouse_errors(self.address, "read the ledger"),
            self._engine.begin() as connection,
        ):
            return read_ledger(connection, table, window)

    def of_older_rules(
        self, table: Table, *, before: datetime | None = None, most: int = 1
    ) -> OlderRules:
        """What is left to rebuild since the rules of a table changed."""
        with (
            as_warehouse_errors(self.address, "read the ledger"),
            self._engine.begin() as connection,
        ):
            return of_older_rules(connection, table, before, most)

    def outdated_rows(self) -> list[str]:
        """One line for each table with rows of older rules: how many are rebuilt."""
        found = {table: self.of_older_rules(table) for table in TABLES.values() if table.lock_grain}
        return [
            f"{table.name}: {older.every - older.waiting:,} of {older.every:,} {table.lock_grain}s"
            f" follow rules {table.rules}"
            for table, older in found.items()
            if older.waiting
        ]

    def in_force(self, versions: Versions) -> pl.DataFrame:
        """From when on which versions are in force: `since`, `versions_hash`, in order."""
        query = sql.SQL("WITH {} SELECT since, versions_hash FROM in_force ORDER BY since").format(
            versions.in_force
        )
        with as_warehouse_errors(self.address, "read versions"), self._engine.begin() as connection:
            return copy_out(connection, query, IN_FORCE)

    def down_segments(self) -> tuple[pl.DataFrame, Window | None]:
        """The segments of status from which outages are derived, and the observed time."""
        with (
            as_warehouse_errors(self.address, "read segments"),
            self._engine.connect() as connection,
            connection.execution_options(isolation_level="REPEATABLE READ").begin(),
        ):
            return read_down_segments(connection), read_observed_time(connection)

    def observed_time(self) -> Window | None:
        """From the begin of the first segment of status to the end of the last, if there is any."""
        with as_warehouse_errors(self.address, "read segments"), self._engine.begin() as connection:
            return read_observed_time(connection)

    def lag_after(self, position: int) -> Lag:
        """What waits after a position of the outbox; see `outbox.lag_after`."""
        with (
            as_warehouse_errors(self.address, "read changes"),
            self._engine.connect() as connection,
        ):
            return lag_after(connection, position)

    def state(self, name: str) -> str | None:
        """A mark of progress, None if it was never set."""
        with (
            as_warehouse_errors(self.address, f"read {name}"),
            self._engine.connect() as connection,
        ):
            return read_state(connection, name)

    def sizes(self) -> pl.DataFrame:
        """`table` String, `rows`, `bytes` Int64 of every table, partitions and indexes included."""
        rows = []
        with (
            as_warehouse_errors(self.address, "read its sizes"),
            self._engine.connect() as connection,
        ):
            for name, table in metadata().tables.items():
                count = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar()
                size = connection.execute(
                    sa.text(
                        "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE oid = "
                        "CAST(:name AS regclass) OR oid IN (SELECT inhrelid FROM pg_inherits"
                        " WHERE inhparent = CAST(:name AS regclass))"
                    ),
                    {"name": name},
                ).scalar()
                rows.append((name, count, int(size or 0)))
        schema = {"table": pl.String, "rows": pl.Int64, "bytes": pl.Int64}
        return pl.DataFrame(rows, schema=schema, orient="row")

    def bytes(self) -> int:
        """Size of the database on disk."""
        query = sa.text("SELECT pg_database_size(current_database())")
        with (
            as_warehouse_errors(self.address, "read its size"),
            self._engine.connect() as connection,
        ):
            return int(connection.execute(query).scalar_one())

    def version(self) -> str:
        """The server's version."""
        with (
            as_warehouse_errors(self.address, "read its version"),
            self._engine.connect() as connection,
        ):
            return str(connection.execute(sa.text("SHOW server_version")).scalar())

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()
