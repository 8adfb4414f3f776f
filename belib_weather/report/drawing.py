"""The report's pictures: which there are, and each as SVG for the page and as PNG beside it.

What belongs here: from charts to bytes. What does not: the charts (`charts`, `panels.pictures`).
"""

import io
import re
from dataclasses import dataclass
from html import escape
from typing import Any

import vl_convert
from altair.typing import ChartType
from PIL import Image

from belib_weather.panels import library
from belib_weather.panels.numbers import D3_FORMATS
from belib_weather.panels.pictures import picture
from belib_weather.panels.wording import Language
from belib_weather.report import charts
from belib_weather.report.findings import Report
from belib_weather.report.texts import SIMULATED_MARK

MAP, CALENDAR, HOURS, WEATHER, TREND, STATUSES = (
    "station-map",
    "chance-by-hour-and-weekday",
    "chance-by-hour",
    "chance-by-weather",
    "availability-and-weather",
    "status-over-time",
)
_PNG_SCALE, _COLOURS = 2, 96
_WIDTH_AND_HEIGHT = re.compile(r'(<svg[^>]*?) width="[\d.]+" height="[\d.]+"')
_ROLES = re.compile(r' (role="graphics-[a-z]+"|aria-[a-z]+="[^"]*")')
"""Of single marks: they have no names, and the picture as a whole has one."""
_ID = re.compile(r'(id="|url\(#|href="#)([A-Za-z])')
_INK = "#1d2733"
_CONFIG: dict[str, Any] = {
    "aria": False,
    "background": "#ffffff",
    "font": "sans-serif",
    "view": {"stroke": None},
    "title": {
        "fontSize": 14,
        "fontWeight": 600,
        "color": _INK,
        "subtitleColor": "#4a5766",
        "subtitleFontSize": 11,
        "subtitlePadding": 4,
        "offset": 12,
        "frame": "bounds",
    },
    "axis": {
        "labelColor": "#3b4754",
        "labelFontSize": 11,
        "titleColor": "#3b4754",
        "titleFontSize": 11.5,
        "titleFontWeight": 600,
        "domain": False,
        "tickColor": "#c9d1d9",
        "gridColor": "#e6eaee",
        "labelPadding": 4,
    },
    "legend": {"labelColor": _INK, "labelFontSize": 11.5},
    "text": {"color": _INK},
}


@dataclass(frozen=True)
class Drawing:
    """A picture: its name, the SVG document and a PNG file."""

    name: str
    svg: str
    png: bytes

    def small_png(self) -> bytes:
        """A PNG at the picture's own size, for where few bytes fit."""
        return _png(self.svg, scale=1)

    def inline(self, title: str, finding: str) -> str:
        """The SVG element for inside a page: it scales, has a name and a description.

        Its ids begin with the picture's name, so that those of several pictures differ.
        """
        scaled = _WIDTH_AND_HEIGHT.sub(r"\1", self.svg, count=1)
        own = _ID.sub(rf"\g<1>{self.name}-\g<2>", _ROLES.sub("", scaled))
        first, rest = own.split(">", 1)
        return (
            f'{first} role="img" aria-labelledby="{self.name}-title {self.name}-desc">'
            f'<title id="{self.name}-title">{escape(title)}</title>'
            f'<desc id="{self.name}-desc">{escape(finding)}</desc>{rest}'
        )


def drawings(report: Report, language: Language) -> dict[str, Drawing]:
    """Every picture that there is data for, by its name."""
    mark = SIMULATED_MARK.in_(language) if report.is_simulated else ""
    made: dict[str, ChartType] = {}
    if report.now is not None:
        made[MAP] = picture(
            library.STATION_MAP, report.states, language, mark=mark, width=charts.WIDTH
        )
    if not report.calendar.is_empty():
        made[CALENDAR] = charts.week_calendar(report.calendar, language, mark)
        made[HOURS] = charts.hours_of_the_day(report.by_hour, language, mark)
    if not report.by_weather.is_empty():
        made[WEATHER] = picture(
            library.CHANCE_INTERVALS_BY_WEATHER,
            report.by_weather,
            language,
            mark=mark,
            width=charts.WIDTH - 60,
        )
    if not report.trend.is_empty():
        made[TREND] = charts.week_with_weather(report.trend, language, mark)
        made[STATUSES] = picture(
            library.STATUS_OVER_TIME, report.statuses, language, mark=mark, width=charts.WIDTH
        )
    return {name: _drawn(name, chart, language) for name, chart in made.items()}


def _drawn(name: str, chart: ChartType, language: Language) -> Drawing:
    svg = vl_convert.vegalite_to_svg(
        chart.to_dict(), config=_CONFIG, format_locale=D3_FORMATS[language]
    )
    return Drawing(name, svg, _png(svg, scale=_PNG_SCALE))


def _png(svg: str, scale: float) -> bytes:
    """Flat colours in a palette: an eighth of the bytes, to the eye the same."""
    small = io.BytesIO()
    with Image.open(io.BytesIO(vl_convert.svg_to_png(svg, scale=scale))) as image:
        palette = image.convert("RGB").quantize(_COLOURS, method=Image.Quantize.FASTOCTREE)
        palette.save(small, "PNG")
    return small.getvalue()
