"""Log files of processes that run for weeks: their end, and their size.

A log is copied and then emptied in place. A server keeps its log open and outlives the command that
started it, so the file cannot be renamed and output cannot go through a pipe of ours. All logs are
opened for appending: after the cut a process writes on at the new end. What it writes between the
copy and the cut, a few microseconds, is lost.
"""

import os
import re
import shutil
import threading
from pathlib import Path

LARGEST_BYTES = 10_000_000
OLDER = 2
"""Earlier parts that are kept beside a log: `….1` is newer than `….2`."""
_END_BYTES = 20_000
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_rotating = threading.Lock()


def rotate(log: Path, largest_bytes: int = LARGEST_BYTES) -> bool:
    """Move the content of a log that is too large to `….1`; whether it was too large.

    A kill in between leaves the content in both files, never in none.
    """
    with _rotating:
        if not log.exists() or log.stat().st_size <= largest_bytes:
            return False
        copy = log.with_name(f"{log.name}.copy")
        with log.open("rb") as content, copy.open("wb") as copied:
            copy.chmod(0o600)
            shutil.copyfileobj(content, copied)
            for number in range(OLDER, 1, -1):
                newer = log.with_name(f"{log.name}.{number - 1}")
                if newer.exists():
                    newer.replace(log.with_name(f"{log.name}.{number}"))
            copy.replace(log.with_name(f"{log.name}.1"))
            shutil.copyfileobj(content, copied)  # what was written meanwhile
            copied.flush()
            os.truncate(log, 0)
    return True


def size(log: Path) -> int:
    """Bytes of a log; 0 when there is none."""
    return log.stat().st_size if log.exists() else 0


def last_lines(log: Path, count: int, *, since: int = 0) -> str:
    """The last lines of a log that are not empty.

    Args:
        log: may be missing.
        count: at most so many.
        since: only what was written after the log had this size; all if it was cut since.
    """
    if (now := size(log)) == 0:
        return ""
    start = since if since <= now else 0
    with log.open("rb") as content:
        content.seek(max(start, now - _END_BYTES))
        lines = _COLOURS.sub("", content.read().decode(errors="replace")).splitlines()
    return "\n".join([line for line in lines if line.strip()][-count:])


def last_line(log: Path, *, since: int = 0) -> str:
    """The last line of a log, for a message."""
    return last_lines(log, 1, since=since).strip() or "nothing yet"
