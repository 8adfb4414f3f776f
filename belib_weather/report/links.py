"""Where a page of the report leads: to its style, to other languages, to the site.

What belongs here: the report as files of their own, and as pages of the site. What does not: what
the page says (`page`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from belib_weather.page_paths import ARRONDISSEMENTS, DATA_AND_METHOD, HOME, REPORT
from belib_weather.panels.i18n import LANGUAGES, Language, translation_to
from belib_weather.panels.page_links import file_of, in_language, relative

STYLE = "/report/report.css"
"""Of the pages on the site, whose server allows no style inside a page."""


@dataclass(frozen=True)
class Links:
    """The links of a page.

    Attributes:
        style: its style sheet; None where the page holds it.
        languages: the same page in each other language.
        site: name and link of each page of the site that it leads to; empty where it is not known.
    """

    style: str | None
    languages: Sequence[tuple[Language, str]]
    site: Sequence[tuple[str, str]]


def file_name(language: Language) -> str:
    """The file of a report of its own, in a language."""
    return f"availability-report.{language}.html"


def site_file(language: Language) -> str:
    """The page's file below the folder of the site, in a language."""
    return file_of(in_language(REPORT, language))


def of_a_file(language: Language, url: str) -> Links:
    """The links of a report of its own.

    Args:
        language: of the page.
        url: public address of the site without a slash at its end; empty where it is not known.
    """
    languages = [(other, file_name(other)) for other in LANGUAGES if other != language]
    return Links(None, languages, _site(language, url) if url else [])


def on_the_site(language: Language) -> Links:
    """The links of the report's page on the site."""
    own = in_language(REPORT, language)
    languages = [
        (other, relative(in_language(REPORT, other), own))
        for other in LANGUAGES
        if other != language
    ]
    pages = [(name, relative(path, own)) for name, path in _site(language, "")]
    return Links(relative(STYLE, own), languages, pages)


def _site(language: Language, url: str) -> list[tuple[str, str]]:
    t = translation_to(language)
    pages = {
        "Belib": HOME,
        t.gettext("Arrondissements"): ARRONDISSEMENTS,
        t.gettext("Data and method"): DATA_AND_METHOD,
    }
    return [(name, url + in_language(path, language)) for name, path in pages.items()]
