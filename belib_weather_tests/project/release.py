"""A release: its version must be the same everywhere, and its notes are the changelog's section.

`python -m belib_weather_tests.project.release v0.2.0` prints the notes, or says what is missing
and exits with 1.
"""

import re
import sys
import tomllib
from pathlib import Path

import yaml

from belib_weather_tests.project import ROOT

HEADING = re.compile(r"^## \[(?P<version>[^]]+)\](?: - \d{4}-\d{2}-\d{2})?$", re.MULTILINE)


class ReleaseError(Exception):
    """The tag cannot be released as it is."""


def sections(changelog: str) -> dict[str, str]:
    """Return the text below each heading of a version, by version, newest first."""
    headings = list(HEADING.finditer(changelog))
    ends = [heading.start() for heading in headings[1:]] + [len(changelog)]
    return {
        heading["version"]: changelog[heading.end() : end].strip()
        for heading, end in zip(headings, ends, strict=True)
    }


def notes_for(tag: str, root: Path = ROOT) -> str:
    """Return the notes of a tag such as v0.2.0, as Markdown.

    Raises:
        ReleaseError: the tag is not the version of a file, or its section is missing or empty.
    """
    version = tag.removeprefix("v")
    versions = {
        "pyproject.toml": tomllib.loads((root / "pyproject.toml").read_text())["project"][
            "version"
        ],
        "CITATION.cff": yaml.safe_load((root / "CITATION.cff").read_text())["version"],
    }
    for file, found in versions.items():
        if found != version:
            raise ReleaseError(f"{file} says version {found}, the tag says {version}")
    notes = sections((root / "CHANGELOG.md").read_text()).get(version)
    if not notes:
        raise ReleaseError(f"CHANGELOG.md has no text below a heading [{version}]")
    return notes


if __name__ == "__main__":
    try:
        sys.stdout.write(notes_for(sys.argv[1]) + "\n")
    except ReleaseError as error:
        sys.exit(str(error))
