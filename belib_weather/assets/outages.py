"""Outages and silences in PostgreSQL: the table, and its check.

What belongs here: deriving all rows again at the end of each job of days. What does not: the rules
(`transform.outages`), and which segments are read (`warehouse.down_segments`).
"""

from datetime import UTC, datetime
from functools import partial

import dagster as dg
import polars as pl

from belib_weather.assets.episodes import status_episodes
from belib_weather.assets.presentation import CatalogResource, Drawers, Entries
from belib_weather.assets.raw import SINGLE_RUN
from belib_weather.assets.run_metadata import both_clocks
from belib_weather.assets.table_metadata import table_metadata
from belib_weather.datasets.outages import OUTAGE_RULES, Outage
from belib_weather.lanes import Lane
from belib_weather.resources import WarehouseResource
from belib_weather.transform.down_time import with_down_time
from belib_weather.transform.outages import outages as outages_of
from belib_weather.vocabulary import OutageEnd, OutageKind
from belib_weather.warehouse.tables import OUTAGES

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dg.asset(
    group_name="core",
    kinds={"postgres", "polars"},
    deps=[status_episodes],
    tags=Lane.EPISODES.tags,
    metadata=table_metadata(Outage, OUTAGES.name),
    code_version=str(OUTAGE_RULES),
    backfill_policy=SINGLE_RUN,
)
def outages(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, catalog: CatalogResource
) -> dg.MaterializeResult[None]:
    """Outages and silences of charge points, and of whole stations: since when, and for how long.

    Derived from all segments that are out of order or unknown after each job of days; only rows
    that changed are written. An outage of a whole station is one row.
    """
    store = warehouse.connect()
    # The lock comes before the reading, so that stale rows cannot overwrite newer ones.
    with store.locked(OUTAGES) as transaction:
        segments, observed = store.down_segments()
        rows = outages_of(segments, observed.end if observed else _NEVER)
        written = transaction.upsert(OUTAGES, rows)
    catalog.show(context, partial(_table, rows))
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": rows.height,
            "rows written": written.inserted + written.updated + written.deleted,
            "segments read": segments.height,
            "observed to": both_clocks(observed.end) if observed else "nothing is observed",
            **_counts(rows),
        }
    )


def _table(rows: pl.DataFrame, draw: Drawers) -> Entries:
    return draw.outages_table(rows)


def _counts(rows: pl.DataFrame) -> dict[str, int]:
    is_outage = pl.col("kind") == OutageKind.OUTAGE.value
    lasts = pl.col("end_kind") == OutageEnd.LASTS.value
    counts: dict[str, int] = rows.select(
        is_outage.sum().alias("outages"),
        (is_outage & lasts).sum().alias("outages that last"),
        (is_outage & pl.col("charge_point_id").is_null()).sum().alias("of whole stations"),
        (~is_outage).sum().alias("silences"),
    ).row(0, named=True)
    return counts


@dg.asset_check(asset=outages)
def outages_hold_all_down_time(warehouse: WarehouseResource) -> dg.AssetCheckResult:
    """Every second out of order, or unknown for 24 hours and more, is in one outage."""
    store = warehouse.connect()
    segments, _ = store.down_segments()
    down = pl.col("end") - pl.max_horizontal("begin", "down_begin")
    expected = (
        with_down_time(segments).filter(pl.col("down_begin") < pl.col("end")).select(down.sum())
    )
    actual = store.read(OUTAGES).select(pl.col("down_seconds").sum()).item()
    return dg.AssetCheckResult(
        passed=actual == expected.item(),
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"down point-seconds in episodes": expected.item(), "in outages": actual},
    )
