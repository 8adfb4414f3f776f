"""The processes beside the stores: the simulator, Dagster's three, and runs that fill history.

What belongs here: the life of these processes. What does not: what they are started with
(`stack`) and the stores (`embedded`). As with the stores the process table is the record: a
process is ours when its command line bears the mark of our folder.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGTERM

import httpx
import psutil

from belib_weather.embedded.home import private_folder
from belib_weather.embedded.processes import end, launch, listens, started_with
from belib_weather.local.console import CommandError

_START_SECONDS = 180
_END_SECONDS = 15
_LONGEST_PAUSE_SECONDS = 60.0
_HEALTHY_SECONDS = 60
_LOG_LINES = 8


@dataclass(frozen=True)
class Service:
    """A process of ours.

    Attributes:
        name: of its log and its mark.
        title: for people.
        arguments: of the Python interpreter.
        port: on loopback; None for a process that only works.
        path: what an HTTP server answers when it is ready.
    """

    name: str
    title: str
    arguments: Sequence[str]
    port: int | None = None
    path: str | None = None

    def answers(self) -> bool:
        """Whether it is ready."""
        if self.port is None:
            return True
        if self.path is None:
            return listens(self.port)
        try:
            url = f"http://127.0.0.1:{self.port}{self.path}"
            return httpx.get(url, timeout=2, trust_env=False).is_success
        except httpx.HTTPError:
            return False


@dataclass
class _Life:
    process: subprocess.Popen[bytes]
    started: float
    failures: int = 0
    restart_at: float | None = None


@dataclass
class Services:
    """The processes of one home.

    Attributes:
        data_dir: folder of the mode.
        environment: what they are started with from now on.
    """

    data_dir: Path
    environment: Mapping[str, str]
    _wanted: dict[str, Service] = field(default_factory=dict)
    _lives: dict[str, _Life] = field(default_factory=dict)
    _closing: threading.Lock = field(default_factory=threading.Lock)
    _is_closed: bool = False

    def close(self) -> None:
        """Start nothing more, also when asked from another thread."""
        with self._closing:
            self._is_closed = True

    def log(self, name: str) -> Path:
        """Where a process writes."""
        return private_folder(self.data_dir / "logs") / f"{name}.log"

    def start(self, service: Service) -> None:
        """Start a process, which is kept running from now on, and wait until it is ready.

        Raises:
            CommandError: it does not come up; with the end of its log.
        """
        self._lives[service.name] = _Life(self.launch(service), time.monotonic())
        patience_ends = time.monotonic() + _START_SECONDS
        while not service.answers():
            if (code := self._lives[service.name].process.poll()) is not None:
                raise CommandError(
                    f"{service.title} ended while starting (exit code {code}): "
                    f"{self.last_line(service.name)} (its log is {self.log(service.name)})"
                )
            if time.monotonic() > patience_ends:
                raise CommandError(
                    f"{service.title} does not answer {_START_SECONDS} s after its start;"
                    f" its log is {self.log(service.name)}"
                )
            time.sleep(0.1)
        self._wanted[service.name] = service

    def launch(self, service: Service) -> subprocess.Popen[bytes]:
        """Start a process that nobody keeps running.

        Raises:
            CommandError: we are stopping.
        """
        with self._closing:
            if self._is_closed:
                raise CommandError(f"{service.title} is not started any more: we are stopping")
            return launch(
                [sys.executable, mark(self.data_dir, service.name), *service.arguments],
                folder=private_folder(self.data_dir / "logs"),
                log=self.log(service.name),
                environment=self.environment,
            )

    def last_line(self, name: str) -> str:
        """The last line that a process wrote."""
        lines = self.log(name).read_text(errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")

    def mend(self) -> list[str]:
        """Start again what died, pausing ever longer; one line each of what was seen and done."""
        told, now = [], time.monotonic()
        for name, service in self._wanted.items():
            life = self._lives[name]
            if life.restart_at is None and (code := life.process.poll()) is not None:
                if now - life.started > _HEALTHY_SECONDS:
                    life.failures = 0
                pause = min(2.0**life.failures, _LONGEST_PAUSE_SECONDS)
                life.failures += 1
                life.restart_at = now + pause
                told.append(
                    f"{service.title} ended (exit code {code}, log {self.log(name)});"
                    f" it is started again in {pause:.0f} s"
                )
            elif life.restart_at is not None and now >= life.restart_at:
                process = self.launch(service)
                self._lives[name] = _Life(process, now, life.failures)
                told.append(f"{service.title} is started again")
        return told


def mark(data_dir: Path, name: str) -> str:
    """An interpreter option without effect, by which a process of ours is found again."""
    return f"-Xbelib_weather={data_dir}/{name}"


def running(data_dir: Path, names: Iterable[str]) -> dict[str, list[psutil.Process]]:
    """Processes of ours by name, whoever started them."""
    found = {name: started_with(mark(data_dir, name)) for name in names}
    return {name: processes for name, processes in found.items() if processes}


def end_together(
    data_dir: Path, names: Iterable[str], told: Callable[[str], None] = lambda _: None
) -> None:
    """End processes of ours side by side, and the runs that they started.

    Args:
        data_dir: of the mode.
        names: what to end; what does not run is passed over.
        told: called with the name of each that runs.
    """
    found = running(data_dir, names)
    children: list[psutil.Process] = []
    for name, processes in found.items():
        told(name)
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                children += process.children(recursive=True)
    end([process for processes in found.values() for process in processes], SIGTERM, _END_SECONDS)
    end([child for child in children if child.is_running()], SIGTERM, _END_SECONDS)
