"""What late snapshots change in the outbox: times that are looked at again, a few hours in a tick.

Late is what landed, or was set aside or taken back, for a time before the stored state. What
belongs here: which times these are. What does not: the rows (`transform.corrections`).
"""

from dataclasses import replace
from datetime import datetime, timedelta

import polars as pl

from belib_weather.assets.parsed_documents import Unreadable
from belib_weather.assets.raw_checkpoint import RawChanges
from belib_weather.assets.station_runs import sightings_in
from belib_weather.lake import Lake, RawDocument
from belib_weather.lake.schema import RAW_SNAPSHOTS
from belib_weather.transform.corrections import corrections
from belib_weather.vocabulary import GAP_LIMIT_SECONDS
from belib_weather.warehouse import WarehouseTransaction
from belib_weather.warehouse.tables import STATUS_CHANGES
from belib_weather.window import DAY, HOUR, Window

KEPT = timedelta(days=35)
"""How long changes stay in the outbox."""
_GAP = timedelta(seconds=GAP_LIMIT_SECONDS)
_SECOND = timedelta(seconds=1)
_SPAN = 2 * HOUR
"""What came late is looked at in parts of this length, one in a tick: the present goes first."""


def record_corrections(
    raw: Lake,
    transaction: WarehouseTransaction,
    newest: RawDocument,
    since: RawChanges,
    before: datetime | None,
    unreadable: Unreadable,
) -> int:
    """Append what late snapshots change, and store what is known now; returns how many rows.

    Args:
        raw: snapshots.
        transaction: that writes the state; its changes are appended already.
        newest: the snapshot of the state.
        since: what changed in raw since the state before it.
        before: capture time of the state that was stored before it; None where there was none.
        unreadable: takes the snapshots that are left out.
    """
    end, appended = newest.captured_at.replace(microsecond=0), 0
    known = since.next_checkpoint(newest, before, end - KEPT + DAY)
    due = [one for one in map(datetime.fromisoformat, known.due) if one < end]
    if due:
        part = [one for one in due if one <= due[0] + _SPAN]
        known = replace(known, due=known.due[len(part) :])
        times = (datetime.fromisoformat(known.begin), part[0], part[-1], end)
        appended = _append_corrections(raw, transaction, times, newest, unreadable)
    known.store(transaction)
    return appended


def _append_corrections(
    raw: Lake,
    transaction: WarehouseTransaction,
    late: tuple[datetime, datetime, datetime, datetime],
    newest: RawDocument,
    unreadable: Unreadable,
) -> int:
    """Compare the outbox with raw from the last snapshot before what came late to the next."""
    begin, first, last, end = late
    around = raw.inventory(RAW_SNAPSHOTS, Window(first - DAY, min(last + DAY, end) + _SECOND))
    seconds = around.select(pl.col("captured_at").dt.truncate("1s").unique().sort()).to_series()
    earlier = seconds.filter(seconds < first - _GAP)
    later = seconds.filter((seconds > last + _GAP) & (seconds <= end))
    start = max(earlier[-1] if len(earlier) else first, begin)
    stop = later[0] if len(later) else end
    window = Window(start, stop + _SECOND)
    sightings = sightings_in(raw, window, unreadable)
    if sightings.is_empty():
        return 0
    base: int = sightings["second"].min()  # type: ignore[assignment]
    seen = pl.col("seen_at").dt.epoch("s") > base
    written = transaction.read(STATUS_CHANGES, window).filter(seen)
    return transaction.append_changes(corrections(written, sightings, newest.source))
