"""What was polled: rebuilt a minute after each poll, whether it succeeded or not.

What belongs here: the job and its schedule. What does not: which hours it rebuilds (`assets.feed`).
"""

from datetime import timedelta

import dagster as dg

from belib_weather.automation.live import MAX_RUNTIME_TAG, MOST_SECONDS, cron_of, in_lane
from belib_weather.lanes import Lane


def feed_automation(cadence: timedelta) -> dg.Definitions:
    """The job of `feed_hours` and of its index, and its schedule."""
    schedule = dg.ScheduleDefinition(
        name="feed_tick",
        job=dg.define_asset_job(
            Lane.FEED.value,
            selection=in_lane(Lane.FEED),
            tags={MAX_RUNTIME_TAG: str(MOST_SECONDS)},
            description="Notes and publishes what was polled, hour by hour, and where nothing was.",
        ),
        cron_schedule=cron_of(cadence, after=1),
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="A minute after each poll, whether it succeeded or not.",
    )
    return dg.Definitions(schedules=[schedule])
