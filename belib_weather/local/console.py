"""Output of the commands: results on stdout, progress and errors on stderr.

What belongs here: consoles, and one clear line in place of a traceback. What does not: the texts of
the commands.
"""

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from unicodedata import category

import typer
from rich.console import Console

NOT_RUNNING = 2
"""Exit code of a command that finds no stores, and starts none."""
_INTERRUPTED = 130
"""Exit code of a command that a signal ended early."""
_WIDE = 160
"""Columns where the output is not a terminal."""


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, _WIDE)
    return console


_MOVING = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Unicode categories: line ends and escapes, marks of direction, halves of a character."""
out = _console(stderr=False)
err = _console(stderr=True)


class CommandError(Exception):
    """A command cannot do its work; the message says why, and what to do."""


def one_line(text: str) -> str:
    """A text from outside, such as a file's name, without what would move a terminal's cursor."""
    return "".join(
        char.encode("unicode_escape").decode() if category(char) in _MOVING else char
        for char in text
    )


def say(line: str) -> None:
    """Print one line on stderr, without markup."""
    err.print(line, markup=False, soft_wrap=True)


def warn(line: str) -> None:
    """Print one line on stderr in red: something needs a look."""
    err.print(line, style="bold red", markup=False, soft_wrap=True)


def fail(line: str) -> None:
    """Print one line that says what went wrong."""
    err.print("[bold red]error:[/]", end=" ")
    say(line)


def _expected_errors() -> tuple[type[Exception], ...]:
    """Errors whose message is enough; imported late, because they import their libraries."""
    from belib_weather.embedded import EmbeddedError  # noqa: PLC0415
    from belib_weather.kibana.errors import KibanaError  # noqa: PLC0415
    from belib_weather.lake import LakeError  # noqa: PLC0415
    from belib_weather.search import SearchError  # noqa: PLC0415
    from belib_weather.settings import SettingsError  # noqa: PLC0415
    from belib_weather.sources.errors import SourceError  # noqa: PLC0415
    from belib_weather.warehouse import WarehouseError  # noqa: PLC0415

    return (
        CommandError,
        EmbeddedError,
        KibanaError,
        LakeError,
        SearchError,
        SettingsError,
        SourceError,
        WarehouseError,
    )


_ADVICE = {
    errno.ENOSPC: "the disk is full: delete files, or set BELIB_HOME to a folder on a larger one",
    errno.EDQUOT: "your quota is used up: delete files, or set BELIB_HOME to another disk",
    errno.EROFS: "this file system is read-only: set BELIB_HOME to a folder on another",
    errno.EACCES: "another user's? Run the command as that user, or choose a folder of your own",
    errno.EPERM: "another user's? Run the command as that user, or choose a folder of your own",
}


def _disk_error_line(error: Exception) -> str | None:
    """A line about a file that cannot be read or written, with what to do; None of other errors."""
    if not isinstance(error, OSError) or error.errno not in _ADVICE or error.filename is None:
        return None
    return f"{error.filename}: {error.strerror}; {_ADVICE[error.errno]}"


@contextmanager
def report_errors() -> Iterator[None]:
    """End the command with one clear line after an expected error.

    The exit code is 1, and 2 where the stores that it needs do not run.
    """
    from belib_weather.embedded.errors import NotRunning  # noqa: PLC0415 - as in `_expected_errors`

    try:
        yield
    except typer.Exit:
        raise
    except KeyboardInterrupt:
        say("Stopped.")
        raise typer.Exit(_INTERRUPTED) from None
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has closed it
        raise typer.Exit(1) from None
    except Exception as error:
        line = _disk_error_line(error) or (
            str(error) if isinstance(error, _expected_errors()) else None
        )
        if line is None:
            raise
        fail(line)
        raise typer.Exit(NOT_RUNNING if isinstance(error, NotRunning) else 1) from None
