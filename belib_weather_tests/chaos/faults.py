"""The faults: small classes in a registry, each with how often it happens in a full run.

A fault happens in `inject` and ends in `recover`, as far as it is the world's part to end it: a
disk is freed, a clock is set right, a killed command is started again. Nothing else is ever
repaired by hand.
"""

import random
import signal
from abc import ABC, abstractmethod
from typing import ClassVar

from belib_weather_tests.chaos.box import Box
from belib_weather_tests.chaos.stage import Stage


class Skip(Exception):
    """The fault cannot happen here; the message says why."""


class Fault(ABC):
    """Something that goes wrong.

    Attributes:
        kind: its row in the report.
        times: how often in a full run.
        seconds: how long it lasts, apart from what `inject` takes; 0 for an instant.
    """

    kind: ClassVar[str]
    times: ClassVar[int]
    seconds: float = 0

    def __init__(self, stage: Stage, box: Box, rng: random.Random) -> None:
        self.stage, self.box, self.rng = stage, box, rng

    @abstractmethod
    def inject(self) -> str | None:
        """Do it; what was hit, for the log.

        Raises:
            Skip: it cannot happen here.
        """

    def recover(self) -> None:
        """Take back what the world takes back."""
        return


FAULTS: dict[str, type[Fault]] = {}


def fault(cls: type[Fault]) -> type[Fault]:
    """Enter a fault into the registry."""
    FAULTS[cls.kind] = cls
    return cls


def signalled(stage: Stage, name: str, number: signal.Signals) -> str:
    """Send a signal to a store or process that runs.

    Raises:
        Skip: it does not run at this moment.
    """
    process = stage.process(name)
    if process is None:
        raise Skip(f"{name} does not run at this moment")
    process.send_signal(number)
    return f"pid {process.pid}"
