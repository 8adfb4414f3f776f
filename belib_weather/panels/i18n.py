"""Texts in the languages of the platform, from gettext catalogues.

English stands in the code and is the key of every translation; a translation is a line of
`belib_weather/locales/<language>.po` (docs/how-to/add-a-language.md).

What belongs here: languages, looking texts up, and names of closed vocabularies. What does not:
numbers and dates (`number_formats`), sentences of one page.
Concept: https://babel.pocoo.org/en/latest/messages.html
"""

import gettext
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from importlib import resources
from io import BytesIO

from babel import Locale
from babel.numbers import format_decimal

NO_BREAK, NARROW = "\u00a0", "\u202f"
_BEFORE_HIGH, _BEFORE_COLON = re.compile("[ \u00a0](?=[;?!%])"), re.compile(" (?=[:»])")


class Language(StrEnum):
    """A language of what people read; each but English has a catalogue."""

    FRENCH = "fr"
    ENGLISH = "en"

    @cached_property
    def locale(self) -> Locale:
        """What CLDR knows of the language; of its regions the one for readers in Europe."""
        return Locale.parse("en_GB" if self is Language.ENGLISH else self.value)

    @property
    def own_name(self) -> str:
        """The language's name in the language itself."""
        return str(self.locale.languages[self.value]).capitalize()


LANGUAGES: tuple[Language, ...] = tuple(Language)


@dataclass(frozen=True)
class Message:
    """A text that is translated when it is shown.

    Attributes:
        message: the text in English.
        context: distinguishes two uses of the same English words.
    """

    message: str
    context: str = ""

    @property
    def en(self) -> str:
        """The text in English."""
        return self.message

    def in_(self, language: Language) -> str:
        """The text in a language."""
        translation = translation_to(language)
        if self.context:
            return translation.pgettext(self.context, self.message)
        return translation.gettext(self.message)


class Translation:
    """Looks texts up in one language and puts values into them.

    Method names are those of gettext, so that every tool finds the texts in the code. Values fill
    the places in braces.
    """

    def __init__(self, language: Language, catalogue: gettext.NullTranslations) -> None:
        self.language = language
        self._catalogue = catalogue

    def gettext(self, message: str, /, **values: object) -> str:
        """A text, with its values."""
        return self._catalogue.gettext(message).format(**values)

    def pgettext(self, context: str, message: str, /, **values: object) -> str:
        """A text that the context distinguishes from others of the same English words."""
        return self._catalogue.pgettext(context, message).format(**values)

    def ngettext(self, one: str, more: str, number: int, /, **values: object) -> str:
        """A text with `{count}`, in the form that the number takes in the language."""
        text = self._catalogue.ngettext(one, more, number)
        count = format_decimal(number, locale=self.language.locale)
        return text.replace("{count} ", f"{{count}}{NO_BREAK}").format(count=count, **values)


@cache
def translation_to(language: Language) -> Translation:
    """The translation to a language, from its catalogue; English has none.

    Raises:
        FileNotFoundError: there is no catalogue of the language.
    """
    if language is Language.ENGLISH:
        return Translation(language, gettext.NullTranslations())
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - English needs neither
    from babel.messages.pofile import read_po  # noqa: PLC0415

    with resources.files("belib_weather").joinpath(f"locales/{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    for message in catalogue:
        if isinstance(message.string, str):
            message.string = typeset(message.string, language)
        else:
            message.string = tuple(typeset(form, language) for form in message.string or ())
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translation(language, gettext.GNUTranslations(compiled))


def typeset(text: str, language: Language) -> str:
    """A text with the no-break spaces that the punctuation of its language asks for.

    Source for French: *Lexique des règles typographiques en usage à l'Imprimerie nationale*.
    """
    if language is not Language.FRENCH:
        return text
    narrow = _BEFORE_HIGH.sub(NARROW, text)
    return _BEFORE_COLON.sub(NO_BREAK, narrow).replace("« ", f"«{NO_BREAK}")


SIMULATED_MARK = Message("SIMULATED DATA: made by a program, not observed in Paris")
"""Stands on every picture of simulated data."""

STATUS_NAMES: dict[str, Message] = {
    "available": Message("available", "charge point"),
    "occupied": Message("occupied", "charge point"),
    "reserved": Message("reserved", "charge point"),
    "out_of_order": Message("out of order", "charge point"),
    "planned": Message("planned", "charge point"),
    "removed": Message("removed", "charge point"),
    "unknown": Message("unknown", "charge point"),
    "stale": Message("stale", "charge point"),
    "unobserved": Message("unobserved", "charge point"),
}
"""Statuses of charge points, and what else a second can be."""

STATION_STATUS_NAMES: dict[str, Message] = {
    "available": Message("available", "station"),
    "full": Message("full", "station"),
    "silent": Message("silent", "station"),
    "out_of_order": Message("out of order", "station"),
}

SINCE_NAMES: dict[str, Message] = {
    "seen": Message("seen to begin"),
    "at_least": Message("at least"),
}

WEATHER_NAMES: dict[str, Message] = {
    "clear": Message("clear", "weather"),
    "cloudy": Message("cloudy", "weather"),
    "fog": Message("fog", "weather"),
    "drizzle": Message("drizzle", "weather"),
    "rain": Message("rain", "weather"),
    "snow": Message("snow", "weather"),
    "thunderstorm": Message("thunderstorm", "weather"),
}
