"""`make pictures`: the pictures in docs/, taken of a demonstration in headless Chromium.

They show simulated data, and say so. The demonstration lives in a temporary folder and is stopped
afterwards. `make pictures PARTS="site lineage"` takes some of them; one that fails costs itself.
"""

import argparse
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PIL import Image
from playwright.sync_api import sync_playwright

from belib_weather.kibana.dashboards import DASHBOARDS
from belib_weather.local.background_fill import FILLED
from belib_weather.panels.i18n import LANGUAGES
from belib_weather.site.paths import (
    ARRONDISSEMENTS,
    DATA_AND_METHOD,
    HOME,
    REPORT,
    arrondissement,
    in_language,
)
from belib_weather_tests.browser import DESKTOP, PHONE, find_chromium, launched
from belib_weather_tests.e2e.commands import Commands

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FloatRect, Page, ViewportSize

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "pictures"
SITE = FOLDER / "site"
"""The site's pages: every page, language, mode and width."""
PAGES = {
    "home": "",
    "arrondissements": ARRONDISSEMENTS.lstrip("/"),
    "arrondissement": arrondissement(11).lstrip("/"),
    "method": DATA_AND_METHOD.lstrip("/"),
    "report": REPORT.lstrip("/"),
}
"""Paths by kind, beside that of a station."""
PARTS = ("lineage", "report", "site", "dashboards")
MOST_BYTES = 3_000_000
"""Of all pictures together: every clone has them."""
_LIVE_MS = 400
"""For the present to be read from the live file."""
_COLOURS = 64
"""Of a picture: a quarter of the bytes."""
SCHEMES: "tuple[Literal['light', 'dark'], ...]" = ("light", "dark")
_LINEAGE: "ViewportSize" = {"width": 1000, "height": 480}
_GRAPH: "FloatRect" = {"x": 74, "y": 214, "width": 450, "height": 96}
_SETTLED_MS = 6_000
"""Dagster's pages go on drawing after they have loaded."""


def main(parts: Sequence[str] = PARTS) -> None:
    """Run a demonstration, take the pictures, stop it.

    Raises:
        ExceptionGroup: parts could not be taken; all others are.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    failed: list[Exception] = []
    with tempfile.TemporaryDirectory(prefix="belib-", ignore_cleanup_errors=True) as folder:
        command = Commands(Path(folder) / "home", {})
        preview = Path(folder) / "preview"
        demo = command.start("demo")
        try:
            demo.wait_for(FILLED)
            shown = demo.wait_for("Ready after")
            with sync_playwright() as playwright, launched(playwright, find_chromium()) as browser:
                takers: dict[str, Callable[[], None]] = {
                    "lineage": lambda: lineage(browser, _found(r"Dagster UI +(http://\S+)", shown)),
                    "report": lambda: _report(browser, _found(r"^Report: (\S+)", shown)),
                    "site": lambda: site_pictures(browser, _found(r"^Site: (\S+?)/?$", shown)),
                    "dashboards": lambda: _dashboards(browser, command, preview),
                }
                for part in parts:
                    try:
                        takers[part]()
                    except Exception as error:
                        error.add_note(f"the pictures of the part {part!r}")
                        failed.append(error)
        finally:
            command("stop")
    size = sum(path.stat().st_size for path in FOLDER.rglob("*.png"))
    if size > MOST_BYTES:
        failed.append(RuntimeError(f"the pictures have {size} bytes together, over {MOST_BYTES}"))
    if failed:
        raise ExceptionGroup("not all pictures could be taken", failed)


def _dashboards(browser: "Browser", command: Commands, pages: Path) -> None:
    drawn = command("kibana", "preview", "--mode", "demo", "--to", str(pages))
    if drawn.code != 0:
        raise RuntimeError(drawn.err)
    for dashboard in DASHBOARDS:
        page = browser.new_page(viewport={"width": DESKTOP, "height": 800})
        page.goto((pages / f"{dashboard.name}.html").as_uri())
        _small_picture(page, FOLDER / f"{dashboard.name}.png", is_whole=True)
        page.close()


def _report(browser: "Browser", path: str) -> None:
    page = browser.new_page(viewport={"width": DESKTOP, "height": 1500})
    page.goto(Path(path).as_uri())
    _small_picture(page, FOLDER / "report.png")
    page.close()


def site_pictures(browser: "Browser", address: str) -> None:
    """Take every kind of page in both languages, both modes, on a phone and at a desk."""
    shutil.rmtree(SITE, ignore_errors=True)
    SITE.mkdir()
    for language in LANGUAGES:
        root = f"{address}{in_language(HOME, language)}"
        for scheme in SCHEMES:
            for width, height in ((PHONE, 844), (DESKTOP, 900)):
                page = browser.new_page(
                    viewport={"width": width, "height": height},
                    color_scheme=scheme,
                    reduced_motion="reduce",
                )
                ending = f"{language}-{scheme}-{width}.png"
                for name, path in {**PAGES, "station": _a_station(page, root)}.items():
                    answer = page.goto(f"{root}{path}")
                    if answer is None or not answer.ok:
                        raise RuntimeError(f"{root}{path} is not there")
                    page.wait_for_timeout(_LIVE_MS)
                    _small_picture(page, SITE / f"{name}-{ending}")
                page.goto(root)
                _search(page, "Gare de Lyon")
                _small_picture(page, SITE / f"search-{ending}")
                page.close()


def _a_station(page: "Page", root: str) -> str:
    """The path of a station's page: the first on the map."""
    page.goto(root)
    return page.locator("#map a").first.get_attribute("href") or ""


def _search(page: "Page", place: str) -> None:
    page.locator("#where").fill(place)
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Enter")
    page.locator(".cards").first.wait_for()
    page.evaluate("document.activeElement.blur()")
    if (page.viewport_size or {"width": DESKTOP})["width"] == PHONE:
        page.locator("#results").scroll_into_view_if_needed()
        page.evaluate("document.getElementById('results').scrollIntoView()")


def _small_picture(page: "Page", path: Path, *, is_whole: bool = False) -> None:
    """A picture of what the window shows, or of the whole page, with a palette."""
    image = Image.open(BytesIO(page.screenshot(full_page=is_whole)))
    image.convert("RGB").quantize(_COLOURS).save(path, optimize=True)


def lineage(browser: "Browser", address: str) -> None:
    """Take the groups of assets in the Dagster UI: all assets at once are too many to read."""
    page = browser.new_page(viewport=_LINEAGE, device_scale_factor=3)
    page.goto(f"{address}/asset-groups")
    page.wait_for_timeout(_SETTLED_MS)
    page.get_by_text("Hide navigation").click()
    page.locator("[aria-label=panel_show_right]").last.click()  # the list of groups
    page.wait_for_timeout(_SETTLED_MS)
    image = Image.open(BytesIO(page.screenshot(clip=_GRAPH)))
    image.convert("RGB").quantize(_COLOURS).save(FOLDER / "lineage.png", optimize=True)
    page.close()


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text, re.MULTILINE)
    if match is None:
        raise RuntimeError(f"the demonstration did not say {pattern!r}:\n{text}")
    return match[1]


def parts_of(arguments: Sequence[str] | None = None) -> list[str]:
    """The parts that are asked for, all where none is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all where none is given")
    return parser.parse_args(arguments).parts or list(PARTS)


if __name__ == "__main__":
    main(parts_of())
