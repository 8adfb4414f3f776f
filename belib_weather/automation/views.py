"""What people look at: the report and the site every hour, Kibana every day.

The report follows the live tick that completes an hour. Kibana is updated where it lost something
or the code changed.

Concept: https://docs.dagster.io/guides/automate/schedules
"""

import dagster as dg

from belib_weather.automation.scheduled import scheduled
from belib_weather.lanes import Lane


def views_automation() -> dg.Definitions:
    """The jobs that make report and site and provision Kibana, and their schedules."""
    report = scheduled(
        Lane.REPORT,
        "Writes the report that says when to charge.",
        ("report_hourly", "3 * * * *", "A few minutes after every full hour."),
    )
    site = scheduled(
        Lane.SITE,
        "Writes the pages of the site.",
        (
            "site_hourly",
            "6 * * * *",
            "After the report, in a run of its own: no poll waits for it.",
        ),
    )
    kibana = scheduled(
        Lane.KIBANA,
        "Imports dashboards and alerting rules into Kibana where they are missing or changed.",
        ("kibana_daily", "50 4 * * *", "Imports nothing while Kibana is up to date."),
    )
    return dg.Definitions.merge(report, site, kibana)
