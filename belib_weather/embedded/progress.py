"""How starting the servers is told to whoever waits for it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Stage = Literal["downloading", "checking", "unpacking", "creating", "starting", "ready"]


@dataclass(frozen=True)
class Step:
    """Where one server is on its way up.

    Attributes:
        server: "mongo", "postgres" or "elasticsearch".
        stage: what is being done.
        done: bytes fetched or files unpacked so far; None where that cannot be told.
        total: how many there are.
        notice: a line for people about a start that takes long; empty otherwise.
    """

    server: str
    stage: Stage
    done: int | None = None
    total: int | None = None
    notice: str = ""


# Called from several threads, at most some hundred times.
Progress = Callable[[Step], None]


def silent(_: Step) -> None:
    """For those who do not wait."""
