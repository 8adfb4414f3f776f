"""Attributes of charge points in raw documents: the two sources, and reading a window of each.

What belongs here: from stored documents to attributes by the day. What does not: which days are
read (`attribute_days`), and what the attributes mean (`transform`).
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import polars as pl

from belib_weather.assets.parsed_documents import (
    Unreadable,
    parsed_static,
    readable,
    snapshot_of,
)
from belib_weather.formats.batches import Snapshot
from belib_weather.formats.snapshots import read_places
from belib_weather.lake import RAW_SNAPSHOTS, RAW_STATIC, Lake
from belib_weather.transform.day_digests import day_number
from belib_weather.transform.stretches import FEED, STATIC, Attributes, by_day
from belib_weather.warehouse.table import Table
from belib_weather.warehouse.tables import FEED_ATTRIBUTES, STATIC_ATTRIBUTES
from belib_weather.window import Window, second_of


@dataclass
class Reading:
    """What reading finds besides attributes.

    Attributes:
        unreadable: documents that are left out.
        documents: readable documents by the number of their day.
        rejected: records that cannot be read.
    """

    unreadable: Unreadable
    documents: Counter[int] = field(default_factory=Counter)
    rejected: int = 0


@dataclass(frozen=True, eq=False)
class AttributeSource:
    """A raw collection, how its documents are read, and where the attributes are stored.

    Attributes:
        read: yields frames of `stretches.by_day` of a window, in order of capture.
    """

    collection: str
    table: Table
    attributes: Attributes
    read: Callable[[Lake, Window, Reading], Iterator[pl.DataFrame]]


def _read_snapshots(raw: Lake, window: Window, reading: Reading) -> Iterator[pl.DataFrame]:
    def snapshots() -> Iterator[Snapshot]:
        damaged = reading.unreadable.add
        for document in raw.documents(RAW_SNAPSHOTS, window, on_damaged=damaged):
            reading.documents[day_number(document.captured_at)] += 1
            yield snapshot_of(document)

    for batch in read_places(snapshots()):
        reading.unreadable.add_snapshots(batch)
        reading.documents.subtract(day_number(bad.captured_at) for bad, _ in batch.unreadable)
        reading.rejected += batch.rejected.height
        yield by_day(batch.good, FEED)


def _read_static(raw: Lake, window: Window, reading: Reading) -> Iterator[pl.DataFrame]:
    stored = raw.documents(RAW_STATIC, window, on_damaged=reading.unreadable.add)
    of_a_second: list[pl.DataFrame] = []
    for document, body in readable(stored, parsed_static, reading.unreadable):
        second = second_of(document.captured_at)
        reading.documents[day_number(document.captured_at)] += 1
        reading.rejected += body.rejected.height
        if of_a_second and of_a_second[0].item(0, "second") != second:
            yield by_day(pl.concat(of_a_second), STATIC)
            of_a_second = []
        if not body.records.is_empty():
            of_a_second.append(body.records.with_columns(pl.lit(second, pl.Int64).alias("second")))
    if of_a_second:
        yield by_day(pl.concat(of_a_second), STATIC)


OF_FEED = AttributeSource(RAW_SNAPSHOTS, FEED_ATTRIBUTES, FEED, _read_snapshots)
OF_STATIC = AttributeSource(RAW_STATIC, STATIC_ATTRIBUTES, STATIC, _read_static)
