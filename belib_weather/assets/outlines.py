"""The arrondissements and their outlines.

What belongs here: from the stored exports to the table. What does not: fetching them (`raw`),
reading them (`formats.outlines`), and drawing them.
"""

import dagster as dg
import polars as pl

from belib_weather.assets.parsed_documents import Unreadable, newest_readable, parsed_outlines
from belib_weather.assets.raw import SINGLE_RUN, raw_arrondissements
from belib_weather.assets.table_metadata import table_metadata
from belib_weather.datasets import Arrondissement
from belib_weather.lake import RAW_ARRONDISSEMENTS, Lake
from belib_weather.lanes import Lane
from belib_weather.resources import LakeResource, WarehouseResource
from belib_weather.warehouse.tables import ARRONDISSEMENTS


@dg.asset(
    group_name="core",
    kinds={"postgres", "polars"},
    deps=[raw_arrondissements],
    tags=Lane.OUTLINES.tags,
    metadata=table_metadata(Arrondissement, ARRONDISSEMENTS.name),
    backfill_policy=SINGLE_RUN,
)
def arrondissements(
    context: dg.AssetExecutionContext, lake: LakeResource, warehouse: WarehouseResource
) -> dg.MaterializeResult[None]:
    """The twenty arrondissements with name, surface and outline, by the newest export of them."""
    store, unreadable = warehouse.connect(), Unreadable()
    # The lock comes before the reading, so that stale rows cannot overwrite newer ones.
    with store.locked(ARRONDISSEMENTS) as transaction:
        rows = newest_outlines(lake.connect(), unreadable)
        transaction.replace(ARRONDISSEMENTS, Arrondissement.validate(rows))
    if rows.is_empty():
        context.log.warning("no export of the outlines is stored: pages are written without a map")
    return dg.MaterializeResult(
        metadata={"dagster/row_count": rows.height, **unreadable.report(context)}
    )


def newest_outlines(lake: Lake, unreadable: Unreadable) -> pl.DataFrame:
    """The records of the newest stored export that can be read, by `Arrondissement`.

    Args:
        lake: where the exports are.
        unreadable: takes those that cannot be read.
    """
    newest = newest_readable(lake, RAW_ARRONDISSEMENTS, parsed_outlines, unreadable)
    if newest is None:
        return Arrondissement.create_empty()
    document, parsed = newest
    return parsed.records.sort("arrondissement").with_columns(
        pl.lit(document.captured_at).dt.truncate("1s").alias("captured_at"),
        pl.lit(document.source).alias("source"),
    )
