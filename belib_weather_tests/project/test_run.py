"""The test run itself: no server left behind, nothing left out in silence."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from belib_weather_tests.cleanup import MARK, marked

CHECKOUT = Path(__file__).parents[2]
# A run that starts a server in a session of its own and does not end it.
CARELESS = """
import json, os, signal, subprocess, sys
from pathlib import Path
from belib_weather_tests.cleanup import Run
run = Run(Path(sys.argv[1]))
signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # servers that end are gone, not zombies
sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
marks = [(sys.argv[1], {}), ("elsewhere", os.environ)]
servers = [
    subprocess.Popen([*sleep, argument], env={**given}, start_new_session=True)
    for argument, given in marks
]
print(json.dumps([server.pid for server in servers]), flush=True)
sys.stdin.read()
print(json.dumps(run.end()))
"""


@pytest.fixture
def careless(tmp_path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CARELESS, str(tmp_path / "run")],
        cwd=CHECKOUT,
        # Else the run around this test would take it for one of its own.
        env={name: value for name, value in os.environ.items() if name != MARK},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def servers_of(run: subprocess.Popen[str]) -> list[psutil.Process]:
    assert run.stdout
    return [psutil.Process(pid) for pid in json.loads(run.stdout.readline())]


def test_a_killed_run_leaves_no_process(careless: subprocess.Popen[str]) -> None:
    servers = servers_of(careless)
    careless.send_signal(signal.SIGKILL)
    careless.wait()
    _, living = psutil.wait_procs(servers, timeout=60)
    assert living == []


def test_a_finished_run_ends_and_names_leftover_processes(
    careless: subprocess.Popen[str],
) -> None:
    servers = servers_of(careless)
    output, _ = careless.communicate()
    assert [psutil.pid_exists(server.pid) and server.is_running() for server in servers] == [
        False,
        False,
    ]
    assert len(json.loads(output)) == 2
    assert "left running, ended now: " in output


def test_a_run_leaves_the_processes_of_other_runs_alone(tmp_path: Path) -> None:
    others = [f"{tmp_path}/run-12/home", f"--data={tmp_path}/run-12"]
    ours = [f"{tmp_path}/run-1", f"--data={tmp_path}/run-1/home"]
    wait = [sys.executable, "-c", "import time; time.sleep(600)"]
    processes = [subprocess.Popen([*wait, argument], env={}) for argument in (*others, *ours)]
    found = {process.pid for process in marked(f"{tmp_path}/run-1", but=os.getpid())}
    for process in processes:
        process.kill()
        process.wait()
    assert found == {process.pid for process in processes[2:]}


def test_a_run_without_recorded_data_ends_with_the_number_of_skipped_tests() -> None:
    tests = "belib_weather_tests/project/test_bodies.py"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", tests, "--recorded-data", "nowhere"],
        cwd=CHECKOUT,
        env={"CI": "true", **{n: v for n, v in os.environ.items() if n not in {MARK, "CI"}}},
        capture_output=True,
        text=True,
        check=False,
    )
    output = done.stdout.splitlines()
    assert output[-1] == "1 tests on recorded data left out: nowhere is not here"
    assert done.returncode == 0
