"""Starting Python processes of a home: the simulator, Dagster's, and runs that fill history.

What belongs here: starting them, and those that run to their end. What does not: those that are
kept running (`python_process`), and what they are started with (`stack`, `backfill`).
"""

import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGTERM

from belib_weather.embedded.home import private_folder
from belib_weather.embedded.logs import last_line
from belib_weather.embedded.processes import OWN_UMASK, end, launch
from belib_weather.embedded.startup import Activity
from belib_weather.local.console import CommandError
from belib_weather.local.process_table import OWNER, mark, process_tree

_IDLE_SECONDS = 600.0
_END_SECONDS = 15


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

    def launch(self, program: Program, *, has_pipes: bool = False) -> subprocess.Popen[bytes]:
        """Start a process that is not watched.

        Args:
            program: what is started.
            has_pipes: as of `processes.launch`.

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
                # They publish files; what is private stands in private folders, or says so.
                umask=OWN_UMASK,
                has_pipes=has_pipes,
            )

    def close(self) -> None:
        """Start nothing more, and wait for no start any more; from any thread."""
        self.cancelled.set()
        with self._lock:  # a launch that has begun ends before
            return


class Task:
    """A process that runs to its end, which is not started again.

    One that does not write, and uses no processor time, for ten minutes is ended.

    Args:
        launcher: starts it.
        program: what is started.
        idle_seconds: in place of ten minutes.
        has_pipes: as of `processes.launch`.
    """

    def __init__(
        self,
        launcher: Launcher,
        program: Program,
        idle_seconds: float = _IDLE_SECONDS,
        *,
        has_pipes: bool = False,
    ) -> None:
        self._process = launcher.launch(program, has_pipes=has_pipes)
        self._log = launcher.log(program.name)
        pid = self._process.pid
        self._activity = Activity([self._log], lambda: process_tree(pid), idle_seconds)
        self._idle_seconds = idle_seconds
        self._is_hung = False
        self._was_ended = False

    def poll(self) -> int | None:
        """Its exit code; None while it runs."""
        if self._process.poll() is None and self._activity.is_idle():
            self._is_hung = True
            self.end()
        return self._process.poll()

    def send(self, line: str) -> None:
        """Write a line to its input, which is a pipe; one that has ended reads nothing."""
        if self._process.stdin is not None:
            with suppress(BrokenPipeError):
                self._process.stdin.write(f"{line}\n".encode())

    def close_input(self) -> None:
        """Let it read the end of its input."""
        if self._process.stdin is not None:
            self._process.stdin.close()

    def read(self) -> str:
        """What it has written to its output, which is a pipe, since the last call."""
        if (output := self._process.stdout) is None or output.closed:
            return ""
        os.set_blocking(output.fileno(), False)
        return (output.read() or b"").decode()

    @property
    def has_succeeded(self) -> bool:
        """Whether it came to its end by itself, with exit code 0."""
        return self._process.poll() == 0 and not self._was_ended

    def end(self) -> None:
        """End it and what it started, if it still runs."""
        if self._process.poll() is not None:
            return
        self._was_ended = True
        children = process_tree(self._process.pid)[1:]
        self._process.terminate()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        end(children, SIGTERM, _END_SECONDS)

    def reason(self, known: str | None = None) -> str:
        """Why it failed, for a message: what is known, else the last line of its log."""
        why = f"it did nothing for {self._idle_seconds:.0f} s" if self._is_hung else known
        return f"{why or last_line(self._log)} (log {self._log})"
