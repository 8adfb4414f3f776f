"""Paths of pages: French at the root, every other language below its code.

A path begins and ends with a slash and is the same in all languages, so a link that somebody keeps
needs no table of translations. What belongs here: both of `page_paths` and `panels.page_links`, for
the pages and their templates.
"""

from belib_weather.page_paths import (
    ARRONDISSEMENTS,
    DATA_AND_METHOD,
    HOME,
    REPORT,
    arrondissement,
    slug,
    station,
)
from belib_weather.page_paths import feed as _feed
from belib_weather.panels.page_links import ROOT_LANGUAGE, file_of, in_language, relative

__all__ = [
    "ARRONDISSEMENTS",
    "DATA_AND_METHOD",
    "HOME",
    "REPORT",
    "ROOT_LANGUAGE",
    "arrondissement",
    "feed",
    "file_of",
    "in_language",
    "relative",
    "slug",
    "station",
]


def feed(page: str) -> str:
    """The path of a page's feed without its ending."""
    return f"/{_feed(page)}"
