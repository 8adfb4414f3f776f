"""Snapshots that are read together: what their bodies share is held and parsed once.

What belongs here: what is read together. What does not: reading it (`snapshots`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
import polars as pl

from belib_weather.formats.errors import UnreadableBody
from belib_weather.formats.export import content_of
from belib_weather.formats.realtime import RealtimeBody, recently_read
from belib_weather.formats.repeated import Repeated
from belib_weather.window import second_of

_BYTES_AT_ONCE = 24_000_000
"""Held and parsed together by one thread: of what bodies share only one copy."""
_RECORDS_AT_ONCE = 250_000
"""Of all bodies that are parsed together: some hundred of today's, about 20 MB of frames."""


@dataclass(frozen=True)
class Snapshot:
    """A body of the real-time feed, when it was captured, and its hash where that is known.

    Attributes:
        name: what a report calls it.
    """

    captured_at: datetime
    body: bytes = field(repr=False)
    sha256: str | None = None
    name: str = "a snapshot"

    @property
    def parsed(self) -> RealtimeBody | None:
        """The body as parsed, where this process read it a moment ago."""
        return recently_read(self.sha256) if self.sha256 else None

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
    """

    def __init__(self) -> None:
        self.snapshots: list[Snapshot] = []
        self.found = Repeated()
        self.apart: list[int] = []
        self._records = 0
        self._bytes_apart = 0

    def add(self, snapshot: Snapshot) -> None:
        """Add a snapshot; its body is not held where it is in `found`."""
        if snapshot.parsed is None and _is_added(self.found, snapshot.body):
            self._records += len(self.found.places[-1])
            snapshot = replace(snapshot, body=b"")
        else:
            self._bytes_apart += len(snapshot.body)
            self.apart.append(len(self.snapshots))
        self.snapshots.append(snapshot)

    @property
    def is_full(self) -> bool:
        """Whether it is large enough to be read."""
        size = self.found.size + self._bytes_apart
        return size >= _BYTES_AT_ONCE or self._records >= _RECORDS_AT_ONCE

    @property
    def together(self) -> list[int]:
        """The numbers of the snapshots in `found`, in its order."""
        return sorted(set(range(len(self.snapshots))) - set(self.apart))

    @property
    def whole(self) -> list[Snapshot]:
        """The snapshots with their bodies."""
        snapshots = self.snapshots.copy()
        for place, number in enumerate(self.together):
            snapshots[number] = replace(snapshots[number], body=self.found.body(place))
        return snapshots

    def everywhere(self, distinct: pl.DataFrame) -> pl.DataFrame:
        """Of distinct records a row per record of every body, with its `body` and `second`."""
        numbers = self.together
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


def alone(snapshot: Snapshot) -> Batch:
    """A batch of one snapshot, whose body is read as it is."""
    batch = Batch()
    batch.snapshots.append(snapshot)
    batch.apart.append(0)
    return batch


def batches(snapshots: Iterable[Snapshot]) -> Iterator[Batch]:
    """Batches of a bounded size; a snapshot that was read a moment ago is one of its own.

    Snapshots of one second stay together, because of their records one counts.
    """
    batch, was_known = Batch(), False
    for snapshot in snapshots:
        is_known = snapshot.parsed is not None
        if (
            batch.snapshots
            and (is_known or was_known or batch.is_full)
            and batch.snapshots[-1].second != snapshot.second
        ):
            yield batch
            batch = Batch()
        batch.add(snapshot)
        was_known = is_known
    if batch.snapshots:
        yield batch
