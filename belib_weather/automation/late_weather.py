"""Late weather: days whose weather documents changed after their rows were made.

As `late_data` does for the facts, a sensor compares states: an import of past weather, an archive
that came late, the next day's 00:00, and a document that was set aside or taken back are found at
its next evaluation. What follows from the rows (facts, index) is found by `late_data`.
Concept: https://docs.dagster.io/guides/automate/sensors
"""

from datetime import UTC, datetime

import dagster as dg
import polars as pl

from belib_weather.automation.late_data import (
    MOST_REQUESTS,
    made_by_older_rules,
    requests_for,
    slices,
    starts_of_active_runs,
)
from belib_weather.automation.run_queue import RETRIED
from belib_weather.lake import RAW_WEATHER, Lake, Mark
from belib_weather.partitions import Partitions
from belib_weather.resources import Clock, LakeResource, WarehouseResource
from belib_weather.transform.input_hashes import weather_input_hashes
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import WEATHER_HOURS
from belib_weather.window import DAY, Grain, Window, floor_day

MOST_DAYS = 31


def differing_days(lake: Lake, warehouse: Warehouse, window: Window) -> pl.DataFrame:
    """Days of the window whose weather documents differ from those of their rows.

    Returns:
        `hour` (start of the day), `input_hash` and `snapshots` (documents). Days that never had a
        document are not listed; those whose documents were all set aside since are. One that has
        lost them keeps its rows. Days that older rules made are not listed (`changed_rules`).
    """
    now = weather_input_hashes(lake.weather_inventory(window), window)
    ledger = warehouse.ledger(WEATHER_HOURS, window)
    marked = [day for mark in lake.set_aside_marks(RAW_WEATHER) for day in days_of(mark, window)]
    emptied = ledger.filter((pl.col("snapshots") > 0) & pl.col("hour").is_in(marked))["hour"]
    return (
        now.join(ledger.select("hour", "input_hash"), on=["hour", "input_hash"], how="anti")
        .join(made_by_older_rules(ledger, WEATHER_HOURS), on="hour", how="anti")
        .filter((pl.col("snapshots") > 0) | pl.col("hour").is_in(emptied.implode()))
        .sort("hour")
    )


def days_of(mark: Mark, window: Window) -> list[datetime]:
    """The days of the window that a weather document covers."""
    if mark.first is None or mark.last is None:
        return []
    return [day for day in window.days if mark.first < day + DAY and mark.last >= day]


def late_weather_automation(partitions: Partitions) -> dg.Definitions:
    """The job that makes days of weather again from raw, and the sensor that requests it."""
    job = dg.define_asset_job(
        "remake_weather",
        selection=dg.AssetSelection.assets("weather_hours"),
        tags=RETRIED,
        description="Makes days of weather again from the raw documents.",
    )

    @dg.sensor(
        job=job,
        minimum_interval_seconds=120,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Requests the days whose weather documents changed after their rows.",
    )
    def late_weather(
        context: dg.SensorEvaluationContext,
        lake: LakeResource,
        warehouse: WarehouseResource,
        clock: Clock,
    ) -> dg.SensorResult:
        raw, store, now = lake.connect(), warehouse.connect(), clock.now()
        start = partitions.daily.start.astimezone(UTC)
        end = floor_day(now) + DAY
        windows, cursor = slices(start, end, context.cursor)
        active = starts_of_active_runs(context.instance, now, Grain.DAY)
        busy = pl.Series(list(active), dtype=pl.Datetime("us", "UTC"))
        differing = (
            pl.concat([differing_days(raw, store, window) for window in windows])
            .unique("hour")
            .filter(~pl.col("hour").is_in(busy.implode()))
            .sort("hour")
        )
        requests = list(requests_for(differing, now, grain=Grain.DAY, most=MOST_DAYS))
        return dg.SensorResult(
            run_requests=requests[:MOST_REQUESTS],
            cursor=cursor,
            skip_reason=None if requests else "every day agrees with its documents",
        )

    return dg.Definitions(jobs=[job], sensors=[late_weather])
