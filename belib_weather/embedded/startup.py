"""Waiting for a process to answer, for as long as it works on its start.

A slow machine may need many minutes (recovery after a kill, a cold disk), so no fixed time decides.
A start works while its log or its files change, or while it uses the processor. One that does
nothing of this for three minutes has failed.
"""

import os
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import psutil

from belib_weather.embedded.errors import EmbeddedError
from belib_weather.embedded.logs import last_line

T = TypeVar("T")
_ASK_SECONDS = 0.1
_LONGEST_LOOK_SECONDS = 5.0
_PAUSED_SECONDS = 60.0
"""Without a look for so long, this process itself was stopped, and the other perhaps as well."""
_LOOKS = 6
"""Looks at the activity within the idle time, at least."""
_LEAST_CPU_SHARE = 0.01
"""Of one processor: a waiting server's own timers use less, work on a starved machine more."""
_MINUTE = 60


class NoProgress(EmbeddedError):
    """A process shows no sign of work on its start."""


class StartCancelled(EmbeddedError):
    """We stop, so nothing is started any more."""


@dataclass(frozen=True)
class StartLimits:
    """How long a start may take.

    Attributes:
        cancelled: ends the wait when set.
        idle_seconds: a start without a sign of work for so long has failed.
        notice_seconds: a start that takes longer is reported, and again each time it doubled.
        longest_seconds: no start is waited for longer, whatever it does.
    """

    cancelled: threading.Event = field(default_factory=threading.Event)
    idle_seconds: float = 180.0
    notice_seconds: float = 60.0
    longest_seconds: float = 3_600.0


class Activity:
    """Signs of work of a process: its files, its log, its processor time.

    Args:
        paths: its log, and the folders it works on.
        processes: the processes that take part, asked for at each look.
        idle_seconds: time over which processor use is judged.
    """

    def __init__(
        self,
        paths: Iterable[Path],
        processes: Callable[[], Iterable[psutil.Process]],
        idle_seconds: float = StartLimits.idle_seconds,
    ) -> None:
        self._paths = tuple(paths)
        self._processes = processes
        self._idle_seconds = idle_seconds
        self._least_cpu_seconds = idle_seconds * _LEAST_CPU_SHARE
        self._next_look = self._changed_at = time.monotonic()
        self._files: tuple[int, int, int] | None = None
        self._cpu_seconds = 0.0

    def is_idle(self) -> bool:
        """Whether nothing has changed for the idle time."""
        now = time.monotonic()
        if now >= self._next_look:
            pause = min(_LONGEST_LOOK_SECONDS, self._idle_seconds / _LOOKS)
            if now > self._next_look + _PAUSED_SECONDS:
                self._changed_at = now
            self._next_look = now + pause
            self._look(now)
        return now - self._changed_at > self._idle_seconds

    def _look(self, now: float) -> None:
        files, cpu_seconds = _state_of(self._paths), _cpu_seconds(self._processes())
        # A launcher that ends takes its processor time with it: a change as well.
        has_worked = abs(cpu_seconds - self._cpu_seconds) >= self._least_cpu_seconds
        if files != self._files or has_worked:
            self._files, self._cpu_seconds, self._changed_at = files, cpu_seconds, now


def wait_until_ready(
    title: str,
    log: Path,
    *,
    ask: Callable[[], T | None],
    is_there: Callable[[], bool],
    activity: Activity,
    limits: StartLimits,
    notice: Callable[[str], None],
) -> T | None:
    """Ask until there is an answer; None when the process is gone.

    Args:
        title: of the process, for messages.
        log: of the process, for messages.
        ask: returns the answer, None as long as there is none.
        is_there: whether the process still runs.
        activity: its signs of work.
        limits: how long to wait.
        notice: gets a line about a start that takes long.

    Raises:
        NoProgress: it does not work on its start any more.
        StartCancelled: the limits was cancelled.
    """
    began = time.monotonic()
    next_notice = limits.notice_seconds
    while True:
        if (answer := ask()) is not None:
            return answer
        if not is_there():
            return None
        waited = time.monotonic() - began
        if limits.cancelled.wait(_ASK_SECONDS):
            raise StartCancelled(f"{title} is not started any more: everything is being stopped")
        if activity.is_idle():
            raise NoProgress(
                f"{title} does not answer, and has not worked on its start for"
                f" {_duration(limits.idle_seconds)}"
            )
        if waited > limits.longest_seconds:
            raise NoProgress(f"{title} does not answer {_duration(waited)} after its start")
        if waited > next_notice:
            next_notice *= 2
            notice(
                f"{title} is still starting after {_duration(waited)};"
                f" its log says: {last_line(log)}"
            )


def _duration(seconds: float) -> str:
    if seconds < 2 * _MINUTE:
        return f"{seconds:.0f} s"
    return f"{seconds / _MINUTE:.0f} min"


def _state_of(paths: Iterable[Path]) -> tuple[int, int, int]:
    """Number of files, their bytes, and the newest change (ns) under some paths."""
    count, total, newest = 0, 0, 0
    for path in paths:
        for file in _files(path):
            try:
                found = file.stat()
            except OSError:
                continue  # removed meanwhile
            count, total = count + 1, total + found.st_size
            newest = max(newest, found.st_mtime_ns)
    return count, total, newest


def _files(path: Path) -> Iterable[Path]:
    if path.is_file():
        yield path
    for folder, _, names in os.walk(path):
        yield from (Path(folder, name) for name in names)


def _cpu_seconds(processes: Iterable[psutil.Process]) -> float:
    total = 0.0
    for process in processes:
        try:
            total += sum(process.cpu_times()[:4])  # its own and its ended children's
        except psutil.Error:
            continue  # ended meanwhile
    return total
