"""Late forecasts of the weather: days whose forecasts are not those of their rows.

Forecasts that an earlier version stored, an import, and a document that was set aside are found at
the next look (`late_days`).
"""

import dagster as dg
import polars as pl

from belib_weather.assets.weather_forecasts import forecast_inputs
from belib_weather.automation.late_days import LateDays, changed_days, late_days
from belib_weather.lake import RAW_WEATHER, Lake
from belib_weather.partitions import Partitions
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import WEATHER_FORECASTS
from belib_weather.window import DAY, Window, floor_day


def differing_days(lake: Lake, warehouse: Warehouse, window: Window) -> pl.DataFrame:
    """Days of the window whose forecasts differ from those of their rows.

    Returns:
        `hour` (start of the day), `input_hash` and `snapshots` (forecasts). Days whose forecasts
        were all set aside are listed; one that has lost them keeps its rows.
    """
    marked = {floor_day(mark.captured_at) for mark in lake.set_aside_marks(RAW_WEATHER)}
    ledger = warehouse.ledger(WEATHER_FORECASTS, window)
    emptied = ledger.filter(
        (pl.col("snapshots") > 0) & pl.col(WEATHER_FORECASTS.time).is_in(list(marked))
    )[WEATHER_FORECASTS.time]
    inputs = forecast_inputs(lake, window)
    return changed_days(inputs, warehouse, WEATHER_FORECASTS, window, emptied)


def late_forecasts_automation(partitions: Partitions) -> dg.Definitions:
    """The job that rebuilds days of forecasts from raw, and the sensor that requests it."""
    late = LateDays(
        sensor="late_forecasts",
        job="remake_weather_forecasts",
        assets=dg.AssetSelection.assets("weather_forecasts"),
        documents="forecasts of the weather",
        differing=differing_days,
        end=lambda now: floor_day(now) + DAY,
    )
    return late_days(late, partitions)
