"""Processes that run to their end: failed, hung, and those of a home that is closed."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from belib_weather.local.console import CommandError
from belib_weather.local.launcher import Launcher, Program, Task
from belib_weather.local.process_table import end_in_parallel, end_orphans, running
from belib_weather.local.run_plan import Run
from belib_weather.local.worker import Worker, reason_of

PATIENCE_SECONDS = 60


@pytest.fixture
def launcher(tmp_path: Path) -> Iterator[Launcher]:
    launcher = Launcher(tmp_path, {})
    yield launcher
    end_in_parallel(tmp_path, ["task"])
    end_orphans(tmp_path)


def task(launcher: Launcher, program: str, idle_seconds: float = 600) -> Task:
    return Task(launcher, Program("task", "A task", ("-c", program)), idle_seconds)


def code_of(running: Task) -> int:
    end = time.monotonic() + PATIENCE_SECONDS
    while (code := running.poll()) is None:
        assert time.monotonic() < end
        time.sleep(0.05)
    return code


def wait_for_line(line: str, launcher: Launcher) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while line not in launcher.log("task").read_text():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_failed_task_gives_its_last_output_as_the_reason(launcher: Launcher) -> None:
    failed = task(launcher, "import sys; print('working', flush=True); sys.exit('no snapshot')")
    assert code_of(failed) == 1
    assert failed.reason() == f"no snapshot (log {launcher.log('task')})"


def test_a_task_that_does_nothing_is_ended(launcher: Launcher) -> None:
    hung = task(launcher, "import time; time.sleep(600)", idle_seconds=1.5)
    assert code_of(hung) == -signal.SIGTERM
    assert not hung.has_succeeded
    assert "it did nothing for 2 s" in hung.reason()


def test_a_task_that_works_is_left_to_its_end(launcher: Launcher) -> None:
    program = "import time\nfor n in range(12): print(n, flush=True); time.sleep(0.25)"
    working = task(launcher, program, idle_seconds=1.5)
    assert code_of(working) == 0
    assert working.has_succeeded


def test_a_task_that_was_ended_has_not_succeeded(launcher: Launcher) -> None:
    """Not even one that ends well when it is asked to."""
    program = "import signal, sys, time\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\n"
    ended = task(launcher, f"{program}print('ready', flush=True)\ntime.sleep(600)")
    wait_for_line("ready", launcher)
    ended.end()
    assert ended.poll() == 0
    assert not ended.has_succeeded


def test_a_closed_launcher_starts_nothing(launcher: Launcher) -> None:
    launcher.close()
    with pytest.raises(CommandError, match="A task is not started any more"):
        task(launcher, "pass")


WORKER = """
import json, sys
json.loads(sys.stdin.readline())
print("has its settings", file=sys.stderr)
for line in sys.stdin:
    lane = json.loads(line)["lane"]
    if lane == "deadly":
        sys.exit("out of memory")
    print(json.dumps(["first", "no snapshot"] if lane == "bad" else []), flush=True)
"""


@pytest.fixture
def worker(launcher: Launcher) -> Worker:
    return Worker(launcher, "task", ("-c", WORKER))


def test_a_worker_executes_lanes_in_turn_and_reports_the_result_of_each(worker: Worker) -> None:
    works = [worker.begin(lane, [Run("live")]) for lane in ("good", "bad", "good")]

    assert [reason_of(work) is None for work in works] == [True, False, True]
    assert (reason_of(works[1]) or "").startswith("no snapshot (log ")
    assert [work.poll() for work in works] == [0, 1, 0]


def test_a_worker_that_dies_fails_its_runs_and_is_restarted(worker: Worker) -> None:
    works = [worker.begin(lane, [Run("live")]) for lane in ("good", "deadly", "good")]

    reasons = [reason_of(work) for work in works]
    assert reasons[0] is None
    assert all((reason or "").startswith("out of memory (log ") for reason in reasons[1:])
    assert reason_of(worker.begin("good", [Run("live")])) is None


def test_a_closed_worker_ends_with_its_last_lane(
    worker: Worker, launcher: Launcher, tmp_path: Path
) -> None:
    worker.prepare()
    work = worker.begin("good", [])
    wait_for_line("has its settings", launcher)
    [process] = running(tmp_path, ["task"])["task"]
    worker.close()

    process.wait(PATIENCE_SECONDS)
    assert work.has_succeeded


def test_orphans_of_a_killed_process_are_found_and_ended(
    launcher: Launcher, tmp_path: Path
) -> None:
    """As the runs of a code server do."""
    child = "import time; time.sleep(600)"
    program = (
        "import subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, '-c', {child!r}])\n"
        "print('started', flush=True); time.sleep(600)"
    )
    task(launcher, program)
    wait_for_line("started", launcher)
    [parent] = running(tmp_path, ["task"])["task"]
    [left] = parent.children()
    parent.kill()
    assert psutil.pid_exists(left.pid)
    end_in_parallel(tmp_path, ["task"])
    end_orphans(tmp_path)
    psutil.wait_procs([left], timeout=PATIENCE_SECONDS)
    assert not left.is_running()
