"""Checks that every stored document can be read: names the ones that are left out.

What belongs here: one check per raw asset. What does not: how such a document is left out
(`parsed_documents`).
"""

from collections.abc import Callable, Iterator
from functools import partial

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
from belib_weather.formats.parsed import ParsedBody
from belib_weather.formats.snapshots import read_sightings
from belib_weather.lake import (
    RAW_ARRONDISSEMENTS,
    RAW_SNAPSHOTS,
    RAW_STATIC,
    RAW_WEATHER,
    Lake,
    RawDocument,
)
from belib_weather.window import Grain, Window


def _documents_readable(
    window: Window,
    lake: Lake,
    *,
    collection: str,
    grain: Grain,
    note: Callable[[Lake, Window, Unreadable], int],
) -> Iterator[Finding]:
    for start in window.starts(grain):
        unreadable, own = Unreadable(), Window(start, start + grain.length)
        documents = note(lake, own, unreadable)
        marks = lake.set_aside_marks(collection, own)
        yield Finding(
            start,
            not unreadable.names,
            {
                "documents": documents,
                "unreadable documents": unreadable.names[:MOST_NAMED],
                "set aside": [f"{mark.document_id}: {mark.reason}" for mark in marks[:MOST_NAMED]],
            },
        )


def _note_snapshots(lake: Lake, window: Window, unreadable: Unreadable) -> int:
    documents = list(lake.documents(RAW_SNAPSHOTS, window, on_damaged=unreadable.add))
    damaged = len(unreadable.names)
    unreadable.add_snapshots(read_sightings(map(snapshot_of, documents)))
    return len(documents) + damaged


def _note_with(
    collection: str, parse: Callable[[RawDocument], ParsedBody]
) -> Callable[[Lake, Window, Unreadable], int]:
    def note(lake: Lake, window: Window, unreadable: Unreadable) -> int:
        documents = lake.documents(collection, window, on_damaged=unreadable.add)
        return sum(1 for _ in readable(documents, parse, unreadable)) + len(unreadable.names)

    return note


READABLE_CHECKS = tuple(
    PartitionCheck(
        name="documents_readable",
        asset=asset,
        description="Every stored document can be read; names those that cannot and are left out.",
        find=partial(_documents_readable, collection=collection, grain=grain, note=note),
        resources=frozenset({"lake"}),
    )
    for asset, collection, grain, note in (
        (raw_belib_snapshots, RAW_SNAPSHOTS, Grain.HOUR, _note_snapshots),
        (raw_belib_static, RAW_STATIC, Grain.DAY, _note_with(RAW_STATIC, parsed_static)),
        (raw_weather, RAW_WEATHER, Grain.DAY, _note_with(RAW_WEATHER, parsed_weather)),
        (
            raw_arrondissements,
            RAW_ARRONDISSEMENTS,
            Grain.DAY,
            _note_with(RAW_ARRONDISSEMENTS, parsed_outlines),
        ),
    )
)
