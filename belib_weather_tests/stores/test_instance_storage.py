"""Connections of Dagster's processes to its records in PostgreSQL."""

from collections.abc import Iterator

import dagster as dg
import psycopg
import pytest
import sqlalchemy as sa
from dagster._core.test_utils import create_run_for_test

SOME = 30


@pytest.fixture
def server(instance: dg.DagsterInstance, warehouse_url: str) -> Iterator[psycopg.Connection]:
    """Asks the server itself, from another database; the tables of Dagster are there."""
    address = sa.make_url(warehouse_url).set(drivername="postgresql", database="postgres")
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


def test_many_runs_take_one_connection(
    instance: dg.DagsterInstance, server: psycopg.Connection, warehouse_url: str
) -> None:
    seen = set()
    for _ in range(SOME):
        create_run_for_test(instance)
        seen |= backends(server, warehouse_url)

    assert len(seen) == 1


def test_instances_of_one_process_share_a_connection(
    instance: dg.DagsterInstance, server: psycopg.Connection, warehouse_url: str
) -> None:
    for _ in range(SOME):
        with dg.DagsterInstance.from_config(instance.root_directory) as another:
            create_run_for_test(another)

    assert len(backends(server, warehouse_url)) == 1


def test_a_connection_that_the_server_ended_is_replaced(
    instance: dg.DagsterInstance, server: psycopg.Connection, warehouse_url: str
) -> None:
    first = create_run_for_test(instance)
    ended = backends(server, warehouse_url)
    assert ended
    for pid in ended:
        server.execute("SELECT pg_terminate_backend(%s)", [pid])

    assert instance.get_run_by_id(first.run_id)
    assert backends(server, warehouse_url).isdisjoint(ended)
