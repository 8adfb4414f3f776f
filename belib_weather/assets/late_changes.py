"""What late snapshots change in the outbox: times that are looked at again, a few hours in a tick.

Late is what landed, or was set aside or taken back, for a time before the stored state. What
belongs here: which times these are. What does not: the rows (`transform.corrections`).
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Self

import polars as pl

from belib_weather.assets.parsed_documents import Unreadable
from belib_weather.assets.station_runs import SLOWEST_WRITE, sightings_in
from belib_weather.lake import Lake, RawDocument
from belib_weather.lake.schema import RAW_SNAPSHOTS
from belib_weather.transform.corrections import corrections
from belib_weather.vocabulary import GAP_LIMIT_SECONDS
from belib_weather.warehouse import WarehouseTransaction
from belib_weather.warehouse.tables import STATUS_CHANGES
from belib_weather.window import DAY, HOUR, Window

KEPT = timedelta(days=35)
"""How long changes stay in the outbox."""
_KNOWN = "status_changes know"
"""Mark of progress: `_Known`."""
_GAP = timedelta(seconds=GAP_LIMIT_SECONDS)
_SECOND = timedelta(seconds=1)
_SPAN = 2 * HOUR
"""What came late is looked at in parts of this length, one in a tick: the present goes first."""


@dataclass(frozen=True)
class _Known:
    """Which snapshots the outbox was made from.

    Attributes:
        begin: nothing that was seen before is in the outbox.
        ingested_at: the latest of the documents that are known.
        recent: capture times of those ingested in the minutes before it, which may grow.
        set_aside: capture times of those that are set aside.
        due: capture times of what came late and was not looked at yet, ascending.
    """

    begin: str
    ingested_at: str
    recent: list[str] = field(default_factory=list)
    set_aside: list[str] = field(default_factory=list)
    due: list[str] = field(default_factory=list)

    def after(self, raw: Lake, newest: datetime, oldest: datetime) -> Self:
        """What is known now, with what came late in addition.

        Args:
            raw: snapshots.
            newest: of the stored state: what was captured later is no late data.
            oldest: what was captured earlier is not looked at.
        """
        since = datetime.fromisoformat(self.ingested_at)
        landed = raw.ingested_since(RAW_SNAPSHOTS, since - SLOWEST_WRITE)
        marks = _texts(mark.captured_at for mark in raw.set_aside_marks(RAW_SNAPSHOTS))
        late = set(_texts(landed["captured_at"])) - {*self.recent}
        late |= {*marks} ^ {*self.set_aside}
        ends = (max(oldest, datetime.fromisoformat(self.begin)), newest)
        ingested_at: datetime = max([since, *landed["ingested_at"]])
        recent = landed.filter(pl.col("ingested_at") >= ingested_at - SLOWEST_WRITE)
        return type(self)(
            self.begin,
            ingested_at.isoformat(),
            _texts(recent["captured_at"]),
            marks,
            sorted(
                {*self.due, *(t for t in late if ends[0] < datetime.fromisoformat(t) <= ends[1])}
            ),
        )


def record_corrections(
    raw: Lake,
    transaction: WarehouseTransaction,
    newest: RawDocument,
    before: datetime | None,
    unreadable: Unreadable,
) -> int:
    """Append what late snapshots change; returns how many rows.

    Args:
        raw: snapshots.
        transaction: that writes the state; its changes are appended already.
        newest: the snapshot of the state.
        before: capture time of the state that was stored before it; None where there was none.
        unreadable: is told which snapshots are left out.
    """
    end, text = newest.captured_at.replace(microsecond=0), transaction.state(_KNOWN)
    if text is None or before is None:
        begin = (before or end).isoformat()
        known = _Known(begin, newest.ingested_at.isoformat()).after(raw, end, end)
    else:
        known = _Known(**json.loads(text)).after(raw, before, end - KEPT + DAY)
    due = [one for one in map(datetime.fromisoformat, known.due) if one < end]
    appended = 0
    if due:
        part = [one for one in due if one <= due[0] + _SPAN]
        known = replace(known, due=known.due[len(part) :])
        times = (datetime.fromisoformat(known.begin), part[0], part[-1], end)
        appended = _corrected(raw, transaction, times, newest, unreadable)
    transaction.set_state(_KNOWN, json.dumps(asdict(known)))
    return appended


def _corrected(
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


def _texts(instants: Iterable[datetime]) -> list[str]:
    return [instant.isoformat() for instant in instants]
