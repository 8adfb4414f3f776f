"""`python -m belib_weather.local.watchdog TASK…`: polls and ends runs when all else fails.

The task `polls` takes the snapshot that no run takes (`poll_watch`). `runs` ends runs of a code
server on this machine whose process is gone (`reaper`), `all-runs` those of a command line as well.
What belongs here: the process, and its sign of life. The supervisor keeps it running, or Docker.
"""

import os
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from functools import lru_cache

import dagster as dg

from belib_weather.clock import utc_now
from belib_weather.embedded.home import private_folder
from belib_weather.lake import Lake, Spool
from belib_weather.local.health import heartbeat_file
from belib_weather.local.live_run import live_run
from belib_weather.local.poll_watch import PollWatch, snapshot_fetcher
from belib_weather.local.reaper import Reaper
from belib_weather.local.state_file import StateFile
from belib_weather.settings import Settings, load_settings

POLL_SECONDS = 5.0
REAP_SECONDS = 15.0
LONGEST_SECONDS = 900.0
"""A look that takes longer hangs: the sign of life stops, and the process is started again."""
_STATEMENT_TIMEOUT_MS = 60_000
_POOL_RECYCLE_SECONDS = 3_600


class Task:
    """A look that is repeated in a thread of its own."""

    def __init__(self, name: str, look: Callable[[], list[str]], seconds: float) -> None:
        self._name, self._look, self._seconds = name, look, seconds
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._running: Future[list[str]] | None = None
        self._began = 0.0
        self._problem = ""

    def step(self, now: float) -> list[str]:
        """Begin a look when it is due; the lines of one that has ended.

        Args:
            now: seconds of a monotonic clock.
        """
        if self._running is None:
            if now >= self._began + self._seconds:
                self._began, self._running = now, self._pool.submit(self._look)
            return []
        if not self._running.done():
            return []
        ended, self._running = self._running, None
        error = ended.exception()
        if error is None:
            self._problem = ""
            return ended.result()
        problem = f"{self._name}: {type(error).__name__}: {' '.join(str(error).split())[:300]}"
        before, self._problem = self._problem, problem
        return [] if problem == before else [problem]

    def hangs(self, now: float) -> bool:
        """Whether a look has taken too long."""
        return self._running is not None and now - self._began > LONGEST_SECONDS


def polls(settings: Settings) -> Callable[[], list[str]]:
    """The look at the polls."""
    url = settings.mongo_url.get_secret_value() if settings.mongo_url else ""
    spool = Spool(settings.spool_dir, settings.spool_max_mb)

    @lru_cache(maxsize=1)
    def connect() -> Lake:
        return Lake(url, settings.mongo_database)

    def follow_up() -> str:
        return live_run(StateFile.read(settings.data_dir).webserver, utc_now())

    return PollWatch(
        snapshot_fetcher(settings), spool, connect, settings.cadence, follow_up=follow_up
    ).look


def runs(*, launched_only: bool) -> Callable[[], list[str]]:
    """The look at the runs of the instance of `DAGSTER_HOME`."""
    home = os.environ["DAGSTER_HOME"]

    def opened() -> dg.DagsterInstance:
        instance = dg.DagsterInstance.from_config(home)
        instance.optimize_for_webserver(_STATEMENT_TIMEOUT_MS, _POOL_RECYCLE_SECONDS, 1)
        return instance

    return Reaper(opened, home, launched_only=launched_only).look


def main(names: Sequence[str]) -> None:
    """Look until the process is ended.

    Raises:
        KeyError: there is no such task.
    """
    settings = load_settings()
    makers: dict[str, Callable[[], Task]] = {
        "polls": lambda: Task("polls", polls(settings), POLL_SECONDS),
        "runs": lambda: Task("runs", runs(launched_only=True), REAP_SECONDS),
        "all-runs": lambda: Task("runs", runs(launched_only=False), REAP_SECONDS),
    }
    tasks = [makers[name]() for name in names]
    beat = heartbeat_file(private_folder(settings.data_dir), names)
    beat.touch()
    while True:
        now = time.monotonic()
        for task in tasks:
            for line in task.step(now):
                sys.stderr.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC  {line}\n")
        if not any(task.hangs(now) for task in tasks):
            os.utime(beat, (now, now))
        time.sleep(1)


if __name__ == "__main__":
    main(sys.argv[1:])
