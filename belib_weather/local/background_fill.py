"""The background fill of a demonstration: forecasts, marts, exports, documents of episodes.

What belongs here: which runs, and a line when they have ended. What does not: what people look at
first (`backfill`, `first_views`).
"""

from datetime import UTC, date, datetime

from belib_weather.local.first_views import files_run
from belib_weather.local.run_plan import BACKGROUND_FILL, Run
from belib_weather.local.worker import Work, Worker, reason_of
from belib_weather.settings import Settings

FILLED = "Forecasts, episodes in Elasticsearch, marts and exported files are filled as well."
FILLING = "Forecasts, marts, exported files and episodes in Elasticsearch follow, beside the polls."


def background_runs(start: date, today: date, *, with_index: bool) -> list[Run]:
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
    return [*runs, Run("publish_outages"), Run("publish_episodes")] if with_index else runs


def start_background_fill(
    settings: Settings, worker: Worker, *, with_index: bool
) -> "BackgroundFill | None":
    """Start it in a demonstration; a live platform does the same on schedule."""
    if settings.mode != "demo":
        return None
    now = datetime.now(UTC)
    runs = [files_run(now), *background_runs(settings.start, now.date(), with_index=with_index)]
    return BackgroundFill(worker.begin(BACKGROUND_FILL, runs))


class BackgroundFill:
    """The runs of the background fill, on a worker.

    Args:
        work: the lane that executes them.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._is_reported = False

    def look(self) -> str | None:
        """One line when it has ended since the last look."""
        if self._is_reported or self._work.poll() is None:
            return None
        return self.wait()

    def wait(self) -> str:
        """Wait for its end; the line about it."""
        reason = reason_of(self._work)
        self._is_reported = True
        if reason is None:
            return FILLED
        return f"Not everything was filled, and it is tried again on schedule: {reason}"
