"""The rule for one process: a scripted one, whose clock is moved by the test."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest

from belib_weather.embedded.startup import StartLimits
from belib_weather.local.console import CommandError
from belib_weather.local.health import HEALTHY, Health, Verdict
from belib_weather.local.supervised import Supervised
from belib_weather.local.watch import Rules, Watch

SILENT = Health(Verdict.SILENT, "no answer")
REFUSING = Health(Verdict.REFUSING, "it accepts no calls")
FULL = Health(Verdict.FULL, "0 MB free")
UNKNOWN = Health(Verdict.UNKNOWN, "the database does not answer")


class Scripted(Supervised):
    """Answers, ends and starts as the test sets it."""

    name, title, log = "scripted", "The process", Path("scripted.log")
    check_seconds = 5.0

    def __init__(self) -> None:
        self.answer = HEALTHY
        self.how_it_ended: str | None = None
        self.starts: list[float] = []
        self.start_error: Exception | None = None
        self.is_expected = True
        self.in_the_way: str | None = None

    def obstacle(self) -> str | None:
        return self.in_the_way

    @property
    def is_wanted(self) -> bool:
        return self.is_expected

    def ended(self) -> str | None:
        return self.how_it_ended

    def health(self) -> Health:
        return self.answer

    def restart(self, limits: StartLimits, notice: Callable[[str], None]) -> None:
        self.starts.append(Clock.now)
        if self.start_error:
            raise self.start_error
        self.how_it_ended = None
        self.answer = HEALTHY


class Clock(Executor):
    """Moves the time of a watch; what is submitted is done at once."""

    now = 0.0

    def __init__(self, process: Scripted) -> None:
        Clock.now = 0.0
        self.watch = Watch(process, 0.0, Rules())
        self.has_needs = True

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except CommandError as error:
            future.set_exception(error)
        return future

    def run(self, seconds: float) -> list[str]:
        """Let time pass in half seconds; what was reported."""
        lines: list[str] = []
        end = Clock.now + seconds
        while Clock.now < end:
            Clock.now += 0.5
            lines += self.watch.look(
                Clock.now, self, StartLimits(), lines.append, has_needs=self.has_needs
            )
        return lines


@pytest.fixture
def process() -> Scripted:
    return Scripted()


@pytest.fixture
def clock(process: Scripted) -> Clock:
    return Clock(process)


def test_a_healthy_process_is_left_alone(process: Scripted, clock: Clock) -> None:
    assert clock.run(3_600) == []
    assert process.starts == []


def test_an_ended_process_is_restarted_within_seconds(process: Scripted, clock: Clock) -> None:
    clock.run(100)
    process.how_it_ended = "was killed by SIGKILL"
    assert clock.run(5) == [
        "The process was killed by SIGKILL; it is started again",
        "The process runs again",
    ]
    assert process.starts[0] < 103


def test_a_process_that_refuses_is_restarted_within_seconds(
    process: Scripted, clock: Clock
) -> None:
    clock.run(100)
    process.answer = REFUSING
    lines = clock.run(process.check_seconds + 5)
    assert lines[0] == (
        "The process does not work any more (it accepts no calls); it is started again"
    )
    assert len(process.starts) == 1


def test_a_single_refusal_is_ignored(process: Scripted, clock: Clock) -> None:
    process.answer = REFUSING
    clock.run(process.check_seconds + 0.5)
    process.answer = HEALTHY
    assert clock.run(300) == []
    assert process.starts == []


def test_a_silent_process_is_restarted_after_two_minutes(process: Scripted, clock: Clock) -> None:
    clock.run(100)
    process.answer = SILENT
    assert clock.run(110) == ["The process does not answer (no answer)"]
    assert process.starts == []
    lines = clock.run(20)
    assert "has not answered for 12" in lines[0]
    assert lines[1:] == ["The process runs again"]
    assert len(process.starts) == 1


def test_a_process_whose_health_check_hangs_counts_as_silent(
    process: Scripted, clock: Clock
) -> None:
    hanging: Future[Health] = Future()
    clock.submit = lambda fn, /, *args, **kwargs: (  # type: ignore[method-assign]
        hanging if fn == process.health else Clock.submit(clock, fn, *args, **kwargs)
    )
    lines = clock.run(130)
    assert "has not answered for 12" in lines[0]
    assert len(process.starts) == 1


def test_a_pause_of_the_supervisor_does_not_count_as_silence(
    process: Scripted, clock: Clock
) -> None:
    process.answer = SILENT
    clock.run(20)
    Clock.now += 3_600
    process.answer = HEALTHY
    assert clock.run(60) == []
    assert process.starts == []


def test_silence_that_ends_before_the_limit_is_reported_as_over(
    process: Scripted, clock: Clock
) -> None:
    process.answer = SILENT
    assert clock.run(60) == ["The process does not answer (no answer)"]
    process.answer = HEALTHY
    assert clock.run(60) == ["The process answers again"]
    assert process.starts == []


def test_a_process_of_unknown_health_is_not_restarted(process: Scripted, clock: Clock) -> None:
    process.answer = UNKNOWN
    assert clock.run(3_600) == ["The process cannot be asked (the database does not answer)"]
    assert process.starts == []


def test_a_process_without_its_dependencies_is_neither_checked_nor_started(
    process: Scripted, clock: Clock
) -> None:
    clock.has_needs = False
    process.answer = SILENT
    assert clock.run(3_600) == []
    process.how_it_ended = "ended with exit code 1"
    assert clock.run(60) == ["The process ended with exit code 1; it is started again"]
    assert process.starts == []
    clock.has_needs = True
    assert clock.run(2) == ["The process runs again"]


def test_the_same_problem_is_reported_once_until_the_process_ran_well(
    process: Scripted, clock: Clock
) -> None:
    process.start_error = CommandError("its port is taken")
    process.how_it_ended = "ended with exit code 1"
    lines = clock.run(50)
    assert lines == [
        "The process ended with exit code 1; it is started again",
        "The process could not be started: its port is taken; it is started again",
    ]
    assert len(process.starts) >= 4
    lines = clock.run(300)
    assert len(lines) == 1
    assert "it failed too often and is started again at" in lines[0]

    process.start_error = None
    lines = clock.run(600)
    assert lines == ["The process runs again"]
    process.how_it_ended = "ended with exit code 1"
    assert clock.run(5) == [
        "The process ended with exit code 1; it is started again",
        "The process runs again",
    ]


def test_an_unstable_process_is_reported_once(process: Scripted, clock: Clock) -> None:
    lines = []
    for _ in range(4):
        process.how_it_ended = "ended with exit code 1"
        lines += clock.run(20)
    assert lines == [
        "The process ended with exit code 1; it is started again",
        "The process runs again",
    ]


def test_a_process_that_another_command_stopped_stays_down(process: Scripted, clock: Clock) -> None:
    process.is_expected = False
    process.how_it_ended = "ended"
    assert clock.run(0.5) == ["The process was stopped by another command"]
    assert clock.watch.is_over


def test_a_full_disk_is_reported_once_and_causes_no_restart(
    process: Scripted, clock: Clock
) -> None:
    process.answer = FULL
    assert clock.run(3_600) == ["The process cannot work (0 MB free)"]
    assert process.starts == []
    process.answer = HEALTHY
    assert clock.run(10) == ["The process answers again"]


def test_an_ended_process_is_restarted_when_the_obstacle_is_gone(
    process: Scripted, clock: Clock
) -> None:
    clock.run(100)
    process.how_it_ended, process.in_the_way = "ended", "0 MB free"
    assert clock.run(3_600) == [
        "The process ended; it is started again",
        "The process is not started: 0 MB free",
    ]
    assert process.starts == []
    process.in_the_way = None
    assert clock.run(5) == ["The process runs again"]
    assert len(process.starts) == 1
