"""Numbers, dates and hours as each language writes them: by Babel, from the data of CLDR.

CLDR has no pattern for some of our uses (an hour of the day, the first of a month, ordinals): those
are texts of the catalogues, marked as patterns.

What belongs here: one value as text. What does not: sentences.
Concept: https://babel.pocoo.org/en/latest/numbers.html
Patterns of dates: https://unicode.org/reports/tr35/tr35-dates.html#Date_Format_Patterns
"""

import re
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.numbers import NumberPattern, get_decimal_symbol, get_group_symbol, parse_pattern

from belib_weather.networks import NETWORK
from belib_weather.panels.i18n import Language, translation_to, typeset

NOTHING = "–"
"""Stands where there is no value."""
WEEKDAYS = tuple(range(1, 8))
"""ISO weekdays, 1 is Monday."""
_ZONE = ZoneInfo(NETWORK.zone)
_DAY_OF_MONTH = re.compile(r"\bd\b")
_DIGITS = re.compile(r"0(\.#+)?")


def number(value: float | None, language: Language, decimals: int = 0) -> str:
    """A number with its thousands set apart."""
    return NOTHING if value is None else _number(value, decimals, "decimal", language)


def share(value: float | None, language: Language, decimals: int = 1) -> str:
    """A share of 1 in percent."""
    return NOTHING if value is None else _number(100 * value, decimals, "percent", language)


def points(value: float | None, language: Language) -> str:
    """A difference of shares in percentage points, with its sign."""
    if value is None:
        return NOTHING
    rounded = round(100 * value, 1)
    return ("+" if rounded > 0 else "") + number(rounded, language, 1)


def interval(low: float | None, high: float | None, language: Language) -> str:
    """An interval of a difference of shares, in percentage points."""
    if low is None or high is None:
        return NOTHING
    return translation_to(language).pgettext(
        "interval of differences",
        "{low} to {high}",
        low=points(low, language),
        high=points(high, language),
    )


def ordinal(value: int, language: Language) -> str:
    """An ordinal number: 6th."""
    translation = translation_to(language)
    match language.locale.ordinal_form(value):
        case "one":
            return translation.pgettext("ordinal as 1, 21", "{number}st", number=value)
        case "two":
            return translation.pgettext("ordinal as 2, 22", "{number}nd", number=value)
        case "few":
            return translation.pgettext("ordinal as 3, 23", "{number}rd", number=value)
        case _:
            return translation.pgettext("ordinal as 4, 11", "{number}th", number=value)


def clock(hour: int, language: Language) -> str:
    """A full hour of the day; 24 is the end of the day."""
    return translation_to(language).pgettext("hour of the day", "{hour:02}:00", hour=hour)


def day(value: date, language: Language) -> str:
    """A date with its weekday and year."""
    pattern = translation_to(language).pgettext("pattern of a whole date", "EEEE d MMMM y")
    return _date(value, pattern, language)


def short_day(value: date, language: Language) -> str:
    """A weekday, cut short, and the day of the month."""
    pattern = translation_to(language).pgettext("pattern of a weekday and a day", "EEE d")
    return _date(value, pattern, language)


def short_date(value: date, language: Language) -> str:
    """A day and its month, short enough for an axis."""
    pattern = translation_to(language).pgettext("pattern of a short day and month", "d MMM")
    return format_date(value, pattern, locale=language.locale)


def weekday(number: int, language: Language) -> str:
    """The name of an ISO weekday."""
    return str(language.locale.days["stand-alone"]["wide"][number - 1])


def short_weekday(number: int, language: Language) -> str:
    """The name of an ISO weekday, cut short."""
    return str(language.locale.days["stand-alone"]["abbreviated"][number - 1])


def moment(value: datetime, language: Language) -> str:
    """An instant on the clock of Paris, with its date."""
    return translation_to(language).gettext(
        "{date} at {time}",
        date=day(value.astimezone(_ZONE).date(), language),
        time=time_of_day(value, language),
    )


def short_moment(value: datetime, language: Language) -> str:
    """An instant of the last months on the clock of Paris, with its day and month."""
    return translation_to(language).gettext(
        "{date} at {time}",
        date=short_date(value.astimezone(_ZONE).date(), language),
        time=time_of_day(value, language),
    )


def time_of_day(value: datetime, language: Language) -> str:
    """An instant on the clock of Paris."""
    pattern = translation_to(language).pgettext("pattern of a time of day", "HH:mm")
    return format_time(value.astimezone(_ZONE), pattern, locale=language.locale)


def stamp(value: datetime) -> str:
    """An instant on the clock of Paris, short, in the order of ISO 8601."""
    return f"{value.astimezone(_ZONE):%Y-%m-%d %H:%M}"


@cache
def d3_format(language: Language) -> dict[str, Any]:
    """How pictures write numbers: a locale of d3-format."""
    locale = language.locale
    return {
        "decimal": get_decimal_symbol(locale),
        "thousands": get_group_symbol(locale),
        "grouping": [3],
        "currency": ["", ""],
        "percent": _pattern("percent", 0, language).suffix[0],
    }


def _number(value: float, decimals: int, kind: str, language: Language) -> str:
    # Rounded as a float is: Babel would round the shortest decimal that reads back as the float.
    # What rounds to zero has no sign.
    return _written(f"{value:z.{decimals}f}", decimals, kind, language)


@lru_cache(maxsize=4_096)
def _written(rounded: str, decimals: int, kind: str, language: Language) -> str:
    """Cached: the pages of a site write the same few hundred numbers again and again."""
    value = Decimal(rounded).scaleb(-2 if kind == "percent" else 0)
    return str(_pattern(kind, decimals, language).apply(value, language.locale))


@cache
def _pattern(kind: str, decimals: int, language: Language) -> NumberPattern:
    locale = language.locale
    patterns = locale.percent_formats if kind == "percent" else locale.decimal_formats
    digits = f"0.{'0' * decimals}" if decimals else "0"
    return parse_pattern(typeset(_DIGITS.sub(digits, patterns[None].pattern), language))


def _date(value: date, pattern: str, language: Language) -> str:
    if value.day == 1:
        first = translation_to(language).pgettext("pattern of the first day of a month", "d")
        pattern = _DAY_OF_MONTH.sub(first, pattern)
    return format_date(value, pattern, locale=language.locale)
