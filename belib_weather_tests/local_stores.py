"""One set of embedded servers for every test process of a checkout.

Workers of a test run, and several runs at once, share the servers: each run holds a shared lock
while it lasts, and a run that can have the lock alone stops them and removes their data.
"""

import fcntl
import getpass
import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import psutil

if TYPE_CHECKING:  # slow to import, and a run of unit tests needs none of it
    from belib_weather.settings import Settings

CHECKOUT = Path(__file__).resolve().parents[1]
_KEY = hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:8]
_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of this user's own lies in it
_ENOUGH_MEMORY = 12 << 30
_ENOUGH_ROOM = 4 << 30


def _fastest_folder() -> Path:
    """In memory where there is much of it: there a copy of a database waits for no disk.

    Only sizes that stay the same count, since each process of a run looks for itself.
    """
    if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK):
        found = os.statvfs(_MEMORY)
        is_large = found.f_blocks * found.f_frsize >= _ENOUGH_ROOM
        runs_programs = not found.f_flag & os.ST_NOEXEC  # Elasticsearch unpacks libraries
        if is_large and runs_programs and psutil.virtual_memory().total >= _ENOUGH_MEMORY:
            return _MEMORY
    return Path(tempfile.gettempdir())


HOME = _fastest_folder() / f"belib-weather-tests-{getpass.getuser()}-{_KEY}"


def settings_for_tests() -> "Settings":
    """Settings of the shared servers; stores addressed by the environment are taken from there."""
    from belib_weather.settings import Settings

    return Settings(home=HOME, mode="demo", _env_file=None)


class Lease:
    """Keeps the shared servers from being stopped by another test run of this checkout."""

    def __init__(self) -> None:
        self._file: TextIO = HOME.with_suffix(".lock").open("w", encoding="ascii")
        self._stop_unused()
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def end(self) -> None:
        """Give the lease back; the last one stops the servers and removes their data."""
        self._stop_unused()
        self._file.close()

    def _stop_unused(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        if HOME.exists():
            from belib_weather.embedded import stop

            stop(settings_for_tests())
            shutil.rmtree(HOME)
