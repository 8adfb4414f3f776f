"""Numbers, dates and hours are written as each language writes them."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belib_weather.panels import number_formats as n
from belib_weather.panels.i18n import Language, translation_to

EN, FR = Language.ENGLISH, Language.FRENCH
FIRST, SIXTH = date(2026, 11, 1), date(2026, 9, 6)


@given(st.floats(-1e9, 1e9), st.integers(0, 3))
def test_a_number_is_rounded_as_a_float_is(value: float, decimals: int) -> None:
    """Babel alone rounds the shortest decimal: 0.15 would become 0.2 where a float gives 0.1."""
    assert n.number(value, EN, decimals) == f"{value:z,.{decimals}f}"


@given(st.floats(0, 1))
def test_a_share_has_the_digits_of_its_percentage(value: float) -> None:
    assert n.share(value, EN) == f"{100 * value:.1f}%"
    assert n.share(value, FR) == f"{100 * value:.1f}".replace(".", ",") + "\u202f%"


@pytest.mark.parametrize(
    ("written", "english", "french"),
    [
        (lambda x: n.number(1234567.5, x, 1), "1,234,567.5", "1\u202f234\u202f567,5"),
        (lambda x: n.number(None, x), "–", "–"),
        (lambda x: n.interval(-0.0004, 0.5, x), "0.0 to +50.0", "0,0\u00a0à\u00a0+50,0"),
        (lambda x: n.points(-0.0123, x), "-1.2", "-1,2"),
        (lambda x: n.share(-0.0004, x, 0), "0%", "0\u202f%"),
        (lambda x: n.clock(8, x), "08:00", "8\u00a0h"),
        (lambda x: n.clock(24, x), "24:00", "24\u00a0h"),
        (lambda x: n.day(FIRST, x), "Sunday 1 November 2026", "dimanche 1ᵉʳ novembre 2026"),
        (lambda x: n.day(SIXTH, x), "Sunday 6 September 2026", "dimanche 6 septembre 2026"),
        (lambda x: n.short_day(FIRST, x), "Sun 1", "dim. 1ᵉʳ"),
        (lambda x: n.short_date(date(2027, 1, 11), x), "11 Jan", "11/01"),
        (lambda x: n.weekday(1, x), "Monday", "lundi"),
        (lambda x: n.short_weekday(7, x), "Sun", "dim."),
        (
            lambda x: n.moment(datetime(2026, 7, 1, 6, 5, tzinfo=UTC), x),
            "Wednesday 1 July 2026 at 08:05",
            "mercredi 1ᵉʳ juillet 2026 à 8\u00a0h\u00a005",
        ),
        (
            lambda x: n.short_moment(datetime(2026, 7, 2, 6, 5, tzinfo=UTC), x),
            "2 Jul at 08:05",
            "2/07 à 8\u00a0h\u00a005",
        ),
    ],
)
def test_values_in_both_languages(
    written: Callable[[Language], str], english: str, french: str
) -> None:
    assert (written(EN), written(FR)) == (english, french)


@pytest.mark.parametrize(
    ("number", "english", "french"),
    [
        (1, "1st", "1ᵉʳ"),
        (2, "2nd", "2ᵉ"),
        (3, "3rd", "3ᵉ"),
        (6, "6th", "6ᵉ"),
        (11, "11th", "11ᵉ"),
        (20, "20th", "20ᵉ"),
    ],
)
def test_ordinals(number: int, english: str, french: str) -> None:
    assert (n.ordinal(number, EN), n.ordinal(number, FR)) == (english, french)


@pytest.mark.parametrize(
    ("count", "english", "french"),
    [
        (0, "0 hours", "0 heure"),
        (1, "1 hour", "1 heure"),
        (2, "2 hours", "2 heures"),
        (1500, "1,500 hours", "1\u202f500 heures"),
    ],
)
def test_a_noun_is_plural_as_its_language_has_it(count: int, english: str, french: str) -> None:
    found = [
        translation_to(language).ngettext("{count} hour", "{count} hours", count)
        for language in (EN, FR)
    ]

    assert found == [english.replace(" ", "\u00a0"), french.replace(" ", "\u00a0")]


def test_pictures_write_numbers_as_texts_do() -> None:
    assert n.d3_format(EN) | {"currency": []} == {
        "decimal": ".",
        "thousands": ",",
        "grouping": [3],
        "currency": [],
        "percent": "%",
    }
    french = n.d3_format(FR)
    assert (french["decimal"], french["thousands"]) == (",", "\u202f")
    assert french["percent"] == "\u202f%"
