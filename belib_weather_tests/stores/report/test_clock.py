"""Time axes show the clock of Paris, also on the days on which it changes."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from belib_weather.panels.clock import ticks_of
from belib_weather.panels.i18n import Language
from belib_weather.report.images import TREND
from belib_weather_tests.stores.report.conftest import WrittenReport


def hours(first: datetime, count: int) -> pl.Series:
    return pl.Series([first + timedelta(hours=n) for n in range(count)])


@pytest.mark.parametrize(
    ("first", "length", "names"),
    [
        (datetime(2026, 10, 23, 22, tzinfo=UTC), 25, ["Sat 24", "Sun 25", "Mon 26", "Tue 27"]),
        (datetime(2026, 3, 27, 23, tzinfo=UTC), 23, ["Sat 28", "Sun 29", "Mon 30", "Tue 31"]),
    ],
)
def test_the_day_of_the_clock_change_has_its_real_length_on_the_axis(
    first: datetime, length: int, names: list[str]
) -> None:
    ticks = ticks_of(hours(first, 24 * 3 + 2), Language.ENGLISH)

    assert list(ticks.values()) == names
    _, sunday, monday, _ = ticks
    assert monday - sunday == timedelta(hours=length)


def test_a_short_time_axis_shows_hours() -> None:
    ticks = ticks_of(hours(datetime(2026, 10, 24, 22, tzinfo=UTC), 25), Language.FRENCH)

    assert list(ticks.values()) == ["dim 25", "6\u00a0h", "12\u00a0h", "18\u00a0h"]
    assert list(ticks)[1] == datetime(2026, 10, 25, 5, tzinfo=UTC)


def test_a_long_time_axis_shows_mondays() -> None:
    ticks = ticks_of(hours(datetime(2026, 11, 1, tzinfo=UTC), 24 * 20), Language.ENGLISH)

    assert list(ticks.values()) == ["2 Nov", "9 Nov", "16 Nov"]


@pytest.mark.parametrize(
    ("days", "names"),
    [
        (14, ["1/11", "3/11", "5/11", "7/11", "9/11", "11/11", "13/11"]),
        (92, ["2/11", "16/11", "30/11", "14/12", "28/12", "11/01", "25/01"]),
    ],
)
def test_no_more_labels_than_fit_on_a_phone(days: int, names: list[str]) -> None:
    ticks = ticks_of(hours(datetime(2026, 10, 31, 23, tzinfo=UTC), 24 * days), Language.FRENCH)

    assert list(ticks.values()) == names


def test_an_hour_without_a_tick_is_named_itself() -> None:
    ticks = ticks_of(hours(datetime(2026, 11, 24, 12, tzinfo=UTC), 1), Language.ENGLISH)

    assert list(ticks.values()) == ["Tue 24, 13:00"]


def test_the_chart_has_the_labels_of_its_days(week: WrittenReport) -> None:
    drawn = week.written.drawings
    french, english = (drawn[language][TREND].svg for language in Language)

    assert all(f">{day}<" in english for day in ("Wed 18", "Sun 22", "Tue 24"))
    assert all(f">{day}<" in french for day in ("mer 18", "dim 22", "mar 24"))
