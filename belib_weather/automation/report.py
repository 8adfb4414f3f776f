"""The report every hour, just after the live tick has closed the hour before.

Concept: https://docs.dagster.io/guides/automate/schedules
"""

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import (
    UnresolvedAssetJobDefinition,
)


def report_automation() -> tuple[list[UnresolvedAssetJobDefinition], list[dg.ScheduleDefinition]]:
    """The job that makes the report, and its schedule."""
    job = dg.define_asset_job(
        "report",
        selection=dg.AssetSelection.assets("availability_report"),
        description="Makes the report that says when to charge.",
    )
    hourly = dg.ScheduleDefinition(
        name="report_hourly",
        job=job,
        cron_schedule="3 * * * *",
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="A few minutes after every full hour.",
    )
    return [job], [hourly]
