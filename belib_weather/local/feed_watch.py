"""Whether the feed answers, at the start and later.

What belongs here: one clear line when no snapshot comes, and one when they come again. What does
not: polling, which Dagster does.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from belib_weather.clock import Now, utc_now
from belib_weather.lake import LakeError
from belib_weather.networks import NETWORK
from belib_weather.settings import Settings
from belib_weather.sources.errors import SourceError
from belib_weather.sources.explore import ExploreApi
from belib_weather.sources.http import HttpClient

_PATIENCE_SECONDS = 10.0
_RUN = timedelta(minutes=2)
"""How long a poll's run takes on a busy machine."""
_LOOK_SECONDS = 30.0


def with_short_timeouts(settings: Settings) -> Settings:
    """The same settings for a request that a person waits for."""
    return settings.model_copy(
        update={"http_attempts": 1, "http_timeout_seconds": _PATIENCE_SECONDS}
    )


def feed_problem(settings: Settings) -> str | None:
    """Ask the catalog of the feed once; the problem, or None."""
    api = ExploreApi(
        HttpClient(with_short_timeouts(settings)),
        settings.explore_api_url,
        minimum_charge_points=settings.minimum_charge_points,
    )
    try:
        api.modified(NETWORK.realtime.id)
    except SourceError as error:
        return str(error)
    return None


def longest_silence(cadence: timedelta) -> timedelta:
    """How old the newest snapshot may be: two polls, and the time that a poll takes."""
    return 2 * cadence + _RUN


class FeedWatch:
    """Reports when no snapshots are stored any more, and when they are again.

    Args:
        newest: capture time of the newest snapshot; None where there is none.
        cadence: time between two polls.
        now: the present.
    """

    def __init__(
        self, newest: Callable[[], datetime | None], cadence: timedelta, *, now: Now = utc_now
    ) -> None:
        self._newest, self._now = newest, now
        self._silence = longest_silence(cadence)
        self._is_silent = False
        self._since = now()
        self._next_look = time.monotonic() + _LOOK_SECONDS

    def look(self) -> list[str]:
        """One line when that has changed since the last look."""
        if time.monotonic() < self._next_look:
            return []
        self._next_look = time.monotonic() + _LOOK_SECONDS
        try:
            newest = self._newest()
        except LakeError:
            return []  # the supervisor reports a store that is down
        known = newest or self._since
        is_silent = self._now() - max(known, self._since) > self._silence
        if is_silent == self._is_silent:
            return []
        self._is_silent = is_silent
        if is_silent:
            return [
                f"newest snapshot older than two polls: none since {known:%Y-%m-%d %H:%M} UTC; the"
                " poll goes on as scheduled, and the runs of the job live in the Dagster UI show"
                " why it fails"
            ]
        return ["snapshots arrive again"]
