"""`belib-weather` as a process, the way people start it."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

import psutil
from typer.testing import CliRunner

from belib_weather.cli.app import app
from belib_weather_tests.local_stores import CHECKOUT

_PATIENCE_SECONDS = 600


@dataclass(frozen=True)
class Result:
    """Exit code and output of a command that ended."""

    code: int
    out: str
    err: str


class Commands:
    """Runs commands in a home of their own, on settings of their own."""

    def __init__(self, home: Path, settings: Mapping[str, str]) -> None:
        self.home = home
        others = {k: v for k, v in os.environ.items() if not k.startswith(("BELIB_", "DAGSTER_"))}
        self.environment = others | {
            "BELIB_HOME": str(home),
            "PYTHONPATH": str(CHECKOUT),
            **{f"BELIB_{name}": value for name, value in settings.items()},
        }

    def __call__(self, *arguments: str) -> Result:
        """Run a command to its end."""
        done = subprocess.run(
            self._command(arguments),
            cwd=self.home.parent,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Result(done.returncode, done.stdout, done.stderr)

    def here(self, *arguments: str) -> Result:
        """Run a command to its end in this process: a new one takes seconds to start."""
        absent = dict.fromkeys(os.environ.keys() - self.environment.keys())
        with chdir(self.home.parent):
            done = CliRunner(env={**absent, **self.environment}).invoke(
                app, arguments, catch_exceptions=False
            )
        return Result(done.exit_code, done.stdout, done.stderr)

    def start(self, *arguments: str) -> "Serving":
        """Start a command that stays."""
        log = self.home.parent / f"{arguments[0]}.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                self._command(arguments),
                cwd=self.home.parent,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        return Serving(process, log)

    def running(self) -> list[str]:
        """Command lines of all processes on this home's folders, the commands themselves apart."""
        lines = [" ".join(p.info["cmdline"] or ()) for p in psutil.process_iter(["cmdline"])]
        return [line for line in lines if f"{self.home}/" in line]

    @staticmethod
    def _command(arguments: tuple[str, ...]) -> list[str]:
        return [sys.executable, "-m", "belib_weather.cli", *arguments]


@dataclass(frozen=True)
class Serving:
    """A command that stays, and the log of its output."""

    process: subprocess.Popen[bytes]
    log: Path

    def wait_for(self, text: str) -> str:
        """Wait until this text is in its output; the whole output."""
        patience_ends = time.monotonic() + _PATIENCE_SECONDS
        while text not in self.log.read_text():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < patience_ends, self.log.read_text()
            time.sleep(0.2)
        return self.log.read_text()
