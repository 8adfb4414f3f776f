"""The report's pictures, each as SVG for the page and as PNG beside it.

What belongs here: from charts to bytes. What does not: the charts (`charts`, `panels.pictures`).
"""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl
from altair.typing import ChartType

from belib_weather.files import Trial, raise_at_once
from belib_weather.panels.dashboard_panels import now, over_time, weather
from belib_weather.panels.i18n import SIMULATED_MARK, Language
from belib_weather.panels.pictures import picture
from belib_weather.panels.rendering import inline_svg, png_of, svg_of
from belib_weather.panels.specification import Panel
from belib_weather.report import charts
from belib_weather.report.findings import Report

MAP, CALENDAR, HOURS, WEATHER, TREND, STATUSES = (
    "station-map",
    "chance-by-hour-and-weekday",
    "chance-by-hour",
    "chance-by-weather",
    "availability-and-weather",
    "status-over-time",
)
_AXIS_TITLE, _LEGEND = 30, 60
"""Widths beside a plot, px: of the title of a vertical axis, of the names of rows. They may not
shrink the text on a phone."""
_PNG_SCALE = 2


@dataclass(frozen=True)
class Drawing:
    """A picture: its name, the SVG document and a PNG file."""

    name: str
    svg: str
    png: bytes

    def small_png(self) -> bytes:
        """A PNG at the picture's own size, where space is limited."""
        return png_of(self.svg, scale=1)

    def inline(self, title: str, finding: str) -> str:
        """The SVG element for inside a page, with the picture's name and what it shows."""
        return inline_svg(self.svg, self.name, title, finding)


def drawings(
    report: Report, language: Language, trial: Trial = raise_at_once
) -> dict[str, Drawing]:
    """Every picture that has data and could be drawn, by its name.

    Args:
        report: what they show.
        language: of their texts.
        trial: what tries each picture by the name of its file.
    """
    drawn: dict[str, Drawing] = {}
    for name, draw in _charts(report, language).items():
        with trial(file_name(name, language)):
            svg = svg_of(draw(), language)
            drawn[name] = Drawing(name, svg, png_of(svg, scale=_PNG_SCALE))
    return drawn


def file_name(name: str, language: Language) -> str:
    """The file of a picture."""
    return f"{name}.{language}.png"


def _charts(report: Report, language: Language) -> dict[str, Callable[[], ChartType]]:
    """What draws each picture that has data."""
    mark = SIMULATED_MARK.in_(language) if report.is_simulated else ""

    def of_panel(panel: Panel, rows: pl.DataFrame, less: int = 0) -> Callable[[], ChartType]:
        width = charts.WIDTH - less
        return lambda: picture(panel, rows, language, mark=mark, width=width)

    every: dict[str, tuple[bool, Callable[[], ChartType]]] = {
        MAP: (
            report.states["latitude"].count() > 0,
            of_panel(now.STATION_MAP, report.states),
        ),
        CALENDAR: (
            not report.calendar.is_empty(),
            lambda: charts.week_calendar(report.calendar, language, mark),
        ),
        HOURS: (
            not report.calendar.is_empty(),
            lambda: charts.hours_of_the_day(report.by_hour, language, mark),
        ),
        WEATHER: (
            not report.by_weather.is_empty(),
            of_panel(weather.CHANCE_INTERVALS_BY_WEATHER, report.by_weather, _LEGEND),
        ),
        TREND: (
            not report.trend.is_empty(),
            lambda: charts.week_with_weather(report.trend, language, mark),
        ),
        STATUSES: (
            not report.statuses.is_empty(),
            of_panel(over_time.STATUS_OVER_TIME, report.statuses, _AXIS_TITLE),
        ),
    }
    return {name: draw for name, (has_data, draw) in every.items() if has_data}
