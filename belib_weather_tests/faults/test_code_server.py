"""Dagster's code server that is watched: killed, stopped, shut down in both its ways.

A server that gets the request to shut down runs on: until its runs have ended, and then for up to
three minutes until its calls have. All the while its process lives and it refuses runs.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import dagster as dg
import grpc
import psutil
import pytest

from belib_weather.embedded.loopback import free_port
from belib_weather.embedded.startup import StartLimits
from belib_weather.local.health import Health, Verdict, code_server_health
from belib_weather.local.launcher import Launcher, Program
from belib_weather.local.process_table import end_in_parallel, end_orphans, running
from belib_weather.local.python_process import PythonProcess
from belib_weather.local.supervisor import Supervisor
from belib_weather.local.watch import Rules

NAME, TITLE = "code-server", "The code server"
PATIENCE_SECONDS = 120
SOON = Rules(silent_seconds=12, notice_seconds=4)
"""In place of two minutes; a question waits 5 s for its answer."""
INSTANCE = """
telemetry: {enabled: false}
run_coordinator: {module: dagster.core.run_coordinator, class: DefaultRunCoordinator}
"""
DEFINITIONS = """
import time
from pathlib import Path
import dagster as dg

@dg.op
def wait_for_a_file(context):
    folder = Path(__file__).parent
    (folder / "begun").touch()
    while not (folder / "go on").exists():
        time.sleep(0.2)

@dg.job
def waiting():
    wait_for_a_file()

defs = dg.Definitions(jobs=[waiting])
"""


class CodeServer:
    """A watched code server with one job."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.home = folder / "dagster home"
        self.home.mkdir()
        (self.home / "dagster.yaml").write_text(INSTANCE)
        (folder / "definitions.py").write_text(DEFINITIONS)
        self.environment = {"DAGSTER_HOME": str(self.home)}
        self.launcher = Launcher(folder, self.environment)
        arguments = ["-m", "dagster", "api", "grpc", "--host", "127.0.0.1"]
        arguments += ["--port", str(self.port), "--python-file", str(folder / "definitions.py")]
        self.process = PythonProcess(
            self.launcher,
            Program(NAME, TITLE, arguments),
            lambda _: self.health(),
            check_seconds=1.0,
        )
        self.lines: list[str] = []

    def health(self) -> Health:
        return code_server_health(self.port)

    @property
    def pid(self) -> int:
        [process] = running(self.folder, [NAME])[NAME]
        return process.pid

    def call(self, method: str) -> grpc.Channel:
        """Call a method of Dagster's service without arguments; a channel to be closed."""
        channel = grpc.insecure_channel(f"127.0.0.1:{self.port}")
        channel.unary_unary(
            f"/api.DagsterApi/{method}", request_serializer=bytes, response_deserializer=bytes
        )(b"", timeout=10)
        return channel

    def wait_for(self, text: str, since: int) -> float:
        """Wait for a report; how long it took."""
        began = time.monotonic()
        while not any(text in line for line in self.lines[since:]):
            assert time.monotonic() < began + PATIENCE_SECONDS, f"{text!r}: {self.lines}"
            time.sleep(0.1)
        return time.monotonic() - began

    def comes_back(self, action: Callable[[], object]) -> list[str]:
        """What is reported from the action on until it runs again, on its port."""
        before, since = self.pid, len(self.lines)
        action()
        self.wait_for(f"{TITLE} runs again", since)
        assert self.pid != before
        assert self.health().is_healthy
        return self.lines[since:]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodeServer]:
    server = CodeServer(tmp_path_factory.mktemp("code server"))
    server.process.start(StartLimits(), server.lines.append)
    # So short a time well that each test finds its trouble reported anew.
    rules = Rules(SOON.silent_seconds, SOON.notice_seconds, stable_seconds=0)
    with closing(Supervisor(server.lines.append, rules)) as supervisor:
        supervisor.watch(server.process)
        yield server
    server.launcher.close()
    end_in_parallel(server.folder, [NAME])
    end_orphans(server.folder)


def test_a_killed_code_server_is_restarted(server: CodeServer) -> None:
    lines = server.comes_back(psutil.Process(server.pid).kill)
    assert "was killed by SIGKILL" in lines[0]


@pytest.mark.slow
def test_a_code_server_that_does_not_answer_is_restarted(server: CodeServer) -> None:
    lines = server.comes_back(psutil.Process(server.pid).suspend)
    assert "does not answer (its gRPC service does not answer (DEADLINE_EXCEEDED))" in lines[0]
    assert "has not answered for" in lines[1]


def test_a_code_server_that_is_shut_down_is_restarted(server: CodeServer) -> None:
    lines = server.comes_back(lambda: server.call("ShutdownServer").close())
    assert "ended with exit code 0" in lines[0] or "it accepts no calls" in lines[0]


@pytest.mark.slow
def test_a_code_server_that_waits_for_its_calls_is_replaced_within_seconds(
    server: CodeServer,
) -> None:
    """A client that does not read its answer keeps a call open."""
    old = psutil.Process(server.pid)
    with grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        ping = channel.unary_stream(
            "/api.DagsterApi/StreamingPing",
            request_serializer=bytes,
            response_deserializer=bytes,
        )
        endless = b"\x08\xff\xff\xff\xff\x07\x12\x64" + b"x" * 100  # sequence_length, echo
        answers = ping(endless)
        next(answers)
        since = len(server.lines)
        server.call("ShutdownServer").close()
        time.sleep(1)
        assert old.is_running(), "it waits for the call"
        assert server.wait_for("it accepts no calls", since) < 20
        server.wait_for(f"{TITLE} runs again", since)
    assert not old.is_running()
    assert server.health().is_healthy


@pytest.mark.slow
def test_a_code_server_that_waits_for_a_run_is_replaced_and_the_run_continues(
    server: CodeServer,
) -> None:
    workspace = server.folder / "workspace.yaml"
    workspace.write_text(
        "load_from:\n"
        f"  - grpc_server: {{host: 127.0.0.1, port: {server.port}, location_name: waiting}}\n"
    )
    subprocess.run(
        [sys.executable, "-m", "dagster", "job", "launch", "-w", workspace, "-j", "waiting"],
        env={"PATH": "/usr/bin:/bin", **server.environment},
        cwd=server.folder,
        check=True,
        capture_output=True,
    )
    wait_until((server.folder / "begun").exists)
    old, since = psutil.Process(server.pid), len(server.lines)
    server.call("ShutdownServer").close()
    assert server.health() == Health(Verdict.REFUSING, "it is shutting down and refuses runs")
    assert server.wait_for("it is shutting down and refuses runs", since) < 20
    server.wait_for(f"{TITLE} runs again", since)
    assert not old.is_running()

    (server.folder / "go on").touch()
    with dg.DagsterInstance.from_config(str(server.home)) as instance:
        [run] = instance.get_runs()

        def is_over() -> bool:
            found = instance.get_run_by_id(run.run_id)
            return found is not None and found.is_finished

        wait_until(is_over)
        found = instance.get_run_by_id(run.run_id)
        assert found
        assert found.status is dg.DagsterRunStatus.SUCCESS


def wait_until(look: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not look():
        assert time.monotonic() < end
        time.sleep(0.2)
