"""Links between the pages that people read, in their languages: relative, below any prefix.

What belongs here: from a path and a language to a file and a link. What does not: which pages there
are (`page_paths`).
"""

import posixpath

from belib_weather.panels.i18n import LANGUAGES, Language

ROOT_LANGUAGE = LANGUAGES[0]
"""Its pages lie at the root, those of every other language below its code."""


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
