"""Paths of pages: French at the root, every other language below its code.

A path begins and ends with a slash and is the same in all languages, so a link that somebody keeps
needs no table of translations. Links between pages are relative: the folder works below any prefix.
"""

import posixpath
import re

from belib_weather.panels.i18n import LANGUAGES, Language

ROOT_LANGUAGE = LANGUAGES[0]
HOME = "/"
DATA_AND_METHOD = "/data-and-method/"
ARRONDISSEMENTS = "/arrondissement/"
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]")


def station(station_id: str) -> str:
    """The path of a station's page: its id without `*`."""
    return f"/station/{slug(station_id)}/"


def arrondissement(number: int) -> str:
    """The path of an arrondissement's page."""
    return f"{ARRONDISSEMENTS}{number}/"


def slug(station_id: str) -> str:
    """A station id as the name of a folder on every file system; other signs as `~` and hex."""
    return _UNSAFE.sub(lambda sign: f"~{ord(sign[0]):x}", station_id.replace("*", ""))


def in_language(path: str, language: Language) -> str:
    """The path of a page in a language."""
    return path if language is ROOT_LANGUAGE else f"/{language}{path}"


def file_of(path: str) -> str:
    """The file of a page or of another path, relative to the folder of the site."""
    return f"{path}index.html".lstrip("/") if path.endswith("/") else path.lstrip("/")


def relative(target: str, page: str) -> str:
    """How a page links to another path.

    Args:
        target: such as `/station/X/`, or `/data/current.json`.
        page: the path of the page; ends with a slash.
    """
    link = posixpath.relpath(target, page)
    return f"{link}/" if target.endswith("/") else link
