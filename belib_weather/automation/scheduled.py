"""A lane that runs by the clock: its job, and one schedule.

What belongs here: lanes without partitions. What does not: when each runs (`views`, `marts`).
"""

import dagster as dg

from belib_weather.automation.live import in_lane
from belib_weather.automation.run_queue import RETRIED
from belib_weather.lanes import Lane


def scheduled(lane: Lane, description: str, schedule: tuple[str, str, str]) -> dg.Definitions:
    """The job of a lane, and its schedule: name, cron, description."""
    job = dg.define_asset_job(
        lane.value, selection=in_lane(lane), tags=RETRIED, description=description
    )
    schedule_name, cron, schedule_description = schedule
    return dg.Definitions(
        jobs=[job],
        schedules=[
            dg.ScheduleDefinition(
                name=schedule_name,
                job=job,
                cron_schedule=cron,
                execution_timezone="UTC",
                default_status=dg.DefaultScheduleStatus.RUNNING,
                description=schedule_description,
            )
        ],
    )
