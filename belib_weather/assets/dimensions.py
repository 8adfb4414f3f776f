"""Charge points and stations as they were, in PostgreSQL: a version per stretch of UTC days.

What belongs here: bringing both tables up to date, and their run metadata. What does not:
reading raw (`history`) and the rules (`transform.charge_points`, `transform.stations`).
"""

from typing import Any

import dagster as dg
import polars as pl

from belib_weather.assets.history import History, read_history
from belib_weather.assets.parsed_documents import MOST_NAMED, Unreadable
from belib_weather.assets.presentation import CatalogResource
from belib_weather.assets.raw import SINGLE_RUN, raw_belib_snapshots, raw_belib_static
from belib_weather.assets.run_metadata import percent
from belib_weather.assets.table_metadata import table_metadata
from belib_weather.assets.weather import GROUP
from belib_weather.datasets import ChargePoint, Station
from belib_weather.datasets.network import DIMENSION_RULES
from belib_weather.lanes import Lane
from belib_weather.partitions import LIVE_TAG
from belib_weather.resources import Clock, LakeResource, WarehouseResource
from belib_weather.transform.charge_points import Join, static_join
from belib_weather.transform.charge_points import charge_points as charge_points_of
from belib_weather.transform.stations import ATTRIBUTES
from belib_weather.transform.stations import stations as stations_of
from belib_weather.transform.versions import changed_days
from belib_weather.warehouse.tables import (
    CHARGE_POINTS,
    FEED_ATTRIBUTES,
    STATIC_ATTRIBUTES,
    STATIONS,
)

MOST_SECONDS = 60
"""Longest reading of history in one transaction or live tick: the next one continues."""
LEAST_MATCHED = 0.9
"""Of the points that are listed; of real ones 2 to 3 % are in no static export."""


@dg.asset(
    group_name=GROUP,
    kinds={"postgres", "polars"},
    deps=[raw_belib_static, raw_belib_snapshots],
    tags=Lane.LIVE.tags,
    metadata=table_metadata(ChargePoint, "charge_points"),
    code_version=str(DIMENSION_RULES),
    backfill_policy=SINGLE_RUN,
)
def charge_points(
    context: dg.AssetExecutionContext,
    lake: LakeResource,
    warehouse: WarehouseResource,
    clock: Clock,
    catalog: CatalogResource,
) -> dg.MaterializeResult[None]:
    """Charge points as they were: identity, place, power, connectors, by stretches of UTC days.

    Computed from every snapshot (place) and every static export (equipment, and the place where
    the feed has none), in whatever order they came in. `valid_from` is the first day of a
    version, `valid_to` the day after its last, null while current.
    """
    raw, store, unreadable = lake.connect(), warehouse.connect(), Unreadable()
    metadata: dict[str, Any] = {}
    is_complete = False
    while not is_complete:
        with store.locked(CHARGE_POINTS) as transaction:
            history = read_history(raw, store, transaction, clock.now(), MOST_SECONDS, unreadable)
            points = stored = transaction.read(CHARGE_POINTS)
            if history.is_filled:
                points = charge_points_of(
                    history.feed.stretches, history.static.stretches, history.feed.days
                )
                transaction.upsert(CHARGE_POINTS, points, stored)
        metadata |= _report(context, history, stored, points)
        is_complete = not history.days_left or LIVE_TAG in context.run.tags
    catalog.show(context, lambda draw: draw.charge_points_table(points))
    return dg.MaterializeResult(metadata={**metadata, **unreadable.report(context)})


def _report(
    context: dg.AssetExecutionContext, history: History, stored: pl.DataFrame, points: pl.DataFrame
) -> dict[str, Any]:
    """What one transaction did; warns of what is left."""
    if history.days_left:
        rows = "rows are computed from what is read" if history.is_filled else "old rows stay"
        context.log.warning(
            f"{history.days_read} days of documents were read, {history.days_left} are left:"
            f" the next run goes on; until then {rows}"
        )
    if lost := history.days_lost:
        context.log.warning(
            f"raw holds no document of {', '.join(lost[:MOST_NAMED])} any more; their attributes"
            " stay; restore raw from a backup (docs/when-something-is-lost.md)"
        )
    current = points.filter(pl.col("valid_to").is_null())
    join = static_join(points, history.feed.stretches, history.static.stretches)
    return {
        "dagster/row_count": points.height,
        "points listed": current.height,
        "rows written": points.join(stored, on=points.columns, how="anti", nulls_equal=True).height,
        "days of documents read": history.days_read,
        "days of documents left": history.days_left,
        "days of documents lost": len(history.days_lost),
        "points without equipment": current["power_kw"].null_count(),
        "points without place": current["latitude"].null_count(),
        "static rows rejected": history.static.reading.rejected,
        **_counts(join),
    }


def _counts(join: Join) -> dict[str, int]:
    return {
        "in the feed and the static dataset": join.matched,
        "in the feed alone": join.only_feed,
        "in the static dataset alone": join.only_static,
    }


@dg.asset_check(asset=charge_points)
def feed_joins_static(warehouse: WarehouseResource) -> dg.AssetCheckResult:
    """Nearly every listed charge point is in the static dataset; counts both sides."""
    store = warehouse.connect()
    points, feed, static = map(store.read, (CHARGE_POINTS, FEED_ATTRIBUTES, STATIC_ATTRIBUTES))
    join = static_join(points, feed, static)
    listed = join.matched + join.only_feed
    share = join.matched / listed if listed and static.height else None
    return dg.AssetCheckResult(
        passed=share is None or share >= LEAST_MATCHED,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={**_counts(join), "share matched (%)": percent(share)},
    )


@dg.asset(
    group_name=GROUP,
    kinds={"postgres", "polars"},
    deps=[charge_points],
    tags=Lane.LIVE.tags,
    metadata=table_metadata(Station, "stations"),
    code_version=str(DIMENSION_RULES),
    backfill_policy=SINGLE_RUN,
)
def stations(
    context: dg.AssetExecutionContext,
    lake: LakeResource,
    warehouse: WarehouseResource,
    catalog: CatalogResource,
) -> dg.MaterializeResult[None]:
    """Stations as they were: what their charge points say that are listed on a UTC day.

    One row per stretch of days with equal attributes; `valid_to` is null while it is current.
    """
    store = warehouse.connect()
    with store.locked(STATIONS) as transaction:
        before, versions = transaction.read(STATIONS), stations_of(store.read(CHARGE_POINTS))
        written = transaction.upsert(STATIONS, versions, before)
    current = versions.filter(pl.col("valid_to").is_null())
    catalog.show(context, lambda draw: draw.stations_table(current))
    catalog.show(context, lambda draw: draw.stations_map(lake.connect(), current))
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": versions.height,
            "stations listed": current.height,
            "rows written": written.inserted + written.updated + written.deleted,
            "charge points": int(current["charge_points"].sum()),
            **_changes(before, versions),
        }
    )


def _changes(before: pl.DataFrame, after: pl.DataFrame) -> dict[str, int | str]:
    """On which days stations are other than before: what carries them is published again."""
    changed = changed_days(before, after, "station_id", ATTRIBUTES)
    if changed.is_empty():
        return {"stations changed": 0}
    firsts, ends = changed["valid_from"].to_list(), changed["valid_to"].to_list()
    return {
        "stations changed": changed["station_id"].n_unique(),
        "changed from": f"{min(firsts):%Y-%m-%d}",
        "changed until": "now" if None in ends else f"{max(ends):%Y-%m-%d}",
    }
