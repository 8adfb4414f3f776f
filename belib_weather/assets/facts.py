"""Core layer: cleaned and joined, in PostgreSQL.

What belongs here: window → read → transform → replace. What does not: the rules (`transform`)
and the SQL (`warehouse`).
"""

from functools import partial

import dagster as dg
import polars as pl

from belib_weather.assets.build_facts import BuiltHours, build_hours
from belib_weather.assets.future_hours import remove_future_facts
from belib_weather.assets.presentation import CatalogResource, Drawers, Entries
from belib_weather.assets.raw import SINGLE_RUN, raw_belib_snapshots
from belib_weather.assets.run_metadata import percent
from belib_weather.assets.sightings_reader import chunks, warn_of_rejected
from belib_weather.assets.table_metadata import table_metadata
from belib_weather.assets.weather import GROUP, weather_hours
from belib_weather.datasets import POINT_SECONDS, AvailabilityFact
from belib_weather.datasets.availability import FACTS_RULES
from belib_weather.datasets.figures import COVERAGE, SHARE_STALE
from belib_weather.lanes import Lane
from belib_weather.partitions import HOURLY, hour_key, window_of
from belib_weather.resources import Clock, LakeResource, WarehouseResource

NEIGHBOURS = dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=1)
"""The facts of an hour need the snapshots of the hours before and after it."""
DAY_AND_NEXT = dg.TimeWindowPartitionMapping(start_offset=0, end_offset=1)
"""The last hour of a day needs the next day's first weather stamp."""


@dg.asset(
    group_name=GROUP,
    kinds={"postgres", "polars"},
    deps=[
        dg.AssetDep(raw_belib_snapshots, partition_mapping=NEIGHBOURS),
        dg.AssetDep(weather_hours, partition_mapping=DAY_AND_NEXT),
    ],
    partitions_def=HOURLY,
    tags=Lane.LIVE.tags,
    metadata=table_metadata(AvailabilityFact, "availability_facts"),
    code_version=str(FACTS_RULES),
    backfill_policy=SINGLE_RUN,
)
def availability_facts(
    context: dg.AssetExecutionContext,
    lake: LakeResource,
    warehouse: WarehouseResource,
    clock: Clock,
    catalog: CatalogResource,
) -> dg.MaterializeResult[None]:
    """Availability of every station in every UTC hour, exact to the second, with the weather.

    Grain: station × hour. Point-seconds per status are additive; shares are ratios of their
    sums. Seconds between polls too far apart are unobserved, never guessed.
    """
    window, raw, store = window_of(context), lake.connect(), warehouse.connect()
    sums = []
    for built in build_hours(raw, store, chunks(raw, window)):
        _report_facts(context, built)
        catalog.show(context, partial(_facts_table, built.facts))
        sums.append(built.sums)
    hours, now = pl.concat(sums), clock.now()
    if removed := remove_future_facts(store, now):
        context.log.warning(f"removed the facts of {removed} hours that have not begun")
    catalog.show(context, lambda draw: draw.facts_chart(context, store, window, hours, now))
    return dg.MaterializeResult()


def _facts_table(facts: pl.DataFrame, draw: Drawers) -> Entries:
    return draw.facts_table(facts)


def _report_facts(context: dg.AssetExecutionContext, built: BuiltHours) -> None:
    """Attach the figures of each hour; warn of records left out and of hours without snapshots."""
    warn_of_rejected(context, built.rejected)
    if built.without_life:
        context.log.warning(
            f"{built.without_life} records are stamped ahead of their capture and of their whole"
            " body; their seconds are stale"
        )
    named = built.unreadable.report(context)
    by_hour = {row["hour"]: row for row in _figures(built.facts).iter_rows(named=True)}
    for hour, snapshots in built.inputs.select("hour", "snapshots").iter_rows():
        row = by_hour.get(hour)
        figures = {
            "dagster/partition_row_count": row["stations"] if row else 0,
            "snapshots": snapshots,
            "provisional": row["is_provisional"] if row else True,
            **named,
        }
        if row and not row["is_provisional"]:  # what is still to come is not unobserved
            figures["coverage within polled hours (%)"] = percent(row[COVERAGE.name])
        if row:
            figures["stale (%)"] = percent(row[SHARE_STALE.name])
        context.add_asset_metadata(
            {name: value for name, value in figures.items() if value is not None},
            partition_key=hour_key(hour),
        )
        if not snapshots:
            context.log.warning(f"{hour_key(hour)} has no snapshots, so it has no facts")


def _figures(facts: pl.DataFrame) -> pl.DataFrame:
    """`hour`, `stations`, `is_provisional`, coverage and stale share of each hour."""
    sums = facts.group_by("hour").agg(
        pl.len().alias("stations"),
        pl.col("is_provisional").any(),
        pl.col(POINT_SECONDS).cast(pl.Int64).sum(),
    )
    return sums.with_columns(COVERAGE.of_sums(), SHARE_STALE.of_sums())
