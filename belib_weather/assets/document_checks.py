"""Checks that every stored document can be read: names the ones that are left out.

What belongs here: one check per raw asset. What does not: how such a document is left out
(`parsed_documents`).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

import dagster as dg

from belib_weather.assets.check_factory import Finding, PartitionCheck
from belib_weather.assets.parsed_documents import (
    MOST_NAMED,
    Unreadable,
    parsed_outlines,
    parsed_static,
    parsed_weather,
    readable,
    snapshot_of,
)
from belib_weather.assets.raw import (
    raw_arrondissements,
    raw_belib_snapshots,
    raw_belib_static,
    raw_weather,
)
from belib_weather.formats.batches import Snapshot
from belib_weather.formats.parsed import ParsedBody
from belib_weather.formats.snapshots import read_sightings
from belib_weather.lake import (
    RAW_ARRONDISSEMENTS,
    RAW_SNAPSHOTS,
    RAW_STATIC,
    RAW_WEATHER,
    CorruptDocumentError,
    Lake,
    Mark,
    RawDocument,
)
from belib_weather.window import DAY, Window, floor_hour


def _days_readable(
    window: Window,
    lake: Lake,
    *,
    collection: str,
    parse: Callable[[RawDocument], ParsedBody],
) -> Iterator[Finding]:
    """A finding a day: few documents lie in one."""
    for start in window.days:
        unreadable, own = Unreadable(), Window.day(start)
        intact = lake.documents(collection, own, on_damaged=unreadable.add)
        documents = sum(1 for _ in readable(intact, parse, unreadable)) + len(unreadable.names)
        yield _finding(start, documents, unreadable, lake.set_aside_marks(collection, own))


def _hours_readable(window: Window, lake: Lake) -> Iterator[Finding]:
    """A finding an hour, of snapshots that are read a day at a time: many together cost less."""
    for day in window.days:
        part = Window(max(day, window.start), min(day + DAY, window.end))
        documents: Counter[datetime] = Counter()
        unreadable: dict[datetime, Unreadable] = defaultdict(Unreadable)
        for snapshot, reason in read_sightings(
            _intact_snapshots(lake, part, documents, unreadable)
        ).unreadable:
            unreadable[floor_hour(snapshot.captured_at)].add_snapshot(snapshot, reason)
        marks = lake.set_aside_marks(RAW_SNAPSHOTS, part)
        for hour in part.hours:
            own = [mark for mark in marks if floor_hour(mark.captured_at) == hour]
            yield _finding(hour, documents[hour], unreadable[hour], own)


def _intact_snapshots(
    lake: Lake,
    window: Window,
    documents: Counter[datetime],
    unreadable: dict[datetime, Unreadable],
) -> Iterator[Snapshot]:
    """The snapshots of a window that are not damaged; all are counted by their hour."""

    def note_damaged(error: CorruptDocumentError) -> None:
        hour = floor_hour(error.captured_at)
        documents[hour] += 1
        unreadable[hour].add(error)

    for document in lake.documents(RAW_SNAPSHOTS, window, on_damaged=note_damaged):
        documents[floor_hour(document.captured_at)] += 1
        yield snapshot_of(document)


def _finding(start: datetime, documents: int, unreadable: Unreadable, marks: list[Mark]) -> Finding:
    return Finding(
        start,
        not unreadable.names,
        {
            "documents": documents,
            "unreadable documents": unreadable.names[:MOST_NAMED],
            "set aside": [f"{mark.document_id}: {mark.reason}" for mark in marks[:MOST_NAMED]],
        },
    )


def _in_days(
    collection: str, parse: Callable[[RawDocument], ParsedBody]
) -> Callable[..., Iterator[Finding]]:
    return partial(_days_readable, collection=collection, parse=parse)


_FINDERS: tuple[tuple[dg.AssetsDefinition, Callable[..., Iterator[Finding]]], ...] = (
    (raw_belib_snapshots, _hours_readable),
    (raw_belib_static, _in_days(RAW_STATIC, parsed_static)),
    (raw_weather, _in_days(RAW_WEATHER, parsed_weather)),
    (raw_arrondissements, _in_days(RAW_ARRONDISSEMENTS, parsed_outlines)),
)
READABLE_CHECKS = tuple(
    PartitionCheck(
        name="documents_readable",
        asset=asset,
        description="Every stored document can be read; names those that cannot and are left out.",
        find=find,
        resources=frozenset({"lake"}),
    )
    for asset, find in _FINDERS
)
