"""One command at a time runs the platform of a home: which, and how to stop it.

What belongs here: the lock of that command, which the system frees after a kill. What does not: the
platform (`stack`).
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
# Another command holds the lock for a moment when it looks whether one is running.
_LOOKED_AT_SECONDS = 0.5


def _note_file(data_dir: Path) -> Path:
    return data_dir / "session.json"


@contextmanager
def session(data_dir: Path, command: str) -> Iterator[None]:
    """Hold the lock of this home.

    Args:
        data_dir: of the mode.
        command: "demo" or "up", for the message.

    Raises:
        CommandError: another process holds it.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(FileLock(private_folder(data_dir) / _LOCK, _LOOKED_AT_SECONDS))
        except Timeout:
            raise CommandError(
                f"belib-weather {command} is running here already ({_session_holder(data_dir)});"
                " stop it with Ctrl-C in its terminal or with `belib-weather stop`"
            ) from None
        me = psutil.Process()
        write_file(_note_file(data_dir), json.dumps({"pid": me.pid, "started": me.create_time()}))
        try:
            yield
        finally:
            _note_file(data_dir).unlink(missing_ok=True)


def end_session(data_dir: Path) -> int | None:
    """Ask the running command to stop everything, and wait for it; its process id, if any.

    Raises:
        CommandError: it does not end.
    """
    command = running_command(data_dir)
    if command is None or command.pid == os.getpid():
        return None
    command.terminate()
    patience_ends = time.monotonic() + _STOP_SECONDS
    while running_command(data_dir) is not None:  # until it frees the lock
        if time.monotonic() > patience_ends:
            raise CommandError(
                f"process {command.pid} does not end; `kill -9 {command.pid}`, then stop again"
            )
        time.sleep(0.1)
    return command.pid


def running_command(data_dir: Path) -> psutil.Process | None:
    """The command that holds the lock of this home, if its start time is the stored one."""
    path = data_dir / _LOCK
    if not path.exists():
        return None
    try:
        with FileLock(path, blocking=False):
            return None
    except Timeout:
        return _recorded_process(data_dir)


def _recorded_process(data_dir: Path) -> psutil.Process | None:
    try:
        note = json.loads(_note_file(data_dir).read_text())
        process = psutil.Process(note["pid"])
        is_same = process.create_time() == note["started"]
    except (OSError, ValueError, KeyError, psutil.Error):
        return None
    return process if is_same else None


def _session_holder(data_dir: Path) -> str:
    process = _recorded_process(data_dir)
    return f"process {process.pid}" if process else "another process"
