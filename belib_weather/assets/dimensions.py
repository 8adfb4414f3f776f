"""Charge points and stations: what is known of them now, in PostgreSQL.

What belongs here: folding raw snapshots and the static dataset into dimensions. What does not:
the folding rules (`transform.points`).
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

import dagster as dg
import polars as pl

from belib_weather.assets.catalog import table_metadata
from belib_weather.assets.core import GROUP
from belib_weather.assets.raw import SINGLE_RUN, raw_belib_snapshots, raw_belib_static
from belib_weather.datasets import ChargePoint, Station
from belib_weather.lake import Lake, RawDocument
from belib_weather.lake.collections import RAW_SNAPSHOTS, RAW_STATIC
from belib_weather.resources import LakeResource, WarehouseResource
from belib_weather.transform.places import POINTS, points, static_points
from belib_weather.transform.points import fold_points
from belib_weather.transform.points import stations as stations_of
from belib_weather.warehouse import Warehouse
from belib_weather.window import Window

WATERMARK = "charge_points.ingested_to"
OVERLAP = timedelta(minutes=10)
"""Documents are looked at again for this long, since they can be acknowledged out of order."""
EVER = Window(datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))
"""Every snapshot that can be stored."""
BATCH = 100
"""Snapshots folded at a time."""


@dg.asset(
    group_name=GROUP,
    kinds={"postgres", "polars"},
    deps=[raw_belib_static, raw_belib_snapshots],
    metadata=table_metadata(ChargePoint, "charge_points"),
    backfill_policy=SINGLE_RUN,
)
def charge_points(lake: LakeResource, warehouse: WarehouseResource) -> dg.MaterializeResult[None]:
    """Charge points and their attributes: identity, place, power, connectors.

    Folded from every snapshot (place, address) and the newest static dataset (equipment); an
    attribute that becomes empty in the feed keeps its last known value.
    """
    raw, store = lake.connect(), warehouse.connect()
    with store.locked("charge_points") as transaction:
        known, ingested_to = _fold_new_snapshots(raw, store)
        static = raw.newest(RAW_STATIC)
        cleaned = static_points(static.body) if static else None
        folded = fold_points(known, POINTS.to_frame(), cleaned.good if cleaned else None)
        written = transaction.upsert("charge_points", folded)
        if ingested_to:
            transaction.set_state(WATERMARK, ingested_to.isoformat())
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": folded.height,
            "written": written.inserted + written.updated + written.deleted,
            "without equipment": folded["power_kw"].null_count(),
            "without place": folded["latitude"].null_count(),
            "rejected static rows": cleaned.rejected.height if cleaned else 0,
        }
    )


def _fold_new_snapshots(raw: Lake, store: Warehouse) -> tuple[pl.DataFrame, datetime | None]:
    """Fold what arrived since the last time, and all that was captured after the oldest of it.

    Folding on from the oldest late arrival in capture order gives what folding everything from
    the start would, whatever the order of arrival.
    """
    known, watermark = store.read_all("charge_points"), store.state(WATERMARK)
    since = EVER.start
    if watermark is not None and not known.is_empty():
        since = datetime.fromisoformat(watermark) - OVERLAP
    arrived = raw.ingested_since(RAW_SNAPSHOTS, since)
    if arrived.is_empty():
        return known, None
    oldest = arrived.select(pl.col("captured_at").min()).item()
    for batch in _batches(raw.documents(RAW_SNAPSHOTS, Window(oldest, EVER.end))):
        seen = pl.concat(points(document.body, document.captured_at) for document in batch)
        known = fold_points(known, seen, None)
    return known, arrived.select(pl.col("ingested_at").max()).item()


def _batches(documents: Iterable[RawDocument]) -> Iterator[list[RawDocument]]:
    waiting = iter(documents)
    while batch := list(islice(waiting, BATCH)):
        yield batch


@dg.asset(
    group_name=GROUP,
    kinds={"postgres", "polars"},
    deps=[charge_points],
    metadata=table_metadata(Station, "stations"),
    backfill_policy=SINGLE_RUN,
)
def stations(warehouse: WarehouseResource) -> dg.MaterializeResult[None]:
    """Stations: the charge points that share one id root, with their common attributes."""
    store = warehouse.connect()
    with store.locked("stations") as transaction:
        current = stations_of(store.read_all("charge_points"))
        written = transaction.upsert("stations", current)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": current.height,
            "written": written.inserted + written.updated + written.deleted,
            "charge points": int(current["charge_points"].sum()),
        }
    )
