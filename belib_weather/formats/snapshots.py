"""Many snapshots at once: only the fields that are needed, on all cores, in bounded memory.

What belongs here: batches. What does not: parsing the fields (`realtime`), which is the same
for one snapshot and for many.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import groupby
from threading import Lock

import numpy as np
import polars as pl
from polars.exceptions import PanicException

from belib_weather.formats.export import FieldTypes, content_of, read_export, rows_of_json
from belib_weather.formats.parsed import REJECTED
from belib_weather.formats.place import places
from belib_weather.formats.realtime import (
    ALL_FIELDS,
    PLACES,
    SIGHTING_FIELDS,
    SIGHTINGS,
    STAMP,
    RealtimeBody,
    clean,
    recently_read,
    seconds_of,
)
from belib_weather.formats.repeated import Repeated, repeated
from belib_weather.formats.stamps import with_signs_of_life
from belib_weather.networks import NETWORK
from belib_weather.parallel import on_all_cores
from belib_weather.window import second_of

_BYTES_AT_ONCE = 24_000_000
"""Bodies parsed together by one thread: some forty of today's, so that cleaning costs little."""
_FEWEST_AT_ONCE = 12
"""Also of larger bodies: what they share is read once for all that are parsed together."""


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


@dataclass(frozen=True)
class Frames:
    """Clean rows of snapshots in the order given, and rejected records by `REJECTED`.

    Attributes:
        unreadable: snapshots that cannot be read, each with the reason; nothing of them is in the
            rows.
    """

    good: pl.DataFrame
    rejected: pl.DataFrame
    unreadable: tuple[tuple[Snapshot, str], ...] = ()


def read_sightings(snapshots: Iterable[Snapshot]) -> Frames:
    """The sightings of snapshots by `SIGHTINGS`.

    Args:
        snapshots: in any order; read lazily, a few at a time.

    Returns:
        A caller that reads a long time in chunks filters the sightings by `second` for the margin
        that two chunks share. A snapshot that cannot be read costs itself alone.
    """
    return _joined([_none(SIGHTINGS), *REMEMBERED.read(snapshots)])


class RememberedSightings:
    """Sightings of the snapshots that were read last, so that none is parsed again.

    For a process that makes several tables of one history. It remembers nothing until `most` says
    how much, and only bodies whose hash is known and all of whose records are clean.

    Attributes:
        most: records; one takes about 20 bytes.
    """

    def __init__(self, most: int = 0) -> None:
        self.most = most
        self._kept: OrderedDict[tuple[str | None, int], pl.DataFrame] = OrderedDict()
        self._records = 0
        self._lock = Lock()

    def read(self, snapshots: Iterable[Snapshot]) -> Iterator[Frames]:
        """The sightings of snapshots, in the order given."""
        if not self.most:
            yield from _read_batches(_sightings, snapshots)
            return
        for is_known, group in groupby(snapshots, lambda snapshot: _key(snapshot) in self._kept):
            if is_known:
                yield from (Frames(self._kept[_key(one)], REJECTED.to_frame()) for one in group)
            else:
                yield from _read_batches(self._read_and_keep, group)

    def _read_and_keep(self, batch: list[Snapshot]) -> Frames:
        frames = _sightings(batch)
        if frames.rejected.is_empty():
            own = frames.good.partition_by("second", as_dict=True)
            times = Counter(map(_second, batch))
            with self._lock:
                for snapshot in batch:
                    second = _second(snapshot)
                    if snapshot.sha256 and times[second] == 1:
                        self._keep(snapshot, own.get((second,), frames.good.clear()))
        return frames

    def _keep(self, snapshot: Snapshot, sightings: pl.DataFrame) -> None:
        if _key(snapshot) in self._kept:
            return
        self._kept[_key(snapshot)] = sightings
        self._records += sightings.height
        while self._records > self.most and len(self._kept) > 1:
            self._records -= self._kept.popitem(last=False)[1].height


REMEMBERED = RememberedSightings()
"""Of this process."""


def read_places(snapshots: Iterable[Snapshot]) -> Iterator[Frames]:
    """The records of snapshots with their places, by `PLACES`: a batch at a time.

    Args:
        snapshots: in order of capture; those of one second are in one batch.

    Yields:
        Batches in that order. A snapshot that cannot be read costs itself alone.
    """
    for frames in _read_batches(_places, snapshots):
        yield frames if frames.good.width else replace(frames, good=PLACES.to_frame())


def no_sightings() -> pl.DataFrame:
    """An empty frame of sightings."""
    return SIGHTINGS.to_frame()


def _none(schema: pl.Schema) -> Frames:
    return Frames(schema.to_frame(), REJECTED.to_frame())


def _sightings(batch: list[Snapshot]) -> Frames:
    if parsed := _parsed(batch):
        return Frames(parsed.sightings(batch[0].captured_at), parsed.rejected)
    return _cleaned(batch, SIGHTING_FIELDS, SIGHTINGS, lambda _: pl.DataFrame())


def _places(batch: list[Snapshot]) -> Frames:
    if parsed := _parsed(batch):
        return Frames(parsed.places(batch[0].captured_at), parsed.rejected)
    return _cleaned(batch, ALL_FIELDS, PLACES, lambda rows: places(rows, NETWORK.realtime.fields))


def _parsed(batch: list[Snapshot]) -> RealtimeBody | None:
    return batch[0].parsed if len(batch) == 1 else None


def _cleaned(
    batch: list[Snapshot],
    fields: FieldTypes,
    schema: pl.Schema,
    more: Callable[[pl.DataFrame], pl.DataFrame],
) -> Frames:
    """The clean records of a batch in the columns of `schema`, those of `more` among them."""
    once = _each_record_once(batch, fields)
    if once is not None:
        records, rejected = clean(once.rows, seconds_of(once.rows[STAMP]), more(once.rows))
        if rejected.is_empty():  # nearly always
            everywhere = with_signs_of_life(once.everywhere(records))
            return Frames(everywhere.select(schema.names()), rejected)
        rows = once.everywhere(once.rows)
    else:
        rows = _rows(batch, fields)
    whose = rows.select("second", "body").hstack(more(rows))
    records, rejected = clean(rows, seconds_of(rows[STAMP]), whose)
    return Frames(with_signs_of_life(records).select(schema.names()), rejected)


@dataclass(frozen=True)
class _Once:
    """The published fields of the distinct records of a batch, and where these occur in it."""

    rows: pl.DataFrame
    seconds: list[int]
    found: Repeated

    def everywhere(self, records: pl.DataFrame) -> pl.DataFrame:
        """A row per record of every body, with its `body` and the `second` of that."""
        lengths = [len(places) for places in self.found.places]
        return records[np.concatenate(self.found.places)].with_columns(
            pl.Series("second", np.repeat(self.seconds, lengths), dtype=pl.Int64),
            pl.Series("body", np.repeat(np.arange(len(lengths)), lengths), dtype=pl.Int64),
        )


def _each_record_once(batch: list[Snapshot], fields: FieldTypes) -> _Once | None:
    """The distinct records of a batch; None where it must be read body by body."""
    if len(batch) == 1:
        return None
    found = repeated([content_of(snapshot.body) for snapshot in batch])
    if found is None:
        return None
    try:
        rows = rows_of_json(found.content, fields)
    except pl.exceptions.PolarsError:
        return None
    if rows.height != found.count:
        return None
    return _Once(rows, [second_of(snapshot.captured_at) for snapshot in batch], found)


def _rows(batch: list[Snapshot], fields: FieldTypes) -> pl.DataFrame:
    """The published fields of a batch, each row with its `body` and the `second` of that."""

    def parse(number: int, snapshot: Snapshot) -> pl.DataFrame:
        rows = read_export(snapshot.body, fields).rows
        # In place: an expression for each body takes a tenth of the time of parsing it.
        for name, value in (("second", second_of(snapshot.captured_at)), ("body", number)):
            one = pl.Series(name, [value], dtype=pl.Int64)
            rows.insert_column(rows.width, one.new_from_index(0, rows.height))
        return rows

    return pl.concat(parse(number, snapshot) for number, snapshot in enumerate(batch))


def _read_batches(
    read: Callable[[list[Snapshot]], Frames], snapshots: Iterable[Snapshot]
) -> Iterator[Frames]:
    """Clean batches in order, made on all cores while the next snapshots are read."""
    return on_all_cores(partial(_read_each, read), _batches(snapshots))


def _read_each(read: Callable[[list[Snapshot]], Frames], batch: list[Snapshot]) -> Frames:
    """Read a batch; where that fails, each snapshot by itself, so that the bad one is found."""
    try:
        return read(batch)
    except MemoryError:
        raise
    except (Exception, PanicException) as error:  # whatever it is, it costs that snapshot alone
        if len(batch) > 1:
            return _joined([_read_each(read, [snapshot]) for snapshot in batch])
        reason = f"{type(error).__name__}: {str(error)[:300]}"
        return Frames(pl.DataFrame(), REJECTED.to_frame(), ((batch[0], reason),))


def _batches(snapshots: Iterable[Snapshot]) -> Iterator[list[Snapshot]]:
    """Batches of a bounded size; a snapshot that was read a moment ago is one of its own.

    Snapshots of one second stay together, because of their records one counts.
    """
    batch: list[Snapshot] = []
    size, was_known = 0, False
    for snapshot in snapshots:
        is_known = snapshot.parsed is not None
        is_full = size >= _BYTES_AT_ONCE and len(batch) >= _FEWEST_AT_ONCE
        if batch and (is_known or was_known or is_full) and _second(batch[-1]) != _second(snapshot):
            yield batch
            batch, size = [], 0
        batch.append(snapshot)
        size, was_known = size + len(snapshot.body), is_known
    if batch:
        yield batch


def _key(snapshot: Snapshot) -> tuple[str | None, int]:
    return snapshot.sha256, _second(snapshot)


def _second(snapshot: Snapshot) -> int:
    return second_of(snapshot.captured_at)


def _joined(frames: list[Frames]) -> Frames:
    good = [batch.good for batch in frames if batch.good.width]
    return Frames(
        good=pl.concat(good) if good else pl.DataFrame(),
        rejected=pl.concat([REJECTED.to_frame(), *(batch.rejected for batch in frames)]),
        unreadable=tuple(bad for batch in frames for bad in batch.unreadable),
    )
