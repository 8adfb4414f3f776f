"""Episodes by the day: today's every hour, yesterday's after midnight, late ones when found.

A job of its own, because daily assets cannot share a run with the hourly ones of the live tick, and
a day's segments need not be replaced at every poll.
Concept: https://docs.dagster.io/guides/automate/schedules
"""

import dagster as dg
import polars as pl

from belib_weather.assets.set_aside import set_aside_by_day
from belib_weather.assets.sightings_reader import AROUND
from belib_weather.automation.late_days import LateDays, changed_days, late_days
from belib_weather.automation.live import in_lane, range_request
from belib_weather.automation.run_queue import RETRIED
from belib_weather.lake import RAW_SNAPSHOTS, Lake
from belib_weather.lanes import Lane
from belib_weather.partitions import Partitions
from belib_weather.transform.input_hashes import episode_input_hashes
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import STATUS_EPISODES
from belib_weather.window import DAY, HOUR, Grain, Window, floor_day

MINUTE = 35
"""Minute of the hour: at 00:35 every snapshot that yesterday's segments need is there."""


def differing_days(lake: Lake, warehouse: Warehouse, window: Window) -> pl.DataFrame:
    """Days of the window whose snapshots differ from those of their episodes.

    Returns:
        `hour` (start of the day), `input_hash` and `snapshots`. Days whose snapshots were all set
        aside are listed; one that has lost them is not.
    """
    now = episode_input_hashes(lake.inventory(RAW_SNAPSHOTS, window.widened(*AROUND)), window)
    emptied = (
        warehouse.ledger(STATUS_EPISODES, window)
        .rename({STATUS_EPISODES.time: "hour"})
        .filter(pl.col("snapshots") > 0)
        .join(set_aside_by_day(lake, window), on="hour")
        .filter(pl.col("snapshots") <= pl.col("set_aside"))["hour"]
    )
    return changed_days(now, warehouse, STATUS_EPISODES, window, emptied)


def episodes_automation(partitions: Partitions) -> dg.Definitions:
    """The job of the episodes with its schedule, and the sensor of late days with its own."""
    job = dg.define_asset_job(
        Lane.EPISODES.value,
        selection=in_lane(Lane.EPISODES),
        tags=RETRIED,
        description="Builds the status episodes of days from their snapshots.",
    )

    @dg.schedule(
        job=job,
        cron_schedule=f"{MINUTE} * * * *",
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Today's episodes every hour; after midnight also yesterday's, now whole.",
    )
    def episodes_hourly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        now = context.scheduled_execution_time
        today, first = floor_day(now), partitions.daily.start
        is_due = now.hour == 0 and today > first
        return range_request(Window(today - DAY if is_due else today, today + DAY), grain=Grain.DAY)

    late = LateDays(
        sensor="late_episodes",
        job="remake_episodes",
        assets=in_lane(Lane.EPISODES),
        documents="snapshots",
        differing=differing_days,
        # The running day changes with every poll, and yesterday's last snapshot comes at 00:30.
        end=lambda now: floor_day(now - HOUR),
    )
    return dg.Definitions.merge(
        dg.Definitions(jobs=[job], schedules=[episodes_hourly]), late_days(late, partitions)
    )
