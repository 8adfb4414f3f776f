"""The steps of a start, for a progress display."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Stage = Literal["downloading", "checking", "unpacking", "creating", "starting", "ready"]


@dataclass(frozen=True)
class Step:
    """A step of the start of one server.

    Attributes:
        server: "mongo", "postgres" or "elasticsearch".
        stage: what is done now.
        done: bytes fetched or files unpacked so far; None in other stages.
        total: how many there are in all.
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
    """Show nothing."""
