"""What the supervisor watches: a process that can be asked, ended and started again.

What belongs here: the same questions for every process, and the stores' answers. What does not: the
Python processes (`python_process`), and when to ask or to restart (`supervisor`).
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

import psutil

from belib_weather.embedded import Step
from belib_weather.embedded.server import Server
from belib_weather.embedded.startup import StartLimits
from belib_weather.local.disk_space import Disk
from belib_weather.local.health import Health, Verdict, store_health, write_health

_PROVE_SECONDS = 60.0
"""Between two proofs that a store stores."""
_END_SECONDS = 5
"""Until a process that does not answer is killed."""


class Supervised(ABC):
    """A process that is kept running.

    Attributes:
        name: unique.
        title: for messages.
        log: where it writes.
        needs: names of processes without which it is neither judged nor started.
        check_seconds: between two questions.
    """

    name: str
    title: str
    log: Path
    needs: tuple[str, ...] = ()
    check_seconds: float = 5.0

    @property
    def is_wanted(self) -> bool:
        """False when another command has stopped it on purpose."""
        return True

    @property
    def stop_reason(self) -> str:
        """Why it is not wanted any more, for a message."""
        return "was stopped by another command"

    @abstractmethod
    def ended(self) -> str | None:
        """How it ended, for a message; None while it lives."""

    def obstacle(self) -> str | None:
        """Why a start would fail at this moment; it is started when that is over."""
        return None

    @abstractmethod
    def health(self) -> Health:
        """Ask it; takes seconds at most."""

    @abstractmethod
    def restart(self, limits: StartLimits, notice: Callable[[str], None]) -> None:
        """End what is left of it and start it; returns when it answers.

        Raises:
            EmbeddedError, CommandError: it does not come up.
        """


class StoreProcess(Supervised):
    """An embedded store, which keeps its port.

    Args:
        server: the store.
        disk: where it writes.
    """

    check_seconds = 10.0

    def __init__(self, server: Server, disk: Disk) -> None:
        self.name, self.title, self.log = server.name, server.title, server.log
        self._server, self._disk = server, disk
        self._process = server.process()
        self._prove_at = 0.0
        self._was_full = False

    @property
    def is_wanted(self) -> bool:
        """False after `belib-weather stop`, and where its folder is gone."""
        return self._server.home.state(self.name).is_wanted

    @property
    def stop_reason(self) -> str:
        """Another command has stopped it, or its folder was removed under it."""
        if self._server.folder.exists():
            return super().stop_reason
        return (
            f"ended, because its folder {self._server.folder} was removed; stop everything and"
            " start again: docs/when-something-is-lost.md says what comes back"
        )

    def ended(self) -> str | None:
        """Looks for another process on its folder when the known one is gone."""
        if not _is_alive(self._process):
            self._process = self._server.process()
        return None if _is_alive(self._process) else "ended"

    def health(self) -> Health:
        """An authenticated query at its port; each minute something is stored and read as well.

        What does not work is not judged while the disk is full, and judged at once afterwards.
        """
        port = self._server.port() or 0
        health = store_health(self._server, port)
        if health.is_healthy and time.monotonic() >= self._prove_at:
            health = write_health(self._server, port)
            if health.is_healthy:
                self._prove_at, self._was_full = time.monotonic() + _PROVE_SECONDS, False
        if health.verdict is not Verdict.SILENT:
            return health
        self._prove_at = 0.0
        if trouble := self.obstacle():
            self._was_full = True
            return Health(Verdict.FULL, trouble)
        if self._was_full:
            return Health(Verdict.REFUSING, f"the disk was full; {health.reason}")
        return health

    def obstacle(self) -> str | None:
        """A full disk."""
        return self._disk.trouble()

    def restart(self, limits: StartLimits, notice: Callable[[str], None]) -> None:
        """Under the lock of its home, as every start of a store."""

        def report_step(step: Step) -> None:
            if step.notice:
                notice(step.notice)

        with self._server.home.lock().acquire(cancel_check=limits.cancelled.is_set):
            if self.is_wanted:
                self._server.stop(_END_SECONDS)
                self._server.run(report_step, keep_port=True, limits=limits)
        self._process = self._server.process()


def _is_alive(process: psutil.Process | None) -> bool:
    """Whether it runs; a child of ours that was killed stays in the process table for a while."""
    try:
        return process is not None and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
