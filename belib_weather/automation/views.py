"""What people look at: the report every hour, Kibana every day.

The report follows the live tick that completes an hour. Kibana is updated where it lost something
or the code changed.

Concept: https://docs.dagster.io/guides/automate/schedules
"""

import dagster as dg

from belib_weather.automation.live import in_lane
from belib_weather.automation.run_queue import RETRIED
from belib_weather.lanes import Lane


def views_automation() -> dg.Definitions:
    """The jobs that make the report and provision Kibana, and their schedules."""
    report = _scheduled(
        Lane.REPORT,
        "Writes the report that says when to charge.",
        ("report_hourly", "3 * * * *", "A few minutes after every full hour."),
    )
    kibana = _scheduled(
        Lane.KIBANA,
        "Imports dashboards and alerting rules into Kibana where they are missing or changed.",
        ("kibana_daily", "50 4 * * *", "Imports nothing while Kibana is up to date."),
    )
    return dg.Definitions.merge(report, kibana)


def _scheduled(lane: Lane, description: str, schedule: tuple[str, str, str]) -> dg.Definitions:
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
