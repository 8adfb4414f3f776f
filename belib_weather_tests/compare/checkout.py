"""A checkout at work: its commands, in a home of its own.

What belongs here: processes. What does not: what they leave behind (`dumps`).
"""

import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_LINES_SHOWN = 15
_OWN_VARIABLES = ("BELIB_", "DAGSTER_", "PYTHON", "VIRTUAL_ENV")


@dataclass
class Checkout:
    """A checkout and the folder that its commands keep their data in.

    Attributes:
        folder: of the checkout, which has a `.venv`.
        home: `BELIB_HOME`.
        settings: other variables of the commands.
    """

    folder: Path
    home: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    def run(self, program: str, *arguments: str, settings: Mapping[str, str] | None = None) -> str:
        """Run a program of the checkout's environment; returns what it prints.

        Raises:
            SystemExit: it failed.
        """
        done = self._done(program, arguments, settings or {})
        if done.returncode:
            shown = "\n".join((done.stdout + done.stderr).splitlines()[-_LINES_SHOWN:])
            raise SystemExit(f"{self.folder}: {program} {shlex.join(arguments)} failed:\n{shown}")
        return done.stdout

    def belib(self, *arguments: str) -> str:
        """Run `belib-weather`."""
        return self.run("belib-weather", *arguments)

    def driver(
        self, script: Path, *arguments: str, settings: Mapping[str, str] | None = None
    ) -> None:
        """Run a driver by the checkout's Python, without the script's folder on its path."""
        self.run("python", "-P", "-W", "ignore", str(script), *arguments, settings=settings)

    def started(self) -> dict[str, str]:
        """Start the stores of the demonstration; the variables that lead to them."""
        # Older code has no `stores up`; there `env` starts them.
        self._done("belib-weather", ("stores", "up", "--mode", "demo"), {})
        printed = self.belib("env", "--mode", "demo")
        return dict(word.split("=", 1) for word in shlex.split(printed) if "=" in word)

    def materialize(
        self, assets: Sequence[str], variables: Mapping[str, str], keys: tuple[str, str] | None
    ) -> None:
        """Materialize assets over a range of partitions, or unpartitioned ones."""
        partitions = ["--partition-range", "...".join(keys)] if keys else []
        self.run(
            "dagster",
            *("asset", "materialize", "-m", "belib_weather.definitions"),
            *("--select", ",".join(assets), *partitions),
            settings=variables,
        )

    def stop(self) -> None:
        """Stop whatever runs in this home."""
        self._done("belib-weather", ("stop",), {})

    def _done(
        self, program: str, arguments: Sequence[str], settings: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(_OWN_VARIABLES)}
        self.home.mkdir(parents=True, exist_ok=True)
        return subprocess.run(
            [str(self.folder / ".venv" / "bin" / program), *arguments],
            # Not the checkout, whose `.env` is nobody's business here.
            cwd=self.home,
            env={**inherited, "BELIB_HOME": str(self.home), **self.settings, **settings},
            capture_output=True,
            text=True,
            check=False,
        )
