"""Keeps the processes of a home running: the stores, the simulator and Dagster's.

What belongs here: the thread that looks at all of them, and the size of their logs. What does not:
the rule for one process (`watch`), and which processes there are (`stack`).
"""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from belib_weather.embedded.logs import rotate
from belib_weather.embedded.startup import StartLimits
from belib_weather.local.supervised import Supervised
from belib_weather.local.watch import Rules, Watch

_LOOK_SECONDS = 0.5
_ROTATE_SECONDS = 15.0
_THREADS = 16
"""A question and a start for each process, at most."""


class Supervisor:
    """Watches processes in a thread of its own.

    Args:
        report: gets a line about each trouble, and one when it is over; from other threads.
        rules: times of each watch.
    """

    def __init__(self, report: Callable[[str], None], rules: Rules | None = None) -> None:
        self._report = report
        self._rules = rules or Rules()
        self._patience = StartLimits()
        self._watches: dict[str, Watch] = {}
        self._lock = threading.Lock()
        self._has_reported_logs = False
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="supervisor")
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)
        self._thread.start()

    def watch(self, process: Supervised) -> None:
        """Keep a process running that answers now."""
        with self._lock:
            self._watches[process.name] = Watch(process, time.monotonic(), self._rules)

    @property
    def failures(self) -> int:
        """How often a process has failed so far."""
        with self._lock:
            return sum(watch.failures for watch in self._watches.values())

    def wait_until_healthy(self) -> None:
        """Wait until every process is well, or the supervisor is closed."""
        while not self._patience.cancelled.wait(_LOOK_SECONDS):
            with self._lock:
                if all(watch.is_healthy for watch in self._watches.values()):
                    return

    def close(self) -> None:
        """Watch and start nothing any more; returns when no start is going on."""
        self._patience.cancelled.set()
        self._thread.join()
        self._pool.shutdown(cancel_futures=True)

    def _run(self) -> None:
        next_rotation = 0.0
        while not self._patience.cancelled.wait(_LOOK_SECONDS):
            with self._lock:
                watches = dict(self._watches)
            for line in self._look(watches):
                self._report(line)
            if time.monotonic() >= next_rotation:
                next_rotation = time.monotonic() + _ROTATE_SECONDS
                self._rotate(watches)

    def _rotate(self, watches: dict[str, Watch]) -> None:
        for watch in watches.values():
            try:
                rotate(watch.process.log)
            except OSError as error:
                if not self._has_reported_logs:
                    self._report(f"{watch.process.log} cannot be rotated: {error.strerror}")
                self._has_reported_logs = True

    def _look(self, watches: dict[str, Watch]) -> Iterator[str]:
        for name, watch in watches.items():
            needed = (watches.get(other) for other in watch.process.needs)
            yield from watch.look(
                time.monotonic(),
                self._pool,
                self._patience,
                self._report,
                has_needs=all(other is None or other.is_healthy for other in needed),
            )
            if watch.is_over:
                with self._lock:
                    self._watches.pop(name, None)
