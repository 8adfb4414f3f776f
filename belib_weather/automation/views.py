"""What people look at: the report every hour, Kibana every day.

The report follows the live tick that closes an hour. Kibana gets what it lost or what changed in
the code, and is left alone otherwise.

Concept: https://docs.dagster.io/guides/automate/schedules
"""

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import (
    UnresolvedAssetJobDefinition,
)


def views_automation() -> tuple[list[UnresolvedAssetJobDefinition], list[dg.ScheduleDefinition]]:
    """The jobs that make the report and provision Kibana, and their schedules."""
    report = dg.define_asset_job(
        "report",
        selection=dg.AssetSelection.assets("availability_report"),
        description="Makes the report that says when to charge.",
    )
    kibana = dg.define_asset_job(
        "kibana",
        selection=dg.AssetSelection.assets("kibana_dashboards"),
        description="Brings dashboards and alerting rules into Kibana, where they are not yet.",
    )
    return [report, kibana], [
        _schedule("report_hourly", report, "3 * * * *", "A few minutes after every full hour."),
        _schedule(
            "kibana_daily", kibana, "50 4 * * *", "Writes nothing while Kibana holds what is due."
        ),
    ]


def _schedule(
    name: str, job: UnresolvedAssetJobDefinition, cron: str, description: str
) -> dg.ScheduleDefinition:
    return dg.ScheduleDefinition(
        name=name,
        job=job,
        cron_schedule=cron,
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description=description,
    )
