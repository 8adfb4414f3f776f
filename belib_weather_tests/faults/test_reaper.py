"""Runs whose process is gone, on a real instance: they end, and nothing else does."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import psutil
import pytest
import sqlalchemy as sa
from dagster._core.events import EngineEventData
from dagster._core.test_utils import create_run_for_test

from belib_weather.local.reaper import MESSAGE, Reaper, is_alive, reap

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 120
DEFINITIONS = """
import time
import dagster as dg

@dg.asset
def waiting():
    time.sleep(600)

defs = dg.Definitions(assets=[waiting], executor=dg.in_process_executor)
"""


@pytest.fixture
def home(warehouse_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    url = sa.make_url(warehouse_url).set(drivername="postgresql+psycopg2")
    monkeypatch.setenv("BELIB_DAGSTER_POSTGRES_URL", url.render_as_string(hide_password=False))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    shutil.copy(ROOT / "dagster.yaml", tmp_path)
    (tmp_path / "definitions.py").write_text(DEFINITIONS)
    return tmp_path


@pytest.fixture
def instance(home: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.from_config(str(home)) as instance:
        yield instance


@pytest.fixture
def materializing(home: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Two `dagster asset materialize` of a shell."""
    command = [sys.executable, "-m", "dagster", "asset", "materialize", "--select", "waiting"]
    command += ["-f", str(home / "definitions.py")]
    processes = [
        subprocess.Popen(command, cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(2)
    ]
    yield processes
    for process in processes:
        process.kill()
        process.wait()


def statuses(instance: dg.DagsterInstance) -> list[str]:
    return sorted(run.status.value for run in instance.get_runs())


def pids(instance: dg.DagsterInstance) -> set[str]:
    """Processes that the runs have named."""
    return {
        str(entry.dagster_event.engine_event_data.metadata["pid"].value)
        for run in instance.get_runs()
        for entry in instance.all_logs(run.run_id, of_type=dg.DagsterEventType.ENGINE_EVENT)
        if entry.dagster_event and "pid" in entry.dagster_event.engine_event_data.metadata
    }


@pytest.mark.slow
def test_a_run_of_a_killed_command_line_fails_and_a_running_one_continues(
    instance: dg.DagsterInstance, home: Path, materializing: list[subprocess.Popen[bytes]]
) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while pids(instance) < {str(process.pid) for process in materializing}:
        assert time.monotonic() < end
        time.sleep(0.5)
    assert list(reap(instance, str(home), launched_only=False)) == []

    materializing[0].kill()  # it stays in the process table until its parent asks

    assert list(reap(instance, str(home), launched_only=True)) == []  # it could be elsewhere
    [line] = Reaper(lambda: instance, str(home), launched_only=False).look()
    assert "has no process any more" in line
    assert statuses(instance) == ["FAILURE", "STARTED"]
    [failed] = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE]))
    [event] = instance.all_logs(failed.run_id, of_type=dg.DagsterEventType.RUN_FAILURE)
    assert MESSAGE in event.user_message or MESSAGE in str(event.dagster_event)


def test_a_run_whose_pid_another_program_has_now_fails(
    instance: dg.DagsterInstance, home: Path
) -> None:
    run = create_run_for_test(instance, status=dg.DagsterRunStatus.STARTED)
    with subprocess.Popen(["sleep", "60"], env={"PATH": os.environ["PATH"]}) as other:
        instance.report_engine_event("Started", run, EngineEventData.in_process(other.pid))
        assert len(list(reap(instance, str(home), launched_only=False))) == 1
        other.kill()
    assert statuses(instance) == ["FAILURE"]


def test_a_starting_run_is_left_alone_and_a_canceling_one_is_canceled(
    instance: dg.DagsterInstance, home: Path
) -> None:
    create_run_for_test(instance, status=dg.DagsterRunStatus.STARTING)
    create_run_for_test(instance, status=dg.DagsterRunStatus.STARTED)  # has not named its process
    canceling = create_run_for_test(instance, status=dg.DagsterRunStatus.CANCELING)
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
        instance.report_engine_event("Started", canceling, EngineEventData.in_process(gone.pid))
    list(reap(instance, str(home), launched_only=False))
    assert statuses(instance) == ["CANCELED", "STARTED", "STARTING"]


def test_a_process_that_started_later_than_recorded_is_not_the_same(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = psutil.Process()
    started = datetime.fromtimestamp(me.create_time(), UTC)
    monkeypatch.setattr(psutil.Process, "environ", lambda _: {"DAGSTER_HOME": str(home)})
    assert is_alive(me.pid, started, str(home))
    assert not is_alive(me.pid, datetime(2026, 1, 1, tzinfo=UTC), str(home))
    assert not is_alive(me.pid, started, "/another/home")
