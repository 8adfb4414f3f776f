"""Since when stations are as they are: carried on from the stored states, or read back from raw.

What belongs here: which snapshots have to be read. What does not: the runs
(`transform.station_runs`). Why: docs/decisions/since-when.md
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Self

import polars as pl

from belib_weather.assets.parsed_documents import Unreadable, snapshot_of
from belib_weather.datasets.network import STATE_RULES
from belib_weather.formats.snapshots import Snapshot, read_sightings
from belib_weather.lake import Lake, RawDocument
from belib_weather.lake.schema import RAW_SNAPSHOTS
from belib_weather.networks import NETWORK
from belib_weather.transform.station_runs import (
    LONGEST_RUN,
    joined,
    last_runs,
    runs_of_states,
    wanted,
)
from belib_weather.vocabulary import GAP_LIMIT_SECONDS
from belib_weather.window import DAY, HOUR, Window, second_of

_FURTHER_BACK = (HOUR / 2, 3 * HOUR, 12 * HOUR)
"""First steps back: most runs have begun by then; later ones are of a day."""
SLOWEST_WRITE = timedelta(minutes=15)
"""A document is visible at the latest this long after its `ingested_at`."""
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Basis:
    """What stored runs rest on, so that a change in raw is seen without reading it.

    Attributes:
        captured_at: of the snapshot of the states.
        rules: version of the rules.
        ingested_at: the latest of the documents known then.
        known: hash of those ingested in the minutes before it, up to the snapshot.
        set_aside: hash of the marks.
    """

    captured_at: str
    rules: int
    ingested_at: str
    known: str
    set_aside: str

    @classmethod
    def of(cls, lake: Lake, newest: RawDocument, before: Self | None = None) -> Self:
        """What runs up to this snapshot rest on now; `before` keeps the look back of another."""
        ingested_at = newest.ingested_at
        if before is not None:
            ingested_at = max(ingested_at, datetime.fromisoformat(before.ingested_at))
        return cls(
            newest.captured_at.isoformat(),
            STATE_RULES,
            ingested_at.isoformat(),
            _known(lake, ingested_at, newest.captured_at),
            _set_aside(lake),
        )

    @classmethod
    def from_text(cls, text: str | None) -> Self | None:
        """As `text` wrote it; None where nothing is stored."""
        return None if text is None else cls(**json.loads(text))

    @property
    def text(self) -> str:
        """To store it."""
        return json.dumps(asdict(self))

    def still_holds(self, lake: Lake, states: pl.DataFrame) -> bool:
        """Whether the runs of stored states are what reading raw again would give."""
        captured_at = datetime.fromisoformat(self.captured_at)
        return (
            self.rules == STATE_RULES
            and captured_at.replace(microsecond=0) == states["captured_at"].max()
            and self.set_aside == _set_aside(lake)
            and self.known == _known(lake, datetime.fromisoformat(self.ingested_at), captured_at)
        )


def _known(lake: Lake, ingested_at: datetime, captured_at: datetime) -> str:
    recent = lake.ingested_since(RAW_SNAPSHOTS, ingested_at - SLOWEST_WRITE)
    until = recent.filter(pl.col("captured_at") <= captured_at)
    return _hashed(str(instant) for instant in until["captured_at"].sort())


def _set_aside(lake: Lake) -> str:
    marks = lake.set_aside_marks(RAW_SNAPSHOTS)
    return _hashed(sorted(f"{mark.source} {mark.captured_at}" for mark in marks))


def _hashed(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def runs_until(
    lake: Lake,
    newest: RawDocument,
    sightings: pl.DataFrame,
    stored: pl.DataFrame,
    unreadable: Unreadable,
) -> pl.DataFrame:
    """The present runs of the stations of the newest snapshot, by `RUNS`.

    Args:
        lake: raw snapshots.
        newest: the newest of them.
        sightings: of the newest.
        stored: states (`StationState`) of an older or the same snapshot, whose `Basis` still holds;
            else none.
        unreadable: is told which snapshots are left out.
    """
    end = start = newest.captured_at.replace(microsecond=0)
    runs = last_runs(sightings, second_of(end))
    if not stored.is_empty():
        start = stored["captured_at"][0]
        if end - start > _SECOND:
            between = Window(start + _SECOND, end)
            runs = joined(_read(lake, between, unreadable), runs, second_of(between.start))
        runs = joined(runs_of_states(stored), runs, second_of(start))
    for window in _back(start, end - LONGEST_RUN - timedelta(seconds=GAP_LIMIT_SECONDS)):
        if wanted(runs).is_empty():
            break
        runs = joined(_read(lake, window, unreadable, wanted(runs)), runs, second_of(window.start))
    return runs


def sightings_in(lake: Lake, window: Window, unreadable: Unreadable) -> pl.DataFrame:
    """`SIGHTINGS` of the snapshots of a window; `unreadable` is told which are left out."""
    frames = read_sightings(_snapshots(lake, window, unreadable))
    unreadable.add_snapshots(frames)
    return frames.good


def _back(end: datetime, earliest: datetime) -> Iterator[Window]:
    """Windows from `end` back to `earliest`, the nearest first."""
    steps = iter(_FURTHER_BACK)
    while end > earliest:
        start = max(end - next(steps, DAY), earliest)
        yield Window(start, end)
        end = start


def _read(
    lake: Lake, window: Window, unreadable: Unreadable, of: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The last runs in the snapshots of a window, of the stations of `of` or of all."""
    good = sightings_in(lake, window, unreadable)
    if of is not None:
        station = NETWORK.station_id(pl.col("charge_point_id").cast(pl.String))
        points = good.select(pl.col("charge_point_id").unique())
        known = points.filter(station.is_in(of["station_id"].implode()))
        good = good.join(known, on="charge_point_id", how="semi")
    return last_runs(good, second_of(window.start))


def _snapshots(lake: Lake, window: Window, unreadable: Unreadable) -> Iterator[Snapshot]:
    """The snapshots of a window, of each second the last: as the newest one is chosen."""
    documents = lake.documents(RAW_SNAPSHOTS, window, on_damaged=unreadable.add)
    for _, of_second in groupby(documents, key=lambda one: second_of(one.captured_at)):
        *_, last = of_second
        yield snapshot_of(last)
