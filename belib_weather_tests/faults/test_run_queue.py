"""The run queue of dagster.yaml, on a real instance: whatever hangs, the next poll starts."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy as sa
from dagster._core.remote_origin import (
    RegisteredCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.test_utils import create_run_for_test
from dagster._daemon.run_coordinator.queued_run_coordinator_daemon import (
    QueuedRunCoordinatorDaemon,
)

from belib_weather.automation.run_queue import SLOT_TAG, Slot
from belib_weather.partitions import LIVE_TAG

ROOT = Path(__file__).resolve().parents[2]
LIVE = {LIVE_TAG: "true"}
BACKFILL = {"dagster/backfill": "abcdefgh"}
STARTED = dg.DagsterRunStatus.STARTED


@dg.job
def a_job() -> None:
    """A job that nothing executes here."""


@pytest.fixture
def instance(
    warehouse_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dg.DagsterInstance]:
    """An instance by the file that the platform runs with."""
    url = sa.make_url(warehouse_url).set(drivername="postgresql+psycopg2")
    monkeypatch.setenv("BELIB_DAGSTER_POSTGRES_URL", url.render_as_string(hide_password=False))
    shutil.copy(ROOT / "dagster.yaml", tmp_path)
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        yield instance


def queued(instance: dg.DagsterInstance, tags: dict[str, str]) -> str:
    repository = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("location"), "repository")
    run = create_run_for_test(
        instance,
        tags=tags,
        remote_job_origin=RemoteJobOrigin(repository, "a_job"),
        job_code_origin=dg.reconstructable(a_job).get_python_origin(),
    )
    coordinator = instance.run_coordinator
    coordinator.submit_run(dg.SubmitRunContext(run, workspace=None))  # type: ignore[arg-type]
    return str(run.run_id)


def started(instance: dg.DagsterInstance, tags: dict[str, str]) -> None:
    """A run that left the queue and hangs."""
    record = instance.get_run_by_id(queued(instance, tags))
    assert record is not None
    instance.report_dagster_event(
        dg.DagsterEvent("PIPELINE_START", record.job_name), run_id=record.run_id
    )


def next_runs(instance: dg.DagsterInstance) -> list[str]:
    """What the daemon would start now."""
    daemon = QueuedRunCoordinatorDaemon(interval_seconds=1)
    config = instance.get_concurrency_config()
    return [run.run_id for run in daemon._get_runs_to_dequeue(instance, config, None)]


def test_the_live_job_starts_whatever_else_runs_or_hangs(instance: dg.DagsterInstance) -> None:
    for _ in range(3):  # killed `dagster asset materialize` processes, which nobody queued
        create_run_for_test(instance, status=STARTED)
    started(instance, {})  # launched in the UI
    started(instance, BACKFILL)
    started(instance, LIVE)  # a poll that hangs
    other = [queued(instance, {}), queued(instance, BACKFILL | LIVE)]
    poll = queued(instance, LIVE)

    assert next_runs(instance) == [poll]
    assert not {*other} & {*next_runs(instance)}


def test_every_queued_run_has_a_slot_and_everything_runs_when_nothing_hangs(
    instance: dg.DagsterInstance,
) -> None:
    runs = {
        queued(instance, tags): slot
        for tags, slot in (({}, Slot.OTHER), (BACKFILL, Slot.OTHER), (LIVE, Slot.POLL))
    }
    for run_id, slot in runs.items():
        run = instance.get_run_by_id(run_id)
        assert run is not None
        assert run.tags[SLOT_TAG] == slot
    assert set(next_runs(instance)) == set(runs)


def test_runs_are_retried_once_and_start_failures_for_four_minutes(
    instance: dg.DagsterInstance,
) -> None:
    assert instance.run_retries_enabled
    assert instance.run_retries_max_retries == 1
    assert not instance.run_retries_retry_on_asset_or_op_failure
    queue = instance.get_concurrency_config().run_queue_config
    assert queue is not None
    waits = queue.max_user_code_failure_retries * queue.user_code_failure_retry_delay
    assert waits >= 240  # twice the time that a code server may be silent
