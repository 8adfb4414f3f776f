"""Forecasts every hour, their model and their scores every day: each in a job of its own.

None is in the live tick: a forecast that fails or is slow delays no poll.
Concept: https://docs.dagster.io/guides/automate/schedules
"""

import dagster as dg

from belib_weather.automation.scheduled import scheduled
from belib_weather.lanes import Lane


def forecasts_automation() -> dg.Definitions:
    """The jobs of forecasts, model and scores, and their schedules."""
    hourly = scheduled(
        Lane.FORECASTS,
        "Forecasts the next 24 hours at every station; trains a model if there is none.",
        ("forecasts_hourly", "2 * * * *", "Just after the hour at which they start."),
    )
    model = scheduled(
        Lane.FORECAST_MODEL,
        "Trains the forecast model on the last weeks.",
        ("forecast_model_daily", "25 2 * * *", "At night, after yesterday's episodes."),
    )
    scores = scheduled(
        Lane.FORECAST_SCORES,
        "Scores the forecasts of the days that are over.",
        ("forecast_scores_daily", "20 1 * * *", "After yesterday's episodes are whole."),
    )
    return dg.Definitions.merge(hourly, model, scores)
