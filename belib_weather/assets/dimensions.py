"""Charge points and stations with their present attributes, in PostgreSQL.

What belongs here: folding raw snapshots and the static dataset into dimensions. What does not:
the folding rules (`transform.points`).
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import ClassVar

import dagster as dg
import polars as pl
from pydantic import BaseModel

from belib_weather.assets.parsed_documents import (
    Unreadable,
    newest_readable,
    parsed_static,
    snapshot_of,
)
from belib_weather.assets.presentation import CatalogResource
from belib_weather.assets.raw import SINGLE_RUN, raw_belib_snapshots, raw_belib_static
from belib_weather.assets.table_metadata import table_metadata
from belib_weather.assets.weather import GROUP
from belib_weather.datasets import ChargePoint, Station
from belib_weather.formats.realtime import POINTS
from belib_weather.formats.snapshots import read_points
from belib_weather.lake import Lake, RawDocument
from belib_weather.lake.schema import RAW_SNAPSHOTS, RAW_STATIC
from belib_weather.lanes import Lane
from belib_weather.resources import LakeResource, WarehouseResource
from belib_weather.transform.points import fold_points
from belib_weather.transform.points import stations as stations_of
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import CHARGE_POINTS, STATIONS
from belib_weather.window import Window

OVERLAP = timedelta(minutes=10)
"""Documents of this last stretch are compared again: they can be acknowledged out of order."""
ALL_TIME = Window(datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))
"""Every snapshot that can be stored."""
BATCH = 100
"""Snapshots folded at a time."""


@dg.asset(
    group_name=GROUP,
    kinds={"postgres", "polars"},
    deps=[raw_belib_static, raw_belib_snapshots],
    tags=Lane.LIVE.tags,
    metadata=table_metadata(ChargePoint, "charge_points"),
    backfill_policy=SINGLE_RUN,
)
def charge_points(
    context: dg.AssetExecutionContext,
    lake: LakeResource,
    warehouse: WarehouseResource,
    catalog: CatalogResource,
) -> dg.MaterializeResult[None]:
    """Charge points and their attributes: identity, place, power, connectors.

    Folded from every snapshot (place, address) and the newest static dataset (equipment); an
    attribute that becomes empty in the feed keeps its last known value.
    """
    raw, store, unreadable = lake.connect(), warehouse.connect(), Unreadable()
    with store.locked(CHARGE_POINTS) as transaction:
        known, progress = _fold_new_snapshots(raw, store, unreadable)
        static = newest_readable(raw, RAW_STATIC, parsed_static, unreadable)
        equipment = static[1] if static else None
        folded = fold_points(known, POINTS.to_frame(), equipment.records if equipment else None)
        written = transaction.upsert(CHARGE_POINTS, folded)
        transaction.set_state(Progress.NAME, progress.model_dump_json())
    catalog.show(context, lambda draw: draw.charge_points_table(folded))
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": folded.height,
            "rows written": written.inserted + written.updated + written.deleted,
            "points without equipment": folded["power_kw"].null_count(),
            "points without place": folded["latitude"].null_count(),
            "static rows rejected": equipment.rejected.height if equipment else 0,
            **unreadable.report(context),
        }
    )


class Progress(BaseModel):
    """How far the snapshots are folded, by their time of ingestion."""

    NAME: ClassVar[str] = "charge_points"

    ingested_to: datetime = ALL_TIME.start
    overlapping: int = 0
    """Documents ingested in the `OVERLAP` before; one more means a late acknowledgement."""
    set_aside: tuple[str, ...] = ()
    """Ids of the documents that are left out; when they change, everything is folded again."""

    def after(self, arrived: pl.DataFrame) -> "Progress":
        """The progress once everything that arrived is folded."""
        newest = arrived.select(pl.col("ingested_at").max()).item() or self.ingested_to
        recent = arrived.filter(pl.col("ingested_at") > newest - OVERLAP).height
        return Progress(ingested_to=newest, overlapping=recent, set_aside=self.set_aside)


def _fold_new_snapshots(
    raw: Lake, store: Warehouse, unreadable: Unreadable
) -> tuple[pl.DataFrame, Progress]:
    """Fold the new documents, and all that were captured after the oldest of them.

    Folding in capture order from the oldest new document on gives the same result as folding
    everything, whatever the order of arrival.
    """
    known = store.read(CHARGE_POINTS)
    stored = store.state(Progress.NAME)
    progress = (
        Progress.model_validate_json(stored) if stored and not known.is_empty() else Progress()
    )
    left_out = tuple(mark.document_id for mark in raw.set_aside_marks() if mark.first is None)
    if left_out != progress.set_aside:  # what a document told cannot be taken out of the fold
        known, progress = known.clear(), Progress(set_aside=left_out)
    arrived = raw.ingested_since(RAW_SNAPSHOTS, progress.ingested_to - OVERLAP)
    new = arrived.filter(pl.col("ingested_at") > progress.ingested_to)
    if arrived.height - new.height > progress.overlapping:
        new = arrived
    if not new.is_empty():
        oldest = new.select(pl.col("captured_at").min()).item()
        since = Window(oldest, ALL_TIME.end)
        for batch in _batches(raw.documents(RAW_SNAPSHOTS, since, on_damaged=unreadable.add)):
            points = read_points(map(snapshot_of, batch))
            unreadable.add_snapshots(points)
            known = fold_points(known, points.good, None)
    return known, progress.after(arrived)


def _batches(documents: Iterable[RawDocument]) -> Iterator[list[RawDocument]]:
    waiting = iter(documents)
    while batch := list(islice(waiting, BATCH)):
        yield batch


@dg.asset(
    group_name=GROUP,
    kinds={"postgres", "polars"},
    deps=[charge_points],
    tags=Lane.LIVE.tags,
    metadata=table_metadata(Station, "stations"),
    backfill_policy=SINGLE_RUN,
)
def stations(
    context: dg.AssetExecutionContext,
    lake: LakeResource,
    warehouse: WarehouseResource,
    catalog: CatalogResource,
) -> dg.MaterializeResult[None]:
    """Stations: the charge points that share one id root, with their common attributes."""
    store = warehouse.connect()
    with store.locked(STATIONS) as transaction:
        current = stations_of(store.read(CHARGE_POINTS))
        written = transaction.upsert(STATIONS, current)
    catalog.show(context, lambda draw: draw.stations_table(current))
    catalog.show(context, lambda draw: draw.stations_map(lake.connect(), current))
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": current.height,
            "rows written": written.inserted + written.updated + written.deleted,
            "charge points": int(current["charge_points"].sum()),
        }
    )
