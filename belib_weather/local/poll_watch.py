"""The second trigger of a poll: it takes the snapshot if no run does.

What belongs here: when it is due. What does not: the way of the answer (`assets.polling`), and the
process (`watchdog`). It needs nothing but the feed and the spool's folder: no store, no part of
Dagster, and not a clock that was right all the time.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from belib_weather.assets.polling import LastPoll, append_spooled, poll_to_spool
from belib_weather.clock import Now, utc_now
from belib_weather.lake import Lake, LakeError, Spool
from belib_weather.lake.connection import time_limit
from belib_weather.settings import Settings
from belib_weather.sources.errors import SourceError
from belib_weather.sources.explore import ExploreApi
from belib_weather.sources.http import HttpClient
from belib_weather.sources.response import Response

GRACE = timedelta(seconds=90)
"""After a cadence without a poll: a run starts and asks within it, also on a busy machine."""
HANDOVER = timedelta(seconds=45)
"""After each tick while the watchdog polls: a run that works again is there before."""
WATCHDOG = "watchdog"
_APPEND_SECONDS = 60.0
_LEAST = 0.7
"""Of a cadence: between two polls of the watchdog."""


def is_due(last: LastPoll | None, began: datetime, now: datetime, cadence: timedelta) -> bool:
    """Whether the watchdog has to poll.

    Args:
        last: attempt of a run or of the watchdog.
        began: when the watchdog began to look.
        now: by this machine's clock.
        cadence: time between two polls.
    """
    if last is None:
        return now - began > cadence + GRACE
    age = last.age(now)
    if age is None:  # written by a clock that was ahead
        return True
    if last.by != WATCHDOG:
        return age > cadence + GRACE
    seconds = cadence.total_seconds()
    tick = datetime.fromtimestamp(now.timestamp() // seconds * seconds, UTC)
    return last.at < tick and now - tick > HANDOVER


def snapshot_fetcher(settings: Settings, now: Now = utc_now) -> Callable[[], Response]:
    """What fetches a snapshot as a run does."""
    api = ExploreApi(
        HttpClient(settings, now),
        settings.explore_api_url,
        minimum_charge_points=settings.minimum_charge_points,
    )
    cadence_seconds = int(settings.cadence.total_seconds())
    return lambda: replace(api.realtime(), cadence_seconds=cadence_seconds)


class PollWatch:
    """Polls when no run does.

    Args:
        fetch: takes a snapshot.
        spool: where it goes.
        connect: opens the lake, to which all that waits is appended when it answers.
        cadence: time between two polls.
        now: the present.
        follow_up: asks for a run that brings the snapshot downstream; a line about it, or none.
    """

    def __init__(
        self,
        fetch: Callable[[], Response],
        spool: Spool,
        connect: Callable[[], Lake],
        cadence: timedelta,
        *,
        now: Now = utc_now,
        follow_up: Callable[[], str] = str,
    ) -> None:
        self._follow_up = follow_up
        self._fetch, self._spool, self._connect = fetch, spool, connect
        self._cadence, self._now = cadence, now
        self._began = now()
        self._attempted: float | None = None

    def look(self) -> list[str]:
        """Poll if it is due; lines about what was done."""
        last = LastPoll.read(self._spool)
        if not is_due(last, self._began, self._now(), self._cadence) or self._is_too_soon():
            return []
        self._attempted = time.monotonic()
        lines = [f"no run has polled since {last.at if last else self._began:%Y-%m-%d %H:%M:%S}"]
        try:
            response = poll_to_spool(
                self._fetch, self._spool, self._connect, lines.append, by=WATCHDOG, now=self._now
            )
        except (SourceError, LakeError) as error:
            return [*lines, f"the watchdog got no snapshot: {error}"]
        lines.append(f"the watchdog took a snapshot of {response.record_count} charge points")
        try:
            lake = self._connect()
            lake.version()  # within its own time limit, which that of all documents replaces
            with time_limit(_APPEND_SECONDS):
                append_spooled(self._spool, lambda: lake, lines.append)
        except LakeError as error:
            return [
                *lines,
                f"it waits in {self._spool.folder} until MongoDB is back: {error}",
            ]
        return [*lines, *filter(None, [self._follow_up()])]

    def _is_too_soon(self) -> bool:
        """Whatever clocks and notes say, the feed is not asked in a loop."""
        return (
            self._attempted is not None
            and time.monotonic() - self._attempted < _LEAST * self._cadence.total_seconds()
        )


class PollReport:
    """Reports on the console who polls, when that changes."""

    def __init__(self, spool: Spool) -> None:
        self._spool, self._by = spool, ""

    def look(self) -> list[str]:
        """One line when the watchdog polls in place of runs, and when runs do again."""
        last = LastPoll.read(self._spool)
        if last is None or last.by == self._by:
            return []
        before, self._by = self._by, last.by
        if last.by == WATCHDOG:
            return [
                "no run polls; the watchdog takes the snapshots itself, and they are appended when"
                " Dagster and MongoDB work again (`belib-weather doctor` says what does not)"
            ]
        return ["runs poll again"] if before else []
