"""What a change of a station is called, in every language.

What belongs here: texts. What does not: the formats that carry them.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import polars as pl

from belib_weather.datasets.changes import ChangeKind, Event
from belib_weather.networks import NETWORK
from belib_weather.panels.i18n import LANGUAGES, Language, Message
from belib_weather.vocabulary import SIMULATED

REPORTED_EVENTS: tuple[str, ...] = (
    Event.BECAME_FREE.value,
    Event.BECAME_FULL.value,
    Event.BROKE_DOWN.value,
    Event.CAME_BACK.value,
)
"""Events in feeds and messages; a silence is the feed's fault more often than the station's."""
TEXTS: dict[str, Message] = {
    Event.BECAME_FREE: Message("a point is free"),
    Event.BECAME_FULL: Message("no point is free"),
    Event.BROKE_DOWN: Message("out of order"),
    Event.CAME_BACK: Message("works again"),
}
_SIMULATED = Message("simulated data")
_SEEN_LATE = Message("the beginning was not seen")
_ZONE = ZoneInfo(NETWORK.zone)
_RIGHT_TO_LEFT = frozenset({"R", "AL", "RLE", "RLO", "RLI", "LRO", "LRE"})
_FIRST_STRONG, _END = "\u2068", "\u2069"
"""Isolate what stands between them (https://unicode.org/reports/tr9/)."""


@dataclass(frozen=True)
class Entry:
    """A change, as readers of a feed see it.

    Attributes:
        id: `urn:uuid:…`, the same each time it is written.
        station_id: with `*`.
        event: `Event`.
        at: instant of the change, UTC.
        title: station and what happened, in every language.
        text: when, and notes that a reader needs.
    """

    id: str
    station_id: str
    event: str
    at: datetime
    title: str
    text: str


def entries(changes: pl.DataFrame, names: Mapping[str, str]) -> list[Entry]:
    """An entry for each of `REPORTED_EVENTS`, the newest first.

    Args:
        changes: `StatusChange` rows in their order.
        names: station name by id; a station without one is called by its id.
    """
    reported = changes.filter(pl.col("event").is_in(REPORTED_EVENTS))
    return [_entry(row, names, LANGUAGES) for row in reversed(reported.rows(named=True))]


def title_of(
    row: Mapping[str, Any], names: Mapping[str, str], languages: Iterable[Language]
) -> str:
    """Station and what happened."""
    name = _isolated(names.get(row["station_id"]) or row["station_id"])
    event_texts = " / ".join(TEXTS[row["event"]].in_(language) for language in languages)
    return f"{name}: {event_texts}"


def _isolated(name: str) -> str:
    """A name that may run from right to left, so that what follows keeps its own direction."""
    is_of_its_own = any(unicodedata.bidirectional(sign) in _RIGHT_TO_LEFT for sign in name)
    return f"{_FIRST_STRONG}{name}{_END}" if is_of_its_own else name


def text_of(row: Mapping[str, Any], languages: Iterable[Language]) -> str:
    """When it happened, in Paris time, and notes that a reader needs."""
    notes = [
        *([_SEEN_LATE] if row["kind"] == ChangeKind.UNSEEN else []),
        *([_SIMULATED] if row["source"].startswith(SIMULATED) else []),
    ]
    when = f"{row['occurred_at'].astimezone(_ZONE):%Y-%m-%d %H:%M} (Paris)"
    lines = [" / ".join(note.in_(language) for language in languages) for note in notes]
    return "\n".join([when, *lines])


def _entry(row: dict[str, Any], names: Mapping[str, str], languages: Iterable[Language]) -> Entry:
    return Entry(
        id=f"urn:uuid:{UUID(row['change_id'])}",
        station_id=row["station_id"],
        event=row["event"],
        at=row["occurred_at"],
        title=title_of(row, names, languages),
        text=text_of(row, languages),
    )
