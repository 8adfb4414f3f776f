"""Finds links and paths in the project's Markdown files that lead nowhere.

A relative link must name a file, and its anchor a heading there. A path in backticks that begins
with a folder of the project, such as `belib_weather/transform/`, must exist; so must a module
such as `guard/rules.py`, there or in the package. Addresses on the web are not asked: tests need
no network.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from belib_weather_tests.project import ROOT

FENCE = re.compile(r"^( *)(```|~~~).*?^\1\2", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")
CODE = re.compile(r"`(?P<text>[^`\n]+)`")
HEADING = re.compile(r"^#{1,6} (?P<text>.+)$", re.MULTILINE)
FOLDERS = ("belib_weather/", "belib_weather_tests/", "docs/", "docker/", ".ci/", ".github/")


def pages(root: Path = ROOT) -> list[Path]:
    """Return the project's Markdown files."""
    return sorted([*root.glob("*.md"), *root.glob("docs/**/*.md"), *root.glob(".github/**/*.md")])


def broken(page: Path, root: Path = ROOT) -> Iterator[str]:
    """Yield what a page links to or names and that is not there."""
    text = FENCE.sub("", page.read_text())
    for match in LINK.finditer(text):
        target = match["target"]
        if not re.match(r"[a-z]+:", target) and not _leads_somewhere(page, target):
            yield f"{page.relative_to(root)}: ({target})"
    for match in CODE.finditer(text):
        if _is_path(match["text"]) and not _exists(root, match["text"]):
            yield f"{page.relative_to(root)}: `{match['text']}`"


def _leads_somewhere(page: Path, target: str) -> bool:
    name, _, anchor = target.partition("#")
    file = page.parent / name if name else page
    if not file.exists():
        return False
    return not anchor or anchor in anchors(file.read_text())


def anchors(text: str) -> set[str]:
    """Return the anchors that GitHub gives to the headings of a page."""
    names: set[str] = set()
    for match in HEADING.finditer(FENCE.sub("", text)):
        shown = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", match["text"])
        name = re.sub(r"[^\w\- ]", "", shown.lower()).replace(" ", "-")
        used = 0
        while (unique := f"{name}-{used}" if used else name) in names:
            used += 1
        names.add(unique)
    return names


def _is_path(text: str) -> bool:
    if re.fullmatch(r"[\w./*-]+", text) is None:
        return False
    return text.startswith(FOLDERS) or ("/" in text and text.endswith(".py"))


def _exists(root: Path, text: str) -> bool:
    places = (root, root / "belib_weather")
    return any(True for place in places for _ in place.glob(text.rstrip("/")))
