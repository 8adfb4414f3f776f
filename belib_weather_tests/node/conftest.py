"""Kibana's own libraries: npm installs them once into the environment of these tests."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import filelock
import pytest

HERE = Path(__file__).parent
CACHE = Path(sys.prefix) / "kibana-libraries"
_OPTIONS = (
    "--ignore-scripts",
    "--legacy-peer-deps",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
)
Ask = Callable[[dict[str, list[Any]]], dict[str, list[Any]]]


@pytest.fixture(scope="session")
def ask() -> Ask:
    """Questions to answers, in one process of Node.js for each call."""
    node, npm = tools()
    libraries = _installed(npm)

    def answered(questions: dict[str, list[Any]]) -> dict[str, list[Any]]:
        found = subprocess.run(
            [node, HERE / "ask.cjs", libraries],
            check=True,
            input=json.dumps(questions),
            stdout=subprocess.PIPE,
            text=True,
            timeout=120,
        )
        return json.loads(found.stdout)  # type: ignore[no-any-return]

    return answered


def tools() -> tuple[str, str]:
    """The programs `node` and `npm`; without them a test is skipped, and fails where CI=true."""
    found = {tool: shutil.which(tool) for tool in ("node", "npm")}
    if missing := [tool for tool, path in found.items() if path is None]:
        _cannot(f"{' and '.join(missing)} not found: install Node.js 18 or newer, with npm")
    return str(found["node"]), str(found["npm"])


def _installed(npm: str) -> Path:
    """The folder of this lock file's libraries; a new lock has a folder of its own."""
    lock = HERE / "package-lock.json"
    folder = CACHE / hashlib.sha256(lock.read_bytes()).hexdigest()[:16]
    CACHE.mkdir(exist_ok=True)
    with filelock.FileLock(CACHE / "lock"):
        if not folder.exists():
            with tempfile.TemporaryDirectory(dir=CACHE) as building:
                for file in (lock, HERE / "package.json"):
                    shutil.copy(file, building)
                _install(npm, Path(building))
                Path(building).rename(folder)
                Path(building).mkdir()
    return folder


def _install(npm: str, folder: Path) -> None:
    ran = subprocess.run(
        [npm, "ci", *_OPTIONS],
        check=False,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        timeout=300,
    )
    if ran.returncode:
        _cannot(f"npm could not install them: {' '.join(ran.stderr.split())[-300:]}")


def _cannot(reason: str) -> NoReturn:
    text = f"Kibana's own libraries cannot be asked: {reason}"
    if os.environ.get("CI") == "true":
        pytest.fail(text)
    pytest.skip(text)
