"""Dagster's webserver and daemon as processes, and questions to them by GraphQL."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from belib_weather.embedded.loopback import free_port
from belib_weather.local.health import code_server_health
from belib_weather.window import HOUR, floor_hour
from belib_weather_tests.clocks import A_TEST_LASTS

ROOT = Path(__file__).resolve().parents[2]
LOCATION = "belib_weather.definitions"
REPOSITORY = {"repositoryName": "__repository__", "repositoryLocationName": LOCATION}
PATIENCE_SECONDS = 180
T = TypeVar("T")


def wait_for(what: str, look: Callable[[], T | None]) -> T:
    """Look until there is something to see."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        found = look()
        if found is not None:
            return found
        time.sleep(0.5)
    pytest.fail(f"waited {PATIENCE_SECONDS} s in vain for {what}")


def in_an_hour_that_lasts() -> datetime:
    """The current hour, which lasts longer than a test; waits for the next where need be.

    Processes poll by this machine's clock, and the test looks for their polls in this hour.
    """
    now = datetime.now(UTC)
    left = floor_hour(now) + HOUR - now
    if left < A_TEST_LASTS:
        time.sleep(left.total_seconds())
    return floor_hour(datetime.now(UTC))


class Webserver:
    """GraphQL questions to the running webserver."""

    def __init__(self, address: str) -> None:
        self.address = address

    def ask(self, query: str, **variables: Any) -> Any:
        """The data of an answer; a GraphQL error fails the test."""
        answer = httpx.post(
            f"{self.address}/graphql",
            json={"query": query, "variables": variables},
            timeout=60,
        ).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def stop_schedules(self) -> None:
        """Have nothing run but what is asked for; before a daemon looks at its clock."""
        for schedule in self.ask(AUTOMATION, repository=REPOSITORY)["repositoryOrError"][
            "schedules"
        ]:
            answer = self.ask(STOP, id=schedule["id"])["stopRunningSchedule"]
            assert answer["scheduleState"]["status"] == "STOPPED", answer

    def run_live(self, tags: dict[str, str]) -> None:
        """Launch the live job and wait until it succeeded."""
        launched = self.ask(
            LAUNCH,
            execution={
                "selector": {**REPOSITORY, "jobName": "live"},
                "executionMetadata": {
                    "tags": [{"key": key, "value": value} for key, value in tags.items()]
                },
            },
        )["launchRun"]
        assert launched["__typename"] == "LaunchRunSuccess", launched
        self.wait_for_run(launched["run"]["runId"])

    def wait_for_run(self, run_id: str) -> None:
        """Wait until a run succeeded."""

        def status() -> str | None:
            found = self.ask(RUN, id=run_id)["runOrError"]["status"]
            return found if found in ENDED else None

        assert wait_for("the run", status) == "SUCCESS"


@contextmanager
def code_server(home: Path) -> Iterator[Path]:
    """A code server for the webserver and the daemon; the workspace file that leads to it.

    With `workspace.yaml` of the project each of the two starts one of its own.
    """
    port = free_port()
    workspace = home / "workspace.yaml"
    server = {"host": "127.0.0.1", "port": port, "location_name": LOCATION}
    workspace.write_text(json.dumps({"load_from": [{"grpc_server": server}]}))  # JSON is YAML

    def answers() -> bool | None:
        return code_server_health(port).is_healthy or None

    address = ("--host", "127.0.0.1", "--port", str(port))
    location = ("--module-name", LOCATION, "--location-name", LOCATION)
    with program(home, "dagster", "api", "grpc", *address, *location):
        wait_for("the code server", answers)
        yield workspace


@contextmanager
def serving(home: Path, workspace: Path = ROOT / "workspace.yaml") -> Iterator[Webserver]:
    """A running webserver."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"

    def answers() -> bool | None:
        try:
            return httpx.get(f"{address}/server_info").is_success or None
        except httpx.HTTPError:
            return None

    options = ("-h", "127.0.0.1", "-p", str(port), "-w", str(workspace))
    with program(home, "belib_weather.guard", *options):
        wait_for("the webserver", answers)
        yield Webserver(address)


@contextmanager
def daemon(home: Path, workspace: Path) -> Iterator[None]:
    """A running daemon: schedules, sensors, backfills."""
    with program(home, "dagster._daemon", "run", "-w", str(workspace)):
        yield


@contextmanager
def program(home: Path, module: str, *arguments: str) -> Iterator[None]:
    """One of Dagster's programs, ended afterwards with whatever it started."""
    command = [sys.executable, "-m", module, *arguments]
    with (home / f"{module}.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(5)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


LAUNCH = """
mutation Launch($execution: ExecutionParams!) {
  launchRun(executionParams: $execution) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
  }
}
"""
RUN = "query Run($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"
STOP = """
mutation Stop($id: String!) {
  stopRunningSchedule(id: $id) {
    ... on ScheduleStateResult { scheduleState { status } }
    ... on PythonError { message }
  }
}
"""
AUTOMATION = """
query Automation($repository: RepositorySelector!) {
  repositoryOrError(repositorySelector: $repository) {
    ... on Repository {
      schedules { id name cronSchedule scheduleState { status } }
      sensors { name sensorState { status ticks { status } } }
    }
  }
}
"""
ENDED = {"SUCCESS", "FAILURE", "CANCELED"}
