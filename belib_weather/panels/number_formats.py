"""Numbers, dates and hours as each language writes them.

What belongs here: one value as text. What does not: sentences.
Sources: for French, the *Lexique des règles typographiques en usage à l'Imprimerie nationale* (a
narrow no-break space before `%` and between thousands, a decimal comma).
"""

import re
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from belib_weather.networks import NETWORK
from belib_weather.panels.i18n import MONTH_NAMES, WEEKDAY_NAMES, Language, Text

NOTHING = "–"
"""Stands where there is no value."""
_NO_BREAK, _NARROW = "\u00a0", "\u202f"
_BEFORE_HIGH, _BEFORE_COLON = re.compile(" (?=[;?!%])"), re.compile(" (?=[:»])")
_ZONE = ZoneInfo(NETWORK.zone)

D3_FORMATS: dict[Language, dict[str, Any]] = {
    Language.ENGLISH: {
        "decimal": ".",
        "thousands": ",",
        "grouping": [3],
        "currency": ["€", ""],
    },
    Language.FRENCH: {
        "decimal": ",",
        "thousands": _NARROW,
        "grouping": [3],
        "currency": ["", f"{_NO_BREAK}€"],
        "percent": f"{_NARROW}%",
    },
}
"""How pictures write numbers: locales of d3-format."""


def french_spaces(text: str) -> str:
    """A French text with the spaces that hold its punctuation."""
    held = _BEFORE_HIGH.sub(_NARROW, text)
    return _BEFORE_COLON.sub(_NO_BREAK, held).replace("« ", f"«{_NO_BREAK}")


def number(value: float | None, language: Language, decimals: int = 0) -> str:
    """A number with its thousands set apart."""
    if value is None:
        return NOTHING
    written = f"{value:,.{decimals}f}"
    if language is Language.FRENCH:
        return written.replace(",", _NARROW).replace(".", ",")
    return written


def counted(value: int, noun: Text, language: Language) -> str:
    """A count with its noun, which takes an s where there are several."""
    is_one = value < 2 if language is Language.FRENCH else value == 1
    return f"{number(value, language)}{_NO_BREAK}{noun.in_(language)}{'' if is_one else 's'}"


def share(value: float | None, language: Language, decimals: int = 1) -> str:
    """A share of 1 in percent."""
    if value is None:
        return NOTHING
    space = _NARROW if language is Language.FRENCH else ""
    return f"{number(100 * value, language, decimals)}{space}%"


def interval(low: float | None, high: float | None, language: Language) -> str:
    """An interval of shares in percent."""
    if low is None or high is None:
        return NOTHING
    between = f"{_NO_BREAK}à{_NO_BREAK}" if language is Language.FRENCH else " to "
    return f"{number(100 * low, language, 1)}{between}{share(high, language)}"


def clock(hour: int, language: Language) -> str:
    """A full hour of the day; 24 is the end of the day."""
    return f"{hour}{_NO_BREAK}h" if language is Language.FRENCH else f"{hour:02}:00"


def day(value: date, language: Language) -> str:
    """A date with its weekday and year."""
    weekday = WEEKDAY_NAMES[value.isoweekday()].in_(language)
    return f"{weekday} {_ordinal(value, language)} {month(value, language)} {value.year}"


def short_day(value: date, language: Language) -> str:
    """A weekday, cut short, and the day of the month."""
    return f"{WEEKDAY_NAMES[value.isoweekday()].in_(language)[:3]} {value.day}"


def short_date(value: date, language: Language) -> str:
    """A day and its month."""
    french = language is Language.FRENCH
    return (
        f"{value.day}/{value.month:02}" if french else f"{value.day} {month(value, language)[:3]}"
    )


def month(value: date, language: Language) -> str:
    """The name of a date's month."""
    return MONTH_NAMES[value.month].in_(language)


def moment(value: datetime, language: Language) -> str:
    """An instant on the clock of Paris, with its date."""
    local = value.astimezone(_ZONE)
    at = " à " if language is Language.FRENCH else " at "
    return f"{day(local.date(), language)}{at}{time_of_day(value, language)}"


def stamp(value: datetime) -> str:
    """An instant on the clock of Paris, short, in the order of ISO 8601."""
    return f"{value.astimezone(_ZONE):%Y-%m-%d %H:%M}"


def time_of_day(value: datetime, language: Language) -> str:
    """An instant on the clock of Paris."""
    local = value.astimezone(_ZONE)
    if language is Language.FRENCH:
        return f"{local.hour}{_NO_BREAK}h{_NO_BREAK}{local.minute:02}"
    return f"{local:%H:%M}"


def _ordinal(value: date, language: Language) -> str:
    return "1er" if language is Language.FRENCH and value.day == 1 else f"{value.day}"
