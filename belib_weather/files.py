"""Writing a file in one step: a reader sees the old file or the new one, never a part."""

import os
import tempfile
from pathlib import Path

PRIVATE = 0o600
"""Readable for its owner alone."""
PUBLIC = 0o644


def write_file(path: Path, body: str | bytes, *, mode: int = PRIVATE) -> None:
    """Replace a file, or create it; its content is on disk when this returns.

    Two writers at once do not disturb each other: the last one wins.

    Args:
        path: in a folder that exists.
        body: text is written as UTF-8.
        mode: permissions of the file.

    Raises:
        OSError: the folder is missing, full or not writable; an existing file is unchanged.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body.encode() if isinstance(body, str) else body)
            file.flush()
            os.fsync(file.fileno())
        unfinished.chmod(mode)
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
