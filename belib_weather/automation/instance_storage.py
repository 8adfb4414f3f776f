"""Where Dagster's records are: the PostgreSQL database that the environment names.

What belongs here: the class that dagster.yaml names, its connections, in how many statements a
run's plan is stored, and the message for a shell that has no address. What does not: the tables,
which are Dagster's. Without this class Dagster shows such a shell a stack trace of its
configuration, and connects anew for every event: a live tick opened 373 connections, each a new
process of PostgreSQL.
Concept: https://docs.dagster.io/deployment/oss/oss-instance-configuration
"""

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import click
import dagster as dg
import sqlalchemy as sa
from dagster_postgres import DagsterPostgresStorage, PostgresEventLogStorage
from dagster_postgres.utils import retry_pg_connection_fn
from sqlalchemy.dialects.postgresql import insert

from belib_weather.dagster_internals import CHECK_EXECUTIONS, EVENTS, FAILED, SUCCEEDED

VARIABLE = "BELIB_DAGSTER_POSTGRES_URL"
RECYCLE_SECONDS = 60
"""Less than what firewalls allow an idle connection, whose loss takes minutes to notice."""
MOST_TOGETHER = 500
"""Evaluations that are stored at once: about 2 MB."""
_MAKING_TABLES = 7_210_395_118
"""Number of the lock, any that nobody else takes."""
_EVALUATION = dg.DagsterEventType.ASSET_CHECK_EVALUATION
_EXECUTION_KEY = ("asset_key", "check_name", "run_id", "partition")
"""Of the result of a check; Dagster's index of them is unique."""
_PLANNED = {
    dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED,
    dg.DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED,
}


class NoAddress(click.ClickException):
    """The environment names no database; a command prints the message alone and exits with 2."""

    exit_code = 2


class EventLog(PostgresEventLogStorage):
    """Dagster's event log, with fewer statements for a run over many partitions.

    Dagster stores what such a run plans one by one, and so the evaluations of its checks; before
    each of them it asks the server whether there is a table for it.
    """

    def __init__(self, postgres_url: str) -> None:
        # The storage that holds this log has made the tables.
        super().__init__(postgres_url, should_autocreate_tables=False)
        self._found: set[str] = set()
        self._waiting = _Waiting()

    def has_table(self, table_name: str) -> bool:
        """Whether there is a table; one that was there stays."""
        if table_name not in self._found and super().has_table(table_name):
            self._found.add(table_name)
        return table_name in self._found

    @contextmanager
    def evaluations_together(self) -> Iterator[None]:
        """Evaluations of partitions that this thread logs are stored many at once."""
        waiting: list[dg.EventLogEntry] = []
        self._waiting.evaluations = waiting
        try:
            yield
        finally:
            self._waiting.evaluations = None
            self._store_evaluations(waiting)

    def store_event(self, event: dg.EventLogEntry) -> None:
        """Store an event, an evaluation perhaps later (`evaluations_together`)."""
        waiting = self._waiting.evaluations
        if waiting is not None and event.dagster_event_type is _EVALUATION:
            waiting.append(event)
            if len(waiting) >= MOST_TOGETHER:
                self._store_evaluations(waiting)
        else:
            super().store_event(event)

    def store_event_batch(self, events: Sequence[dg.EventLogEntry]) -> None:
        """Store events of a run, those that are planned in one statement."""
        if not {event.dagster_event_type for event in events} <= _PLANNED:
            super().store_event_batch(events)
            return
        ids = self._ids_of_stored(events)
        newest = {}
        for event, event_id in zip(events, ids, strict=True):
            if asset := event.get_dagster_event().asset_key:
                newest[asset] = event, event_id
            else:
                self.store_asset_check_event(event, event_id)
        for event, event_id in newest.values():
            self.store_asset_event(event, event_id)

    def _ids_of_stored(self, events: Sequence[dg.EventLogEntry]) -> Sequence[int]:
        statement = self.prepare_insert_event_batch(events).returning(EVENTS.c.id)
        with self.index_connection() as connection:
            return connection.execute(statement).scalars().all()

    def _store_evaluations(self, events: list[dg.EventLogEntry]) -> None:
        """Store evaluations, each as the result of its check and partition in its run; none waits.

        Those of one list are of distinct partitions.
        """
        if not events:
            return
        ids = self._ids_of_stored(events)
        rows = [self._execution_of(*one) for one in zip(events, ids, strict=True)]
        statement = insert(CHECK_EXECUTIONS).values(rows)
        changed = {name: statement.excluded[name] for name in rows[0].keys() - set(_EXECUTION_KEY)}
        upsert = statement.on_conflict_do_update(index_elements=_EXECUTION_KEY, set_=changed)
        with self.index_connection() as connection:
            connection.execute(upsert)
        events.clear()

    def _execution_of(self, event: dg.EventLogEntry, event_id: int) -> dict[str, Any]:
        evaluation = event.get_dagster_event().asset_check_evaluation_data
        target = evaluation.target_materialization_data
        return {
            "asset_key": evaluation.asset_key.to_string(),
            "check_name": evaluation.check_name,
            "run_id": event.run_id,
            "partition": evaluation.partition,
            "execution_status": SUCCEEDED if evaluation.passed else FAILED,
            "evaluation_event": dg.serialize_value(event),
            "evaluation_event_timestamp": self._event_insert_timestamp(event),  # type: ignore[no-untyped-call]
            "evaluation_event_storage_id": event_id,
            "materialization_event_storage_id": target.storage_id if target else None,
        }


class _Waiting(threading.local):
    """What a thread has logged and not stored; None where it stores at once."""

    evaluations: list[dg.EventLogEntry] | None = None


class EnvironmentStorage(DagsterPostgresStorage):
    """Dagster's storage in PostgreSQL at the address in `BELIB_DAGSTER_POSTGRES_URL`."""

    def __init__(self, postgres_url: str, **options: Any) -> None:
        pool = _pooled(postgres_url)
        with _one_at_a_time(pool):
            super().__init__(postgres_url, **options)
        self._event_log_storage = EventLog(postgres_url)
        # Dagster offers a pool to its webserver alone, which replaces this one there.
        for storage in (self._run_storage, self._event_log_storage, self._schedule_storage):
            storage._engine = pool

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


@contextmanager
def _one_at_a_time(pool: sa.Engine) -> Iterator[None]:
    """Other processes wait here: two that make the tables at once fail on each other's."""
    key = {"key": _MAKING_TABLES}
    with retry_pg_connection_fn(pool.connect) as connection:
        connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), key)
        try:
            yield
        finally:
            connection.execute(sa.text("SELECT pg_advisory_unlock(:key)"), key)


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
