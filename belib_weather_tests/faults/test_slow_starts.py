"""Waiting for slow processes: as long as they work on their start, and no longer."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from belib_weather.embedded.errors import ServerExited
from belib_weather.embedded.home import Home
from belib_weather.embedded.processes import launch
from belib_weather.embedded.progress import Progress, Step, silent
from belib_weather.embedded.server import Server
from belib_weather.embedded.startup import (
    Activity,
    NoProgress,
    StartCancelled,
    StartLimits,
    wait_until_ready,
)

IDLE_SECONDS = 1.5
READY_SECONDS = 4.0
"""Much longer than a start may do nothing."""
END = "open('ready', 'w').close(); time.sleep(600)"
WORK = {
    "writes its log": "print('recovering', flush=True); time.sleep(0.3)",
    "changes its data": "open('data/file', 'a').write('x'); time.sleep(0.3)",
    "uses the processor": "sum(range(1000))",
}


class Slow:
    """A program that is ready when its file is there."""

    def __init__(self, folder: Path, program: str) -> None:
        (folder / "data").mkdir()
        self.folder, self.log = folder, folder / "server.log"
        self.notices: list[str] = []
        self.process: subprocess.Popen[bytes] = launch(
            [sys.executable, "-c", f"import sys, time\n{program}"],
            folder=folder,
            log=self.log,
            environment={},
        )

    def wait(self, limits: StartLimits) -> bool | None:
        return wait_until_ready(
            "The server",
            self.log,
            ask=lambda: (self.folder / "ready").exists() or None,
            is_there=lambda: self.process.poll() is None,
            activity=Activity(
                [self.log, self.folder / "data"],
                lambda: [psutil.Process(self.process.pid)],
                limits.idle_seconds,
            ),
            limits=limits,
            notice=self.notices.append,
        )


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str], Slow]]:
    started = []

    def start(program: str) -> Slow:
        started.append(Slow(tmp_path, program))
        return started[-1]

    yield start
    for slow in started:
        slow.process.kill()
        slow.process.wait()


@pytest.mark.parametrize("work", WORK.values(), ids=WORK.keys())
def test_a_start_is_not_given_up_while_it(start: Callable[[str], Slow], work: str) -> None:
    slow = start(
        f"end = time.monotonic() + {READY_SECONDS}\n"
        "while time.monotonic() < end:\n"
        f"    {work}\n"
        f"{END}"
    )
    assert slow.wait(StartLimits(idle_seconds=IDLE_SECONDS))


def test_a_start_that_does_nothing_is_given_up(start: Callable[[str], Slow]) -> None:
    slow = start("print('waiting for a lock', flush=True); time.sleep(600)")
    began = time.monotonic()
    with pytest.raises(NoProgress, match="has not worked on its start for 2 s"):
        slow.wait(StartLimits(idle_seconds=IDLE_SECONDS))
    assert time.monotonic() - began >= IDLE_SECONDS


def test_a_start_that_never_ends_is_given_up_after_the_longest_time(
    start: Callable[[str], Slow],
) -> None:
    slow = start("while True: pass")
    with pytest.raises(NoProgress, match="does not answer 4 s after its start"):
        slow.wait(StartLimits(idle_seconds=IDLE_SECONDS, longest_seconds=READY_SECONDS))


def test_a_long_start_is_reported_with_the_end_of_its_log(start: Callable[[str], Slow]) -> None:
    slow = start(
        "for part in range(1, 7):\n"
        "    print(f'recovering part {part}', flush=True); time.sleep(0.5)\n"
        f"{END}"
    )
    assert slow.wait(StartLimits(notice_seconds=0.7))
    assert 0 < len(slow.notices) < 6, "not one for each line of the log"
    assert (
        "The server is still starting after 1 s; its log says: recovering part" in (slow.notices[0])
    )


def test_a_process_that_ends_is_not_waited_for(start: Callable[[str], Slow]) -> None:
    slow = start("sys.exit('no room on the disk')")
    assert slow.wait(StartLimits()) is None
    assert slow.process.wait() == 1


def test_a_wait_can_be_cancelled(start: Callable[[str], Slow]) -> None:
    slow = start("time.sleep(600)")
    limits = StartLimits()
    threading.Timer(0.5, limits.cancelled.set).start()
    with pytest.raises(StartCancelled, match="everything is being stopped"):
        slow.wait(limits)


class ScriptedServer(Server):
    """A store as far as its start goes: a program that listens after some work."""

    name, title, setting, remains = "scripted", "The store", "", ()
    work_seconds = READY_SECONDS
    work = "print('recovering', flush=True); time.sleep(0.2)"

    @property
    def identifying_arguments(self) -> tuple[str, ...]:
        return (f"-Xscripted={self.folder}",)

    def prepare(self, port: int, progress: Progress, limits: StartLimits) -> None:
        return

    def command(self, port: int) -> list[str]:
        program = (
            "import time, http.server\n"
            f"end = time.monotonic() + {self.work_seconds}\n"
            f"while time.monotonic() < end:\n    {self.work}\n"
            f"http.server.HTTPServer(('127.0.0.1', {port}), None).serve_forever()"
        )
        return [sys.executable, self.identifying_arguments[0], "-c", program]

    def environment(self) -> dict[str, str]:
        return {}

    def answer(self, port: int) -> str | None:
        return "1.0"

    def check_writes(self, port: int) -> str | None:
        return None


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ScriptedServer]:
    store = ScriptedServer(Home(tmp_path / "home"))
    yield store
    store.stop(1)


def test_a_slow_start_of_a_store_is_reported_and_not_given_up(store: ScriptedServer) -> None:
    steps: list[Step] = []
    store.run(steps.append, limits=StartLimits(idle_seconds=IDLE_SECONDS, notice_seconds=1))
    notices = [step.notice for step in steps if step.notice]
    assert notices
    assert "The store is still starting after 1 s; its log says: recovering" in notices[0]
    assert [step.stage for step in steps if not step.notice] == ["starting", "ready"]


def test_a_store_that_does_nothing_fails_with_the_end_of_its_log(store: ScriptedServer) -> None:
    store.work = "print('waiting for a lock', flush=True); time.sleep(600)"
    with pytest.raises(ServerExited) as raised:
        store.run(silent, limits=StartLimits(idle_seconds=IDLE_SECONDS))
    message = str(raised.value)
    assert "The store does not answer, and has not worked on its start for 2 s" in message
    assert message.endswith("ends:\nwaiting for a lock")
    assert store.process() is None, "it is ended"
