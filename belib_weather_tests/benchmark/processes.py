"""Fresh processes, so that memory and start-up are measured from nothing."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from belib_weather_tests.benchmark.cases import Case
from belib_weather_tests.benchmark.clock import Figures


def run(
    module: str, *arguments: str, settings: Mapping[str, str], checkout: Path | None = None
) -> str:
    """Run a Python module in a fresh process; returns what it prints.

    Args:
        module: as `python -m` takes it.
        arguments: of the module.
        settings: variables beside those of this process.
        checkout: another checkout, whose module is run by its own `.venv`.
    """
    python = str(checkout / ".venv" / "bin" / "python") if checkout else sys.executable
    command = [python, "-W", "ignore", "-m", module, *arguments]
    inherited = {k: v for k, v in os.environ.items() if not (checkout and k == "PYTHONPATH")}
    done = subprocess.run(
        command,
        cwd=checkout,
        env={**inherited, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-4000:]}")
    return done.stdout


def stage(
    name: str, case: Case, settings: Mapping[str, str], checkout: Path | None = None
) -> Figures:
    """Figures of one stage of a case."""
    module = "belib_weather_tests.benchmark.stages"
    printed = run(module, name, json.dumps(asdict(case)), settings=settings, checkout=checkout)
    figures: Figures = json.loads(printed.splitlines()[-1])
    return figures
