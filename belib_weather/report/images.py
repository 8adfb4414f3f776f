"""The report's pictures, each as SVG for the page and as PNG beside it.

What belongs here: from charts to bytes. What does not: the charts (`charts`, `panels.pictures`).
"""

from dataclasses import dataclass

from altair.typing import ChartType

from belib_weather.panels.dashboard_panels import now, over_time, weather
from belib_weather.panels.i18n import SIMULATED_MARK, Language
from belib_weather.panels.pictures import picture
from belib_weather.panels.rendering import inline_svg, png_of, svg_of
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
_AXIS_TITLE = 30
"""Width of the title of a vertical axis, px: it may not shrink the text on a phone."""
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


def drawings(report: Report, language: Language) -> dict[str, Drawing]:
    """Every picture that has data, by its name."""
    mark = SIMULATED_MARK.in_(language) if report.is_simulated else ""
    drawn: dict[str, ChartType] = {}
    if report.states["latitude"].count():
        drawn[MAP] = picture(
            now.STATION_MAP, report.states, language, mark=mark, width=charts.WIDTH
        )
    if not report.calendar.is_empty():
        drawn[CALENDAR] = charts.week_calendar(report.calendar, language, mark)
        drawn[HOURS] = charts.hours_of_the_day(report.by_hour, language, mark)
    if not report.by_weather.is_empty():
        drawn[WEATHER] = picture(
            weather.CHANCE_INTERVALS_BY_WEATHER,
            report.by_weather,
            language,
            mark=mark,
            width=charts.WIDTH - 60,
        )
    if not report.trend.is_empty():
        drawn[TREND] = charts.week_with_weather(report.trend, language, mark)
    if not report.statuses.is_empty():
        drawn[STATUSES] = picture(
            over_time.STATUS_OVER_TIME,
            report.statuses,
            language,
            mark=mark,
            width=charts.WIDTH - _AXIS_TITLE,
        )
    return {name: _drawn(name, chart, language) for name, chart in drawn.items()}


def _drawn(name: str, chart: ChartType, language: Language) -> Drawing:
    svg = svg_of(chart, language)
    return Drawing(name, svg, png_of(svg, scale=_PNG_SCALE))
