"""The warehouse: locked windows to write in, and reading back in exact types.

What belongs here: connections, locks, months, queries. What does not: the writes themselves
(`transaction`) and the schema's history (`migrations`).
"""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import polars as pl
import sqlalchemy as sa
from psycopg import sql

from belib_weather.warehouse.copying import copy_out
from belib_weather.warehouse.errors import telling
from belib_weather.warehouse.migrate import current_and_head, upgrade
from belib_weather.warehouse.tables import (
    AVAILABILITY_FACTS,
    DATASETS,
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
                self._ensure_months(window)
            with self._engine.begin() as connection:
                _lock(connection, name, window)
                yield WarehouseTransaction(connection)

    def read(self, table: str, window: Window) -> pl.DataFrame:
        """Rows whose hour lies in the window, by primary key, in the dataset's types."""
        dataset = DATASETS[table]
        query = sql.SQL("SELECT {} FROM {} WHERE {} ORDER BY {}").format(
            _names(dataset.column_names()),
            sql.Identifier(table),
            _hour_in(window),
            _names(dataset.primary_key()),
        )
        return self._copied(f"read {table}", query, dataset.create_empty().schema)

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
            _names(LEDGER.names()), sql.Identifier(FACT_INPUTS.name), _hour_in(window)
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

    def _ensure_months(self, window: Window) -> None:
        """Create the window's partitions where missing, in a transaction of their own."""
        months = {day.replace(day=1) for day in window.days}
        with self._engine.begin() as connection:
            missing = [m for m in sorted(months) if not _exists(connection, _partition(m))]
        for month in missing:
            with self._engine.begin() as connection:
                _lock(connection, "availability_facts partitions", None)
                connection.execute(sa.text(_create_partition(month)))


def _partition(month: datetime) -> str:
    return f"{AVAILABILITY_FACTS.name}_{month:%Y_%m}"


def _exists(connection: sa.Connection, table: str) -> bool:
    return connection.execute(sa.func.to_regclass(table).select()).scalar() is not None


def _create_partition(month: datetime) -> str:
    following = datetime(month.year + month.month // 12, month.month % 12 + 1, 1, tzinfo=UTC)
    statement = sql.SQL(
        "CREATE TABLE IF NOT EXISTS {} PARTITION OF {} FOR VALUES FROM ({}) TO ({})"
    ).format(
        sql.Identifier(_partition(month)),
        sql.Identifier(AVAILABILITY_FACTS.name),
        sql.Literal(month.isoformat()),
        sql.Literal(following.isoformat()),
    )
    # A colon would begin a parameter's name to SQLAlchemy.
    return statement.as_string().replace(":", r"\:")


def _lock(connection: sa.Connection, name: str, window: Window | None) -> None:
    """Advisory locks by name and hour, in order, until the transaction ends."""
    hours = [0] if window is None else [int(h.timestamp()) // 3600 for h in window.hours]
    connection.execute(
        sa.text(
            "SELECT count(pg_advisory_xact_lock(:name, hour))"
            " FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS hour"
        ),
        {
            "name": zlib.crc32(name.encode()) - 2**31,
            "first": hours[0],
            "last": hours[-1],
        },
    )


def _hour_in(window: Window) -> sql.Composed:
    return sql.SQL("{0} >= {1} AND {0} < {2}").format(
        sql.Identifier(TIME_COLUMN), sql.Literal(window.start), sql.Literal(window.end)
    )


def _names(names: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))
