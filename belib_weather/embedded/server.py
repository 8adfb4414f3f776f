"""What all embedded servers have in common: they are found or started, waited for, ended.

What belongs here: the life of one server process. What does not: which servers there are
(`servers`), and anything one of them alone needs (`mongo`, `postgres`, `elasticsearch`).
"""

import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from signal import SIGTERM, Signals
from typing import ClassVar

import psutil

from belib_weather.embedded.errors import (
    DatabaseGone,
    EmbeddedError,
    ServerExited,
    StillStarting,
)
from belib_weather.embedded.home import RENEWAL, Home
from belib_weather.embedded.logs import last_lines, rotate, size
from belib_weather.embedded.loopback import free_port, is_free, listens
from belib_weather.embedded.processes import end, launch, started_with
from belib_weather.embedded.progress import Progress, Step
from belib_weather.embedded.startup import Activity, NoProgress, StartLimits, wait_until_ready

_STOP_SECONDS = 30
# How long what a killed server leaves (shared memory, file locks) may prevent the next start.
_REMAINS_SECONDS = 30
_LOG_LINES = 12


class Server(ABC):
    """One embedded server, on the data in its folder of a home.

    Attributes:
        name: "mongo", "postgres" or "elasticsearch".
        title: its name, for people.
        setting: the variable that gives the address of the user's own server.
        remains: texts of its log while a killed predecessor still holds a resource.
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
    def identifying_arguments(self) -> tuple[str, ...]:
        """Arguments that only this server's processes have: itself first, then its launchers."""

    @abstractmethod
    def prepare(self, port: int, progress: Progress, limits: StartLimits) -> None:
        """Create what is missing: programs, data folder, configuration. A kill does no harm."""

    @abstractmethod
    def command(self, port: int) -> Sequence[str]:
        """Program and arguments."""

    @abstractmethod
    def environment(self) -> Mapping[str, str]:
        """Variables the program needs."""

    @abstractmethod
    def answer(self, port: int) -> str | None:
        """The version, by an authenticated query; None when there is no answer.

        Raises:
            StillStarting: the server says that it is not ready yet.
            PasswordRefused: the server has other passwords than the home.
            DatabaseGone: a database of ours was dropped; `create_missing` creates it.
        """

    def renew_passwords(self, progress: Progress, limits: StartLimits) -> None:  # noqa: B027 - most servers store none
        """Give a server that does not run, and has data, the passwords of the home."""

    def create_missing(self, port: int) -> None:
        """Create what `answer` has found to be gone, empty.

        Raises:
            EmbeddedError: it cannot be created.
        """
        raise EmbeddedError(f"{self.title} on port {port}: nothing can be made again")

    @abstractmethod
    def check_writes(self, port: int) -> str | None:
        """Store something and read it back; why that failed, None when it worked.

        A server can answer queries and not be able to write: after a full disk, for example.
        """

    def process(self) -> psutil.Process | None:
        """The running server."""
        return next(iter(started_with(self.identifying_arguments[0])), None)

    def port(self) -> int | None:
        """The port it has, or had in its last run."""
        return self.home.state(self.name).port

    def run(
        self, progress: Progress, *, keep_port: bool = False, limits: StartLimits | None = None
    ) -> int:
        """Find the server running or start it; returns its port once it answers.

        Args:
            progress: gets each step.
            keep_port: fail where the port of the last start is taken, instead of taking another.
            limits: how long a start may take.

        Raises:
            EmbeddedError: it does not start; the message has the end of its log.
            StartCancelled: the limits was cancelled.
        """
        limits = limits or StartLimits()
        started = time.monotonic()
        while True:
            port, renewal = self.port(), self.folder / RENEWAL
            if renewal.exists():
                self.stop()
            if self._is_running():
                progress(Step(self.name, "starting"))
                rotate(self.log)
                if port and (found := self._answer_of_running(port, progress, limits)):
                    return self._ready(port, found, progress)
                self.stop()  # it hangs, or its port is not known any more
            port = self._port_to_use(port, keep_port=keep_port)
            self.home.folder(self.name)
            self.prepare(port, progress, limits)
            if renewal.exists():
                self.renew_passwords(progress, limits)
                renewal.unlink()
            self._change_state(port=port, is_wanted=True)
            progress(Step(self.name, "starting"))
            log_start = size(self.log)
            launcher = launch(
                self.command(port),
                folder=self.folder,
                log=self.log,
                environment=self.environment(),
            )
            try:
                version = self._answer_of_started(port, launcher, progress, limits)
                return self._ready(port, version, progress)
            except ServerExited as error:
                output = last_lines(self.log, _LOG_LINES, since=log_start)
                lost_the_port = not is_free(port) and not keep_port
                is_passing = lost_the_port or any(text in output for text in self.remains)
                if not is_passing or time.monotonic() - started > _REMAINS_SECONDS:
                    raise ServerExited(f"{error} Its log {self.log} ends:\n{output}") from None
                time.sleep(0.5)

    def stop(self, patience_seconds: float = _STOP_SECONDS) -> None:
        """End the server and its launcher; nothing when none runs.

        Args:
            patience_seconds: until it is killed.
        """
        end(self._processes(), self.stop_signal, patience_seconds)

    def mark_unwanted(self) -> None:
        """Store that it is not wanted any more, so that it is not started again."""
        if self.folder.exists():
            self._change_state(is_wanted=False)

    def _processes(self) -> list[psutil.Process]:
        return [process for one in self.identifying_arguments for process in started_with(one)]

    def _is_running(self) -> bool:
        return any(started_with(one) for one in self.identifying_arguments)

    def _port_to_use(self, port: int | None, *, keep_port: bool) -> int:
        if port is not None and is_free(port):
            return port
        if port is not None and keep_port:
            raise EmbeddedError(
                f"{self.title} ended, and another program has taken its port {port};"
                " end that program, or stop everything and start it again"
            )
        return free_port()

    def _answer_of_running(self, port: int, progress: Progress, limits: StartLimits) -> str | None:
        try:
            return self._wait(port, self._is_running, progress, limits)
        except NoProgress:
            return None

    def _answer_of_started(
        self,
        port: int,
        launcher: subprocess.Popen[bytes],
        progress: Progress,
        limits: StartLimits,
    ) -> str:
        def is_there() -> bool:
            return launcher.poll() is None or self._is_running()

        try:
            version = self._wait(port, is_there, progress, limits)
        except NoProgress as error:
            self.stop()
            raise ServerExited(f"{error}.") from None
        if version is None:
            raise ServerExited(
                f"{self.title} ended while starting (exit code {launcher.returncode})."
            )
        return version

    def _wait(
        self,
        port: int,
        is_there: Callable[[], bool],
        progress: Progress,
        limits: StartLimits,
        ask: Callable[[int], str | None] | None = None,
    ) -> str | None:
        """The server's answer; None when it ended before."""

        def answer() -> str | None:
            try:
                return (ask or self.answer)(port) if listens(port) else None
            except StillStarting:
                return None
            except DatabaseGone as gone:
                self.create_missing(port)
                progress(Step(self.name, "starting", notice=f"{gone}: it is made again, empty"))
                return None

        return wait_until_ready(
            self.title,
            self.log,
            ask=answer,
            is_there=is_there,
            activity=Activity([self.folder], self._processes, limits.idle_seconds),
            limits=limits,
            notice=lambda line: progress(Step(self.name, "starting", notice=line)),
        )

    def _ready(self, port: int, version: str, progress: Progress) -> int:
        self._change_state(port=port, version=version, is_wanted=True)
        progress(Step(self.name, "ready"))
        return port

    def _change_state(self, **changes: int | str | bool) -> None:
        state = self.home.state(self.name)
        changed = replace(state, **changes)  # type: ignore[arg-type]  # fields of ServerState
        if changed != state:
            self.home.write_state(self.name, changed)
