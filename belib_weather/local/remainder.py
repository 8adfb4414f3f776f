"""What a demonstration fills when it is ready: forecasts, marts, exports, documents of episodes.

What belongs here: which runs, and a line when they have ended. What does not: what people look at
first (`backfill`, `first_views`).
"""

import time
from datetime import UTC, date, datetime

from belib_weather.local.launcher import Launcher, Program, Task
from belib_weather.local.run_plan import REMAINDER, Run, encoded
from belib_weather.settings import Settings

_LOOK_SECONDS = 0.2
FILLED = "Forecasts, episodes in Elasticsearch, marts and exported files are filled as well."
FILLING = "Forecasts, marts, exported files and episodes in Elasticsearch follow, beside the polls."


def remaining_runs(start: date, today: date, *, with_index: bool) -> list[Run]:
    """Ordinary runs, that of many documents last.

    Args:
        start: the first day of the exports.
        today: the last day of the exports.
        with_index: whether there is an Elasticsearch.
    """
    runs = [
        Run("forecasts", with_index=with_index),
        Run("marts"),
        Run("pages"),
        Run("exports", f"{start}", f"{today}"),
    ]
    return [*runs, Run("publish_episodes")] if with_index else runs


def begun(settings: Settings, launcher: Launcher, *, with_index: bool) -> "Remainder | None":
    """Begin to fill it in a demonstration; a live platform does so on schedule."""
    if settings.mode != "demo":
        return None
    today = datetime.now(UTC).date()
    return Remainder(launcher, remaining_runs(settings.start, today, with_index=with_index))


class Remainder:
    """These runs in a process of their own.

    Args:
        launcher: starts the process.
        runs: what it executes.
    """

    def __init__(self, launcher: Launcher, runs: list[Run]) -> None:
        arguments = ("-m", "belib_weather.local.materialize", encoded(REMAINDER, runs))
        self._task = Task(launcher, Program(REMAINDER, "what is filled last", arguments))
        self._is_told = False

    def look(self) -> str | None:
        """One line when it has ended since the last look."""
        if self._is_told or self._task.poll() is None:
            return None
        self._is_told = True
        if self._task.has_succeeded:
            return FILLED
        return (
            f"Not everything was filled, and it is tried again on schedule: {self._task.reason()}"
        )

    def wait(self) -> str:
        """Wait for its end; the line about it."""
        while (line := self.look()) is None:
            time.sleep(_LOOK_SECONDS)
        return line
