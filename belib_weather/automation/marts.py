"""The marts once a day, when yesterday is whole.

Concept: https://docs.dagster.io/guides/automate/schedules
"""

import dagster as dg

from belib_weather.automation.scheduled import scheduled
from belib_weather.lanes import Lane


def marts_automation() -> dg.Definitions:
    """The job that builds the marts, and its schedule."""
    return scheduled(
        Lane.MARTS,
        "Rebuilds the marts: typical weeks and other tables of many days.",
        ("marts_daily", "10 3 * * *", "After the facts of yesterday in Paris are complete."),
    )
