"""Connections of Dagster's processes to its records in PostgreSQL."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext

import dagster as dg
import polars as pl
import psycopg
import pytest
import sqlalchemy as sa
from dagster._core.test_utils import create_run_for_test
from polars.testing import assert_frame_equal

from belib_weather.automation import instance_storage
from belib_weather.dagster_internals import CHECK_EXECUTIONS, EVENTS

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


OPENED_WHEN_ASKED = """
import sys
from belib_weather.automation.instance_storage import EnvironmentStorage
print("imported", flush=True)
sys.stdin.readline()
EnvironmentStorage(sys.argv[1])
"""


def test_processes_that_begin_at_once_on_an_empty_database_all_find_their_tables(
    empty_database: str,
) -> None:
    url = empty_database.replace("+psycopg:", "+psycopg2:")
    beginning = [
        subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", OPENED_WHEN_ASKED, url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in beginning:
        assert process.stdout
        assert process.stdout.readline() == "imported\n"
    for process in beginning:
        assert process.stdin
        process.stdin.write("now\n")
        process.stdin.flush()

    said = [process.communicate()[1] for process in beginning]

    assert [process.returncode for process in beginning] == [0] * 4, said
    assert "Retrying" not in "".join(said)


DAYS = dg.DailyPartitionsDefinition("2026-11-01")
RANGE = {
    "dagster/asset_partition_range_start": "2026-11-02",
    "dagster/asset_partition_range_end": "2026-11-08",
}


@dg.asset(partitions_def=DAYS, backfill_policy=dg.BackfillPolicy.single_run())
def measured() -> None: ...


@dg.asset(deps=[measured], partitions_def=DAYS, backfill_policy=dg.BackfillPolicy.single_run())
def derived() -> None: ...


@dg.asset_check(asset=derived, partitions_def=DAYS)
def is_right() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True)


@pytest.mark.parametrize("most", ["3", "50"])
def test_a_range_leaves_the_same_records_whether_its_plan_is_stored_together_or_one_by_one(
    instance: dg.DagsterInstance,
    warehouse_url: str,
    monkeypatch: pytest.MonkeyPatch,
    most: str,
) -> None:
    job = dg.Definitions(
        assets=[measured, derived],
        asset_checks=[is_right],
        jobs=[dg.define_asset_job("all_of_it", selection="*")],
    ).resolve_job_def("all_of_it")
    engine = sa.create_engine(warehouse_url)

    def records(batch_size: str) -> list[pl.DataFrame]:
        monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", batch_size)
        run = job.execute_in_process(instance=instance, tags=RANGE).dagster_run.run_id
        for asset in (measured.key, derived.key):
            planned = instance.get_latest_planned_materialization_info(asset)
            assert planned
            assert planned.run_id == run
        events = sa.select(
            EVENTS.c.dagster_event_type, EVENTS.c.asset_key, EVENTS.c.partition, EVENTS.c.step_key
        ).where(EVENTS.c.run_id == run)
        table = CHECK_EXECUTIONS.c
        checks = sa.select(
            table.asset_key, table.check_name, table.partition, table.execution_status
        ).where(table.run_id == run)
        with engine.connect() as connection:
            return [
                pl.read_database(query, connection, infer_schema_length=None)
                for query in (events.order_by(EVENTS.c.id), checks.order_by(table.partition))
            ]

    together, one_by_one = records(most), records("0")
    is_planned = pl.col("dagster_event_type") == "ASSET_MATERIALIZATION_PLANNED"
    assert together[0].filter(is_planned).height == 2 * 7
    assert together[1].height > 0
    for left, right in zip(together, one_by_one, strict=True):
        assert_frame_equal(left, right, check_row_order=False)


WRONG_DAYS = {"2026-11-03", "2026-11-07"}


def evaluation(partition: str) -> dg.AssetCheckEvaluation:
    return dg.AssetCheckEvaluation(
        asset_key=derived.key,
        check_name="is_right",
        passed=partition not in WRONG_DAYS,
        metadata={"day": partition},
        severity=dg.AssetCheckSeverity.WARN,
        blocking=False,
        partition=partition,
    )


@pytest.mark.parametrize("most", [3, 500])
def test_evaluations_are_the_same_whether_they_are_stored_together_or_one_by_one(
    instance: dg.DagsterInstance, warehouse_url: str, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(instance_storage, "MOST_TOGETHER", most)

    @dg.op
    def evaluates(context: dg.OpExecutionContext) -> None:
        keys = DAYS.get_partition_keys_in_range(dg.PartitionKeyRange("2026-11-02", "2026-11-08"))
        storage = context.instance.event_log_storage
        is_together = bool(context.run.tags.get("together"))
        with storage.evaluations_together() if is_together else nullcontext():  # type: ignore[attr-defined]
            for key in keys:
                context.log_event(evaluation(key))  # type: ignore[arg-type]

    @dg.job
    def only() -> None:
        evaluates()

    table = CHECK_EXECUTIONS.c
    engine = sa.create_engine(warehouse_url)

    def records(**tags: str) -> tuple[list[tuple[object, ...]], list[str]]:
        run = only.execute_in_process(instance=instance, tags=tags).dagster_run.run_id
        query = sa.select(
            table.asset_key,
            table.check_name,
            table.partition,
            table.execution_status,
            EVENTS.c.dagster_event_type,
            table.evaluation_event == EVENTS.c.event,
            table.evaluation_event_timestamp == EVENTS.c.timestamp,
            table.materialization_event_storage_id,
        ).join_from(CHECK_EXECUTIONS, EVENTS, EVENTS.c.id == table.evaluation_event_storage_id)
        with engine.connect() as connection:
            stored = connection.execute(query.where(table.run_id == run).order_by(table.partition))
            executions = [tuple(row) for row in stored]
        latest = instance.event_log_storage.get_latest_asset_check_execution_by_key(
            [dg.AssetCheckKey(derived.key, "is_right")]
        )
        return executions, [str(one.status) for one in latest.values()]

    together, one_by_one = records(together="yes"), records()

    assert together == one_by_one
    assert [row[3] for row in together[0]].count("FAILED") == 2
    assert len(together[0]) == 7
