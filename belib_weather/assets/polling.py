"""Polling a source so that no answer is lost: on disk first, then in MongoDB.

What belongs here: the way of an answer, the same for a run and for the watchdog of `local`. What
does not: requests (`sources`), files (`lake.spool`), and Dagster.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Self

from belib_weather.clock import Now
from belib_weather.files import write_file
from belib_weather.lake import Lake, LakeError, LakeValidationError, Spool, SpoolError
from belib_weather.lake.envelope import document_of, quarantined
from belib_weather.lake.schema import QUARANTINE, RAW_SNAPSHOTS
from belib_weather.sources.clocks import NOTICEABLE, clock_ahead
from belib_weather.sources.errors import SourceError
from belib_weather.sources.response import Response, rejected

_LAST_POLL = "last-poll.json"
Warn = Callable[[str], object]


def fetch_to_spool(
    collection: str,
    fetch: Callable[[], Response],
    spool: Spool,
    connect: Callable[[], Lake],
    warn: Warn,
) -> Response:
    """Fetch a response; it is on disk when this returns, and a refused one with its reason.

    Only when the spool cannot be written is MongoDB asked at once.

    Raises:
        SourceError: as `fetch`.
        LakeError: neither the spool nor MongoDB takes the answer.
    """
    keep = partial(_spool_document, spool, connect, warn)
    try:
        response = fetch()
    except SourceError as error:
        if error.response is not None:
            keep(QUARANTINE, quarantined(error.response))
            try:
                append_spooled(spool, connect, warn)
            except LakeError as away:
                warn(f"the refused answer is kept in {spool.folder} until MongoDB is back: {away}")
        raise
    try:
        keep(collection, document_of(response))
    except LakeValidationError as error:
        keep(QUARANTINE, quarantined(rejected(response, str(error))))
        raise
    return response


def append_spooled(spool: Spool, connect: Callable[[], Lake], warn: Warn) -> int:
    """Append the spooled envelopes; returns how many documents are new.

    Raises:
        LakeError: MongoDB is away; everything stays in the spool.
    """
    if not spool.waiting():
        return 0
    drained = spool.drain(connect())
    for problem in drained.problems:
        warn(problem)
    return drained.appended


def poll_to_spool(
    fetch: Callable[[], Response],
    spool: Spool,
    connect: Callable[[], Lake],
    warn: Warn,
    *,
    by: str,
    now: Now,
) -> Response:
    """Fetch a snapshot as `fetch_to_spool` does, and record when and by which process.

    Warns when this machine's clock and the feed's are apart.

    Raises:
        SourceError: as `fetch`.
        LakeError: neither the spool nor MongoDB takes the answer.
    """
    note = LastPoll(now(), by, is_taken=True)
    try:
        response = fetch_to_spool(RAW_SNAPSHOTS, fetch, spool, connect, warn)
    except Exception as error:
        _record_poll(spool, replace(note, at=now(), is_taken=False, problem=str(error)), warn)
        raise
    ended = now()
    ahead = clock_ahead(response.headers, response.captured_at, ended)
    note = replace(note, at=ended, clock_ahead_seconds=round(ahead.total_seconds()))
    _record_poll(spool, note, warn)
    if note.clock_problem:
        warn(note.clock_problem)
    return response


@dataclass(frozen=True)
class LastPoll:
    """When the feed was last polled, whatever it answered.

    Attributes:
        at: end of the attempt, by this machine's clock.
        by: "run" or "watchdog".
        is_taken: whether a snapshot was taken.
        problem: why not.
        clock_ahead_seconds: of this machine against the feed's server.
    """

    at: datetime
    by: str
    is_taken: bool
    problem: str = ""
    clock_ahead_seconds: int = 0

    @property
    def clock_problem(self) -> str:
        """A sentence about a clock that is wrong; empty when none is."""
        seconds = self.clock_ahead_seconds
        if abs(seconds) <= NOTICEABLE.total_seconds():
            return ""
        how = f"{abs(seconds):,} s {'ahead of' if seconds > 0 else 'behind'}"
        return (
            f"this machine's clock is {how} that of the feed's server; capture times and schedules"
            " go by it: set it right, and let NTP keep it so"
        )

    @classmethod
    def read(cls, spool: Spool) -> Self | None:
        """The last attempt; None when there was none, or its note cannot be read."""
        try:
            note = json.loads((spool.folder / _LAST_POLL).read_text())
            return cls(**{**note, "at": datetime.fromisoformat(note["at"])})
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def age(self, now: datetime) -> timedelta | None:
        """How long ago it was; None when a clock that was ahead has written it."""
        return now - self.at if self.at <= now + _TOLERANCE else None


_TOLERANCE = timedelta(minutes=1)


def _record_poll(spool: Spool, poll: LastPoll, warn: Warn) -> None:
    text = json.dumps({**asdict(poll), "at": poll.at.isoformat()})
    try:
        spool.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_file(spool.folder / _LAST_POLL, text)
    except OSError as error:
        warn(f"{spool.folder} cannot be written: {error.strerror}")


def _spool_document(
    spool: Spool,
    connect: Callable[[], Lake],
    warn: Warn,
    collection: str,
    document: Mapping[str, Any],
) -> None:
    try:
        spool.put(collection, document)
    except SpoolError as error:
        warn(f"{error}; MongoDB is asked without it")
        lake, own = connect(), dict(document)
        if collection == QUARANTINE:
            lake.quarantine_document(own)
        else:
            lake.append_document(collection, own)
