"""Values in words: durations, equipment.

What belongs here: one value as a few words of a language. What does not: sentences of one page.
"""

from datetime import timedelta

from babel.dates import format_timedelta

from belib_weather.panels import number_formats as n
from belib_weather.panels.i18n import Language, translation_to
from belib_weather.site import home_texts


def duration(length: timedelta, language: Language) -> str:
    """How long something lasts, in its largest unit of which there are two: 3 hours, 25 days."""
    return format_timedelta(length, threshold=2, locale=language.locale)


def plugs(row: dict[str, object], language: Language) -> str:
    """The plugs of a charge point or station; a dash where none is known."""
    names = home_texts.plugs(translation_to(language))
    found = [name for kind, name in names.items() if row[f"has_{kind}"]]
    return ", ".join(found) or n.NOTHING


def power(kilowatts: float | None, language: Language) -> str:
    """A rated power."""
    if kilowatts is None:
        return n.NOTHING
    decimals = 0 if float(kilowatts).is_integer() else 1
    return f"{n.number(kilowatts, language, decimals)}\u00a0kW"
