"""Python processes of a home: the simulator, Dagster's, and runs that fill history.

What belongs here: the life of one, and finding all of them, whoever started them. As with the
stores the process table is the record: a process is ours when its command line has the mark of our
folder. What does not: what they are started with (`stack`).
"""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from signal import SIGTERM, Signals

import psutil

from belib_weather.embedded.home import private_folder
from belib_weather.embedded.logs import last_line, last_lines, size
from belib_weather.embedded.processes import (
    end,
    launch,
    launched_under,
    started_with,
)
from belib_weather.embedded.startup import Activity, NoProgress, Patience, wait_until_ready
from belib_weather.local.console import CommandError
from belib_weather.local.health import HEALTHY, Health
from belib_weather.local.supervised import Supervised

_END_SECONDS = 15
_REPLACED_SECONDS = 3
"""Until a process that is to be replaced is killed: it does not work any more."""
_LOG_LINES = 8


@dataclass(frozen=True)
class Program:
    """What a process is started with.

    Attributes:
        name: of its log and its mark.
        title: for messages.
        arguments: of the Python interpreter.
    """

    name: str
    title: str
    arguments: Sequence[str]


class Launcher:
    """Starts the processes of a home until it is closed.

    Args:
        data_dir: folder of the mode.
        environment: what processes are started with from now on; may be replaced.
    """

    def __init__(self, data_dir: Path, environment: Mapping[str, str]) -> None:
        self.data_dir = data_dir
        self.environment = environment
        self.cancelled = threading.Event()
        self._lock = threading.Lock()

    def log(self, name: str) -> Path:
        """Where a process writes."""
        return private_folder(self.data_dir / "logs") / f"{name}.log"

    def launch(self, program: Program) -> subprocess.Popen[bytes]:
        """Start a process that is not watched.

        Raises:
            CommandError: we are stopping.
        """
        with self._lock:
            if self.cancelled.is_set():
                raise CommandError(f"{program.title} is not started any more: we are stopping")
            return launch(
                [sys.executable, mark(self.data_dir, program.name), *program.arguments],
                folder=private_folder(self.data_dir / "logs"),
                log=self.log(program.name),
                environment={**self.environment, OWNER: str(self.data_dir)},
            )

    def close(self) -> None:
        """Start nothing more, and wait for no start any more; from any thread."""
        self.cancelled.set()
        with self._lock:  # a launch that has begun ends before
            return


class PythonProcess(Supervised):
    """A Python process that is kept running.

    Args:
        launcher: starts it.
        program: what is started.
        health: asks it, given when it was started.
        needs: names of processes without which it is neither judged nor started.
        check_seconds: between two questions.
    """

    def __init__(
        self,
        launcher: Launcher,
        program: Program,
        health: Callable[[datetime], Health],
        *,
        needs: tuple[str, ...] = (),
        check_seconds: float = Supervised.check_seconds,
    ) -> None:
        self.name, self.title = program.name, program.title
        self.log = launcher.log(program.name)
        self.needs, self.check_seconds = needs, check_seconds
        self._launcher, self._program, self._health = launcher, program, health
        self._process: subprocess.Popen[bytes] | None = None
        self._started = datetime.now(UTC)

    def ended(self) -> str | None:
        """With its exit code and its last words."""
        if self._process is None or (code := self._process.poll()) is None:
            return None
        how = f"was killed by {Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        return f"{how} (its log {self.log} ends: {last_line(self.log)})"

    def health(self) -> Health:
        """As it is given."""
        return self._health(self._started)

    def start(self, patience: Patience, notice: Callable[[str], None]) -> None:
        """Start it and wait until it answers.

        Raises:
            CommandError: it does not come up; with the end of its log.
            StartCancelled: we are stopping.
        """
        log_start = size(self.log)
        self._started = datetime.now(UTC)
        process = self._process = self._launcher.launch(self._program)

        def answer() -> Health | None:
            return HEALTHY if self.health().is_healthy else None

        try:
            answered = wait_until_ready(
                self.title,
                self.log,
                ask=answer,
                is_there=lambda: process.poll() is None,
                activity=Activity([self.log], lambda: _family(process.pid), patience.idle_seconds),
                patience=patience,
                notice=notice,
            )
        except NoProgress as error:
            self._end()
            problem = f"{error}."
        else:
            if answered:
                return
            problem = f"{self.title} ended while starting (exit code {process.returncode})."
        end_of_log = last_lines(self.log, _LOG_LINES, since=log_start)
        raise CommandError(f"{problem} Its log {self.log} ends:\n{end_of_log}")

    def restart(self, patience: Patience, notice: Callable[[str], None]) -> None:
        """Its runs, which are children of the code server, go on to their end."""
        self._end()
        self.start(patience, notice)

    def _end(self) -> None:
        if self._process is not None and self._process.poll() is None:
            end([psutil.Process(self._process.pid)], SIGTERM, _REPLACED_SECONDS)
            self._process.wait()


OWNER = "STARTED_BY_BELIB_WEATHER"
"""Variable of all our processes and of whatever they start: the folder of the mode."""


def mark(data_dir: Path, name: str) -> str:
    """An interpreter option without effect, by which a process of ours is found again."""
    return f"-Xbelib_weather={data_dir}/{name}"


def running(data_dir: Path, names: Iterable[str]) -> dict[str, list[psutil.Process]]:
    """Processes of ours by name, whoever started them."""
    found = {name: started_with(mark(data_dir, name)) for name in names}
    return {name: processes for name, processes in found.items() if processes}


def end_together(
    data_dir: Path, names: Iterable[str], notice: Callable[[str], None] = lambda _: None
) -> None:
    """End processes of ours side by side, and the runs that they started.

    Args:
        data_dir: of the mode.
        names: what to end; what does not run is passed over.
        notice: called with the name of each that runs.
    """
    found = running(data_dir, names)
    children = []
    for name, processes in found.items():
        notice(name)
        children += [child for process in processes for child in _family(process.pid)[1:]]
    end([process for processes in found.values() for process in processes], SIGTERM, _END_SECONDS)
    end([child for child in children if child.is_running()], SIGTERM, _END_SECONDS)


def end_orphans(data_dir: Path) -> None:
    """End what processes of ours started and left behind when they were killed."""
    end(launched_under(OWNER, str(data_dir)), SIGTERM, _END_SECONDS)


def _family(pid: int) -> list[psutil.Process]:
    """A process and all its descendants that live."""
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    return []
