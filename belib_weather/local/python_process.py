"""A Python process that is kept running: the simulator, or one of Dagster's three."""

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from signal import SIGTERM, Signals

import psutil

from belib_weather.embedded.logs import last_line, last_lines, size
from belib_weather.embedded.processes import end
from belib_weather.embedded.startup import Activity, NoProgress, StartLimits, wait_until_ready
from belib_weather.local.console import CommandError
from belib_weather.local.health import HEALTHY, Health
from belib_weather.local.launcher import Launcher, Program
from belib_weather.local.process_table import process_tree
from belib_weather.local.supervised import Supervised

_REPLACED_SECONDS = 3
"""Until a process that is to be replaced is killed: it does not work any more."""
_LOG_LINES = 8


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

    def start(self, limits: StartLimits, notice: Callable[[str], None]) -> None:
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
            health = wait_until_ready(
                self.title,
                self.log,
                ask=answer,
                is_there=lambda: process.poll() is None,
                activity=Activity(
                    [self.log], lambda: process_tree(process.pid), limits.idle_seconds
                ),
                limits=limits,
                notice=notice,
            )
        except NoProgress as error:
            self._end()
            problem = f"{error}."
        else:
            if health:
                return
            problem = f"{self.title} ended while starting (exit code {process.returncode})."
        end_of_log = last_lines(self.log, _LOG_LINES, since=log_start)
        raise CommandError(f"{problem} Its log {self.log} ends:\n{end_of_log}")

    def restart(self, limits: StartLimits, notice: Callable[[str], None]) -> None:
        """Its runs, which are children of the code server, go on to their end."""
        self._end()
        self.start(limits, notice)

    def _end(self) -> None:
        if self._process is not None and self._process.poll() is None:
            end([psutil.Process(self._process.pid)], SIGTERM, _REPLACED_SECONDS)
            self._process.wait()
