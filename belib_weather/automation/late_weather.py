"""Late weather: days whose weather documents changed after their rows were built.

An import of past weather, an archive that came late, the next day's 00:00, and a document that was
set aside or taken back are found at the next look (`late_days`). What follows from the rows (facts,
index) is found by `late_data`.
"""

from datetime import datetime

import dagster as dg
import polars as pl

from belib_weather.automation.late_days import LateDays, changed_days, late_days
from belib_weather.lake import RAW_WEATHER, Lake, Mark
from belib_weather.partitions import Partitions
from belib_weather.transform.input_hashes import weather_input_hashes
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import WEATHER_HOURS
from belib_weather.window import DAY, Window, floor_day


def differing_days(lake: Lake, warehouse: Warehouse, window: Window) -> pl.DataFrame:
    """Days of the window whose weather documents differ from those of their rows.

    Returns:
        `hour` (start of the day), `input_hash` and `snapshots` (documents). Days whose documents
        were all set aside are listed; one that has lost them keeps its rows.
    """
    now = weather_input_hashes(lake.weather_inventory(window), window)
    ledger = warehouse.ledger(WEATHER_HOURS, window)
    marked = [day for mark in lake.set_aside_marks(RAW_WEATHER) for day in days_of(mark, window)]
    emptied = ledger.filter((pl.col("snapshots") > 0) & pl.col("hour").is_in(marked))["hour"]
    return changed_days(now, warehouse, WEATHER_HOURS, window, emptied)


def days_of(mark: Mark, window: Window) -> list[datetime]:
    """The days of the window that a weather document covers."""
    if mark.first is None or mark.last is None:
        return []
    return [day for day in window.days if mark.first < day + DAY and mark.last >= day]


def late_weather_automation(partitions: Partitions) -> dg.Definitions:
    """The job that rebuilds days of weather from raw, and the sensor that requests it."""
    late = LateDays(
        sensor="late_weather",
        job="remake_weather",
        assets=dg.AssetSelection.assets("weather_hours"),
        documents="weather documents",
        differing=differing_days,
        end=lambda now: floor_day(now) + DAY,
    )
    return late_days(late, partitions)
