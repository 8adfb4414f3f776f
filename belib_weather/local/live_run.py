"""Asks Dagster for a run of the job live when its schedule stands still.

What belongs here: two questions to the webserver of this machine. What does not: the snapshot,
which the watchdog has taken before (`poll_watch`); the run brings it downstream.

A clock that was ahead leaves Dagster's schedules waiting until the time has caught up, and nothing
moves their cursor while the daemon runs.
"""

from datetime import datetime
from typing import Any

import httpx

from belib_weather.embedded.loopback import http_client
from belib_weather.lanes import Lane
from belib_weather.local.dagster_home import CODE_LOCATION
from belib_weather.partitions import LIVE_TAG, POLLED_TAG, hour_key

SCHEDULE = "live_tick"
_REPOSITORY = {"repositoryName": "__repository__", "repositoryLocationName": CODE_LOCATION}
_ANSWER_SECONDS = 30
_IS_IDLE = """
query IsIdle($schedule: ScheduleSelector!, $runs: RunsFilter!) {
  scheduleOrError(scheduleSelector: $schedule) {
    ... on Schedule { scheduleState { status } }
  }
  runsOrError(filter: $runs, limit: 1) { ... on Runs { results { runId } } }
}
"""
_LAUNCH = """
mutation Launch($execution: ExecutionParams!) {
  launchRun(executionParams: $execution) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on PythonError { message }
  }
}
"""


def live_run(port: int, now: datetime) -> str:
    """Ask for a run of the current hour, unless one waits or runs or the schedule is off.

    Args:
        port: of the webserver on this machine; 0 when there is none.
        now: the present.

    Returns:
        A line about it; empty when no run was asked for.
    """
    if not port:
        return ""
    try:
        with http_client(port, _ANSWER_SECONDS) as client:
            if not _is_idle(client):
                return ""
            tags = {"dagster/partition": hour_key(now), POLLED_TAG: "true"}
            execution = {
                "selector": {**_REPOSITORY, "jobName": Lane.LIVE.value},
                "executionMetadata": {"tags": [{"key": k, "value": v} for k, v in tags.items()]},
            }
            launched = _ask(client, _LAUNCH, execution=execution)["launchRun"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        return f"no run could be asked for: {type(error).__name__}"
    if "run" not in launched:
        return f"Dagster starts no run: {launched.get('message', launched['__typename'])}"
    return f"the schedule {SCHEDULE} stands still; asked for the run {launched['run']['runId']}"


def _is_idle(client: httpx.Client) -> bool:
    statuses = ["QUEUED", "NOT_STARTED", "STARTING", "STARTED", "CANCELING"]
    answer = _ask(
        client,
        _IS_IDLE,
        schedule={**_REPOSITORY, "scheduleName": SCHEDULE},
        runs={"tags": [{"key": LIVE_TAG, "value": "true"}], "statuses": statuses},
    )
    is_on = answer["scheduleOrError"]["scheduleState"]["status"] == "RUNNING"
    return is_on and not answer["runsOrError"]["results"]


def _ask(client: httpx.Client, query: str, **variables: Any) -> dict[str, Any]:
    reply = client.post("/graphql", json={"query": query, "variables": variables})
    data: dict[str, Any] = reply.raise_for_status().json()["data"]
    return data
