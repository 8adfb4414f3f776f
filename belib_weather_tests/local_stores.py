"""One set of embedded servers for every test process of a checkout.

Workers of a test run, and several runs at once, share the servers: each run holds a shared lock
while it lasts, and a run that can have the lock alone stops them and removes their data.
"""

import fcntl
import getpass
import hashlib
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:  # slow to import, and a run of unit tests needs none of it
    from belib_weather.settings import Settings

CHECKOUT = Path(__file__).resolve().parents[1]
_KEY = hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:8]
HOME = Path(tempfile.gettempdir()) / f"belib-weather-tests-{getpass.getuser()}-{_KEY}"


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
