"""Headless Chromium for tests that look at pages: the system's own, never a download of a browser.

It is found on the PATH; else, for root on Debian, installed once; else the tests are skipped with
the reason (failed where `CI=true`).
"""

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
INSTALL = (
    ("apt-get", "update"),
    ("apt-get", "install", "-y", "--no-install-recommends", "chromium", "fonts-dejavu-core"),
)
DESKTOP, PHONE = 1280, 390
"""Widths in CSS pixels."""
OVERFLOW = "document.documentElement.scrollWidth - window.innerWidth"
"""In a page: CSS pixels by which it is wider than its window."""
_START_MS = 180_000
_TAKEN_BACK = "net::ERR_ABORTED"
"""The page itself gave up a request: it was left, or asks anew. Of a server Chromium says more."""


def find_chromium() -> str:
    """The program's path.

    Raises:
        LookupError: there is none, and none could be installed; says why.
    """
    found = _on_path()
    if found is None and os.getuid() == 0 and shutil.which("apt-get"):
        # Test processes side by side install it once.
        with (Path(tempfile.gettempdir()) / "belib-weather-chromium.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            found = _on_path() or _installed()
    if found is None:
        raise LookupError(f"no Chromium: none of {', '.join(NAMES)} is on the PATH")
    return found


def _on_path() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def _installed() -> str | None:
    for command in INSTALL:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise LookupError(f"no Chromium, and {' '.join(command)} failed: {done.stderr[-300:]}")
    return _on_path()


@pytest.fixture(scope="module")
def chromium() -> Iterator["Browser"]:
    """A running headless Chromium; not for longer, since it keeps an event loop of this thread."""
    from playwright.sync_api import sync_playwright

    try:
        program = find_chromium()
    except LookupError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(str(error), pytrace=False)
        pytest.skip(str(error))
    with sync_playwright() as playwright, launched(playwright, program) as browser:
        yield browser


@contextmanager
def launched(playwright: "Playwright", program: str) -> Iterator["Browser"]:
    """A headless Chromium of the system's, closed afterwards."""
    arguments = ["--no-sandbox"] if os.getuid() == 0 else []
    browser = playwright.chromium.launch(executable_path=program, args=arguments, timeout=_START_MS)
    yield browser
    browser.close()


@dataclass
class Watched:
    """What a page did while it was looked at."""

    requests: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    """Requests that failed, errors on the console, uncaught exceptions."""


def watch(page: "Page") -> Watched:
    """Note what a page does from now on."""
    watched = Watched()
    page.on("request", lambda request: watched.requests.append(request.url))
    page.on(
        "requestfailed",
        lambda request: (
            watched.failures.append(f"{request.url}: {request.failure}")
            if request.failure != _TAKEN_BACK
            else None
        ),
    )
    page.on(
        "console",
        lambda message: watched.failures.append(message.text) if message.type == "error" else None,
    )
    page.on("pageerror", lambda error: watched.failures.append(str(error)))
    return watched


def accessibility_violations(page: "Page") -> list[str]:
    """What axe-core finds wrong: each rule with the elements that break it."""
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    found = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [
        f"{rule['id']}: {rule['help']}: {[node['html'][:200] for node in rule['nodes']]}"
        for rule in found["violations"]
    ]


def overflow(page: "Page") -> int:
    """CSS pixels by which a page is wider than its window."""
    return int(page.evaluate(OVERFLOW))
