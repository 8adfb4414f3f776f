"""What changed since the stored snapshot: rows of the outbox, in the transaction of the state.

What belongs here: which snapshots are compared. What does not: the comparison
(`transform.changes`) and the rows' order (`warehouse.outbox`).
"""

from datetime import datetime, timedelta

import polars as pl

from belib_weather.assets.late_changes import record_corrections
from belib_weather.assets.parsed_documents import Unreadable
from belib_weather.assets.raw_checkpoint import RawChanges
from belib_weather.assets.station_runs import sightings_in
from belib_weather.lake import Lake, RawDocument
from belib_weather.transform.changes import point_changes
from belib_weather.transform.station_changes import station_changes
from belib_weather.warehouse import WarehouseTransaction
from belib_weather.warehouse.tables import POINT_STATES
from belib_weather.window import Window

_LONGEST = timedelta(days=1)
"""Of a longer time without a state, the last part is read: before it nothing counts as seen."""
_SECOND = timedelta(seconds=1)


def record_changes(
    raw: Lake,
    transaction: WarehouseTransaction,
    newest: RawDocument,
    sightings: pl.DataFrame,
    since: RawChanges,
    unreadable: Unreadable,
) -> int:
    """Append what the newest snapshot and those before it changed, and what came late corrects.

    Returns how many rows.

    Args:
        raw: snapshots between the stored state and the newest are read.
        transaction: that writes the state; it holds the lock of `station_states`.
        newest: the snapshot of the state that is written.
        sightings: of the newest.
        since: what changed in raw since the stored state.
        unreadable: takes the snapshots that are left out.
    """
    stored, end = transaction.read(POINT_STATES), newest.captured_at.replace(microsecond=0)
    last: datetime | None = None
    if not stored.is_empty():
        last = stored.select(pl.col("sighted_at").max()).item()
        between = Window(max(last + _SECOND, end - _LONGEST), end) if end - last > _SECOND else None
        if between is not None:
            earlier = sightings_in(raw, between, unreadable)
            sightings = pl.concat(
                frame.with_columns(pl.col("charge_point_id").cast(pl.String))
                for frame in (earlier, sightings)
            )
    points = point_changes(stored, sightings, newest.source)
    transaction.replace(POINT_STATES, points.states)
    words = station_changes(stored, sightings, newest.source)
    appended = transaction.append_changes(
        pl.concat([points.changes, words]).sort("occurred_at", "subject", "subject_id")
    )
    return appended + record_corrections(raw, transaction, newest, since, last, unreadable)
