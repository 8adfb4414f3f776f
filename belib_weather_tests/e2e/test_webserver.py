"""The real webserver and daemon, driven as a person would: launch, backfill, automation, a page."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
import sqlalchemy as sa

from belib_weather.partitions import hour_key
from belib_weather.search import SearchStore
from belib_weather.search.projections import AVAILABILITY_INDEX
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import AVAILABILITY_FACTS
from belib_weather.window import Window, floor_hour
from belib_weather_tests.graph.conftest import (
    api,  # noqa: F401 - a fixture
    environment,  # noqa: F401 - a fixture
    in_an_hour_that_lasts,
    now,  # noqa: F401 - a fixture
)

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

        def status() -> str | None:
            found = self.ask(RUN, id=launched["run"]["runId"])["runOrError"]["status"]
            return found if found in ENDED else None

        assert wait_for("the run", status) == "SUCCESS"


@pytest.fixture
def dagster_home(
    environment: pytest.MonkeyPatch,  # noqa: F811 - the imported fixture
    warehouse_url: str,
    tmp_path: Path,
) -> Path:
    """A home of Dagster on the platform of the environment."""
    shutil.copy(ROOT / "dagster.yaml", tmp_path)
    dagster_url = sa.make_url(warehouse_url).set(drivername="postgresql+psycopg2")
    environment.setenv("DAGSTER_HOME", str(tmp_path))
    environment.setenv(
        "BELIB_DAGSTER_POSTGRES_URL", dagster_url.render_as_string(hide_password=False)
    )
    return tmp_path


@pytest.fixture
def webserver(dagster_home: Path) -> Iterator[Webserver]:
    """A webserver and a daemon, with all automation on."""
    with serving(dagster_home) as webserver, program(dagster_home, "dagster._daemon", "run"):
        yield webserver


@contextmanager
def serving(home: Path) -> Iterator[Webserver]:
    """A running webserver."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"

    def answers() -> bool | None:
        try:
            return httpx.get(f"{address}/server_info").is_success or None
        except httpx.HTTPError:
            return None

    with program(home, "belib_weather.guard", "-h", "127.0.0.1", "-p", str(port)):
        wait_for("the webserver", answers)
        yield Webserver(address)


@contextmanager
def program(home: Path, module: str, *arguments: str) -> Iterator[None]:
    """One of Dagster's programs, ended afterwards with whatever it started."""
    command = [sys.executable, "-m", module, *arguments, "-w", str(ROOT / "workspace.yaml")]
    with (home / f"{module}.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
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
BACKFILL = """
mutation Backfill($backfill: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $backfill) {
    __typename
    ... on LaunchBackfillSuccess { backfillId }
    ... on PythonError { message }
  }
}
"""
BACKFILL_STATUS = """
query Backfill($id: String!) {
  partitionBackfillOrError(backfillId: $id) { ... on PartitionBackfill { status } }
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


def test_a_person_can_materialize_backfill_and_watch(
    webserver: Webserver,
    warehouse: Warehouse,
    search: SearchStore,
) -> None:
    hour = floor_hour(in_an_hour_that_lasts())  # a start takes its time

    # Materialize the current hour: the live job, launched from the page.
    webserver.run_live({"dagster/partition": hour_key(hour)})
    facts = warehouse.count(AVAILABILITY_FACTS, Window.hour(hour))["count"].sum()
    assert facts > 0
    assert search.count(AVAILABILITY_INDEX, Window.hour(hour))["count"].sum() == facts

    # Backfill three hours of two assets: one run by the single-run policy.
    keys = [hour_key(hour - timedelta(hours=back)) for back in (2, 1, 0)]
    backfill = webserver.ask(
        BACKFILL,
        backfill={
            "assetSelection": [{"path": ["availability_facts"]}, {"path": ["availability_index"]}],
            "partitionNames": keys,
        },
    )["launchPartitionBackfill"]
    assert backfill["__typename"] == "LaunchBackfillSuccess", backfill

    def backfilled() -> str | None:
        answer = webserver.ask(BACKFILL_STATUS, id=backfill["backfillId"])
        found = str(answer["partitionBackfillOrError"]["status"])
        return found if found.startswith(("COMPLETED", "FAILED")) else None

    assert wait_for("the backfill", backfilled) == "COMPLETED_SUCCESS"

    # Automation is on, and the sensor has looked.
    def ticked() -> dict[str, Any] | None:
        repository = webserver.ask(AUTOMATION, repository=REPOSITORY)["repositoryOrError"]
        [sensor] = [s for s in repository["sensors"] if s["name"] == "late_data"]
        return repository if sensor["sensorState"]["ticks"] else None

    repository = wait_for("a tick of the sensor", ticked)
    schedules = {s["name"]: s["scheduleState"]["status"] for s in repository["schedules"]}
    assert set(schedules.values()) == {"RUNNING"}
    assert {"live_tick", "weather_hourly", "static_daily", "maintenance_daily"} <= set(schedules)
    [sensor] = repository["sensors"]
    assert "FAILURE" not in {tick["status"] for tick in sensor["sensorState"]["ticks"]}
