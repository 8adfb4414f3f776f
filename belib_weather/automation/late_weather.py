"""Late weather: days whose weather documents changed after their rows were made.

As `late_data` does for the facts, a sensor compares states: an import of past weather, an archive
that came late, the next day's 00:00, and a document that was set aside or taken back are found at
its next evaluation. What follows from the rows (facts, index) is found by `late_data`.
Concept: https://docs.dagster.io/guides/automate/sensors
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg
import polars as pl

from belib_weather.automation.late_data import ACTIVE, LONGEST_SILENCE, MOST_REQUESTS, slices
from belib_weather.automation.live import RANGE_END, RANGE_START
from belib_weather.automation.run_queue import RETRIED
from belib_weather.lake import RAW_WEATHER, Lake, Mark
from belib_weather.partitions import DAILY_KEY, Partitions, day_key
from belib_weather.resources import Clock, LakeResource, WarehouseResource
from belib_weather.transform.input_hashes import weather_input_hashes
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import WEATHER_HOURS
from belib_weather.window import DAY, Window

MOST_DAYS = 31


def differing_days(lake: Lake, warehouse: Warehouse, window: Window) -> pl.DataFrame:
    """Days of the window whose weather documents differ from those of their rows.

    Returns:
        `hour` (start of the day), `input_hash` and `snapshots` (documents). Days that never had a
        document are not listed; those whose documents were all set aside since are. One that has
        lost them keeps its rows.
    """
    now = weather_input_hashes(lake.weather_inventory(window), window)
    ledger = warehouse.ledger(WEATHER_HOURS, window)
    marked = [day for mark in lake.set_aside_marks(RAW_WEATHER) for day in days_of(mark, window)]
    emptied = ledger.filter((pl.col("snapshots") > 0) & pl.col("hour").is_in(marked))["hour"]
    return (
        now.join(ledger.select("hour", "input_hash"), on=["hour", "input_hash"], how="anti")
        .filter((pl.col("snapshots") > 0) | pl.col("hour").is_in(emptied.implode()))
        .sort("hour")
    )


def days_of(mark: Mark, window: Window) -> list[datetime]:
    """The days of the window that a weather document covers."""
    if mark.first is None or mark.last is None:
        return []
    return [day for day in window.days if mark.first < day + DAY and mark.last >= day]


def days_of_active_runs(instance: dg.DagsterInstance, now: datetime) -> set[datetime]:
    """Days of the runs that have not ended yet."""
    days: set[datetime] = set()
    filters = dg.RunsFilter(statuses=ACTIVE, updated_after=now - LONGEST_SILENCE)
    for run in instance.get_runs(filters=filters):
        first = run.tags.get(RANGE_START) or run.tags.get("dagster/partition")
        last = run.tags.get(RANGE_END) or first
        try:
            ends = [
                datetime.strptime(k or "", DAILY_KEY).replace(tzinfo=UTC) for k in (first, last)
            ]
        except ValueError:
            continue  # an hourly or unpartitioned run
        days.update(Window(ends[0], ends[1] + DAY).days)
    return days


def requests_for(differing: pl.DataFrame, today: datetime) -> Iterator[dg.RunRequest]:
    """One request per range without gaps; repeated for the same inputs only on another day."""
    ranges: list[list[tuple[datetime, str]]] = []
    for day, digest in differing.select("hour", "input_hash").iter_rows():
        if ranges and ranges[-1][-1][0] + DAY == day and len(ranges[-1]) < MOST_DAYS:
            ranges[-1].append((day, digest))
        else:
            ranges.append([(day, digest)])
    for days in ranges:
        first, last = day_key(days[0][0]), day_key(days[-1][0])
        text = " ".join(digest for _, digest in days)
        digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        key = f"{first} to {last} {digest} {today:%Y-%m-%d}"
        if first == last:
            yield dg.RunRequest(run_key=key, partition_key=first)
        else:
            yield dg.RunRequest(run_key=key, tags={RANGE_START: first, RANGE_END: last})


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
        end = now.replace(hour=0, minute=0, second=0, microsecond=0) + DAY
        windows, cursor = slices(start, end, context.cursor)
        busy = pl.Series(
            list(days_of_active_runs(context.instance, now)), dtype=pl.Datetime("us", "UTC")
        )
        differing = (
            pl.concat([differing_days(raw, store, window) for window in windows])
            .unique("hour")
            .filter(~pl.col("hour").is_in(busy.implode()))
            .sort("hour")
        )
        requests = list(requests_for(differing, now))[:MOST_REQUESTS]
        return dg.SensorResult(
            run_requests=requests,
            cursor=cursor,
            skip_reason=None if requests else "every day agrees with its documents",
        )

    return dg.Definitions(jobs=[job], sensors=[late_weather])
