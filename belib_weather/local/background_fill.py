"""The background fill of a demonstration: forecasts, marts, exports, and most documents.

What belongs here: which runs, and a line when they have ended. What does not: what people look at
first (`backfill`, `first_views`).
"""

from datetime import UTC, date, datetime

from belib_weather.local.backfill import documents_run, older_documents
from belib_weather.local.first_views import files_run
from belib_weather.local.run_plan import BACKGROUND_FILL, OLDER_DOCUMENTS, Run
from belib_weather.local.stores import Stores
from belib_weather.local.worker import Work, Workers, reason_of
from belib_weather.settings import Settings
from belib_weather.window import Window

FILLED = "Forecasts, marts, exported files and all of Elasticsearch are filled as well."


def filling(older: Window | None) -> str:
    """What follows, beside the polls.

    Args:
        older: the hours whose facts Elasticsearch lacks, if any.
    """
    follows = (
        "Forecasts, marts, exported files and episodes in Elasticsearch follow, beside the polls."
    )
    if older is None:
        return follows
    return f"{follows} So does its availability before {older.end:%-d %B}, the newest days first."


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
    settings: Settings, stores: Stores, workers: Workers
) -> "BackgroundFill | None":
    """Start it in a demonstration; a live platform does the same on schedule.

    The documents of older days are published beside the rest. A run that is killed leaves the
    newest of them, and the next start publishes the others.
    """
    if settings.mode != "demo":
        return None
    now, with_index = datetime.now(UTC), stores.search is not None
    works = []
    if older := older_documents(stores, settings.start_at, now):
        works.append(workers.first.begin(OLDER_DOCUMENTS, [documents_run(older)]))
    runs = [files_run(now), *background_runs(settings.start, now.date(), with_index=with_index)]
    works.append(workers.last.begin(BACKGROUND_FILL, runs))
    return BackgroundFill(works, older)


class BackgroundFill:
    """The runs of the background fill, on both workers.

    Attributes:
        older: the hours whose facts Elasticsearch lacked when it began, if any.

    Args:
        works: the lanes that execute them.
        older: as above.
    """

    def __init__(self, works: list[Work], older: Window | None) -> None:
        self._works = works
        self.older = older
        self._is_reported = False

    def look(self) -> str | None:
        """One line when it has ended since the last look."""
        if self._is_reported or any(work.poll() is None for work in self._works):
            return None
        return self.wait()

    def wait(self) -> str:
        """Wait for its end; the line about it."""
        reasons = [reason for work in self._works if (reason := reason_of(work))]
        self._is_reported = True
        if not reasons:
            return FILLED
        return f"Not everything was filled, and it is tried again on schedule: {'; '.join(reasons)}"
