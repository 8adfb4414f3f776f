"""What `doctor` reports of one dependency."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """The state of a dependency; only `wrong` needs an action."""

    OK = "ok"
    OFF = "off"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """One dependency, its state, and what is known of it, with what to do when it is wrong."""

    name: str
    state: State
    text: str
