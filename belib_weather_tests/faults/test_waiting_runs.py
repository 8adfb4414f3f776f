"""Runs that wait too long in Dagster's queue are said, and that they do no more."""

from datetime import timedelta

import dagster as dg
import psycopg
import pytest

from belib_weather.local.waiting_runs import Queue, QueueWatch, queue


def wait(instance: dg.DagsterInstance, url: str, minutes: int) -> str:
    """A run that has waited for so long; its id."""
    run = instance.add_run(dg.DagsterRun(job_name="live", status=dg.DagsterRunStatus.NOT_STARTED))
    with psycopg.connect(url.replace("+psycopg2", "")) as connection:
        connection.execute(
            "UPDATE runs SET create_timestamp = now() AT TIME ZONE 'UTC' - %s WHERE run_id = %s",
            (timedelta(minutes=minutes), run.run_id),
        )
    return run.run_id


def test_the_queue_is_as_late_as_its_oldest_run(
    instance: dg.DagsterInstance, dagster_url: str
) -> None:
    assert queue(dagster_url) == Queue()
    wait(instance, dagster_url, 2)
    wait(instance, dagster_url, 9)
    found = queue(dagster_url)
    assert found
    assert found.is_late
    assert str(found) == "2 runs queued, the oldest for 9 min"


def test_a_change_of_the_queue_is_reported_once(
    instance: dg.DagsterInstance, dagster_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("belib_weather.local.waiting_runs._LOOK_SECONDS", 0)
    watch = QueueWatch(dagster_url)
    assert watch.look() is None
    run_id = wait(instance, dagster_url, 6)
    assert "1 runs queued, the oldest for 6 min" in (watch.look() or "")
    assert watch.look() is None
    instance.delete_run(run_id)
    assert watch.look() == "runs no longer wait in the queue"


def test_the_queue_is_unknown_while_the_database_does_not_answer() -> None:
    assert queue("postgresql+psycopg2://a:secret@127.0.0.1:9/dagster") is None
