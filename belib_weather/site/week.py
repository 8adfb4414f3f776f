"""A week as a table of colours: hours down, weekdays across, each cell with its value.

The table is the picture: every reader gets the same figures, with colours or without.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from belib_weather.panels import number_formats as n
from belib_weather.panels.i18n import Language
from belib_weather.site.station_views import HourOfWeek

LEVELS = 5
"""Colours of a share, `level-0` to `level-4`."""


@dataclass(frozen=True)
class Cell:
    """A share as a whole percentage without its sign, and its colour; empty where there is none."""

    text: str
    level: int | None


@dataclass(frozen=True)
class Week:
    """Headers of the weekdays, and a row for each hour of the day."""

    days: list[str]
    rows: list[tuple[str, list[Cell]]]


def level(share: float) -> int:
    """The colour of a share."""
    return min(LEVELS - 1, int(share * LEVELS))


def cell(share: float | None, *, is_good: bool = True) -> Cell:
    """The cell of a share; `is_good` where more is better for who wants to charge."""
    if share is None:
        return Cell("", None)
    return Cell(f"{100 * share:.0f}", level(share if is_good else 1 - share))


def week_of(
    values: Mapping[HourOfWeek, float], language: Language, *, is_good: bool = True
) -> Week | None:
    """The table of an hourly week; None where no hour has a value."""
    if not values:
        return None
    rows = [
        (
            n.clock(hour, language),
            [cell(values.get((weekday, hour)), is_good=is_good) for weekday in n.WEEKDAYS],
        )
        for hour in range(24)
    ]
    return Week([n.short_weekday(day, language) for day in n.WEEKDAYS], rows)
