"""Late days: days whose raw documents changed after their rows were built.

As `late_data` does for the hours of facts, a sensor compares states: the present inputs of each day
with the ledger of the inputs that its rows were built from.
Concept: https://docs.dagster.io/guides/automate/sensors
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import dagster as dg
import polars as pl

from belib_weather.assets.late_hours import with_older_rules
from belib_weather.automation.late_data import (
    MOST_REQUESTS,
    requests_for,
    slices,
    starts_of_active_runs,
)
from belib_weather.automation.run_queue import RETRIED
from belib_weather.lake import Lake
from belib_weather.partitions import Partitions
from belib_weather.resources import Clock, LakeResource, WarehouseResource
from belib_weather.warehouse import Table, Warehouse
from belib_weather.window import Grain, Window

MOST_DAYS = 31


@dataclass(frozen=True)
class LateDays:
    """A table by the day whose days are rebuilt where their documents changed.

    Attributes:
        sensor: its name.
        job: the name of the job that it requests.
        assets: what the job builds.
        documents: their inputs, in words.
        differing: the days of a window that differ: `hour` (start of the day), `input_hash`.
        end: from the present to the end of the days that are compared.
    """

    sensor: str
    job: str
    assets: dg.AssetSelection
    documents: str
    differing: Callable[[Lake, Warehouse, Window], pl.DataFrame]
    end: Callable[[datetime], datetime]


def changed_days(
    inputs: pl.DataFrame, warehouse: Warehouse, table: Table, window: Window, emptied: pl.Series
) -> pl.DataFrame:
    """Days whose inputs are not those of the ledger.

    Args:
        inputs: `hour` (start of the day), `input_hash` and `snapshots` as they are now.
        warehouse: holds the ledger.
        table: whose ledger.
        window: the days.
        emptied: days all of whose documents were set aside.

    Returns:
        The rows of `inputs` that differ. Days that never had a document are not listed; `emptied`
        ones are. Days whose rows follow older rules are not listed either (`changed_rules`).
    """
    ledger = warehouse.ledger(table, window).rename({table.time: "hour"})
    return (
        inputs.join(ledger.select("hour", "input_hash"), on=["hour", "input_hash"], how="anti")
        .join(with_older_rules(ledger, table), on="hour", how="anti")
        .filter((pl.col("snapshots") > 0) | pl.col("hour").is_in(emptied.implode()))
        .sort("hour")
    )


def late_days(late: LateDays, partitions: Partitions) -> dg.Definitions:
    """The job that rebuilds days from raw, and the sensor that requests it."""
    job = dg.define_asset_job(
        late.job,
        selection=late.assets,
        tags=RETRIED,
        description=f"Rebuilds days from {late.documents}.",
    )

    @dg.sensor(
        name=late.sensor,
        job=job,
        minimum_interval_seconds=120,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=f"Requests the days whose {late.documents} changed after their rows.",
    )
    def sensor(
        context: dg.SensorEvaluationContext,
        lake: LakeResource,
        warehouse: WarehouseResource,
        clock: Clock,
    ) -> dg.SensorResult | dg.SkipReason:
        raw, store, now = lake.connect(), warehouse.connect(), clock.now()
        start = partitions.daily.start.astimezone(UTC)
        windows, cursor = slices(start, late.end(now), context.cursor)
        if not windows:
            return dg.SkipReason("the partitions begin within the newest days")
        active = starts_of_active_runs(context.instance, now, Grain.DAY)
        busy = pl.Series(list(active), dtype=pl.Datetime("us", "UTC"))
        differing = (
            pl.concat([late.differing(raw, store, window) for window in windows])
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

    return dg.Definitions(jobs=[job], sensors=[sensor])
