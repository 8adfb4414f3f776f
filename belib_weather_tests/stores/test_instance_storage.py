"""Connections of Dagster's processes to its records in PostgreSQL."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import psycopg
import pytest
import sqlalchemy as sa
from dagster._core.test_utils import create_run_for_test

from belib_weather_tests.local_stores import CHECKOUT

SOME = 30


@pytest.fixture
def home(empty_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Dagster home whose records are in a database of its own."""
    address = sa.make_url(empty_database).set(drivername="postgresql+psycopg2")
    url = address.render_as_string(hide_password=False)
    monkeypatch.setenv("BELIB_DAGSTER_POSTGRES_URL", url)
    shutil.copy(CHECKOUT / "dagster.yaml", tmp_path)
    return tmp_path


@pytest.fixture
def server(home: Path, empty_database: str) -> Iterator[psycopg.Connection]:
    """Asks the server itself; the tables of Dagster are there."""
    with dg.DagsterInstance.from_config(str(home)):
        pass
    address = sa.make_url(empty_database).set(drivername="postgresql", database="postgres")
    with psycopg.connect(
        address.render_as_string(hide_password=False), autocommit=True
    ) as connection:
        yield connection


def backends(server: psycopg.Connection, url: str) -> set[int]:
    """Processes of the server that wait for requests on a database."""
    found = server.execute(
        "SELECT pid FROM pg_stat_activity WHERE datname = %s", [sa.make_url(url).database]
    )
    return {pid for (pid,) in found}


def test_many_runs_take_few_connections(
    home: Path, server: psycopg.Connection, empty_database: str
) -> None:
    seen = set()
    with dg.DagsterInstance.from_config(str(home)) as instance:
        for _ in range(SOME):
            create_run_for_test(instance)
            seen |= backends(server, empty_database)

    assert len(seen) == 1


def test_instances_of_one_process_share_a_connection(
    home: Path, server: psycopg.Connection, empty_database: str
) -> None:
    for _ in range(SOME):
        with dg.DagsterInstance.from_config(str(home)) as instance:
            create_run_for_test(instance)

    assert len(backends(server, empty_database)) == 1


def test_a_connection_that_the_server_ended_is_replaced(
    home: Path, server: psycopg.Connection, empty_database: str
) -> None:
    with dg.DagsterInstance.from_config(str(home)) as instance:
        first = create_run_for_test(instance)
        ended = backends(server, empty_database)
        assert ended
        for pid in ended:
            server.execute("SELECT pg_terminate_backend(%s)", [pid])

        assert instance.get_run_by_id(first.run_id)
        assert backends(server, empty_database).isdisjoint(ended)
