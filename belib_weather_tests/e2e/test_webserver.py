"""The real webserver and daemon, driven as a person would: launch, backfill, automation, a page."""

from datetime import timedelta
from typing import Any

import pytest

from belib_weather.lake import RAW_SNAPSHOTS, Lake
from belib_weather.local.live_run import live_run
from belib_weather.partitions import hour_key
from belib_weather.search import SearchStore
from belib_weather.search.projections import AVAILABILITY_INDEX
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import AVAILABILITY_FACTS
from belib_weather.window import Window
from belib_weather_tests.e2e.dagster_programs import (
    AUTOMATION,
    ENDED,
    REPOSITORY,
    Webserver,
    in_an_hour_that_lasts,
    wait_for,
)

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
SCHEDULED = """
query Scheduled($statuses: [RunStatus!]) {
  runsOrError(filter: {
    tags: [{key: "dagster/schedule_name", value: "live_tick"}], statuses: $statuses
  }) {
    ... on Runs { count }
  }
}
"""


@pytest.mark.slow
def test_a_person_can_materialize_backfill_and_watch(
    webserver: Webserver,
    warehouse: Warehouse,
    search: SearchStore,
    lake: Lake,
) -> None:
    hour = in_an_hour_that_lasts()  # a start takes its time

    # Materialize the current hour: the live job, launched from the page.
    webserver.run_live({"dagster/partition": hour_key(hour)})
    facts = warehouse.count(AVAILABILITY_FACTS, Window.hour(hour))["count"].sum()
    assert facts > 0
    assert search.count(AVAILABILITY_INDEX, Window.hour(hour))["count"].sum() == facts

    # What the watchdog asks for when the schedule stands still: a run that does not poll again.
    def scheduled(*statuses: str) -> int:
        """Ticks of the schedule, which is on and polls at its own time; all without a status."""
        answer = webserver.ask(SCHEDULED, statuses=statuses or None)
        return int(answer["runsOrError"]["count"])

    ended_before = scheduled(*ENDED)  # any other may still poll
    polls = lake.verify(RAW_SNAPSHOTS, Window.hour(hour)).documents
    port = int(webserver.address.rpartition(":")[2])
    # Nothing is asked for while a tick of the schedule waits or runs.
    line = wait_for("an answer to the watchdog", lambda: live_run(port, hour) or None)
    assert "asked for the run" in line, line
    webserver.wait_for_run(line.split()[-1])
    more = lake.verify(RAW_SNAPSHOTS, Window.hour(hour)).documents - polls
    assert more <= scheduled() - ended_before

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

    # Automation is on, and the sensors have looked.
    def ticked() -> dict[str, Any] | None:
        repository = webserver.ask(AUTOMATION, repository=REPOSITORY)["repositoryOrError"]
        [sensor] = [s for s in repository["sensors"] if s["name"] == "late_data"]
        return repository if sensor["sensorState"]["ticks"] else None

    repository = wait_for("a tick of the sensor", ticked)
    schedules = {s["name"]: s["scheduleState"]["status"] for s in repository["schedules"]}
    assert set(schedules.values()) == {"RUNNING"}
    assert {"live_tick", "weather_hourly", "static_daily", "maintenance_daily"} <= set(schedules)
    ticks = [tick for s in repository["sensors"] for tick in s["sensorState"]["ticks"]]
    assert "FAILURE" not in {tick["status"] for tick in ticks}
