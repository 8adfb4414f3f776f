"""Weather every hour and the static dataset every day, in jobs of their own.

Their assets have daily partitions, which cannot share a run with hourly ones.
Concept: https://docs.dagster.io/guides/automate/schedules
"""

from datetime import timedelta

import dagster as dg

from belib_weather.automation.live import RANGE_END, RANGE_START, in_lane
from belib_weather.automation.run_queue import RETRIED
from belib_weather.lanes import Lane
from belib_weather.partitions import Partitions, day_key
from belib_weather.sources.open_meteo import ARCHIVE_DELAY

RUNNING = dg.DefaultScheduleStatus.RUNNING


def daily_automation(
    partitions: Partitions,
) -> dg.Definitions:
    """The weather and static jobs and their schedules."""
    weather_job = dg.define_asset_job(
        Lane.WEATHER.value,
        selection=in_lane(Lane.WEATHER),
        tags=RETRIED,
        description="Fetches a day of weather and brings it to its hours.",
    )
    static_job = dg.define_asset_job(
        Lane.STATIC.value,
        # Also the tables that each tick rebuilds, so that new equipment is there at once.
        selection=in_lane(Lane.STATIC) | dg.AssetSelection.assets("charge_points", "stations"),
        tags=RETRIED,
        description="Fetches the static dataset and refreshes charge points and stations.",
    )

    @dg.schedule(
        job=weather_job,
        cron_schedule="7 * * * *",
        execution_timezone="UTC",
        default_status=RUNNING,
        description="Today's weather every hour; after midnight also yesterday's, now measured.",
    )
    def weather_hourly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        now = context.scheduled_execution_time
        if now.hour > 1:
            return dg.RunRequest(partition_key=day_key(now))
        yesterday = day_key(now - timedelta(days=1))
        return dg.RunRequest(tags={RANGE_START: yesterday, RANGE_END: day_key(now)})

    @dg.schedule(
        job=weather_job,
        cron_schedule="40 5 * * *",
        execution_timezone="UTC",
        default_status=RUNNING,
        description="The newest day in the archive, which replaces the forecast of that day.",
    )
    def weather_archive(
        context: dg.ScheduleEvaluationContext,
    ) -> dg.RunRequest | dg.SkipReason:
        day = context.scheduled_execution_time - ARCHIVE_DELAY - timedelta(days=1)
        key = day_key(day)
        if not partitions.daily.has_partition_key(key):
            return dg.SkipReason(f"{key} lies before BELIB_START")
        return dg.RunRequest(partition_key=key)

    @dg.schedule(
        job=static_job,
        cron_schedule="20 3 * * *",
        execution_timezone="UTC",
        default_status=RUNNING,
        description="The static dataset once a day.",
    )
    def static_daily(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        return dg.RunRequest(partition_key=day_key(context.scheduled_execution_time))

    return dg.Definitions(
        jobs=[weather_job, static_job],
        schedules=[weather_hourly, weather_archive, static_daily],
    )
