"""Snapshots that are read together: what their bodies share is held and parsed once.

What belongs here: what is read together. What does not: reading it (`snapshots`).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
import polars as pl

from belib_weather.formats.errors import UnreadableBody
from belib_weather.formats.export import content_of
from belib_weather.formats.realtime import RealtimeBody, cached_body
from belib_weather.formats.repeated import Repeated
from belib_weather.window import second_of

_MOST_AT_ONCE = 48
"""Snapshots read together by one thread: what they share is read once; cleaning costs little."""
_FEWEST_AT_ONCE = 12
_BYTES_AT_ONCE = 24_000_000
"""Bodies held at a time, where more than the fewest are not packed."""
_RECORDS_AT_ONCE = 500_000
"""Of a large city: two cores share what is read of it at a time."""


@dataclass(frozen=True)
class Snapshot:
    """A body of the real-time feed, when it was captured, and its hash where that is known.

    Attributes:
        body: empty where it is packed.
        name: what a report calls it.
        records: how many it holds, where that is known.
        unpack: gives a body that is packed, or how it is damaged.
    """

    captured_at: datetime
    body: bytes = field(repr=False)
    sha256: str | None = None
    name: str = "a snapshot"
    records: int = 0
    unpack: Callable[[], bytes | Exception] | None = field(default=None, repr=False)

    @property
    def parsed(self) -> RealtimeBody | None:
        """The body as parsed, where this process read it a moment ago."""
        return cached_body(self.sha256) if self.sha256 else None

    @property
    def second(self) -> int:
        """The UTC second since 1970 in which it was captured."""
        return second_of(self.captured_at)


class Batch:
    """Snapshots that are read together.

    Attributes:
        snapshots: in the order given, those in `found` without their bodies.
        found: the distinct records of most bodies.
        apart: the numbers of snapshots whose bodies are written in another way.
        damaged: how bodies are damaged that were to be unpacked; they are left out.
    """

    def __init__(self, snapshots: Sequence[Snapshot]) -> None:
        self.snapshots: list[Snapshot] = []
        self.found = Repeated()
        self.apart: list[int] = []
        self.damaged: list[Exception] = []
        for snapshot in snapshots:
            self._add(snapshot, is_alone=len(snapshots) == 1)

    def _add(self, snapshot: Snapshot, *, is_alone: bool) -> None:
        body = snapshot.unpack() if snapshot.unpack else snapshot.body
        if isinstance(body, Exception):
            self.damaged.append(body)
            return
        is_added = not is_alone and snapshot.parsed is None and _is_added(self.found, body)
        if not is_added:
            self.apart.append(len(self.snapshots))
        self.snapshots.append(replace(snapshot, body=b"" if is_added else body, unpack=None))

    @property
    def found_numbers(self) -> list[int]:
        """The numbers of the snapshots in `found`, in its order."""
        return sorted(set(range(len(self.snapshots))) - set(self.apart))

    @property
    def with_bodies(self) -> list[Snapshot]:
        """The snapshots with their bodies."""
        snapshots = self.snapshots.copy()
        for place, number in enumerate(self.found_numbers):
            snapshots[number] = replace(snapshots[number], body=self.found.body(place))
        return snapshots

    def rows_per_body(self, distinct: pl.DataFrame) -> pl.DataFrame:
        """Of distinct records a row per record of every body, with its `body` and `second`."""
        numbers = self.found_numbers
        seconds = [self.snapshots[number].second for number in numbers]
        lengths = [len(places) for places in self.found.places]
        return distinct[np.concatenate(self.found.places)].with_columns(
            pl.Series("second", np.repeat(seconds, lengths), dtype=pl.Int64),
            pl.Series("body", np.repeat(numbers, lengths), dtype=pl.Int64),
        )


def _is_added(found: Repeated, body: bytes) -> bool:
    try:
        return found.add(content_of(body))
    except UnreadableBody:
        return False  # its reader says what is wrong with it


def batches_of(snapshots: Iterable[Snapshot]) -> Iterator[list[Snapshot]]:
    """The snapshots of each batch: a few; one that was read a moment ago is a batch of its own.

    Snapshots of one second stay together, because of their records one counts.
    """
    together: list[Snapshot] = []
    size, records, was_known = 0, 0, False
    for snapshot in snapshots:
        is_known = snapshot.parsed is not None
        is_large = size >= _BYTES_AT_ONCE or records >= _RECORDS_AT_ONCE
        is_full = len(together) >= _MOST_AT_ONCE or (is_large and len(together) >= _FEWEST_AT_ONCE)
        if (
            together
            and (is_known or was_known or is_full)
            and together[-1].second != snapshot.second
        ):
            yield together
            together, size, records = [], 0, 0
        together.append(snapshot)
        size, records = size + len(snapshot.body), records + snapshot.records
        was_known = is_known
    if together:
        yield together
