"""Many snapshots at once: only the fields that are needed, on all cores, in bounded memory.

What belongs here: batches. What does not: parsing the fields (`realtime`), which is the same
for one snapshot and for many.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from threading import Lock

import numpy as np
import polars as pl
from polars.exceptions import PanicException

from belib_weather.formats.batches import Batch, Snapshot, batches_of
from belib_weather.formats.export import FieldTypes, read_export, rows_of_json
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
    seconds_of,
)
from belib_weather.formats.repeated import Repeated
from belib_weather.formats.stamps import with_signs_of_life
from belib_weather.networks import NETWORK
from belib_weather.parallel import on_all_cores, read_ahead

_NONE_REJECTED = REJECTED.to_frame()


@dataclass(frozen=True)
class Frames:
    """Clean rows of snapshots in the order given, and rejected records by `REJECTED`.

    Attributes:
        unreadable: snapshots that cannot be read, each with the reason; nothing of them is in the
            rows.
        damaged: how packed bodies are damaged, which are left out, too.
    """

    good: pl.DataFrame
    rejected: pl.DataFrame
    unreadable: tuple[tuple[Snapshot, str], ...] = ()
    damaged: tuple[Exception, ...] = ()


def read_sightings(snapshots: Iterable[Snapshot]) -> Frames:
    """The sightings of snapshots by `SIGHTINGS`.

    Args:
        snapshots: in any order; read lazily, a few at a time.

    Returns:
        A caller that reads a long time in chunks filters the sightings by `second` for the margin
        that two chunks share. A snapshot that cannot be read costs itself alone.
    """
    return _joined([_none(SIGHTINGS), *REMEMBERED.read(snapshots)])


class CachedSightings:
    """Sightings of the snapshots that were read last, so that none is parsed again.

    For a process that makes several tables of one history. It remembers nothing until `most` says
    how much, and only bodies whose hash is known and all of whose records are clean.

    Attributes:
        most: records; one takes about 20 bytes.
    """

    def __init__(self, most: int = 0) -> None:
        self.most = most
        self._cached: OrderedDict[tuple[str | None, int], pl.DataFrame] = OrderedDict()
        self._records = 0
        self._lock = Lock()

    def read(self, snapshots: Iterable[Snapshot]) -> Iterator[Frames]:
        """The sightings of snapshots, in the order given."""
        if not self.most:
            yield from _read_batches(_sightings, snapshots)
            return
        for is_known, group in groupby(snapshots, lambda snapshot: _key(snapshot) in self._cached):
            if is_known:
                yield from (Frames(self._cached[_key(one)], _NONE_REJECTED) for one in group)
            else:
                yield from _read_batches(self._read_and_cache, group)

    def _read_and_cache(self, batch: Batch) -> Frames:
        frames = _sightings(batch)
        if frames.rejected.is_empty():
            own = frames.good.partition_by("second", as_dict=True)
            times = Counter(one.second for one in batch.snapshots)
            with self._lock:
                for snapshot in batch.snapshots:
                    second = snapshot.second
                    if snapshot.sha256 and times[second] == 1:
                        self._cache(snapshot, own.get((second,), frames.good.clear()))
        return frames

    def _cache(self, snapshot: Snapshot, sightings: pl.DataFrame) -> None:
        if _key(snapshot) in self._cached:
            return
        self._cached[_key(snapshot)] = sightings
        self._records += sightings.height
        while self._records > self.most and len(self._cached) > 1:
            self._records -= self._cached.popitem(last=False)[1].height


REMEMBERED = CachedSightings()
"""Of this process."""


@dataclass(frozen=True)
class _CleanRecords:
    """Distinct records as they were cleaned.

    Attributes:
        opening: what comes before each in its body.
        place_of: the row of each.
        rows: `charge_point_id`, `status` and `updated`.
    """

    opening: bytes
    place_of: Mapping[bytes, int]
    rows: pl.DataFrame


class LatestRecords:
    """The records of the batch that was cleaned last: most of them are in the next one, too.

    So the records of a large city are parsed once, and not once for each batch of a history.
    """

    def __init__(self) -> None:
        self._latest = _NO_RECORDS

    def cleaned(self, found: Repeated) -> pl.DataFrame | None:
        """The distinct records of a batch by their places; None where not all of them are clean."""
        if len(found.places) <= 1:
            return None
        latest = self._latest if self._latest.opening == found.opening else _NO_RECORDS
        new = [record for record in found.place_of if record not in latest.place_of]
        rows = latest.rows
        if new:
            parsed = _rows_of(found.array_of(new), len(new), SIGHTING_FIELDS)
            if parsed is None:
                return None
            records, rejected = clean(parsed, seconds_of(parsed[STAMP]), pl.DataFrame())
            if not rejected.is_empty():
                return None
            rows = pl.concat([rows, records])
        added = zip(new, range(latest.rows.height, rows.height), strict=True)
        place_of = {**latest.place_of, **dict(added)}
        rows = rows[np.fromiter(map(place_of.__getitem__, found.place_of), np.uint32)]
        self._latest = _CleanRecords(found.opening, found.place_of, rows)
        return rows


_NO_RECORDS = _CleanRecords(
    b"", {}, SIGHTINGS.to_frame().select("charge_point_id", "status", "updated")
)
_LATEST = LatestRecords()
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
    return Frames(schema.to_frame(), _NONE_REJECTED)


def _sightings(batch: Batch) -> Frames:
    if parsed := _parsed(batch):
        return Frames(parsed.sightings(batch.snapshots[0].captured_at), parsed.rejected)
    records = None if batch.apart else _LATEST.cleaned(batch.found)
    if records is not None:
        return _per_body(batch, records, SIGHTINGS)
    return _cleaned(batch, SIGHTING_FIELDS, SIGHTINGS, lambda _: pl.DataFrame())


def _places(batch: Batch) -> Frames:
    if parsed := _parsed(batch):
        return Frames(parsed.places(batch.snapshots[0].captured_at), parsed.rejected)
    return _cleaned(batch, ALL_FIELDS, PLACES, lambda rows: places(rows, NETWORK.realtime.fields))


def _parsed(batch: Batch) -> RealtimeBody | None:
    return batch.snapshots[0].parsed if len(batch.snapshots) == 1 else None


def _cleaned(
    batch: Batch,
    fields: FieldTypes,
    schema: pl.Schema,
    more: Callable[[pl.DataFrame], pl.DataFrame],
) -> Frames:
    """The clean records of a batch in the columns of `schema`, those of `more` among them."""
    distinct = _distinct(batch.found, fields)
    if distinct is not None and not batch.apart:
        records, rejected = clean(distinct, seconds_of(distinct[STAMP]), more(distinct))
        if rejected.is_empty():  # nearly always
            return _per_body(batch, records, schema)
    rows = _rows(batch, fields, distinct)
    whose = rows.select("second", "body").hstack(more(rows))
    records, rejected = clean(rows, seconds_of(rows[STAMP]), whose)
    return Frames(with_signs_of_life(records).select(schema.names()), rejected)


def _per_body(batch: Batch, distinct: pl.DataFrame, schema: pl.Schema) -> Frames:
    """The rows of each body in the columns of `schema`, where all distinct records are clean."""
    rows = with_signs_of_life(batch.rows_per_body(distinct))
    return Frames(rows.select(schema.names()), _NONE_REJECTED)


def _distinct(found: Repeated, fields: FieldTypes) -> pl.DataFrame | None:
    """The published fields of distinct records; None where they must be read body by body."""
    return _rows_of(found.array, found.count, fields) if len(found.places) > 1 else None


def _rows_of(array: bytes, count: int, fields: FieldTypes) -> pl.DataFrame | None:
    """The published fields of so many records; None where there are more, fewer, or others."""
    try:
        rows = rows_of_json(array, fields)
    except pl.exceptions.PolarsError:
        return None
    return rows if rows.height == count else None


def _rows(batch: Batch, fields: FieldTypes, distinct: pl.DataFrame | None) -> pl.DataFrame:
    """The published fields of a batch, each row with the `second` and the number of its `body`."""

    def parse(number: int, snapshot: Snapshot) -> pl.DataFrame:
        rows = read_export(snapshot.body, fields).rows
        # In place: an expression for each body takes a tenth of the time of parsing it.
        for name, value in (("second", snapshot.second), ("body", number)):
            one = pl.Series(name, [value], dtype=pl.Int64)
            rows.insert_column(rows.width, one.new_from_index(0, rows.height))
        return rows

    if distinct is None:
        return pl.concat(parse(number, one) for number, one in enumerate(batch.with_bodies))
    together = batch.rows_per_body(distinct)
    if not batch.apart:
        return together
    apart = [parse(number, batch.snapshots[number]) for number in batch.apart]
    return pl.concat([together, *apart]).sort("body", maintain_order=True)


def _read_batches(
    read: Callable[[Batch], Frames], snapshots: Iterable[Snapshot]
) -> Iterator[Frames]:
    """Clean batches in order, made on all cores while the next snapshots are read."""

    def read_whole(together: list[Snapshot]) -> Frames:
        batch = Batch(together)
        frames = (
            _read_each(read, batch) if batch.snapshots else Frames(pl.DataFrame(), _NONE_REJECTED)
        )
        return replace(frames, damaged=tuple(batch.damaged))

    return on_all_cores(read_whole, read_ahead(batches_of(snapshots)))


def _read_each(read: Callable[[Batch], Frames], batch: Batch) -> Frames:
    """Read a batch; where that fails, each snapshot by itself, so that the bad one is found."""
    try:
        return read(batch)
    except MemoryError:
        raise
    except (Exception, PanicException) as error:  # whatever it is, it costs that snapshot alone
        if len(batch.snapshots) > 1:
            return _joined([_read_each(read, Batch([snapshot])) for snapshot in batch.with_bodies])
        reason = f"{type(error).__name__}: {str(error)[:300]}"
        return Frames(pl.DataFrame(), _NONE_REJECTED, ((batch.with_bodies[0], reason),))


def _key(snapshot: Snapshot) -> tuple[str | None, int]:
    return snapshot.sha256, snapshot.second


def _joined(frames: list[Frames]) -> Frames:
    good = [batch.good for batch in frames if batch.good.width]
    return Frames(
        good=pl.concat(good) if good else pl.DataFrame(),
        rejected=pl.concat([_NONE_REJECTED, *(batch.rejected for batch in frames)]),
        unreadable=tuple(bad for batch in frames for bad in batch.unreadable),
        damaged=tuple(bad for batch in frames for bad in batch.damaged),
    )
