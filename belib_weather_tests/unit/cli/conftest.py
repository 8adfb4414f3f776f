"""Commands in this process, in a home of their own in which nothing runs."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from belib_weather.cli import app

Command = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home that does not exist yet; the working directory is another folder."""
    for name in [n for n in os.environ if n.startswith(("BELIB_", "DAGSTER_"))]:
        monkeypatch.delenv(name)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("BELIB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def command(home: Path) -> Command:
    """Runs a command of `belib-weather` to its end."""

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, arguments, catch_exceptions=False)

    return run


ARGUMENTS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("ask",): ("why",),
    ("backup",): ("copy",),
    ("forecast", "backtest"): ("history.parquet",),
    ("import",): ("export.json",),
    ("restore",): ("whole",),
    ("raw", "show"): ("snapshots", "newest"),
    ("raw", "set-aside"): ("0" * 24, "--reason", "x"),
    ("raw", "take-back"): ("0" * 24,),
    ("raw", "accept"): ("0" * 24,),
}
"""What a command needs beside its name."""


def every_command(of: typer.Typer = app, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command that there is, each with the arguments that it needs."""
    for one in of.registered_commands:
        assert one.callback
        name = (*before, one.name or one.callback.__name__)
        yield (*name, *ARGUMENTS.get(name, ()))
    for group in of.registered_groups:
        assert group.typer_instance
        yield from every_command(group.typer_instance, (*before, str(group.name)))


@contextmanager
def process_with(argument: str) -> Iterator[int]:
    """A process that has an argument on its command line, as a server has."""
    wait = [sys.executable, "-c", "import sys; print(flush=True); sys.stdin.read()", argument]
    with subprocess.Popen(wait, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()  # its command line is its own by now
        yield process.pid
        process.kill()
