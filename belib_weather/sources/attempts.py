"""How often one answer is requested: a budget over all its requests and all kinds of failure.

What belongs here: when to try again, and after which pause. What does not: requests (`http`) and
when a body is whole (`completeness`).
"""

from collections.abc import Callable
from typing import TypeVar

import stamina

from belib_weather.clock import Now
from belib_weather.sources.errors import (
    IncompleteBody,
    InvalidBody,
    RetryLater,
    SourceError,
    SourceUnreachable,
)
from belib_weather.sources.options import HttpOptions

_TEMPORARY = (RetryLater, SourceUnreachable, InvalidBody, IncompleteBody)
"""Failures that may pass within moments; a body that cannot be read counts like a 500."""
Result = TypeVar("Result")


class Attempts:
    """The failures that one answer may still cost; spent by its requests and by their reading.

    Args:
        options: how many attempts, and the longest pause between two.
        now: the clock that the end of a rate limit is compared with.
    """

    def __init__(self, options: HttpOptions, now: Now) -> None:
        self._options, self._now = options, now
        self._left = options.http_attempts

    def first_success(self, ask: Callable[[], Result]) -> Result:
        """The result of the first attempt that succeeds; may be nested, the budget is one.

        Raises:
            SourceError: what the last attempt met, or what no repetition can help.
        """
        for attempt in stamina.retry_context(
            on=self._pause,
            attempts=self._options.http_attempts,
            timeout=None,
            wait_initial=min(0.5, self._options.http_max_wait_seconds),
            wait_max=self._options.http_max_wait_seconds,
        ):
            with attempt:
                try:
                    return ask()
                except _TEMPORARY:
                    self._left -= 1
                    raise
        raise AssertionError("a retry context returns or raises")

    def _pause(self, error: Exception) -> bool | float:
        """Whether to try again: true after the usual backoff, or the seconds to wait."""
        if self._left <= 0 or not isinstance(error, SourceError):
            return False
        if isinstance(error, RetryLater) and error.reset_at is not None:
            wait = (error.reset_at - self._now()).total_seconds()
            if wait > self._options.http_max_wait_seconds:
                return False
            return wait if wait > 0 else True
        return isinstance(error, _TEMPORARY)
