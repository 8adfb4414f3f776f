"""Reads a window of raw snapshots as sightings, chunk by chunk in bounded memory.

What belongs here: which documents a chunk needs, and parsing each of them once. What does not:
what the sightings mean (`transform`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

import dagster as dg
import polars as pl

from belib_weather.assets.parsed_documents import Unreadable, packed_snapshot
from belib_weather.formats.batches import Snapshot
from belib_weather.formats.snapshots import no_sightings, read_sightings
from belib_weather.lake import CorruptDocumentError, Lake
from belib_weather.lake.schema import RAW_SNAPSHOTS
from belib_weather.transform.input_hashes import MARGIN
from belib_weather.window import Grain, Window, second_of

MOST_RECORDS = 1_500_000
"""Records read at a time: more than two days of five-minute polls, about 200 MB of frames."""
AROUND = (MARGIN, MARGIN + timedelta(seconds=1))
"""Read before and after a window: episodes need the second that is 30 minutes after it, too."""
LONGEST = timedelta(days=31)
"""A chunk of an empty or sparse time: each of its hours takes one of the few thousand locks of the
PostgreSQL server, which all its connections share."""


_EVERY = {Grain.HOUR: "1h", Grain.DAY: "1d"}


@dataclass(frozen=True)
class Sightings:
    """The snapshots of a window widened by the margin: clean sightings and what was left out."""

    good: pl.DataFrame
    rejected: pl.DataFrame
    documents: pl.DataFrame
    """`captured_at`, `sha256` and `source` of the snapshots, readable or not."""
    unreadable: Unreadable
    """Snapshots that are left out."""


DOCUMENTS = pl.Schema(
    {"captured_at": pl.Datetime("us", "UTC"), "sha256": pl.String(), "source": pl.String()}
)


class SightingsReader:
    """Reads consecutive windows; a snapshot in the margin of two of them is parsed once.

    Documents are asked for anew for every window, so that what a lock protects is read under it.
    """

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._cached = no_sightings()
        self._cached_documents: set[tuple[datetime, str]] = set()

    def read(self, window: Window) -> Sightings:
        """Sightings of the window and 30 minutes on either side."""
        read: list[tuple[datetime, str, str]] = []

        def new_snapshots() -> Iterator[Snapshot]:
            for document in self._lake.packed(RAW_SNAPSHOTS, window.widened(*AROUND)):
                read.append((document.captured_at, document.sha256, document.source))
                if (document.captured_at, document.sha256) not in self._cached_documents:
                    yield packed_snapshot(document)

        cleaned = read_sightings(new_snapshots())
        unreadable = Unreadable()
        damaged: set[tuple[datetime, str]] = set()
        for error in cleaned.damaged:
            unreadable.add(error)
            if isinstance(error, CorruptDocumentError):
                damaged.add((error.captured_at, error.sha256))
        unreadable.add_snapshots(cleaned)
        good = pl.concat([self._cached, cleaned.good])
        self._cache(good, {(at, sha256) for at, sha256, _ in read} - damaged, window.end - MARGIN)
        documents = pl.DataFrame(read, schema=DOCUMENTS, orient="row")
        return Sightings(good, cleaned.rejected, documents, unreadable)

    def _cache(
        self, good: pl.DataFrame, intact: set[tuple[datetime, str]], since: datetime
    ) -> None:
        """Cache what the next window needs again."""
        self._cached = good.filter(pl.col("second") >= second_of(since))
        self._cached_documents = {key for key in intact if key[0] >= since}


def chunks(
    lake: Lake, window: Window, most_records: int = MOST_RECORDS, grain: Grain = Grain.HOUR
) -> Iterator[Window]:
    """Cut a window at full hours or days: no chunk holds more records than `most_records`.

    Save one hour or day that holds more. None is longer than `LONGEST`. All hold about as many, so
    that storing one takes no longer than reading the next; what is worth it is cut in two.
    """
    held = dict(
        lake.inventory(RAW_SNAPSHOTS, window, ("captured_at", "record_count"))
        .group_by(pl.col("captured_at").dt.truncate(_EVERY[grain]).alias("start"))
        .agg(pl.col("record_count").sum())
        .iter_rows()
    )
    total = sum(held.values())
    fewest = 2 if 2 * total > most_records else 1
    share = total / max(fewest, ceil(total / most_records))
    start, records = window.start, 0
    for unit in window.starts(grain):
        is_full = records > share or records + held.get(unit, 0) > most_records
        if unit > start and (is_full or unit - start >= LONGEST):
            yield Window(start, unit)
            start, records = unit, 0
        records += held.get(unit, 0)
    yield Window(start, window.end)


def warn_of_rejected(context: dg.AssetExecutionContext, rejected: pl.DataFrame) -> None:
    """Log how many records could not be cleaned, and the first of them with the reason."""
    if rejected.height:
        context.log.warning(f"{rejected.height} records could not be cleaned: {rejected.head(5)}")
