"""A producer whose process is killed at a step of its work, as by a machine that loses power."""

import os
import signal
from typing import Any

from belib_weather.stream.producer import Stream

STEPS = (
    "begin_transaction",
    "after begin_transaction",
    "produce",
    "commit_transaction",
    "after commit_transaction",
)


class _KilledAt:
    """Kills its process before, or `after`, the call of a name, the first or a later one."""

    def __init__(self, producer: Any, step: str, call: int) -> None:
        self._producer, self._step, self._left = producer, step, call

    def __getattr__(self, name: str) -> Any:
        def called(*arguments: Any, **named: Any) -> Any:
            if name == self._step:
                self._left -= 1
                if not self._left:
                    self._producer.flush(10)
                    os.kill(os.getpid(), signal.SIGKILL)
            done = getattr(self._producer, name)(*arguments, **named)
            if f"after {name}" == self._step:
                os.kill(os.getpid(), signal.SIGKILL)
            return done

        return called


def kill_at(stream: Stream, step: str, call: int = 1) -> None:
    """Let this process be killed at a step of the next `publish`."""
    vars(stream)["_producer"] = _KilledAt(stream._producer, step, call)
