"""Where Dagster's records are: the PostgreSQL database that the environment names.

What belongs here: the class that dagster.yaml names, its connections, and the message for a shell
that has no address. What does not: the tables, which are Dagster's. Without this class Dagster
shows such a shell a stack trace of its configuration, and connects anew for every event: a live
tick opened 373 connections, each a new process of PostgreSQL.
Concept: https://docs.dagster.io/deployment/oss/oss-instance-configuration
"""

import os
from functools import cache
from typing import Any

import click
import sqlalchemy as sa
from dagster_postgres import DagsterPostgresStorage

VARIABLE = "BELIB_DAGSTER_POSTGRES_URL"
RECYCLE_SECONDS = 60
"""Less than what firewalls allow an idle connection, whose loss takes minutes to notice."""


class NoAddress(click.ClickException):
    """The environment names no database; a command prints the message alone and exits with 2."""

    exit_code = 2


class EnvironmentStorage(DagsterPostgresStorage):
    """Dagster's storage in PostgreSQL at the address in `BELIB_DAGSTER_POSTGRES_URL`."""

    def __init__(self, postgres_url: str, **options: Any) -> None:
        super().__init__(postgres_url, **options)
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
