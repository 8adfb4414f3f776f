"""Maintenance forgets history and no status, on a real PostgreSQL instance."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy as sa

from belib_weather.automation.maintenance import forget_before, forget_compute_logs, maintenance

DAYS = dg.DailyPartitionsDefinition("2026-01-01", end_date="2026-01-08")
TIMES = 2


@dg.asset(partitions_def=DAYS)
def measured(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(metadata={"times": len(context.run.tags)})


@dg.asset_check(asset=measured, partitions_def=DAYS)
def sound() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True)


@pytest.fixture
def instance(warehouse_url: str, tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    url = sa.make_url(warehouse_url).set(drivername="postgresql+psycopg2")
    storage = {"postgres": {"postgres_url": url.render_as_string(hide_password=False)}}
    with dg.instance_for_test(
        temp_dir=str(tmp_path), overrides={"storage": storage, "telemetry": {"enabled": False}}
    ) as instance:
        yield instance


@pytest.fixture
def engine(warehouse_url: str) -> Iterator[sa.Engine]:
    engine = sa.create_engine(warehouse_url)
    yield engine
    engine.dispose()


@pytest.fixture
def aged(instance: dg.DagsterInstance, engine: sa.Engine) -> dg.DagsterInstance:
    """An instance whose partitions were materialized twice, all of it a month ago."""
    for _ in range(TIMES):
        for key in DAYS.get_partition_keys():
            assert dg.materialize([measured, sound], instance=instance, partition_key=key).success
    with engine.begin() as connection:
        for table, column in (
            ("event_logs", "timestamp"),
            ("asset_event_tags", "event_timestamp"),
            ("asset_check_executions", "create_timestamp"),
            ("runs", "update_timestamp"),
        ):
            connection.execute(
                sa.text(f"UPDATE {table} SET {column} = {column} - interval '30 days'")  # noqa: S608
            )
    return instance


def statuses(instance: dg.DagsterInstance) -> tuple[set[str], dict[str | None, str], object]:
    """What the UI shows: materialized partitions, check results, and the newest metadata."""
    key = measured.key
    checks = instance.event_log_storage.get_asset_check_execution_history(
        dg.AssetCheckKey(key, "sound"), limit=10_000
    )
    newest: dict[str | None, str] = {}
    for record in checks:
        newest.setdefault(record.partition, record.status.value)
    event = instance.get_latest_materialization_event(key)
    assert event is not None
    assert event.asset_materialization is not None
    return instance.get_materialized_partitions(key), newest, event.asset_materialization.metadata


def rows(engine: sa.Engine, table: str) -> int:
    with engine.connect() as connection:
        return int(
            connection.execute(sa.select(sa.func.count()).select_from(sa.table(table))).scalar_one()
        )


def test_old_history_goes_and_every_status_stays(
    aged: dg.DagsterInstance, engine: sa.Engine
) -> None:
    before, events = statuses(aged), rows(engine, "event_logs")

    deleted = forget_before(engine, datetime.now(UTC) - timedelta(days=14))

    partitions = len(DAYS.get_partition_keys())
    assert deleted["events"] == events - partitions
    assert rows(engine, "event_logs") == partitions
    assert rows(engine, "asset_check_executions") == partitions
    assert rows(engine, "runs") == partitions
    assert statuses(aged) == before


def test_a_second_time_nothing_is_left_to_do(aged: dg.DagsterInstance, engine: sa.Engine) -> None:
    cutoff = datetime.now(UTC) - timedelta(days=14)
    forget_before(engine, cutoff)

    assert set(forget_before(engine, cutoff).values()) == {0}


def test_recent_history_is_kept(instance: dg.DagsterInstance, engine: sa.Engine) -> None:
    assert dg.materialize([measured, sound], instance=instance, partition_key="2026-01-05").success
    events = rows(engine, "event_logs")

    assert maintenance.execute_in_process(instance=instance).success

    assert rows(engine, "event_logs") > events  # its own events on top


def test_only_old_compute_logs_are_removed(tmp_path: Path) -> None:
    for run in ("old", "new"):
        (tmp_path / run / "compute_logs").mkdir(parents=True)
    import os

    os.utime(tmp_path / "old" / "compute_logs", (0, 0))

    assert forget_compute_logs(tmp_path, datetime.now(UTC) - timedelta(days=14)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["new"]
