"""Several actions of one step, all tried: those that fail are one error at the end.

What belongs here: collecting and naming failures. What does not: the actions.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePath
from traceback import extract_tb

import dagster as dg

MOST_LINES = 20
"""Of an error: a full disk would have one for each of thousands of files."""


class Problems:
    """What failed, by name, in the order in which it was tried."""

    def __init__(self) -> None:
        self._found: dict[str, Exception] = {}

    def __len__(self) -> int:
        return len(self._found)

    def __contains__(self, name: str) -> bool:
        return name in self._found

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Try one action; its exception is kept for the end."""
        try:
            yield
        except Exception as error:
            self._found[name] = error

    def raise_if_any(self, consequence: str) -> None:
        """Raise one error for all, after everything else is done.

        Args:
            consequence: what follows for that which failed, and what to do.

        Raises:
            dg.Failure: something failed; says what, where in the code, and the consequence.
        """
        if not self._found:
            return
        lines = [f"{name}: {_description(error)}" for name, error in self._found.items()][
            :MOST_LINES
        ]
        if more := len(self._found) - len(lines):
            lines.append(f"and {more} more")
        raise dg.Failure(
            "\n".join([*lines, consequence]),
            metadata={"failed": dg.MetadataValue.json(list(self._found))},
            allow_retries=False,
        ) from ExceptionGroup("what failed", list(self._found.values()))


def _description(error: Exception) -> str:
    """Type, text and place of an error on one line."""
    last = extract_tb(error.__traceback__)[-1]
    text = " ".join(str(error).split())[:300]
    return f"{type(error).__name__}: {text} ({PurePath(last.filename).name}, line {last.lineno})"
