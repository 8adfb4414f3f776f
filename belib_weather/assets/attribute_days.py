"""Which days are read again, and writing their attributes.

The ledger of `feed_attributes` and `static_attributes` holds a hash of the documents of each UTC
day. A day is read again where it differs; where documents only follow the known ones, as in
a tick, they alone are read.

What belongs here: one source, in a locked transaction. What does not: reading documents
(`attribute_sources`). Concept: docs/decisions/history-from-days.md
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

import polars as pl

from belib_weather.assets.attribute_sources import AttributeSource, Reading
from belib_weather.assets.parsed_documents import Unreadable
from belib_weather.lake import Lake
from belib_weather.lake.newest import FUTURE
from belib_weather.partitions import contiguous
from belib_weather.transform.day_digests import (
    NO_DOCUMENT,
    Digest,
    day_digests,
    day_number,
    new_documents,
    start_of_day,
)
from belib_weather.transform.stretches import day_of, joined, with_days
from belib_weather.warehouse import Warehouse, WarehouseTransaction
from belib_weather.window import ALL_TIME, DAY, Grain, Window, floor_day

MOST_RECORDS = 600_000
"""Records of the days that are read at a time, unless one day has more."""
MOST_DAYS = 31
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class DueDay:
    """A day that has to be read.

    Attributes:
        day: its number since 1970.
        input_hash: of its documents.
        since: what was captured before is known; None: nothing is.
        records: that have to be read.
    """

    day: int
    input_hash: str
    since: datetime | None
    records: int


class AttributeDays:
    """The stretches of one source, in a transaction that holds the lock of `charge_points`.

    Attributes:
        stretches: as they are now.
        due: days that have to be read, newest first.
        lost: days whose documents are gone from raw, and of which none is set aside; their
            attributes stay.
        reading: what was found on the way.
    """

    def __init__(
        self,
        source: AttributeSource,
        raw: Lake,
        store: Warehouse,
        transaction: WarehouseTransaction,
        now: datetime,
        unreadable: Unreadable,
    ) -> None:
        self._source, self._raw, self._transaction = source, raw, transaction
        self._end = now + FUTURE + _MILLISECOND
        self._stored = self.stretches = transaction.read(source.table)
        # Without stretches nothing is known, whatever the ledger says.
        known = store.ledger(source.table, ALL_TIME) if self.stretches.height else _NO_LEDGER
        days = [day_number(start) for start in known["first_day"]]
        self._hashes = dict(zip(days, known["input_hash"], strict=True))
        self._documents = Counter(dict(zip(days, known["snapshots"], strict=True)))
        self._read: dict[int, str] = {}
        self._set_aside: frozenset[int] = frozenset()
        self.due: list[DueDay] = []
        self.lost: list[datetime] = []
        self.reading = Reading(unreadable)

    @property
    def is_new(self) -> bool:
        """Whether no day was ever read."""
        return not self._hashes

    @property
    def days(self) -> list[int]:
        """The days with a document that can be read, in order."""
        return sorted(day for day, count in self._documents.items() if count > 0)

    @property
    def days_read(self) -> int:
        """How many days were read."""
        return len(self._read)

    def find_due(self, compared: Iterable[datetime] | None, set_aside: Iterable[int]) -> None:
        """Find the days whose documents are not those that are known.

        Args:
            compared: days that are compared; None: all.
            set_aside: days with a document that is set aside.
        """
        self._set_aside = frozenset(set_aside)
        windows = self._all() if compared is None else _windows(map(floor_day, compared))
        due = [one for window in windows if window.start < self._end for one in self._due(window)]
        self.due = sorted(due, key=lambda one: one.day, reverse=True)

    def read_due(self, deadline: float) -> None:
        """Read the days that are due, until the deadline (`time.monotonic`); at least a chunk."""
        while self.due:
            self._read_chunk(self._next_chunk())
            if monotonic() >= deadline:
                return

    def write(self) -> None:
        """Write what changed, with the ledger of the days that were read."""
        if not self._read:
            return
        table = self._source.table
        self._transaction.upsert(table, self.stretches, self._stored)
        rows = [
            (start_of_day(day), input_hash, max(0, self._documents[day]))
            for day, input_hash in self._read.items()
        ]
        self._transaction.record_inputs(
            table, pl.DataFrame(rows, schema=_NO_LEDGER.schema, orient="row")
        )

    def _all(self) -> list[Window]:
        oldest = self._raw.oldest_captured_at(self._source.collection)
        starts = [*map(start_of_day, self._hashes), *([floor_day(oldest)] if oldest else [])]
        if not starts:
            return []
        return [Window(min(starts), max(self._end, *(start + DAY for start in starts)))]

    def _due(self, window: Window) -> list[DueDay]:
        stored = self._raw.inventory(self._source.collection, self._until_now(window))
        digests = day_digests(stored)
        first, last = day_number(window.start), day_number(window.end - _MILLISECOND)
        known = {day for day in self._hashes if first <= day <= last}
        found = (self._due_day(day, digests.get(day, [])) for day in digests.keys() | known)
        return [one for one in found if one is not None]

    def _due_day(self, day: int, digests: list[Digest]) -> DueDay | None:
        known = self._hashes.get(day, NO_DOCUMENT)
        input_hash = digests[-1].input_hash if digests else NO_DOCUMENT
        if input_hash == known:
            return None
        if not digests and self._is_lost(start_of_day(day)):
            self.lost.append(start_of_day(day))
            return None
        new = new_documents(digests, known)
        since = new[0].captured_at if len(new) < len(digests) else None
        return DueDay(day, input_hash, since, sum(one.records for one in new))

    def _is_lost(self, day: datetime) -> bool:
        """Whether a day that was read has no document, not even one of the future."""
        if day_number(day) in self._set_aside:
            return False
        return self._raw.inventory(self._source.collection, Window.day(day)).is_empty()

    def _until_now(self, window: Window) -> Window:
        """The window without the future."""
        return Window(window.start, min(window.end, self._end))

    def _next_chunk(self) -> list[DueDay]:
        """The newest days that are due, together of a bounded size."""
        chunk = [self.due.pop(0)]
        while (
            chunk[0].since is None
            and self.due
            and self.due[0].since is None
            and len(chunk) < MOST_DAYS
            and sum(one.records for one in chunk) + self.due[0].records <= MOST_RECORDS
        ):
            chunk.append(self.due.pop(0))
        return chunk

    def _read_chunk(self, chunk: list[DueDay]) -> None:
        attributes, days = self._source.attributes, [one.day for one in chunk]
        windows, parts = _windows(map(start_of_day, days)), []
        if since := chunk[0].since:
            windows = [Window(since, windows[0].end)]
            parts = [day_of(self.stretches, days[0], attributes)]
        else:
            self._documents.subtract({day: self._documents[day] for day in days})
        self.reading.documents = Counter()
        for window in windows:
            if window.start < self._end:
                parts += self._source.read(self._raw, self._until_now(window), self.reading)
        self._documents.update(self.reading.documents)
        self.stretches = with_days(
            self.stretches, joined(parts, attributes), days, self.days, attributes
        )
        self._read |= {one.day: one.input_hash for one in chunk}


_NO_LEDGER = pl.DataFrame(
    schema={
        "first_day": pl.Datetime("us", "UTC"),
        "input_hash": pl.String,
        "snapshots": pl.Int32,
    }
)


def _windows(days: Iterable[datetime]) -> list[Window]:
    return contiguous(days, most=MOST_DAYS, grain=Grain.DAY)
