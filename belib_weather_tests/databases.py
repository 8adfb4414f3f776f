"""Databases of a test's own on one PostgreSQL server."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import sqlalchemy as sa
import stamina
from psycopg import sql


def fresh_name() -> str:
    """A name that no other test has."""
    return f"t{uuid.uuid4().hex[:16]}"


class Databases:
    """Creates and drops databases on one PostgreSQL server."""

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url).set(drivername="postgresql+psycopg")
        bare = self.url.set(drivername="postgresql")
        self._bare = bare.render_as_string(hide_password=False)

    def execute(self, statement: str, **names: str) -> None:
        """Execute a statement with identifiers in its braces."""
        with psycopg.connect(self._bare, autocommit=True) as connection:
            connection.execute(
                sql.SQL(statement).format(**{k: sql.Identifier(v) for k, v in names.items()})
            )

    def url_of(self, database: str) -> str:
        """The address of a database."""
        return self.url.set(database=database).render_as_string(hide_password=False)

    def disconnect(self, name: str) -> None:
        """End the connections to a database that is to be copied."""
        with psycopg.connect(self._bare) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )

    # Who owns a database may not end an autovacuum in it, which is over within a moment.
    @stamina.retry(on=psycopg.errors.InsufficientPrivilege, attempts=None, timeout=60)
    def drop(self, name: str) -> None:
        """Drop a database, with whatever is still connected to it."""
        self.execute("DROP DATABASE {name} WITH (FORCE)", name=name)

    @contextmanager
    def copied(self, template: str) -> Iterator[str]:
        """Name of a copy of a database, which is dropped afterwards."""
        name = fresh_name()
        self.execute(
            "CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY",
            name=name,
            template=template,
        )
        yield name
        self.drop(name)

    @contextmanager
    def fresh(self, template: str) -> Iterator[str]:
        """Address of a copy of a database, dropped afterwards."""
        with self.copied(template) as name:
            yield self.url_of(name)
