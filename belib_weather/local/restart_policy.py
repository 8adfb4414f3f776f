"""When a process that failed is started again: the one rule for all processes."""

from collections import deque
from dataclasses import dataclass, field

LONGEST_PAUSE_SECONDS = 60.0
STABLE_SECONDS = 60.0
"""A process that ran well for so long begins again with the shortest pause."""
LIMIT = 6
LIMIT_SECONDS = 600.0


@dataclass
class RestartPolicy:
    """Pauses double from one second to a minute; at most six starts in any ten minutes.

    Times are seconds of one monotonic clock.
    """

    _failures: int = 0
    _starts: deque[float] = field(default_factory=lambda: deque(maxlen=LIMIT))

    def next_start(self, now: float, stable_seconds: float) -> float:
        """When to start a process that failed at `now`; the start is counted.

        Args:
            now: not before the last start.
            stable_seconds: how long it ran well before it failed.
        """
        if stable_seconds >= STABLE_SECONDS:
            self._failures = 0
        start = now + min(2.0**self._failures, LONGEST_PAUSE_SECONDS)
        if len(self._starts) == LIMIT:
            start = max(start, self._starts[0] + LIMIT_SECONDS)
        self._failures += 1
        self._starts.append(start)
        return start
