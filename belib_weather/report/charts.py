"""The report's own charts: narrow, so that a phone shows them at full size.

What belongs here: charts that only the report has. What does not: charts of one panel as others
draw them (`panels.pictures`), and files (`images`).
"""

from dataclasses import replace
from typing import Any

import altair as alt
import polars as pl
from altair.typing import ChartType

from belib_weather.panels.clock import time_axis
from belib_weather.panels.colours import SCALE, SERIES_COLOURS
from belib_weather.panels.dashboard_panels import hours, over_time
from belib_weather.panels.figures import CHANCE, OCCUPANCY, SHARE_AVAILABLE
from belib_weather.panels.i18n import Language, Message
from belib_weather.panels.measures import Measure
from belib_weather.panels.number_formats import WEEKDAYS, clock, short_weekday
from belib_weather.panels.pictures import titled
from belib_weather.panels.series import isolated_points, on_time_axis
from belib_weather.panels.texts import axis_format, with_unit

WIDTH = 300
"""Of a plot, in pixels: with its axis as wide as a phone's screen, so that text is not scaled."""
_ROW = 20
_DOTS = Message(
    "Dots: share of the observed time in which a station had a free point, over all observed days."
)
_ONE_DAY = Message(
    "Share of the observed time in which a station had a free point. Each cell is one day only: a"
    " first impression."
)
_DARK_BELOW = 0.43
"""Up to this part of the colour scale, white text has the greater contrast."""


def week_calendar(rows: pl.DataFrame, language: Language, mark: str) -> ChartType:
    """Chance of a free point, a row per hour and a column per weekday, with the values."""
    panel = hours.CHANCE_BY_HOUR_AND_WEEKDAY
    if rows.filter(pl.col("days") > 1).is_empty():
        panel = replace(panel, note=_ONE_DAY)
    name = CHANCE.name
    span = pl.col(name).max() - pl.col(name).min()
    drawn_rows = rows.with_columns(
        _weekday(language),
        _clock(language),
        is_dark=(pl.col(name) - pl.col(name).min()) < _DARK_BELOW * span,
    )
    order = [short_weekday(number, language) for number in WEEKDAYS]
    base = alt.Chart(drawn_rows, width=WIDTH, height=24 * _ROW).encode(
        x=alt.X(
            "weekday:N",
            title=None,
            scale=alt.Scale(domain=order),
            axis=alt.Axis(orient="top", labelAngle=0),
        ),
        y=_hours(language),
    )
    cells = base.mark_rect(stroke="white", strokeWidth=1.5).encode(
        color=alt.Color(f"{name}:Q", legend=None, scale=alt.Scale(scheme=SCALE))
    )
    texts = base.mark_text(fontSize=11).encode(
        text=alt.Text(f"{name}:Q", format=".0%"),
        color=alt.condition("datum.is_dark", alt.value("#ffffff"), alt.value("#000000")),
    )
    return titled(alt.layer(cells, texts), panel, language, mark, WIDTH)


def hours_of_the_day(rows: pl.DataFrame, language: Language, mark: str) -> ChartType:
    """Chance of a free point by hour, its rows as high as the calendar's."""
    axis = alt.Axis(format="%", tickCount=5, grid=True, orient="top")
    base = alt.Chart(rows.with_columns(_clock(language)), width=WIDTH, height=24 * _ROW).encode(
        y=_hours(language)
    )
    points = base.mark_point(filled=True, size=55, opacity=1, color=SERIES_COLOURS[0]).encode(
        x=alt.X(f"{CHANCE.name}:Q", axis=axis, title=None, scale=alt.Scale(zero=False))
    )
    panel = replace(hours.CHANCE_BY_HOUR, note=_DOTS)
    return titled(points, panel, language, mark, WIDTH)


def week_with_weather(rows: pl.DataFrame, language: Language, mark: str) -> ChartType:
    """Availability, occupancy, temperature and precipitation over one axis of Paris time.

    A measure without any value is left out.
    """
    temperature, precipitation = over_time.WEATHER_OVER_TIME.measures
    parts = [
        (measure, colour, height)
        for measure, colour, height in (
            (SHARE_AVAILABLE, SERIES_COLOURS[2], 95),
            (OCCUPANCY, SERIES_COLOURS[0], 95),
            (temperature, SERIES_COLOURS[1], 75),
            (precipitation, SERIES_COLOURS[5], 55),
        )
        if rows[measure.name].count()
    ]
    drawn_rows = on_time_axis(over_time.AVAILABILITY_OVER_TIME, rows)
    hours = rows["hour"]

    def part(measure: Measure, colour: str, height: int) -> alt.Chart:
        base = alt.Chart(drawn_rows, width=WIDTH, height=height)
        # Sums are drawn as bars from zero, the others as lines.
        is_sum = measure is precipitation
        marked = (
            base.mark_bar(color=colour, width=2)
            if is_sum
            else base.mark_line(color=colour, strokeWidth=1.8, point=isolated_points(rows, colour))
        )
        chart: alt.Chart = marked.encode(
            x=time_axis("hour", hours, language, labelled=measure is parts[-1][0]),
            y=alt.Y(
                f"{measure.name}:Q",
                title=with_unit(measure, language),
                scale=alt.Scale(zero=is_sum),
                axis=alt.Axis(format=axis_format(measure), tickCount=3, **_ABOVE),
            ),
        )
        return chart

    chart = alt.vconcat(*(part(*each) for each in parts), spacing=6)
    return titled(chart, over_time.AVAILABILITY_OVER_TIME, language, mark, WIDTH)


_ABOVE: dict[str, Any] = {
    "titleAngle": 0,
    "titleAlign": "left",
    "titleAnchor": "start",
    "titleX": 0,
    "titleY": -7,
    "titleBaseline": "bottom",
}
"""A horizontal axis title above its plot."""


def _weekday(language: Language) -> pl.Expr:
    names = {number: short_weekday(number, language) for number in WEEKDAYS}
    return pl.col("local_weekday").replace_strict(names, return_dtype=pl.String).alias("weekday")


def _clock(language: Language) -> pl.Expr:
    names = {hour: clock(hour, language) for hour in range(24)}
    return pl.col("local_hour").replace_strict(names, return_dtype=pl.String).alias("clock")


def _hours(language: Language) -> alt.Y:
    domain = [clock(hour, language) for hour in range(24)]
    return alt.Y("clock:N", title=None, scale=alt.Scale(domain=domain), sort=None)
