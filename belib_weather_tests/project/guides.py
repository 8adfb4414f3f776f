"""Follows a guide of docs/how-to to the letter, in a copy of the project.

A fenced block belongs to the path that is named last before it: "a new module `NAME` in
`FOLDER`", or "in `PATH`". A `diff` block changes that file at the one place that it quotes, a
`python` or `json` block is the new file, a `console` block is run. Its lines without `$` are
output.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from belib_weather_tests.project import ROOT

FENCED = re.compile(r"^ *```(?P<language>\w+)\n(?P<text>.*?)^ *```", re.DOTALL | re.MULTILINE)
PATH = re.compile(
    r"new (?:module|file)\s+`(?P<name>[\w.]+)` in\s+`(?P<folder>[\w/]+/)`"
    r"|[Ii]n\s+`(?P<path>[\w./]+\.\w+)`"
)
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".belib", ".*_cache", "dist")
"""Compiled modules come along: compiling the whole project anew takes longer than most guides."""
PROGRAMS = {
    ".venv/bin/python": ("-W", "ignore"),
    ".venv/bin/pytest": ("-m", "pytest", "-q", "-p", "no:cacheprovider"),
    ".venv/bin/belib-weather": ("-m", "belib_weather.cli"),
    "make format": ("-m", "ruff", "format", "--quiet", "."),
    "make translations": ("-m", "belib_weather_tests.project.translations"),
}
"""How a command of a guide is run in a copy, which has no environment of its own."""


class GuideError(Exception):
    """A guide cannot be followed; says where."""


@dataclass(frozen=True)
class Block:
    """A fenced block of a guide, and the file that it is of; empty for commands."""

    language: str
    text: str
    path: str


def blocks_of(guide: str) -> Iterator[Block]:
    """Yield the blocks of a page in order."""
    before = 0
    path = ""
    for fenced in FENCED.finditer(guide):
        for named in PATH.finditer(guide, before, fenced.start()):
            path = named["path"] or f"{named['folder']}{named['name']}"
        yield Block(fenced["language"], textwrap.dedent(fenced["text"]), path)
        before = fenced.end()


def copy_of_the_project(folder: Path) -> Path:
    """Return a copy of the checkout in a new folder, without environment and history."""
    copy = folder / "copy"
    shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
    return copy


def follow(guide: str, copy: Path) -> None:
    """Do what the blocks of a guide say, one after the other.

    Raises:
        GuideError: a file is there already, a quoted place is not there once, or a command fails.
    """
    for block in blocks_of(guide):
        file = copy / block.path
        if block.language == "console":
            for command in re.findall(r"^\$ (.+)$", block.text, re.MULTILINE):
                run(command, copy)
        elif block.language == "diff":
            edit(file, block.text)
        elif file.exists():
            raise GuideError(f"{block.path} is there already")
        else:
            file.write_text(block.text, encoding="utf-8")


def edit(file: Path, diff: str) -> None:
    """Replace the one place that the lines of a diff quote.

    Raises:
        GuideError: the file has no such place, or several.
    """
    lines = diff.splitlines()
    before = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("+"))
    after = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("-"))
    text = file.read_text(encoding="utf-8")
    if text.count(before) != 1:
        raise GuideError(f"{file.name} has {text.count(before)} times:\n{before}")
    file.write_text(text.replace(before, after), encoding="utf-8")


def run(command: str, copy: Path) -> str:
    """Return what a command of a guide prints, run on the copy.

    Raises:
        GuideError: it fails, or is not one of `PROGRAMS`.
    """
    found = [name for name in PROGRAMS if command == name or command.startswith(f"{name} ")]
    if not found:
        raise GuideError(f"no way to run {command!r} in a copy")
    arguments = shlex.split(command.removeprefix(found[0]))
    environment = {
        name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
    }
    done = subprocess.run(
        [sys.executable, *PROGRAMS[found[0]], *arguments],
        cwd=copy,
        env=environment | {"PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise GuideError(f"{command} failed:\n{(done.stdout + done.stderr)[-3000:]}")
    return done.stdout
