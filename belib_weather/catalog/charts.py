"""Charts of the catalog, as PNG: small, since each is kept in Dagster's event log.

What belongs here: what an asset's picture shows. What does not: when one is drawn (`drawers`,
which imports this only to draw, since Altair takes two thirds of a second to import).
Concept: https://altair-viz.github.io/user_guide/compound_charts.html
"""

import io
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import altair as alt
import polars as pl
import vl_convert
from altair.typing import ChartType
from PIL import Image

from belib_weather.credits import are_simulated
from belib_weather.dates import dates_of
from belib_weather.panels import Day, Language, number_formats
from belib_weather.panels.clock import milliseconds, time_axis
from belib_weather.panels.colours import MARK_COLOUR, SERIES_COLOURS
from belib_weather.panels.dashboard_panels.over_time import (
    AVAILABILITY_OVER_TIME,
    WEATHER_OVER_TIME,
)
from belib_weather.panels.evaluate import evaluate
from belib_weather.panels.i18n import SIMULATED_MARK
from belib_weather.panels.pictures import picture
from belib_weather.window import HOUR, Window

WIDTH, BARS_HEIGHT, STRIP_HEIGHT = 480, 150, 8
"""Pixels of a plot: what a dialog of Dagster shows without scrolling."""
COLOURS = 32
"""Of the palette of a PNG; as many as the charts need, a tenth of the bytes."""
MOST_HOURS = timedelta(days=15)
"""A longer time is drawn by days."""
_MARKED = "#333333"
_SIMULATED = alt.TitleParams(SIMULATED_MARK.en, anchor="start", color=MARK_COLOUR)


def png_of(chart: ChartType, sources: Iterable[str]) -> bytes:
    """Render a chart, with a watermark where any of its sources is simulated.

    Raises:
        ValueError: Vega-Lite refuses it.
        SchemaValidationError: Altair refuses it.
    """
    marked = alt.vconcat(chart, title=_SIMULATED) if are_simulated(sources) else chart
    drawn = vl_convert.vegalite_to_png(
        marked.configure_view(stroke=None).configure_axis(labelFontSize=12).to_json()
    )
    small = io.BytesIO()
    with Image.open(io.BytesIO(drawn)) as image:
        image.convert("RGB").quantize(COLOURS).save(small, "PNG", optimize=True)
    return small.getvalue()


def facts_chart(rows: pl.DataFrame, built: Window) -> ChartType:
    """Share available and occupancy over time; a bar below marks the hours of the run.

    Args:
        rows: facts, or sums of them by `hour` and `local_date`.
        built: the hours of the run, some or all of those of the rows.
    """
    panel, mark = AVAILABILITY_OVER_TIME, f"▬ this run: {_window_text(built)}"
    first, last = _first_and_last(rows["hour"])
    if last - first > MOST_HOURS:
        panel = replace(panel, by=(Day(),))
        return picture(panel, evaluate(panel, rows), mark=mark, width=WIDTH)
    drawn = picture(panel, evaluate(panel, rows), mark=mark, width=WIDTH)
    return alt.vconcat(drawn, _strip(built, first, last), spacing=4)


def weather_chart(rows: pl.DataFrame) -> ChartType:
    """Temperature and precipitation over time (`WeatherHour` rows)."""
    days = dict.fromkeys(
        number_formats.day(hour, Language.ENGLISH) for hour in _first_and_last(rows["hour"])
    )
    mark = f"°C, and mm an hour; {' – '.join(days)}"
    return picture(WEATHER_OVER_TIME, evaluate(WEATHER_OVER_TIME, rows), mark=mark, width=WIDTH)


def coverage_chart(hours: pl.DataFrame, now: datetime) -> ChartType:
    """Snapshots of each hour against those expected.

    Args:
        hours: `hour`, `snapshots`, `expected_snapshots` of `FeedHour`, by hour.
        now: nothing is expected yet of an hour that goes on.
    """
    end = pl.col("hour") + HOUR
    placed = hours.select(
        pl.col("hour").dt.epoch("ms"),
        end.dt.epoch("ms").alias("end"),
        "snapshots",
        pl.when(end <= now).then("expected_snapshots").alias("expected"),
    )
    base = alt.Chart(placed, width=WIDTH, height=BARS_HEIGHT).encode(
        x=time_axis("hour", hours["hour"], Language.ENGLISH), x2="end:T"
    )
    stored = base.mark_rect(color=SERIES_COLOURS[0], stroke="white").encode(
        y=alt.Y("snapshots:Q", title="snapshots an hour"), y2=alt.datum(0)
    )
    expected = base.mark_rule(color=SERIES_COLOURS[1], strokeWidth=2).encode(y="expected:Q")
    first, last = _first_and_last(hours["hour"])
    counted = Window(first, last + HOUR)
    lines = ["The line is what polls at their cadence make.", _window_text(counted)]
    title = alt.TitleParams("Snapshots stored", subtitle=lines, anchor="start")
    return alt.layer(stored, expected).properties(title=title)


def _strip(built: Window, first: datetime, last: datetime) -> alt.Chart:
    """A bar below the hours of the run, on the axis of the chart above."""
    bounds = {
        "start": [milliseconds(built.start - HOUR / 2)],
        "end": [milliseconds(built.end - HOUR / 2)],
    }
    domain = [milliseconds(first), milliseconds(last)]
    scale = alt.Scale(type="utc", nice=False, domain=domain)
    chart: alt.Chart = (
        alt.Chart(pl.DataFrame(bounds), width=WIDTH, height=STRIP_HEIGHT)
        .mark_rect(color=_MARKED, clip=True)
        .encode(x=alt.X("start:T", axis=None, scale=scale), x2="end:T")
    )
    return chart


def _window_text(window: Window) -> str:
    """A window on the clock of Paris."""
    start, end = (number_formats.moment(at, Language.ENGLISH) for at in (window.start, window.end))
    if len(dates_of(window)) == 1:
        end = number_formats.time_of_day(window.end, Language.ENGLISH)
    return f"{start} – {end}"


def _first_and_last(hours: pl.Series) -> tuple[datetime, datetime]:
    ordered = hours.sort()
    return ordered[0], ordered[-1]
