"""Kibana every day: what was lost or changed in the code is brought in, all else left alone.

Concept: https://docs.dagster.io/guides/automate/schedules
"""

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import (
    UnresolvedAssetJobDefinition,
)


def kibana_automation() -> tuple[list[UnresolvedAssetJobDefinition], list[dg.ScheduleDefinition]]:
    """The job that provisions Kibana, and its schedule."""
    job = dg.define_asset_job(
        "kibana",
        selection=dg.AssetSelection.assets("kibana_dashboards"),
        description="Brings dashboards and alerting rules into Kibana, where they are not yet.",
    )
    daily = dg.ScheduleDefinition(
        name="kibana_daily",
        job=job,
        cron_schedule="50 4 * * *",
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Writes nothing while Kibana holds what the code says.",
    )
    return [job], [daily]
