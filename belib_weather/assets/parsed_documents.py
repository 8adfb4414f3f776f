"""Stored documents, parsed by their readers.

What belongs here: which reader reads which document, and errors that name the document. What does
not: the formats (`formats`).
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

import dagster as dg
from polars.exceptions import PanicException

from belib_weather.formats.batches import Snapshot
from belib_weather.formats.errors import FormatError, UnreadableBody
from belib_weather.formats.outlines import read_outlines
from belib_weather.formats.parsed import ParsedBody
from belib_weather.formats.realtime import RealtimeBody, read_realtime
from belib_weather.formats.snapshots import Frames
from belib_weather.formats.static import read_static
from belib_weather.formats.weather import WeatherBody, read_weather
from belib_weather.lake import Lake, PackedDocument, RawDocument

MOST_NAMED = 20
MOST_TRIED = 50
"""How many of the newest documents; if none can be read, the reader is at fault."""
ADVICE = "`belib-weather raw show` shows it, `belib-weather raw set-aside` takes it out of use."
Parsed = TypeVar("Parsed", bound=ParsedBody)


def snapshot_of(document: RawDocument) -> Snapshot:
    """A stored response of the real-time feed, to be read with others."""
    return Snapshot(document.captured_at, document.body, document.sha256, _name(document))


def packed_snapshot(document: PackedDocument) -> Snapshot:
    """The same, to be unpacked and verified by the thread that reads it."""
    return Snapshot(
        document.captured_at,
        b"",
        document.sha256,
        _name(document),
        document.record_count,
        unpack=document.body,
    )


def parsed_snapshot(document: RawDocument) -> RealtimeBody:
    """A stored response of the real-time feed; the newest is parsed once in a run.

    Raises:
        UnreadableBody: names the document.
    """
    with _naming(document):
        return read_realtime(document.body, sha256=document.sha256)


def parsed_static(document: RawDocument) -> ParsedBody:
    """A stored export of the static dataset.

    Raises:
        UnreadableBody: names the document.
    """
    with _naming(document):
        return read_static(document.body)


def parsed_outlines(document: RawDocument) -> ParsedBody:
    """A stored export of outlines.

    Raises:
        UnreadableBody: names the document.
    """
    with _naming(document):
        return read_outlines(document.body)


def parsed_weather(document: RawDocument) -> WeatherBody:
    """A stored weather response.

    Raises:
        UnreadableBody: names the document.
    """
    with _naming(document):
        return read_weather(document.body, document.source, document.captured_at)


class Unreadable:
    """Stored documents that cannot be read, by name; each costs itself and nothing else."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def add(self, problem: object) -> None:
        """Note a document by the error that names it; the same one only once."""
        if (name := str(problem)) not in self.names:
            self.names.append(name)

    def add_snapshots(self, frames: Frames) -> None:
        """Note the snapshots that were left out of frames."""
        for snapshot, reason in frames.unreadable:
            self.add_snapshot(snapshot, reason)

    def add_snapshot(self, snapshot: Snapshot, reason: str) -> None:
        """Note a snapshot that cannot be read."""
        self.add(f"{snapshot.name}: {reason}")

    def report(self, context: dg.AssetExecutionContext) -> dict[str, list[str]]:
        """Warn of the documents in the log; the metadata that name them, if there are any."""
        for name in self.names[:MOST_NAMED]:
            context.log.warning(f"left out, because it cannot be read: {name}. {ADVICE}")
        return {"unreadable documents": self.names[:MOST_NAMED]} if self.names else {}


def readable(
    documents: Iterable[RawDocument],
    parse: Callable[[RawDocument], Parsed],
    unreadable: Unreadable,
) -> Iterator[tuple[RawDocument, Parsed]]:
    """The documents that can be read, as their reader reads them; the others are noted."""
    for document in documents:
        try:
            parsed = parse(document)
        except UnreadableBody as error:
            unreadable.add(error)
            continue
        yield document, parsed


def newest_readable(
    lake: Lake,
    collection: str,
    parse: Callable[[RawDocument], Parsed],
    unreadable: Unreadable,
) -> tuple[RawDocument, Parsed] | None:
    """The newest document that can be read, of the last few; None where there is none."""
    newest = islice(lake.newest_first(collection, on_damaged=unreadable.add), MOST_TRIED)
    return next(readable(newest, parse, unreadable), None)


@contextmanager
def _naming(document: RawDocument) -> Iterator[None]:
    try:
        yield
    except FormatError as error:
        raise UnreadableBody(f"{_name(document)}: {error}") from None
    except (Exception, PanicException) as error:
        reason = f"{type(error).__name__}: {str(error)[:300]}"
        raise UnreadableBody(f"{_name(document)}: {reason}") from error


def _name(document: RawDocument | PackedDocument) -> str:
    return (
        f"document {document.id} of {document.source}, captured at"
        f" {document.captured_at:%Y-%m-%dT%H:%M:%SZ}"
    )
