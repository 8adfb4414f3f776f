"""An embedded MongoDB of a test's own, to be killed."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from belib_weather.lake import Lake, LakeUnavailable


class MongoServer:
    """A server process on a folder and a port of its own; asks for no password."""

    def __init__(self, folder: Path) -> None:
        beside = Path(sys.executable).parent
        program = shutil.which("secantusd-py", path=f"{beside}{os.pathsep}{os.environ['PATH']}")
        if program is None:
            pytest.skip("secantusd-py is not installed (extra `embedded`)")
        self._command = [program, "--host", "127.0.0.1", "--sync-on-commit"]
        self._command += ["--storage-path", str(folder), "--port", str(_free_port())]
        self.url = f"mongodb://127.0.0.1:{self._command[-1]}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.process = subprocess.Popen(
            self._command,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
        )
        deadline = time.monotonic() + 120
        while True:
            try:
                with Lake(self.url, "belib", timeout_seconds=0.5) as lake:
                    lake.version()
                    return
            except LakeUnavailable:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise

    def kill(self) -> None:
        """Kill it with SIGKILL."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
