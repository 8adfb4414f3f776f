"""Processes that execute lanes of runs one after another, and say how each ended.

What belongs here: giving a lane to a process that has imported the graph already, and its answer.
What does not: executing runs (`materialize`), and which runs (`backfill`, `first_views`,
`background_fill`).
"""

import json
import time

from belib_weather.local.launcher import Launcher, Program, Task
from belib_weather.local.run_plan import LANES, Run, encoded

_LOOK_SECONDS = 0.2
_ARGUMENTS = ("-m", "belib_weather.local.materialize")


class _Answers:
    """What a worker has answered so far: the reasons of the runs that failed, lane by lane."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._answers: list[list[str]] = []
        self._text = ""
        self.expected = 0

    def of(self, number: int) -> list[str] | None:
        """The answer to a lane, by its number from 0; None before it is there."""
        *lines, self._text = (self._text + self._task.read()).split("\n")
        self._answers += map(json.loads, lines)
        return self._answers[number] if number < len(self._answers) else None


class Work:
    """A lane that a worker executes, or has still to execute.

    Args:
        task: the worker's process.
        answers: of the worker.
    """

    def __init__(self, task: Task, answers: _Answers) -> None:
        self._task, self._answers = task, answers
        self._number = answers.expected
        answers.expected += 1

    def poll(self) -> int | None:
        """0 when all of its runs have succeeded, another number when not; None while it runs."""
        code = self._task.poll()  # first, so that the last words of a process are read
        failed = self._answers.of(self._number)
        if failed is None:
            return code if code is None else code or 1
        return 1 if failed else 0

    @property
    def has_succeeded(self) -> bool:
        """Whether all of its runs have."""
        return self.poll() == 0

    def end(self) -> None:
        """End the process, if it still works on the lane."""
        if self.poll() is None:
            self._task.end()

    def reason(self) -> str:
        """Why it failed, for a message."""
        failed = self._answers.of(self._number)
        return self._task.reason(failed[-1] if failed else None)


class Worker:
    """A process for lanes of runs; it is started again when it has ended.

    Args:
        launcher: starts the process.
        name: of its log and its mark.
        arguments: of the Python interpreter, for the program that executes lanes.
    """

    def __init__(
        self, launcher: Launcher, name: str, arguments: tuple[str, ...] = _ARGUMENTS
    ) -> None:
        self._launcher, self._name, self._arguments = launcher, name, arguments
        self._task: Task | None = None
        self._answers: _Answers | None = None

    def prepare(self) -> Task:
        """The process; started where none runs: it imports before the stores are there."""
        if self._task is None or self._task.poll() is not None:
            program = Program(self._name, "what fills the stores", self._arguments)
            self._task, self._answers = Task(self._launcher, program, has_pipes=True), None
        return self._task

    def begin(self, lane: str, runs: list[Run]) -> Work:
        """Give it a lane, which it executes after those given before.

        Args:
            lane: its name, which its runs have as a tag.
            runs: in this order.
        """
        task = self.prepare()
        if self._answers is None:
            self._answers = _Answers(task)
            task.send(json.dumps(dict(self._launcher.environment)))
        task.send(encoded(lane, runs))
        return Work(task, self._answers)

    def close(self) -> None:
        """Let the process end after the lane that it executes."""
        if self._task is not None:
            self._task.close_input()
            self._task = None


class Workers:
    """Two workers, for what is executed side by side.

    Attributes:
        first, last: the workers.

    Args:
        launcher: starts their processes.
    """

    def __init__(self, launcher: Launcher) -> None:
        self.first, self.last = (Worker(launcher, name) for name in LANES)

    def of(self, lane: str) -> Worker:
        """The worker of a lane that fills the history."""
        return self.first if lane == LANES[0] else self.last

    def prepare(self) -> None:
        """Start both processes."""
        self.first.prepare()
        self.last.prepare()

    def close(self) -> None:
        """Let both end after what they execute."""
        self.first.close()
        self.last.close()


def reason_of(work: Work) -> str | None:
    """Wait for the end of a lane; why it failed, if it has."""
    while work.poll() is None:
        time.sleep(_LOOK_SECONDS)
    return None if work.has_succeeded else work.reason()
