"""The shell of every page in one language: templates, links, files with hashed names.

What belongs here: what all pages share. What does not: the content of a page.
"""

import hashlib
from functools import cache
from importlib import resources
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from belib_weather.panels import number_formats as n
from belib_weather.panels.colours import style_sheet
from belib_weather.panels.i18n import LANGUAGES, Language, translation_to
from belib_weather.site import paths
from belib_weather.site.data import SiteData
from belib_weather.site.folder import File

_ENVIRONMENT = Environment(
    loader=PackageLoader("belib_weather.site"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@cache
def static_files() -> dict[str, File]:
    """Style sheets, scripts, fonts and pictures by name, as files named by their content."""
    found = {}
    for each in resources.files("belib_weather.site").joinpath("static").iterdir():
        body = each.read_bytes()
        if each.name == "site.css":
            body = style_sheet().encode() + body
        stem, _, ending = each.name.rpartition(".")
        digest = hashlib.sha256(body).hexdigest()[:10]
        found[each.name] = File(f"assets/{stem}.{digest}.{ending}", body)
    return found


class Shell:
    """Makes pages in a language.

    Args:
        data: what the pages are made from.
        language: of their texts.
        url: public address of the site without a slash at its end; empty where it is not known.
    """

    def __init__(self, data: SiteData, language: Language, url: str = "") -> None:
        self.data = data
        self.language = language
        self.t = translation_to(language)
        self._url = url
        self._formats = SimpleNamespace(
            moment=lambda at: n.moment(at, language),
            time=lambda at: n.time_of_day(at, language),
            number=lambda value, decimals=0: n.number(value, language, decimals),
            share=lambda value, decimals=0: n.share(value, language, decimals),
            arrondissement=lambda number: arrondissement_name(number, language),
        )

    def page(
        self,
        template: str,
        path: str,
        *,
        title: str,
        description: str,
        is_found: bool = True,
        **content: Any,
    ) -> File:
        """A page as its file.

        Args:
            template: such as `station.html.j2`; extends `base.html.j2`.
            path: of the page, the same in every language.
            title: what the page is about, in a few words.
            description: a sentence for those who share a link.
            is_found: False for the page that stands in for one that is not there: it is shown
                below any path, so its links begin at the root.
            content: what the template shows.
        """
        own = paths.in_language(path, self.language)

        def link(target: str, language: Language | None = None) -> str:
            there = paths.in_language(target, language or self.language)
            return paths.relative(there, own) if is_found else there

        def file(target: str) -> str:
            return paths.relative(target, own) if is_found else target

        def asset(name: str) -> str:
            return file(f"/{static_files()[name].path}")

        body = _ENVIRONMENT.get_template(template).render(
            _=self.t.gettext,
            ngettext=self.t.ngettext,
            pgettext=self.t.pgettext,
            f=self._formats,
            language=self.language,
            languages=[(each, each.own_name) for each in LANGUAGES],
            path=path,
            url=self._url,
            address=lambda language: self._url + paths.in_language(path, language),
            paths=paths,
            link=link,
            file=file,
            asset=asset,
            data=self.data,
            title=title,
            description=description,
            **content,
        )
        return File(self.file_of(path) if is_found else self.file_not_found, body.encode())

    def file_of(self, path: str) -> str:
        """The file of the page at a path."""
        return paths.file_of(paths.in_language(path, self.language))

    @property
    def file_not_found(self) -> str:
        """The file of the page that stands in for one that is not there."""
        return paths.file_of(paths.in_language("/404.html", self.language))


def arrondissement_name(number: int, language: Language) -> str:
    """What an arrondissement is called."""
    t = translation_to(language)
    return t.gettext("{ordinal} arrondissement", ordinal=n.ordinal(number, language))
