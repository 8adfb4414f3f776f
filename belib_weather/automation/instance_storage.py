"""Where Dagster's records are: the PostgreSQL database that the environment names.

What belongs here: the class that dagster.yaml names, its connections, in how many statements a
run's plan is stored, and the message for a shell that has no address. What does not: the tables,
which are Dagster's. Without this class Dagster shows such a shell a stack trace of its
configuration, and connects anew for every event: a live tick opened 373 connections, each a new
process of PostgreSQL.
Concept: https://docs.dagster.io/deployment/oss/oss-instance-configuration
"""

import os
from collections.abc import Sequence
from functools import cache
from typing import Any

import click
import dagster as dg
import sqlalchemy as sa
from dagster_postgres import DagsterPostgresStorage, PostgresEventLogStorage

from belib_weather.dagster_internals import EVENTS

VARIABLE = "BELIB_DAGSTER_POSTGRES_URL"
RECYCLE_SECONDS = 60
"""Less than what firewalls allow an idle connection, whose loss takes minutes to notice."""
_PLANNED = {
    dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED,
    dg.DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED,
}


class NoAddress(click.ClickException):
    """The environment names no database; a command prints the message alone and exits with 2."""

    exit_code = 2


class EventLog(PostgresEventLogStorage):
    """Dagster's event log, with fewer statements for a run over many partitions.

    Dagster stores a batch of what such a run plans one by one, and asks the server before each
    evaluation of a check whether there is a table for it.
    """

    def __init__(self, postgres_url: str) -> None:
        # The storage that holds this log has made the tables.
        super().__init__(postgres_url, should_autocreate_tables=False)
        self._found: set[str] = set()

    def has_table(self, table_name: str) -> bool:
        """Whether there is a table; one that was there stays."""
        if table_name not in self._found and super().has_table(table_name):
            self._found.add(table_name)
        return table_name in self._found

    def store_event_batch(self, events: Sequence[dg.EventLogEntry]) -> None:
        """Store events of a run, those that are planned in one statement."""
        if not {event.dagster_event_type for event in events} <= _PLANNED:
            super().store_event_batch(events)
            return
        statement = self.prepare_insert_event_batch(events).returning(EVENTS.c.id)
        with self.index_connection() as connection:
            ids = connection.execute(statement).scalars().all()
        newest = {}
        for event, event_id in zip(events, ids, strict=True):
            if asset := event.get_dagster_event().asset_key:
                newest[asset] = event, event_id
            else:
                self.store_asset_check_event(event, event_id)
        for event, event_id in newest.values():
            self.store_asset_event(event, event_id)


class EnvironmentStorage(DagsterPostgresStorage):
    """Dagster's storage in PostgreSQL at the address in `BELIB_DAGSTER_POSTGRES_URL`."""

    def __init__(self, postgres_url: str, **options: Any) -> None:
        super().__init__(postgres_url, **options)
        self._event_log_storage = EventLog(postgres_url)
        # Dagster offers a pool to its webserver alone, which replaces this one there.
        for storage in (self._run_storage, self._event_log_storage, self._schedule_storage):
            storage._engine = _pooled(postgres_url)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """No configuration: the address stays in the environment."""
        return {}

    @classmethod
    def from_config_value(
        cls,
        inst_data: Any,
        config_value: object,  # noqa: ARG003 - empty
    ) -> "EnvironmentStorage":
        """The storage, its tables made where there are none.

        Raises:
            NoAddress: the variable is not set; says what starts the stores.
        """
        url = os.environ.get(VARIABLE)
        if not url:
            mode = " --mode demo" if os.environ.get("BELIB_MODE") == "demo" else ""
            raise NoAddress(
                f"{VARIABLE} is not set in this shell. Start the stores with `belib-weather stores"
                f' up{mode}`, then `eval "$(belib-weather env{mode})"` sets it.'
            )
        return cls(url, inst_data=inst_data)


@cache
def _pooled(url: str) -> sa.Engine:
    """An engine that keeps a connection open: one per process, however many instances it loads.

    A connection that the server ended meanwhile is replaced before it is used.
    """
    engine = sa.create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        pool_size=1,
        max_overflow=-1,
        pool_pre_ping=True,
        pool_recycle=RECYCLE_SECONDS,
    )
    os.register_at_fork(after_in_child=lambda: engine.dispose(close=False))
    return engine
