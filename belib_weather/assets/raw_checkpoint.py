"""The checkpoint of raw snapshots that the stored states were computed from; changes since then.

What belongs here: which snapshots are known, and which landed, were set aside or taken back since.
What does not: reading them again (`station_runs`, `late_changes`).
Why: docs/decisions/since-when.md
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Self

import polars as pl

from belib_weather.datasets.network import STATE_RULES
from belib_weather.lake import Lake, RawDocument
from belib_weather.lake.schema import RAW_SNAPSHOTS
from belib_weather.warehouse import WarehouseTransaction

_SLOWEST_WRITE = timedelta(minutes=15)
"""A document is visible at the latest this long after its `ingested_at`."""
_STATE = "status_changes know"
"""Mark of progress: `RawCheckpoint`."""


@dataclass(frozen=True)
class RawCheckpoint:
    """Which snapshots the stored states and the outbox were computed from.

    Attributes:
        begin: nothing that was captured before is in the outbox.
        ingested_at: the latest of the documents that are known.
        captured_at: of the snapshot of the states.
        rules: version of the rules of the states.
        recent: capture times of those ingested in the minutes before `ingested_at`, which may grow.
        set_aside: capture times of those that are set aside.
        due: capture times of late snapshots that were not read yet, ascending.
    """

    begin: str
    ingested_at: str
    captured_at: str = ""
    rules: int = 0
    recent: list[str] = field(default_factory=list)
    set_aside: list[str] = field(default_factory=list)
    due: list[str] = field(default_factory=list)

    def store(self, transaction: WarehouseTransaction) -> None:
        """Store it with the rows that it is about."""
        transaction.set_state(_STATE, json.dumps(asdict(self)))


@dataclass(frozen=True)
class RawChanges:
    """The raw layer now, beside the checkpoint that was stored with the rows.

    Attributes:
        known: the checkpoint; None where nothing is stored.
        landed: `captured_at`, `ingested_at` of what was ingested from a while before on.
        set_aside: capture times of what is set aside now.
    """

    known: RawCheckpoint | None
    landed: pl.DataFrame
    set_aside: list[str]

    @classmethod
    def read(cls, lake: Lake, transaction: WarehouseTransaction, newest: RawDocument) -> Self:
        """Read both; before the snapshots themselves, so that what comes later is seen next time.

        Args:
            lake: raw snapshots.
            transaction: that writes the rows.
            newest: the newest snapshot.
        """
        text = transaction.state(_STATE)
        known = None if text is None else RawCheckpoint(**json.loads(text))
        since = datetime.fromisoformat(known.ingested_at) if known else newest.ingested_at
        return cls(
            known,
            lake.ingested_since(RAW_SNAPSHOTS, since - _SLOWEST_WRITE),
            _texts(mark.captured_at for mark in lake.set_aside_marks(RAW_SNAPSHOTS)),
        )

    def confirms(self, states: pl.DataFrame) -> bool:
        """Whether the runs of stored states are what reading raw again would give."""
        known = self.known
        if known is None or states.is_empty() or known.rules != STATE_RULES:
            return False
        captured_at = datetime.fromisoformat(known.captured_at)
        until = self.landed.filter(pl.col("captured_at") <= captured_at)["captured_at"]
        return (
            captured_at.replace(microsecond=0) == states["captured_at"].max()
            and self.set_aside == known.set_aside
            and sorted(until) == [t for t in _instants(known.recent) if t <= captured_at]
        )

    def next_checkpoint(
        self, newest: RawDocument, before: datetime | None, oldest: datetime
    ) -> RawCheckpoint:
        """The checkpoint with the newest snapshot; `due` includes what came late.

        Args:
            newest: the snapshot of the rows that are written.
            before: capture time of those that were stored; None starts a new outbox.
            oldest: snapshots captured earlier are ignored.
        """
        known = self.known
        if known is None or before is None:
            begin = (before or newest.captured_at.replace(microsecond=0)).isoformat()
            known, before = RawCheckpoint(begin, newest.ingested_at.isoformat()), None
        since = datetime.fromisoformat(known.ingested_at)
        ingested_at: datetime = max([since, *self.landed["ingested_at"]])
        recent = self.landed.filter(pl.col("ingested_at") >= ingested_at - _SLOWEST_WRITE)
        due = known.due if before is None else self._due(known, before, oldest)
        return RawCheckpoint(
            known.begin,
            ingested_at.isoformat(),
            newest.captured_at.isoformat(),
            STATE_RULES,
            _texts(sorted(recent["captured_at"])),
            self.set_aside,
            due,
        )

    def _due(self, known: RawCheckpoint, before: datetime, oldest: datetime) -> list[str]:
        late = {*_texts(self.landed["captured_at"])} - {*known.recent}
        late |= {*self.set_aside} ^ {*known.set_aside}
        first = max(oldest, datetime.fromisoformat(known.begin))
        return sorted(
            {*known.due, *(t for t in late if first < datetime.fromisoformat(t) <= before)}
        )


def _texts(instants: Iterable[datetime]) -> list[str]:
    return [instant.isoformat() for instant in instants]


def _instants(texts: Iterable[str]) -> list[datetime]:
    return [datetime.fromisoformat(text) for text in texts]
