"""The outlines of the arrondissements: once a week, and again every hour until that succeeds.

What belongs here: the job, and when an export is due. What does not: the assets (`assets.raw`,
`assets.outlines`). Concept: https://docs.dagster.io/guides/automate/schedules
"""

from datetime import datetime, timedelta

import dagster as dg

from belib_weather.automation.live import in_lane
from belib_weather.automation.run_queue import RETRIED
from belib_weather.lake import RAW_ARRONDISSEMENTS, LakeError
from belib_weather.lanes import Lane
from belib_weather.partitions import day_key
from belib_weather.resources import LakeResource

MOST_AGE = timedelta(days=7)


def is_due(newest: datetime | None, now: datetime) -> bool:
    """Whether the outlines are to be fetched.

    Args:
        newest: capture time of the newest stored export; None without one.
        now: the present.
    """
    return newest is None or now - newest >= MOST_AGE


def outlines_automation() -> dg.Definitions:
    """The job that fetches the outlines, and its schedule."""
    job = dg.define_asset_job(
        Lane.OUTLINES.value,
        selection=in_lane(Lane.OUTLINES),
        tags=RETRIED,
        description="Fetches the outlines of the arrondissements.",
    )

    @dg.schedule(
        name="outlines_weekly",
        job=job,
        cron_schedule="25 * * * *",
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Asks the portal when the newest stored export is a week old.",
    )
    def outlines_weekly(
        context: dg.ScheduleEvaluationContext, lake: LakeResource
    ) -> dg.RunRequest | dg.SkipReason:
        now = context.scheduled_execution_time
        try:
            newest = lake.connect().newest_captured_at(RAW_ARRONDISSEMENTS)
        except LakeError as error:
            return dg.SkipReason(f"nothing could be stored: {error}")
        if not is_due(newest, now):
            return dg.SkipReason(f"the outlines of {newest:%Y-%m-%d} are not a week old")
        return dg.RunRequest(partition_key=day_key(now))

    return dg.Definitions(jobs=[job], schedules=[outlines_weekly])
