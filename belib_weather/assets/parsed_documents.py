"""Stored documents as their readers read them.

What belongs here: which reader reads which document, and errors that name the document. What does
not: the formats (`formats`).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from belib_weather.formats.errors import FormatError, UnreadableBody
from belib_weather.formats.parsed import ParsedBody
from belib_weather.formats.realtime import RealtimeBody, read_realtime
from belib_weather.formats.snapshots import Snapshot
from belib_weather.formats.static import read_static
from belib_weather.formats.weather import WeatherBody, read_weather
from belib_weather.lake import RawDocument


def snapshot_of(document: RawDocument) -> Snapshot:
    """A stored response of the real-time feed, to be read with others."""
    return Snapshot(document.captured_at, document.body, document.sha256)


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


def parsed_weather(document: RawDocument) -> WeatherBody:
    """A stored weather response.

    Raises:
        UnreadableBody: names the document.
    """
    with _naming(document):
        return read_weather(document.body, document.source, document.captured_at)


@contextmanager
def _naming(document: RawDocument) -> Iterator[None]:
    try:
        yield
    except FormatError as error:
        raise UnreadableBody(
            f"document {document.id} of {document.source}, captured at {document.captured_at}:"
            f" {error}"
        ) from None
