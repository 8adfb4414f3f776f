"""Changed rules: rows of an older version of the rules are rebuilt in the background.

A sensor looks for hours of facts and days of weather and episodes whose rows carry an older version
than the dataset declares (`Table.rules`), and requests the newest of them: one run at a time, none
while a live tick is late. Only rows are rebuilt; `publication` publishes what differs in them.
Concept: docs/decisions/rules-have-a-version.md
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import dagster as dg

from belib_weather.automation.late_data import active_runs
from belib_weather.automation.live import range_request
from belib_weather.automation.run_queue import RETRIED
from belib_weather.partitions import LIVE_TAG, contiguous
from belib_weather.resources import Clock, WarehouseResource
from belib_weather.warehouse import Table, Warehouse
from belib_weather.warehouse.tables import (
    AVAILABILITY_FACTS,
    STATUS_EPISODES,
    WEATHER_FORECASTS,
    WEATHER_HOURS,
)
from belib_weather.window import Grain, Window


@dataclass(frozen=True)
class RebuiltTable:
    """A table whose rows are rebuilt when its rules change.

    Attributes:
        table: its name is that of its asset.
        grain: of the asset's partitions.
        most: hours or days of one run.
        job: its name.
    """

    table: Table
    grain: Grain
    most: int
    job: str


REBUILT_TABLES = (
    RebuiltTable(WEATHER_HOURS, Grain.DAY, 31, "apply_weather_rules"),  # facts need it
    RebuiltTable(AVAILABILITY_FACTS, Grain.HOUR, 168, "apply_rules"),
    RebuiltTable(STATUS_EPISODES, Grain.DAY, 31, "apply_episode_rules"),
    RebuiltTable(WEATHER_FORECASTS, Grain.DAY, 31, "apply_forecast_rules"),
)


def next_window(store: Warehouse, rebuilt: RebuiltTable, before: datetime | None) -> Window | None:
    """The newest range of hours or days whose rows follow older rules, before a time."""
    found = store.of_older_rules(rebuilt.table, before=before, most=rebuilt.most)
    windows = contiguous(found.newest, most=rebuilt.most, grain=rebuilt.grain)
    return windows[-1] if windows else None


def rules_automation(cadence: timedelta) -> dg.Definitions:
    """The jobs that rebuild rows, and the sensor that requests them."""
    jobs = {
        rebuilt.job: dg.define_asset_job(
            rebuilt.job,
            selection=dg.AssetSelection.assets(rebuilt.table.name),
            tags=RETRIED,
            description=f"Rebuilds {rebuilt.table.name} by the present version of its rules.",
        )
        for rebuilt in REBUILT_TABLES
    }

    @dg.sensor(
        jobs=list(jobs.values()),
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Rebuilds in the background the rows of an older version of the rules.",
    )
    def changed_rules(
        context: dg.SensorEvaluationContext, warehouse: WarehouseResource, clock: Clock
    ) -> dg.SensorResult | dg.SkipReason:
        store, now = warehouse.connect(), clock.now()
        lines = "; ".join(store.outdated_rows())
        if not lines:
            return dg.SkipReason("every row follows the present rules")
        if obstacle := _obstacle(context.instance, now, cadence):
            return dg.SkipReason(f"{lines}; {obstacle}")
        # The cursor goes back in time, so that a range that fails does not hold up older ones.
        before = datetime.fromisoformat(context.cursor) if context.cursor else None
        for rebuilt in REBUILT_TABLES:
            if window := next_window(store, rebuilt, before):
                context.log.info(lines)
                key = f"rules {rebuilt.table.rules} {rebuilt.table.name} {window} {now:%Y-%m-%d}"
                request = range_request(
                    window, grain=rebuilt.grain, run_key=key, job_name=rebuilt.job
                )
                return dg.SensorResult([request], cursor=window.start.isoformat())
        return dg.SensorResult(skip_reason=lines, cursor="")

    return dg.Definitions(jobs=list(jobs.values()), sensors=[changed_rules])


def _obstacle(instance: dg.DagsterInstance, now: datetime, cadence: timedelta) -> str | None:
    """Why nothing is rebuilt at the moment; None: it may be."""
    if any(active_runs(instance, now, job_name=rebuilt.job) for rebuilt in REBUILT_TABLES):
        return "a run rebuilds rows"
    late = active_runs(instance, now, tags={LIVE_TAG: "true"}, created_before=now - cadence)
    return "waits for a live tick that is late" if late else None
