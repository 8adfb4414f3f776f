"""`make pictures`: the pictures in docs/, taken of a demonstration in headless Chromium.

They show simulated data, and say so. Takes about two minutes; the demonstration lives in a
temporary folder and is stopped afterwards.
"""

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from playwright.sync_api import sync_playwright

from belib_weather.kibana.dashboards import DASHBOARDS
from belib_weather_tests.browser import DESKTOP, PHONE, find_chromium, launched
from belib_weather_tests.e2e.commands import Commands

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "pictures"
_GROUPS = ("outside", "raw", "core", "search", "views", "takeaway")
_WIDE = 1900
_SETTLED_MS = 6_000
"""Dagster's pages go on drawing after they have loaded."""


def main() -> None:
    """Run a demonstration, take the pictures, stop it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="belib-", ignore_cleanup_errors=True) as folder:
        command = Commands(Path(folder) / "home", {})
        preview = Path(folder) / "preview"
        demo = command.start("demo")
        try:
            shown = demo.said("Ready after")
            drawn = command("kibana", "preview", "--mode", "demo", "--to", str(preview))
            if drawn.code != 0:
                raise RuntimeError(drawn.err)
            with sync_playwright() as playwright, launched(playwright, find_chromium()) as browser:
                _dashboards(browser, preview)
                _report(browser, _found(r"^Report: (\S+)", shown))
                _dagster(browser, _found(r"Dagster UI +(http://\S+)", shown))
        finally:
            command("stop")


def _dashboards(browser: "Browser", pages: Path) -> None:
    for dashboard in DASHBOARDS:
        page = browser.new_page(viewport={"width": DESKTOP, "height": 800})
        page.goto((pages / f"{dashboard.name}.html").as_uri())
        page.screenshot(path=FOLDER / f"{dashboard.name}.png", full_page=True)


def _report(browser: "Browser", path: str) -> None:
    for name, width, height in (("report", DESKTOP, 1500), ("report-phone", PHONE, 844)):
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(Path(path).as_uri())
        page.screenshot(path=FOLDER / f"{name}.png")


def _dagster(browser: "Browser", address: str) -> None:
    expanded = quote(",".join(f"global@global:{group}" for group in _GROUPS))
    pages = {
        "lineage": (f"asset-groups?expanded={expanded}", 900),
        "catalog": ("assets/availability_facts?view=overview", 1100),
    }
    for name, (path, height) in pages.items():
        page = browser.new_page(viewport={"width": _WIDE, "height": height})
        page.goto(f"{address}/{path}")
        page.wait_for_timeout(_SETTLED_MS)
        page.screenshot(path=FOLDER / f"{name}.png")


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text, re.MULTILINE)
    if match is None:
        raise RuntimeError(f"the demonstration did not say {pattern!r}:\n{text}")
    return match[1]


if __name__ == "__main__":
    main()
