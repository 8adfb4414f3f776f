"""The documents of UTC days as hashes, one after each document.

Equal hashes mean equal documents. Where a day's known hash is the one after its first documents,
only the rest is new. What belongs here: the hashes. What does not: who compares them
(`assets.attribute_days`).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from belib_weather.datasets.network import DIMENSION_RULES
from belib_weather.transform.stretches import DAY_SECONDS
from belib_weather.window import second_of

NO_DOCUMENT = hashlib.sha256().hexdigest()
"""Of a day without any."""
_RULES = f"rules {DIMENSION_RULES}\n".encode()


@dataclass(frozen=True)
class Digest:
    """A document, and the hash of its day's documents up to it."""

    captured_at: datetime
    records: int
    input_hash: str


def day_number(instant: datetime) -> int:
    """The number of an instant's UTC day since 1970."""
    return second_of(instant) // DAY_SECONDS


def start_of_day(day: int) -> datetime:
    """The start of a day in UTC, by its number."""
    return datetime.fromtimestamp(day * DAY_SECONDS, UTC)


def day_digests(documents: pl.DataFrame) -> dict[int, list[Digest]]:
    """The digests of each day, in order of capture.

    Args:
        documents: `captured_at` (UTC), `source`, `sha256` and `record_count`.
    """
    digests: dict[int, list[Digest]] = {}
    hashes: dict[int, hashlib._Hash] = {}
    rows = documents.sort("captured_at", "source").select(
        "captured_at", "record_count", "source", "sha256"
    )
    for captured_at, records, source, sha256 in rows.iter_rows():
        day = day_number(captured_at)
        running = hashes.setdefault(day, hashlib.sha256(_RULES))
        running.update(f"{captured_at.isoformat()} {source} {sha256}\n".encode())
        digests.setdefault(day, []).append(Digest(captured_at, records, running.hexdigest()))
    return digests


def new_documents(digests: Sequence[Digest], known: str | None) -> Sequence[Digest]:
    """The documents of a day that are not known; all of them unless they follow those that are.

    Of records of one second one counts, so documents of one second are read together.
    """
    for number, digest in enumerate(digests, start=1):
        if digest.input_hash == known:
            rest = digests[number:]
            follows = all(
                second_of(one.captured_at) > second_of(digest.captured_at) for one in rest
            )
            return rest if follows else digests
    return digests
