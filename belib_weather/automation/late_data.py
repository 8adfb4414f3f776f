"""Late data: hours whose inputs changed after their facts were built.

A sensor compares states: it hashes the inputs of each hour in raw and weather, compares them with
the ledger of input hashes, and requests the hours that differ. So an import, another collector, a
revised forecast and data that arrived during a run are found at its next evaluation, each once.
Concept: https://docs.dagster.io/guides/automate/sensors
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import polars as pl

from belib_weather.assets.late_hours import differing_hours
from belib_weather.automation.live import RANGE_END, RANGE_START, in_lane, range_request
from belib_weather.lanes import Lane
from belib_weather.partitions import FORMATS, Partitions, contiguous, hour_key
from belib_weather.resources import Clock, LakeResource, WarehouseResource
from belib_weather.window import HOUR, Grain, Window, floor_hour

RAW = dg.AssetKey("raw_belib_snapshots")
LOOK_BACK = timedelta(days=30)
"""Always compared; of older hours one slice of this length per evaluation, in turn."""
LEFT_TO_TICK = 1
"""The running hour, which every live tick rewrites anyway."""
MOST_HOURS = 168
LONGEST_SILENCE = timedelta(hours=6)
"""A killed run of a shell stays "started"; after this time it counts as dead."""
MOST_REQUESTS = 8
ACTIVE = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
]


def slices(start: datetime, end: datetime, cursor: str | None) -> tuple[list[Window], str]:
    """The windows to compare now, newest first, and the cursor of the next older slice."""
    recent = max(start, floor_hour(end - LOOK_BACK))
    windows = [Window(recent, end)] if recent < end else []
    if recent <= start:
        return windows, ""
    upper = min(datetime.fromisoformat(cursor), recent) if cursor else recent
    if upper <= start:
        upper = recent
    lower = max(start, upper - LOOK_BACK)
    return [*windows, Window(lower, upper)], lower.isoformat()


def active_runs(
    instance: dg.DagsterInstance, now: datetime, **filters: Any
) -> Sequence[dg.DagsterRun]:
    """Runs that have not ended and were updated recently; `filters` are those of Dagster."""
    since = now - LONGEST_SILENCE
    return instance.get_runs(dg.RunsFilter(statuses=ACTIVE, updated_after=since, **filters))


def starts_of_active_runs(
    instance: dg.DagsterInstance, now: datetime, grain: Grain
) -> set[datetime]:
    """Hours or days of the runs that have not ended yet."""
    starts: set[datetime] = set()
    for run in active_runs(instance, now):
        first = run.tags.get(RANGE_START) or run.tags.get("dagster/partition")
        last = run.tags.get(RANGE_END) or first
        try:
            ends = [
                datetime.strptime(k or "", FORMATS[grain]).replace(tzinfo=UTC)
                for k in (first, last)
            ]
        except ValueError:
            continue  # a run of another grain, or of no partition
        starts.update(Window(ends[0], ends[1] + grain.length).starts(grain))
    return starts


def requests_for(
    differing: pl.DataFrame, today: datetime, *, grain: Grain = Grain.HOUR, most: int = MOST_HOURS
) -> Iterator[dg.RunRequest]:
    """One request per range without gaps; repeated for the same inputs only on another day.

    Dagster never accepts a run key twice, even if its run failed: hence the date in it.
    """
    hashes = dict(differing.select("hour", "input_hash").iter_rows())
    for window in contiguous(hashes, most=most, grain=grain):
        text = " ".join(hashes[start] for start in window.starts(grain))
        digest = hashlib.sha256(text.encode()).hexdigest()[:16]
        yield range_request(window, grain=grain, run_key=f"{window} {digest} {today:%Y-%m-%d}")


def raw_events(differing: pl.DataFrame, hours: Iterable[datetime]) -> list[dg.AssetMaterialization]:
    """Raw hours that other programs stored, as materializations for the catalog."""
    counts = dict(differing.select("hour", "snapshots").iter_rows())
    return [
        dg.AssetMaterialization(
            RAW,
            partition=hour_key(hour),
            description="Stored by another program, not by a run of this asset.",
            metadata={"snapshots": counts[hour]},
        )
        for hour in hours
    ]


def late_automation(
    partitions: Partitions,
) -> dg.Definitions:
    """The job that rebuilds hours from raw, and the sensor that requests it."""
    job = dg.define_asset_job(
        "remake",
        selection=in_lane(Lane.LIVE) - dg.AssetSelection.assets(RAW),
        description="Rebuilds facts and indices of hours from the raw documents.",
    )

    @dg.sensor(
        job=job,
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Requests the hours whose snapshots or weather changed after their facts.",
    )
    def late_data(
        context: dg.SensorEvaluationContext,
        lake: LakeResource,
        warehouse: WarehouseResource,
        clock: Clock,
    ) -> dg.SensorResult | dg.SkipReason:
        raw, store = lake.connect(), warehouse.connect()
        now = clock.now()
        start = partitions.hourly.start.astimezone(UTC)
        end = floor_hour(now) - (LEFT_TO_TICK - 1) * HOUR
        windows, cursor = slices(start, end, context.cursor)
        if not windows:
            return dg.SkipReason("the partitions begin within the newest hours")
        active = starts_of_active_runs(context.instance, now, Grain.HOUR)
        busy = pl.Series(list(active), dtype=pl.Datetime("us", "UTC"))
        differing = (
            pl.concat([differing_hours(raw, store, window) for window in windows])
            .unique("hour")
            .filter(~pl.col("hour").is_in(busy.implode()))
            .sort("hour")
        )
        requests = list(requests_for(differing, now))[:MOST_REQUESTS]
        known = context.instance.get_materialized_partitions(RAW)
        stored_by_others = [h for h in differing["hour"] if hour_key(h) not in known]
        return dg.SensorResult(
            run_requests=requests,
            asset_events=raw_events(differing, stored_by_others),
            cursor=cursor,
            skip_reason=None if requests else "every hour agrees with its inputs",
        )

    return dg.Definitions(jobs=[job], sensors=[late_data])
