"""Files and folders that appear in one step: a reader never sees a part of one."""

import os
import secrets
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

PRIVATE = 0o600
"""Readable for its owner alone."""
PUBLIC = 0o666
"""Readable for those whom the umask of the process lets in, such as a web server."""
Trial = Callable[[str], AbstractContextManager[object]]
"""Runs the code that writes one of several files, by its name; may collect errors for the end."""


def raise_at_once(_: str) -> AbstractContextManager[None]:
    """A `Trial` that collects nothing: the first error is raised."""
    return nullcontext()


def write_file(
    path: Path,
    body: str | bytes,
    *,
    mode: int = PRIVATE,
    is_only_writer: bool = False,
    is_durable: bool = True,
) -> None:
    """Replace a file, or create it; its content is on disk when this returns.

    Two writers at once do not disturb each other: the last one wins.

    Args:
        path: in a folder that exists.
        body: text is written as UTF-8.
        mode: permissions of the file, from which the umask takes away.
        is_only_writer: nobody else writes this file now; so what a killed writer left is replaced.
        is_durable: False leaves to the system when the content reaches the disk.

    Raises:
        OSError: the folder is missing, full or not writable; an existing file is unchanged.
    """
    unfinished = path.with_name(
        f".{path.name}.{'unfinished' if is_only_writer else secrets.token_hex(8)}"
    )
    if is_only_writer:
        unfinished.unlink(missing_ok=True)
    # Created with its permissions, so that the kernel applies the umask and no moment is too open.
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body.encode() if isinstance(body, str) else body)
            file.flush()
            if is_durable:
                os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def create_folder(path: Path, fill: Callable[[Path], None]) -> None:
    """Create a folder with its content, unless it exists.

    It is filled under another name and then renamed. What an interrupted attempt left is removed.

    Args:
        path: of the folder.
        fill: creates the folder at the path that it gets, and fills it.
    """
    if path.exists():
        return
    unfinished = path.with_name(f"{path.name}.new")
    if unfinished.exists():
        shutil.rmtree(unfinished)
    fill(unfinished)
    unfinished.rename(path)
