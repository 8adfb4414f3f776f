"""What all embedded servers have in common: found or started, waited for, ended.

What belongs here: the life of one server process. What does not: which servers there are
(`supervisor`), and anything one of them alone needs (`mongo`, `postgres`, `elasticsearch`).
"""

import shutil
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from signal import SIGTERM, Signals
from typing import ClassVar

import psutil

from belib_weather.embedded.errors import EmbeddedError, ServerExited
from belib_weather.embedded.home import Home
from belib_weather.embedded.processes import end, free_port, is_free, launch, listens, started_with
from belib_weather.embedded.progress import Progress, Step

_START_SECONDS = 180
_STOP_SECONDS = 30
# How long a killed server's remains (shared memory, file locks) may keep the next from starting.
_REMAINS_SECONDS = 30
_LOG_LINES = 12


class Server(ABC):
    """One embedded server, on the data in its folder of a home.

    Attributes:
        name: "mongo", "postgres" or "elasticsearch".
        title: the name people know it by.
        setting: the variable that points to a server of one's own.
        remains: what its log says when a killed predecessor is not quite gone yet.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    setting: ClassVar[str]
    remains: ClassVar[tuple[str, ...]]
    stop_signal: ClassVar[Signals] = SIGTERM

    def __init__(self, home: Home) -> None:
        self.home = home
        self.folder = home.path / self.name
        self.log = self.folder / "server.log"

    @property
    @abstractmethod
    def marks(self) -> tuple[str, ...]:
        """Arguments that only this server's processes have: itself first, then its launchers."""

    @abstractmethod
    def prepare(self, port: int, progress: Progress) -> None:
        """Have programs, data folder and configuration in place; safe to be killed in."""

    @abstractmethod
    def command(self, port: int) -> Sequence[str]:
        """Program and arguments."""

    @abstractmethod
    def environment(self) -> Mapping[str, str]:
        """Variables the program needs."""

    @abstractmethod
    def answer(self, port: int) -> str | None:
        """The version, told to an authenticated query; None when it is not ready yet.

        Raises:
            PasswordRefused: the server has other passwords than the home.
        """

    def process(self) -> psutil.Process | None:
        """The running server."""
        return next(iter(started_with(self.marks[0])), None)

    def port(self) -> int | None:
        """The port it has, or had when it last ran."""
        return self.home.remembered(self.name).port

    def run(self, progress: Progress, *, keep_port: bool = False) -> int:
        """Find the server running or start it; returns its port once it answers.

        Args:
            progress: told of each step.
            keep_port: fail where the remembered port is taken, rather than take another.

        Raises:
            EmbeddedError: it does not come up; the message holds the end of its log.
        """
        started = time.monotonic()
        while True:
            port = self.port()
            if self._is_running():
                progress(Step(self.name, "starting"))
                if port is not None and (version := self._answer_of_running(port)) is not None:
                    return self._ready(port, version, progress)
                self.stop()  # it hangs, or nobody knows its port any more
            port = self._port_to_use(port, keep_port=keep_port)
            self.home.folder(self.name)
            self.prepare(port, progress)
            self._remember(port=port, is_wanted=True)
            progress(Step(self.name, "starting"))
            log_start = self.log.stat().st_size if self.log.exists() else 0
            launcher = launch(
                self.command(port),
                folder=self.folder,
                log=self.log,
                environment=self.environment(),
            )
            try:
                return self._ready(port, self._answer_of_started(port, launcher), progress)
            except ServerExited as error:
                output = self._output_since(log_start)
                lost_the_port = not is_free(port) and not keep_port
                stumbled = lost_the_port or any(text in output for text in self.remains)
                if not stumbled or time.monotonic() - started > _REMAINS_SECONDS:
                    raise ServerExited(f"{error} Its log {self.log} ends:\n{output}") from None
                time.sleep(0.5)

    def stop(self) -> None:
        """End the server and whatever of it is still starting; nothing when none runs."""
        end([p for mark in self.marks for p in started_with(mark)], self.stop_signal, _STOP_SECONDS)

    def forget(self) -> None:
        """Note that it is not wanted any more, so that nobody starts it again."""
        if self.folder.exists():
            self._remember(is_wanted=False)

    def _is_running(self) -> bool:
        return any(started_with(mark) for mark in self.marks)

    def _port_to_use(self, port: int | None, *, keep_port: bool) -> int:
        if port is not None and is_free(port):
            return port
        if port is not None and keep_port:
            raise EmbeddedError(
                f"{self.title} died, and another program has taken its port {port};"
                " end that program, or stop everything and start it again"
            )
        return free_port()

    def _answer_of_running(self, port: int) -> str | None:
        return self._wait(port, still_there=self._is_running)

    def _answer_of_started(self, port: int, launcher: subprocess.Popen[bytes]) -> str:
        def still_there() -> bool:
            return launcher.poll() is None or self._is_running()

        if (version := self._wait(port, still_there)) is None:
            problem = f"does not answer {_START_SECONDS} s after its start"
            if not still_there():
                problem = f"ended while starting (exit code {launcher.returncode})"
            else:
                self.stop()
            raise ServerExited(f"{self.title} {problem}.")
        return version

    def _wait(
        self,
        port: int,
        still_there: Callable[[], bool],
        ask: Callable[[int], str | None] | None = None,
    ) -> str | None:
        ask = ask or self.answer
        patience_ends = time.monotonic() + _START_SECONDS
        while time.monotonic() < patience_ends:
            if listens(port) and (version := ask(port)) is not None:
                return version
            if not still_there():
                return None
            time.sleep(0.1)
        return None

    def _ready(self, port: int, version: str, progress: Progress) -> int:
        self._remember(port=port, version=version, is_wanted=True)
        progress(Step(self.name, "ready"))
        return port

    def _remember(self, **changes: int | str | bool) -> None:
        known = self.home.remembered(self.name)
        changed = replace(known, **changes)  # type: ignore[arg-type]  # fields of Remembered
        if changed != known:
            self.home.remember(self.name, changed)

    def _output_since(self, start: int) -> str:
        with self.log.open("rb") as log:
            log.seek(start)
            lines = log.read().decode(errors="replace").splitlines()
        return "\n".join(lines[-_LOG_LINES:])


def created_whole(path: Path, create: Callable[[Path], None]) -> None:
    """Make a folder under another name and rename it when complete; once for ever.

    What an interrupted attempt left behind is removed first.
    """
    if path.exists():
        return
    unfinished = path.with_name(f"{path.name}.new")
    if unfinished.exists():
        shutil.rmtree(unfinished)
    create(unfinished)
    unfinished.rename(path)
