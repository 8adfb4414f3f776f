"""Maintenance deletes history and no status, on a real PostgreSQL instance."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import sqlalchemy as sa
from dagster._core.definitions.freshness import FreshnessState, FreshnessStateChange
from dagster._core.storage.asset_check_execution_record import (
    COMPLETED_ASSET_CHECK_EXECUTION_RECORD_STATUSES as COMPLETED,
)

from belib_weather.assets.check_factory import Finding, PartitionCheck, partition_check
from belib_weather.automation.live import RANGE_END, RANGE_START
from belib_weather.automation.maintenance import delete_compute_logs, maintenance
from belib_weather.partitions import Partitions, hour_key, window_of
from belib_weather.resources import Clock
from belib_weather.window import HOUR, Window

START = datetime(2026, 1, 1, tzinfo=UTC)
HOURS = Window(START, START + 200 * HOUR)
KEYS = [hour_key(hour) for hour in HOURS.hours]
AGAIN = KEYS[:20]
BROKEN = KEYS[-1]
PARTITIONS = Partitions.since(START)
STAMPS = {
    "event_logs": "timestamp",
    "asset_event_tags": "event_timestamp",
    "asset_check_executions": "create_timestamp",
    "runs": "update_timestamp",
}
LONG_AGO = timedelta(days=30)


@dg.asset(partitions_def=PARTITIONS.hourly, backfill_policy=dg.BackfillPolicy.single_run())
def measured(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    attempt = context.run.tags["attempt"]
    if attempt == "broken":
        raise dg.Failure("no such luck")
    for hour in window_of(context).hours:
        context.add_asset_metadata({"attempt": attempt}, partition_key=hour_key(hour))
    return dg.MaterializeResult()


def every_third_is_unsound(window: Window) -> Iterator[Finding]:
    for hour in window.hours:
        yield Finding(hour, hour.hour % 3 > 0, {"hour": hour.hour})


SOUND = partition_check(
    PartitionCheck("sound", measured, "A check.", every_third_is_unsound, frozenset()),
    PARTITIONS,
)
CHECK_KEY = dg.AssetCheckKey(measured.key, "sound")


@pytest.fixture
def engine(warehouse_url: str) -> Iterator[sa.Engine]:
    engine = sa.create_engine(warehouse_url)
    yield engine
    engine.dispose()


def materialize(instance: dg.DagsterInstance, attempt: str, **where: Any) -> bool:
    tags = {"attempt": attempt, **where.pop("tags", {})}
    return dg.materialize(
        [measured, SOUND], instance=instance, tags=tags, raise_on_error=False, **where
    ).success


@pytest.fixture
def aged(
    instance: dg.DagsterInstance, engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> dg.DagsterInstance:
    """An instance on which much happened a month ago, and whose records go in small batches."""
    monkeypatch.setattr("belib_weather.automation.event_log_retention.BATCH", 100)
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", "50")
    for attempt, keys in (("first", KEYS), ("second", AGAIN)):
        assert materialize(instance, attempt, tags={RANGE_START: keys[0], RANGE_END: keys[-1]})
    for attempt in ("third", "fourth"):
        assert materialize(instance, attempt, partition_key=KEYS[5])
    assert not materialize(instance, "broken", partition_key=BROKEN)
    for state in (FreshnessState.WARN, FreshnessState.FAIL):
        instance.report_runless_asset_event(dg.AssetObservation("measured", partition=KEYS[0]))
        instance.report_runless_asset_event(
            FreshnessStateChange(
                key=measured.key,
                new_state=state,
                previous_state=FreshnessState.PASS,
                state_change_timestamp=START.timestamp(),
            )
        )
    with engine.begin() as connection:
        for table, stamp in STAMPS.items():
            column: sa.ColumnClause[datetime] = sa.column(stamp)
            connection.execute(sa.table(table, column).update().values({stamp: column - LONG_AGO}))
    return instance


def statuses(instance: dg.DagsterInstance, engine: sa.Engine) -> dict[str, object]:
    """What the UI shows of the asset, its partitions and its check, read anew."""
    with engine.begin() as connection:  # Dagster's cache would hide what was lost
        connection.execute(sa.text("UPDATE asset_keys SET cached_status_data = NULL"))
    storage = instance.event_log_storage
    metadata: dict[str | None, object] = {}
    for record in storage.fetch_materializations(measured.key, limit=10_000).records:
        assert record.asset_materialization is not None
        metadata.setdefault(record.partition_key, record.asset_materialization.metadata)
    completed: dict[str | None, object] = {}
    for check in storage.get_asset_check_execution_history(CHECK_KEY, 10_000, status=COMPLETED):
        completed.setdefault(check.partition, (check.status, check.event))
    return {
        "materialized": instance.get_materialized_partitions(measured.key),
        "partitions": instance.get_status_by_partition(measured.key, KEYS, PARTITIONS.hourly),
        "metadata": metadata,
        "checks": {
            info.partition_key: info for info in storage.get_asset_check_partition_info([CHECK_KEY])
        },
        "completed checks": completed,
        "observation": storage.fetch_observations(measured.key, limit=1).records,
        "freshness": storage.get_freshness_state_records([measured.key]),
    }


def old_rows(engine: sa.Engine) -> dict[str, set[int]]:
    """Ids of the records that are old enough to be deleted, by table."""
    before = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=14)
    with engine.connect() as connection:
        return {
            table: set(
                connection.scalars(
                    sa.select(sa.column("id"))
                    .select_from(sa.table(table))
                    .where(sa.column(stamp) < before)
                )
            )
            for table, stamp in STAMPS.items()
        }


def maintain(instance: dg.DagsterInstance) -> None:
    assert maintenance.execute_in_process(instance=instance, resources={"clock": Clock()}).success


def test_old_records_are_deleted_once_and_every_status_stays(
    aged: dg.DagsterInstance, engine: sa.Engine
) -> None:
    before = statuses(aged, engine)
    partitions = before["partitions"]
    assert isinstance(partitions, dict)
    assert {key for key, status in partitions.items() if status.value == "FAILED"} == {BROKEN}

    maintain(aged)

    left = old_rows(engine)
    assert statuses(aged, engine) == before
    # the newest materializations, one failed attempt, one observation, one change of freshness
    assert len(left["event_logs"]) == len(KEYS) + 3
    # the newest of each partition, the completed one before the broken run, that of the ranges
    assert len(left["asset_check_executions"]) == len(KEYS) + 2
    assert len(left["runs"]) == 4  # all but the third, which left nothing that still counts

    maintain(aged)

    assert old_rows(engine) == left


def test_recent_history_is_kept(instance: dg.DagsterInstance, engine: sa.Engine) -> None:
    assert materialize(instance, "first", partition_key=KEYS[0])
    assert materialize(instance, "second", partition_key=KEYS[0])
    recent = {run.run_id: len(instance.all_logs(run.run_id)) for run in instance.get_runs()}

    maintain(instance)

    assert {run_id: len(instance.all_logs(run_id)) for run_id in recent} == recent


def test_only_old_compute_logs_are_removed(tmp_path: Path) -> None:
    for run in ("old", "new"):
        (tmp_path / run / "compute_logs").mkdir(parents=True)
    (tmp_path / "warehouse").mkdir()
    os.utime(tmp_path / "old" / "compute_logs", (0, 0))

    assert delete_compute_logs(tmp_path, datetime.now(UTC) - timedelta(days=14)) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "warehouse"]
