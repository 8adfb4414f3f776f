"""Core layer: cleaned and joined, in PostgreSQL.

What belongs here: window → read → transform → replace. What does not: the rules (`transform`)
and the SQL (`warehouse`).
"""

import dagster as dg
import polars as pl

from belib_weather.assets.catalog import table_metadata
from belib_weather.assets.raw import (
    SINGLE_RUN,
    raw_belib_snapshots,
    raw_weather,
)
from belib_weather.assets.reading import SightingsReader, chunks
from belib_weather.datasets import AvailabilityFact, WeatherHour
from belib_weather.lake.schema import RAW_SNAPSHOTS
from belib_weather.partitions import GRAIN_TAG, day_key, hour_key, window_of
from belib_weather.resources import LakeResource, WarehouseResource
from belib_weather.transform.facts import availability_facts as facts_of
from belib_weather.transform.inputs import input_hashes
from belib_weather.transform.weather import best_weather, weather_hours_of
from belib_weather.warehouse import Warehouse
from belib_weather.window import HOUR, Window

GROUP = "core"
NEIGHBOURS = dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=1)
"""The facts of an hour need the snapshots of the hours before and after it."""
DAY_AND_NEXT = dg.TimeWindowPartitionMapping(start_offset=0, end_offset=1)
"""The last hour of a day needs the next day's first weather stamp."""


@dg.asset(
    group_name=GROUP,
    kinds={"postgres", "polars"},
    deps=[raw_weather],
    tags={GRAIN_TAG: "day"},
    metadata=table_metadata(WeatherHour, "weather_hours"),
    backfill_policy=SINGLE_RUN,
)
def weather_hours(
    context: dg.AssetExecutionContext, lake: LakeResource, warehouse: WarehouseResource
) -> dg.MaterializeResult[None]:
    """Weather in Paris by the hour (UTC stamps): one row per hour, the best sample known.

    An archive beats a forecast, then the newest document counts. Sums and codes are of the hour
    before the stamp, temperature and wind of the instant.
    """
    window, raw, store = window_of(context), lake.connect(), warehouse.connect()
    for day in map(Window.day, window.days):
        with store.locked("weather_hours", day) as transaction:
            cleaned = [
                weather_hours_of(document.body, document.source, document.captured_at)
                for document in raw.weather_documents(day)
            ]
            rows = best_weather(
                pl.concat([WeatherHour.create_empty(), *(c.good for c in cleaned)]).filter(
                    pl.col("hour").is_between(day.start, day.end, closed="left")
                )
            )
            transaction.replace("weather_hours", WeatherHour.validate(rows), day)
        if rows.is_empty():
            context.log.warning(f"no weather is stored for {day_key(day.start)}")
        context.add_asset_metadata(
            {
                "dagster/partition_row_count": rows.height,
                "sources": sorted(rows["source"].unique()),
                "rejected samples": sum(c.rejected.height for c in cleaned),
            },
            partition_key=day_key(day.start),
        )
    return dg.MaterializeResult()


@dg.asset(
    group_name=GROUP,
    kinds={"postgres", "polars"},
    deps=[
        dg.AssetDep(raw_belib_snapshots, partition_mapping=NEIGHBOURS),
        dg.AssetDep(weather_hours, partition_mapping=DAY_AND_NEXT),
    ],
    tags={GRAIN_TAG: "hour"},
    metadata=table_metadata(AvailabilityFact, "availability_facts"),
    backfill_policy=SINGLE_RUN,
)
def availability_facts(
    context: dg.AssetExecutionContext, lake: LakeResource, warehouse: WarehouseResource
) -> dg.MaterializeResult[None]:
    """Availability of every station in every UTC hour, exact to the second, with the weather.

    Grain: station × hour. Point-seconds per status are additive; shares are ratios of their
    sums. Seconds between polls too far apart are unobserved, never guessed.
    """
    window, raw, store = window_of(context), lake.connect(), warehouse.connect()
    reader = SightingsReader(raw)
    for chunk in chunks(raw, window):
        # The lock comes before the reading: of two runs on one hour, the later one has read later.
        with store.locked("availability_facts", chunk) as transaction:
            seen = reader.read(chunk)
            weather = store.read("weather_hours", Window(chunk.start, chunk.end + HOUR))
            newest = raw.newest_captured_at(RAW_SNAPSHOTS)
            inputs = input_hashes(
                seen.documents, weather, chunk, int(newest.timestamp()) if newest else None
            )
            _refuse_lost_raw(store, inputs, chunk)
            facts = facts_of(
                seen.good, window=chunk, weather=weather, newest_snapshot=newest, source=seen.source
            )
            transaction.replace("availability_facts", facts, chunk)
            transaction.record_inputs(inputs)
        _report_facts(context, facts, seen.rejected, inputs)
    return dg.MaterializeResult()


def _refuse_lost_raw(store: Warehouse, inputs: pl.DataFrame, chunk: Window) -> None:
    """An hour whose raw is absent is emptied only if it never had any."""
    lost = (
        store.ledger(chunk)
        .filter(pl.col("snapshots") > 0)
        .join(inputs.filter(pl.col("snapshots") == 0), on="hour", how="semi")["hour"]
    )
    if not lost.is_empty():
        raise dg.Failure(
            f"facts of {lost.len()} hours from {hour_key(lost[0])} on rest on raw snapshots that"
            " MongoDB no longer holds; nothing was changed. Restore raw_belib_snapshots from its"
            " backup, then materialize again.",
            allow_retries=False,
        )


def _report_facts(
    context: dg.AssetExecutionContext,
    facts: pl.DataFrame,
    rejected: pl.DataFrame,
    inputs: pl.DataFrame,
) -> None:
    if rejected.height:
        context.log.warning(f"{rejected.height} records could not be cleaned: {rejected.head(5)}")
    sums = {
        row["hour"]: row
        for row in facts.group_by("hour")
        .agg(
            pl.len().alias("stations"),
            pl.col("charge_points").sum(),
            pl.col("unobserved_seconds").sum(),
            pl.col("stale_seconds").sum(),
            pl.col("is_provisional").any(),
        )
        .iter_rows(named=True)
    }
    for hour, snapshots in inputs.select("hour", "snapshots").iter_rows():
        row = sums.get(hour)
        seconds = row["charge_points"] * 3600 if row else 0
        context.add_asset_metadata(
            {
                "dagster/partition_row_count": row["stations"] if row else 0,
                "snapshots": snapshots,
                "coverage": 1 - row["unobserved_seconds"] / seconds if row else 0.0,
                "stale share": row["stale_seconds"] / seconds if row else 0.0,
                "provisional": row["is_provisional"] if row else True,
            },
            partition_key=hour_key(hour),
        )
        if not snapshots:
            context.log.warning(f"{hour_key(hour)} has no snapshots, so it has no facts")
