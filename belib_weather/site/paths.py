"""Paths of pages: French at the root, every other language below its code.

A path begins and ends with a slash and is the same in all languages, so a link that somebody keeps
needs no table of translations. Links between pages are relative: the folder works below any prefix.
Paths that others link to as well are in `page_paths`.
"""

import posixpath

from belib_weather.page_paths import ARRONDISSEMENTS, arrondissement, slug, station
from belib_weather.panels.i18n import LANGUAGES, Language

__all__ = [
    "ARRONDISSEMENTS",
    "DATA_AND_METHOD",
    "HOME",
    "ROOT_LANGUAGE",
    "arrondissement",
    "file_of",
    "in_language",
    "relative",
    "slug",
    "station",
]

ROOT_LANGUAGE = LANGUAGES[0]
HOME = "/"
DATA_AND_METHOD = "/data-and-method/"


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
