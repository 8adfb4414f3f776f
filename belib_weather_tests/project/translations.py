"""The texts of the code, and the catalogues of their translations.

`python -m belib_weather_tests.project.translations` brings every catalogue up to date: new texts
are added without a translation, texts that are gone are removed. With the code of a language it
also starts that language's catalogue.
"""

import sys
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords
from babel.messages.pofile import read_po, write_po

from belib_weather_tests.project import ROOT

PACKAGE = ROOT / "belib_weather"
LOCALES = PACKAGE / "locales"
_METHODS = [("**.py", "python"), ("**/templates/**.j2", "jinja2")]
_OPTIONS = {"**/templates/**.j2": {"trim_blocks": "true", "silent": "false"}}
_HEADER = "# Texts of belib_weather in another language: docs/how-to/add-a-language.md."
_KEYWORDS = DEFAULT_KEYWORDS | parse_keywords(["Message:1,1t", "Message:1,2c,2t", "Figure:2"])
"""Where texts stand in the code: gettext's functions, and the declarations of texts and figures."""


def texts() -> Catalog:
    """Every text of the code that is shown in several languages."""
    found = Catalog(project="belib-weather", fuzzy=False)
    for path, _, message, comments, context in extract_from_dir(
        PACKAGE, _METHODS, _OPTIONS, _KEYWORDS, comment_tags=("Translators:",)
    ):
        # With line numbers every change of the code would change every catalogue.
        locations: list[tuple[str, Any]] = [(f"belib_weather/{Path(path).as_posix()}", None)]
        found.add(message, None, locations, auto_comments=comments, context=context)
    return found


def catalogue(language: str) -> Catalog:
    """The catalogue of a language as it is in the tree."""
    path = LOCALES / f"{language}.po"
    if not path.exists():
        return Catalog(
            locale=language,
            header_comment=_HEADER,
            project="belib-weather",
            msgid_bugs_address="-",
            last_translator="belib_weather contributors",
            language_team="-",
            fuzzy=False,
        )
    with path.open("rb") as file:
        return read_po(file, locale=language)


def languages() -> list[str]:
    """The languages that have a catalogue."""
    return sorted(path.stem for path in LOCALES.glob("*.po"))


def up_to_date(language: str) -> bytes:
    """The catalogue of a language, with all texts of the code and no others."""
    updated = catalogue(language)
    updated.update(texts(), no_fuzzy_matching=True, update_creation_date=False)
    written = BytesIO()
    write_po(written, updated, width=100, sort_by_file=True, ignore_obsolete=True)
    return written.getvalue()


if __name__ == "__main__":
    LOCALES.mkdir(exist_ok=True)
    for each in sorted({*languages(), *sys.argv[1:]}):
        (LOCALES / f"{each}.po").write_bytes(up_to_date(each))
