"""One command at a time serves a home: who, and how to tell it to stop.

What belongs here: the lock of the serving command, freed by the system when it is killed. What
does not: what it serves (`stack`).
"""

import json
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from belib_weather.embedded.home import private_folder
from belib_weather.files import write_file
from belib_weather.local.console import CommandError

_STOP_SECONDS = 90
_LOCK = "session.lock"
# Another command holds the lock for a moment when it looks whether somebody serves.
_LOOKED_AT_SECONDS = 0.5


def _note(data_dir: Path) -> Path:
    return data_dir / "session.json"


@contextmanager
def session(data_dir: Path, command: str) -> Iterator[None]:
    """Serve this home alone.

    Args:
        data_dir: of the mode.
        command: "demo" or "up", for the message.

    Raises:
        CommandError: another process serves it already.
    """
    with ExitStack() as held:
        try:
            held.enter_context(FileLock(private_folder(data_dir) / _LOCK, _LOOKED_AT_SECONDS))
        except Timeout:
            raise CommandError(
                f"belib-weather {command} is running here already ({_who(data_dir)}); stop it with"
                " Ctrl-C in its terminal or with `belib-weather stop`"
            ) from None
        me = psutil.Process()
        write_file(_note(data_dir), json.dumps({"pid": me.pid, "started": me.create_time()}))
        try:
            yield
        finally:
            _note(data_dir).unlink(missing_ok=True)


def end_session(data_dir: Path) -> int | None:
    """Ask the serving command to stop everything, and wait for it; its process id, if any.

    Raises:
        CommandError: it does not end.
    """
    serving = serving_process(data_dir)
    if serving is None or serving.pid == os.getpid():
        return None
    serving.terminate()
    patience_ends = time.monotonic() + _STOP_SECONDS
    while serving_process(data_dir) is not None:  # until it gives the lock back
        if time.monotonic() > patience_ends:
            raise CommandError(
                f"process {serving.pid} does not end; `kill -9 {serving.pid}`, then stop again"
            )
        time.sleep(0.1)
    return serving.pid


def serving_process(data_dir: Path) -> psutil.Process | None:
    """The command that serves this home: it holds the lock, and its start time is the noted one."""
    path = data_dir / _LOCK
    if not path.exists():
        return None
    try:
        with FileLock(path, blocking=False):
            return None
    except Timeout:
        return _noted(data_dir)


def _noted(data_dir: Path) -> psutil.Process | None:
    try:
        note = json.loads(_note(data_dir).read_text())
        process = psutil.Process(note["pid"])
        is_it = process.create_time() == note["started"]
    except (OSError, ValueError, KeyError, psutil.Error):
        return None
    return process if is_it else None


def _who(data_dir: Path) -> str:
    process = _noted(data_dir)
    return f"process {process.pid}" if process else "another process"
