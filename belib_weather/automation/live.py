"""The live tick: once per cadence one run takes a snapshot and updates facts and indices.

What belongs here: the live job and its schedule. What does not: hours whose inputs
change later (`late_data`). Concept: https://docs.dagster.io/guides/automate/schedules
"""

from datetime import datetime, timedelta

import dagster as dg

from belib_weather.assets.publication_checks import CHECK_KEYS
from belib_weather.lake import LakeError
from belib_weather.lake.connection import time_limit
from belib_weather.lake.schema import RAW_SNAPSHOTS
from belib_weather.lanes import LANE_TAG, Lane
from belib_weather.partitions import LIVE_TAG, key_of
from belib_weather.resources import LakeResource, SpoolResource
from belib_weather.window import HOUR, Grain, Window, floor_hour

RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"

MAX_RUNTIME_TAG = "dagster/max_runtime"
MOST_SECONDS = 1_800
"""Longest run of a tick: six times four slow attempts at the feed; then its slot is freed."""
_LOOK_SECONDS = 10
"""Longest wait for MongoDB in a tick; Dagster gives up a tick after a minute."""


def in_lane(lane: Lane) -> dg.AssetSelection:
    """The assets of a lane, by their tag, and their checks except those that a sensor reports."""
    reported_by_a_sensor = dg.AssetSelection.checks(*CHECK_KEYS)
    return dg.AssetSelection.tag(LANE_TAG, lane.value) - reported_by_a_sensor


def range_request(
    window: Window,
    *,
    grain: Grain = Grain.HOUR,
    run_key: str | None = None,
    job_name: str | None = None,
) -> dg.RunRequest:
    """A run request for the hours or days of a window: one by its key, several by range tags."""
    first, last = key_of(window.start, grain), key_of(window.end - grain.length, grain)
    if first == last:
        return dg.RunRequest(run_key=run_key, job_name=job_name, partition_key=first)
    tags = {RANGE_START: first, RANGE_END: last}
    return dg.RunRequest(run_key=run_key, job_name=job_name, tags=tags)


def hours_of_tick(
    tick: datetime, newest: datetime | None, waiting_since: datetime | None = None
) -> Window:
    """Hours that a tick covers: its own, and the one before while nothing newer is stored.

    The newest stored snapshot decides, not the minute: if the first tick of an hour fails, the next
    one completes the hour before. After a longer gap a tick covers the current hour alone, and the
    sensor `late_data` completes the old one.

    Args:
        tick: when.
        newest: capture time of the newest stored snapshot.
        waiting_since: that of the oldest one in the spool, which the tick will append.
    """
    current = floor_hour(tick)
    is_due = newest is not None and floor_hour(newest) == current - HOUR
    if is_due or (waiting_since is not None and waiting_since < current):
        return Window(current - HOUR, current + HOUR)
    return Window.hour(current)


def cron_of(cadence: timedelta, *, after: int = 0) -> str:
    """Cron of a tick at the same minutes of every hour; the cadence divides an hour.

    Args:
        cadence: time between two ticks.
        after: minutes by which the tick is later; of no effect where it comes every minute.
    """
    minutes = cadence // timedelta(minutes=1)
    if minutes == 60:
        return f"{after} * * * *"
    return f"{after}-59/{minutes} * * * *" if after and minutes > 1 else f"*/{minutes} * * * *"


def live_automation(cadence: timedelta) -> dg.Definitions:
    """The live job and the schedule that ticks it, once in a cadence."""
    job = dg.define_asset_job(
        Lane.LIVE.value,
        selection=in_lane(Lane.LIVE),
        tags={LIVE_TAG: "true", MAX_RUNTIME_TAG: str(MOST_SECONDS)},
        description="Takes a snapshot and updates the live state, facts and indices.",
    )

    @dg.schedule(
        name="live_tick",
        job=job,
        cron_schedule=cron_of(cadence),
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Polls the feed; the first tick of an hour also completes the hour before.",
    )
    def live_tick(
        context: dg.ScheduleEvaluationContext, lake: LakeResource, spool: SpoolResource
    ) -> dg.RunRequest:
        tick = context.scheduled_execution_time
        waiting = spool.connect().waiting()
        try:
            with time_limit(_LOOK_SECONDS):
                newest = lake.connect().newest_captured_at(RAW_SNAPSHOTS)
        except LakeError as error:
            # The poll does not wait for MongoDB; it may be the first of its hour.
            context.log.warning(f"the hour before is covered as well: {error}")
            newest = tick - HOUR
        return range_request(
            hours_of_tick(tick, newest, waiting[0].captured_at if waiting else None)
        )

    return dg.Definitions(jobs=[job], schedules=[live_tick])
