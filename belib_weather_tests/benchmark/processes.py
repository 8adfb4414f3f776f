"""Fresh processes, so that memory and start-up are measured from nothing."""

import os
import subprocess
import sys
from collections.abc import Mapping


def run(module: str, *arguments: str, settings: Mapping[str, str]) -> str:
    """Run a Python module in a fresh process; returns what it prints."""
    command = [sys.executable, "-W", "ignore", "-m", module, *arguments]
    done = subprocess.run(
        command, env={**os.environ, **settings}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-4000:]}")
    return done.stdout
