"""Time to repair and failure rate in PostgreSQL: the table, and its check.

What belongs here: replacing the rows. What does not: the computation (`transform.repair`).
"""

from functools import partial

import dagster as dg
import polars as pl

from belib_weather.assets.dimensions import stations
from belib_weather.assets.outages import outages
from belib_weather.assets.presentation import CatalogResource, Drawers, Entries
from belib_weather.assets.raw import SINGLE_RUN
from belib_weather.assets.station_reliability import GROUP, station_reliability
from belib_weather.assets.table_metadata import table_metadata
from belib_weather.datasets.reliability import RELIABILITY_RULES, TimeToRepair
from belib_weather.dates import dates_of
from belib_weather.lanes import Lane
from belib_weather.resources import WarehouseResource
from belib_weather.transform import repair
from belib_weather.vocabulary import PeriodKind, RepairArea
from belib_weather.warehouse.tables import (
    OUTAGES,
    STATION_RELIABILITY,
    STATIONS,
    TIME_TO_REPAIR,
)


@dg.asset(
    group_name=GROUP,
    kinds={"postgres", "polars"},
    deps=[outages, station_reliability, stations],
    tags=Lane.MARTS.tags,
    metadata=table_metadata(TimeToRepair, TIME_TO_REPAIR.name),
    code_version=str(RELIABILITY_RULES),
    backfill_policy=SINGLE_RUN,
)
def time_to_repair(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, catalog: CatalogResource
) -> dg.MaterializeResult[None]:
    """How long outages last and how often they begin, by area and quarter of a year.

    The city, its arrondissements and power classes; stations with ten ended outages in twelve
    months. Median and 90th percentile by
    Kaplan-Meier with 95 % intervals, outages begun per 1,000 point-hours up; in hours.
    """
    store = warehouse.connect()
    with store.locked(TIME_TO_REPAIR) as transaction:
        months = store.read(STATION_RELIABILITY).filter(pl.col("period") == PeriodKind.MONTH.value)
        rows = transaction.read(TIME_TO_REPAIR).clear()
        if observed := store.observed_time():
            rows = repair.time_to_repair(
                store.read(OUTAGES), months, store.read(STATIONS), dates_of(observed)[-1]
            )
        written = transaction.upsert(TIME_TO_REPAIR, rows)
    catalog.show(context, partial(_table, rows))
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": rows.height,
            "rows written": written.inserted + written.updated + written.deleted,
            "outages in the city": int(_of(rows, RepairArea.CITY)["outages_begun"].sum()),
        }
    )


def _table(rows: pl.DataFrame, draw: Drawers) -> Entries:
    return draw.repair_table(rows)


def _of(rows: pl.DataFrame, scope: RepairArea) -> pl.DataFrame:
    return rows.filter(pl.col("scope") == scope.value)


@dg.asset_check(asset=time_to_repair)
def power_classes_add_up_to_the_city(warehouse: WarehouseResource) -> dg.AssetCheckResult:
    """No power class or arrondissement has outages that the city does not have."""
    rows = warehouse.connect().read(TIME_TO_REPAIR)
    outages_of = {
        scope: _of(rows, scope).group_by("starts_on").agg(pl.col("outages_begun").sum())
        for scope in (RepairArea.CITY, RepairArea.ARRONDISSEMENT, RepairArea.POWER_CLASS)
    }
    city = outages_of.pop(RepairArea.CITY)
    wrong = [
        scope.value
        for scope, parts in outages_of.items()
        if not city.join(parts, on="starts_on")
        .filter(pl.col("outages_begun") < pl.col("outages_begun_right"))
        .is_empty()
    ]
    return dg.AssetCheckResult(
        passed=not wrong, metadata={"quarters": city.height, "more than the city": wrong}
    )
