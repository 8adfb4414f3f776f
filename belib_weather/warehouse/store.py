"""The warehouse: locked windows to write in, and reading back in exact types.

What belongs here: connections and queries. What does not: the writes themselves (`transaction`)
and the schema's history (`migrations`).
"""

from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl
import sqlalchemy as sa
from psycopg import sql

from belib_weather.warehouse.copying import copy_out, names_of, read_rows
from belib_weather.warehouse.errors import telling
from belib_weather.warehouse.locks import lock
from belib_weather.warehouse.migrate import current_and_head, upgrade
from belib_weather.warehouse.months import ensure_months
from belib_weather.warehouse.tables import (
    AVAILABILITY_FACTS,
    FACT_INPUTS,
    METADATA,
    PLATFORM_STATE,
    TIME_COLUMN,
)
from belib_weather.warehouse.transaction import WarehouseTransaction
from belib_weather.window import Window

CONNECT_TIMEOUT_SECONDS = 10
LOCK_TIMEOUT = "5min"
STATEMENT_TIMEOUT = "15min"

LEDGER = pl.Schema(
    {"hour": pl.Datetime("us", "UTC"), "input_hash": pl.String(), "snapshots": pl.Int32()}
)


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
        with telling(self.address, "bring its schema up to date"):
            upgrade(self._engine)

    def schema_version(self) -> tuple[str | None, str]:
        """The schema's version and the newest one that this release knows."""
        with telling(self.address, "tell its schema version"), self._engine.connect() as connection:
            return current_and_head(connection)

    @contextmanager
    def locked(self, name: str, window: Window | None = None) -> Iterator[WarehouseTransaction]:
        """One transaction that alone may work on `name`, or on its hours in the window.

        Take it before reading the inputs: of two runs on one hour, the later then has the newer
        inputs. Everything written becomes visible at once, when the block is left.

        Raises:
            WarehouseBusy: somebody else holds it for longer than five minutes.
            WarehouseError: any other failure; nothing was changed.
        """
        with telling(self.address, f"work on {name}"):
            if name == AVAILABILITY_FACTS.name and window is not None:
                ensure_months(self._engine, window)
            with self._engine.begin() as connection:
                lock(connection, name, window)
                yield WarehouseTransaction(connection)

    def read(self, table: str, window: Window) -> pl.DataFrame:
        """Rows whose hour lies in the window, by primary key, in the dataset's types.

        Args:
            table: a table with hours, or the view `availability_hours`.
            window: the hours to read.
        """
        with telling(self.address, f"read {table}"), self._engine.begin() as connection:
            return read_rows(connection, table, _hour_in(window))

    def read_all(self, table: str) -> pl.DataFrame:
        """All rows of a dimension, by primary key, in the dataset's types."""
        with telling(self.address, f"read {table}"), self._engine.begin() as connection:
            return WarehouseTransaction(connection).read_all(table)

    def count(self, table: str, window: Window) -> pl.DataFrame:
        """Rows per hour: `hour`, `count`; hours without rows are left out."""
        query = sql.SQL("SELECT {0}, count(*) FROM {1} WHERE {2} GROUP BY 1 ORDER BY 1").format(
            sql.Identifier(TIME_COLUMN), sql.Identifier(table), _hour_in(window)
        )
        schema = pl.Schema({"hour": pl.Datetime("us", "UTC"), "count": pl.Int64()})
        return self._copied(f"count {table}", query, schema)

    def ledger(self, window: Window) -> pl.DataFrame:
        """What the facts of the window's hours were made from: by `LEDGER`, by hour."""
        query = sql.SQL("SELECT {} FROM {} WHERE {} ORDER BY hour").format(
            names_of(LEDGER.names()), sql.Identifier(FACT_INPUTS.name), _hour_in(window)
        )
        return self._copied("read the ledger", query, LEDGER)

    def state(self, name: str) -> str | None:
        """A mark of progress, None if it was never set."""
        statement = sa.select(PLATFORM_STATE.c.value).where(PLATFORM_STATE.c.name == name)
        with telling(self.address, f"read {name}"), self._engine.connect() as connection:
            return connection.execute(statement).scalar()

    def sizes(self) -> pl.DataFrame:
        """`table` String, `rows`, `bytes` Int64 of every table, partitions and indexes included."""
        rows = []
        with telling(self.address, "tell its sizes"), self._engine.connect() as connection:
            for name, table in METADATA.tables.items():
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

    def version(self) -> str:
        """The server's version."""
        with telling(self.address, "tell its version"), self._engine.connect() as connection:
            return str(connection.execute(sa.text("SHOW server_version")).scalar())

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def _copied(self, action: str, query: sql.Composable, schema: pl.Schema) -> pl.DataFrame:
        with telling(self.address, action), self._engine.begin() as connection:
            return copy_out(connection, query, schema)


def _hour_in(window: Window) -> sql.Composed:
    return sql.SQL("{0} >= {1} AND {0} < {2}").format(
        sql.Identifier(TIME_COLUMN), sql.Literal(window.start), sql.Literal(window.end)
    )
