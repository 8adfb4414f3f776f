"""What an import says about the spellings in a file, and when it refuses them.

What belongs here: doubts about a whole file, and whether its content is stored already. What does
not: rules for single records (`formats`).
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import polars as pl
import polars.selectors as cs

from belib_weather.clock import utc_now
from belib_weather.formats.errors import FormatError
from belib_weather.formats.parsed import ParsedBody
from belib_weather.formats.realtime import RealtimeBody, read_realtime
from belib_weather.formats.static import read_static
from belib_weather.formats.weather import read_weather
from belib_weather.lake import RAW_SNAPSHOTS, Lake, RawDocument
from belib_weather.lake.errors import CorruptDocumentError
from belib_weather.lake.schema import RAW_STATIC
from belib_weather.sources.response import Response
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import CHARGE_POINTS
from belib_weather.window import DAY, Window

MOST_UNKNOWN_SHARE = 0.05
"""A file in which more rows have an unknown label is damaged."""
MOST_NEW_SHARE = 0.5
_SHOWN = 5
_SECOND = timedelta(seconds=1)
_NEAR = timedelta(hours=6)
"""Documents of seconds that are nearer are looked for together."""
_FIRST = datetime(2000, 1, 1, tzinfo=UTC)


def new_ids(ids: set[str], known: set[str]) -> list[str]:
    """Ids of a file that were never seen, in order; none where nothing is known yet."""
    return sorted(ids - known) if known else []


def spelling_notes(body: RealtimeBody, new: list[str]) -> list[str]:
    """What a person should know of a file's spellings, a line each."""
    lines = []
    if labels := body.unknown_labels:
        lines.append(f"labels that are not known: {_counted(labels)}")
    if without := body.summary["statuses"].get("null"):
        lines.append(f"records without a label: {without:,}")
    if new:
        more = f" and {len(new) - _SHOWN:,} more" if len(new) > _SHOWN else ""
        lines.append(f"charge points that are new: {len(new):,} ({', '.join(new[:_SHOWN])}{more})")
    if not body.rejected.is_empty():
        reasons = dict(body.rejected.group_by("reason").len().sort("reason").iter_rows())
        lines.append(f"records left out: {_counted(reasons)}")
    return lines


def reason_to_refuse(body: RealtimeBody, new: list[str]) -> str | None:
    """Why a file should not be taken without an explicit yes; None where it can be."""
    unknown = sum(body.unknown_labels.values())
    if unknown > body.record_count * MOST_UNKNOWN_SHARE:
        return (
            f"{unknown:,} of {body.record_count:,} records have a label that is not known"
            f" ({_counted(body.unknown_labels)}); was the file saved in another encoding?"
        )
    points = body.records["charge_point_id"].n_unique()
    if len(new) > points * MOST_NEW_SHARE:
        return (
            f"{len(new):,} of {points:,} charge points are new, while others are known"
            f" ({', '.join(new[:_SHOWN])}…); are their ids spelt in another way?"
        )
    return None


def known_ids(lake: Lake, warehouse: Warehouse) -> set[str]:
    """Ids of the charge points that the platform has seen; also of what is not yet cleaned."""
    ids = set(warehouse.read(CHARGE_POINTS)["charge_point_id"])
    try:
        newest = lake.newest(RAW_SNAPSHOTS)
        if newest is not None:
            body = read_realtime(newest.body, sha256=newest.sha256)
            ids |= set(body.records["charge_point_id"].cast(pl.String))
    except (FormatError, CorruptDocumentError):
        pass  # one stored document that cannot be read costs itself
    return ids


class Stored:
    """What is stored of the seconds of some bodies, of their sources or others.

    Args:
        lake: where documents are stored.
        collection: of the bodies.
        times: when the bodies were captured.
        any_time: look for them at any time.
    """

    def __init__(
        self, lake: Lake, collection: str, times: Sequence[datetime], *, any_time: bool
    ) -> None:
        self._lake, self._collection, self.any_time = lake, collection, any_time
        windows = [Window(_FIRST, utc_now() + DAY)] if any_time else _windows_around(times)
        self.of_hash: dict[tuple[str, str], str] = {}
        self._of_second: dict[tuple[str, datetime], list[tuple[str, str]]] = {}
        for window in windows:
            found = lake.list_documents(collection, window)
            columns = ("id", "source", "captured_at", "sha256")
            for document, source, captured_at, sha256 in found.select(columns).iter_rows():
                self.of_hash.setdefault((source, sha256), document)
                second = captured_at.replace(microsecond=0)
                self._of_second.setdefault((source, second), []).append((document, sha256))

    def of_second(self, source: str, instant: datetime) -> list[tuple[str, str]]:
        """Id and SHA-256 of the documents of a second, newest first."""
        return self._of_second.get((source, instant.replace(microsecond=0)), [])

    def content_hash(self, document: str) -> str | None:
        """Hash of what a document says; None where it cannot be read."""
        try:
            stored = self._lake.get(self._collection, document)
            return content_hash(_read(self._collection, stored)) if stored else None
        except (FormatError, CorruptDocumentError):
            return None


def stored_duplicate(stored: Stored, response: Response, body: ParsedBody) -> str | None:
    """The id of a stored document of the same second and source with the same content, or None.

    So one export in two file formats is one snapshot.

    Args:
        stored: what is stored; of any time where the body does not say its time: then the same
            bytes are the same, whenever they are said to be captured.
        response: what is about to be stored.
        body: what is in it.
    """
    if stored.any_time and (same := stored.of_hash.get((response.source, response.sha256))):
        return same
    of_the_second = stored.of_second(response.source, response.captured_at)
    own = content_hash(body) if of_the_second else ""
    for document, sha256 in of_the_second:
        if sha256 == response.sha256 or stored.content_hash(document) == own:
            return document
    return None


def _windows_around(times: Sequence[datetime]) -> Iterator[Window]:
    """Windows that hold the seconds of these instants; near ones share a window."""
    seconds = sorted({time.astimezone(UTC).replace(microsecond=0) for time in times})
    start = end = seconds[0]
    for second in seconds[1:]:
        if second - end > _NEAR:
            yield Window(start, end + _SECOND)
            start = second
        end = second
    yield Window(start, end + _SECOND)


def _read(collection: str, stored: RawDocument) -> ParsedBody:
    if collection == RAW_SNAPSHOTS:
        return read_realtime(stored.body, sha256=stored.sha256)
    if collection == RAW_STATIC:
        return read_static(stored.body)
    return read_weather(stored.body, stored.source, stored.captured_at)


def content_hash(body: ParsedBody) -> str:
    """Hash of what a body says, whatever its file format and the order of its records."""
    records = body.placed if isinstance(body, RealtimeBody) else body.records
    rows = records.select(pl.exclude("captured_at", "source")).with_columns(
        cs.categorical().cast(pl.String), cs.by_dtype(pl.Enum).cast(pl.String)
    )
    text = rows.select(sorted(rows.columns)).sort(pl.all()).write_ndjson()
    return hashlib.sha256(f"{body.rejected.height} {text}".encode()).hexdigest()


def _counted(counts: Mapping[str, int]) -> str:
    largest = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    more = f" and {len(counts) - _SHOWN:,} more" if len(counts) > _SHOWN else ""
    return ", ".join(f"{name[:80]!r} × {n:,}" for name, n in largest[:_SHOWN]) + more
