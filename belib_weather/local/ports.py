"""Ports that a command has chosen, so that another command does not choose the same.

What belongs here: taking a port. What does not: which ports are wanted (`state_file`). A server
opens its port seconds after the command has chosen it; until then only the lock shows that.
"""

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

from filelock import FileLock, Timeout

from belib_weather.embedded.home import private_folder
from belib_weather.embedded.loopback import free_port, is_free


def common_folder() -> Path:
    """The folder that all commands of this user share."""
    return Path(tempfile.gettempdir()) / f"belib-weather-{os.getuid()}" / "ports"


class Ports:
    """Loopback ports of one command, taken until it closes them or ends.

    Args:
        folder: of the locks; the same for all commands on this machine.
    """

    def __init__(self, folder: Path) -> None:
        private_folder(folder.parent)
        self._folder = private_folder(folder)
        self._locks = ExitStack()

    def take(self, port: int) -> bool:
        """Take a port; False when another command or program has it."""
        with ExitStack() as locked:
            try:
                locked.enter_context(FileLock(self._folder / f"{port}.lock", blocking=False))
            except Timeout:
                return False
            if not is_free(port):
                return False
            self._locks.enter_context(locked.pop_all())
        return True

    def take_any(self) -> int:
        """Take any free port."""
        while not self.take(port := free_port()):
            continue
        return port

    def close(self) -> None:
        """Give all of them back."""
        self._locks.close()
