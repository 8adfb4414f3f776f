"""What `doctor` reports of one dependency."""

from dataclasses import dataclass
from enum import StrEnum

WELL, WARNING, CRITICAL = 0, 1, 2
"""Exit codes of `doctor`, as monitors read them."""


class State(StrEnum):
    """The state of a dependency; `warn` needs a look, `wrong` an action."""

    OK = "ok"
    OFF = "off"
    WARN = "warn"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """One dependency, its state, and what is known of it, with what to do when it is wrong.

    Attributes:
        is_needed: nothing works while it is off.
    """

    name: str
    state: State
    text: str
    is_needed: bool = False

    @property
    def severity(self) -> int:
        """The exit code that it asks for."""
        if self.state is State.OFF:
            return CRITICAL if self.is_needed else WELL
        return {State.OK: WELL, State.WARN: WARNING, State.WRONG: CRITICAL}[self.state]
