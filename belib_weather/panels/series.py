"""Pictures over one axis: lines, bars, and stacked shares.

What belongs here: one function a shape. What does not: titles and marks (`pictures`).
"""

from datetime import timedelta

import altair as alt
import polars as pl
from altair.typing import ChartType

from belib_weather.panels.clock import time_axis
from belib_weather.panels.colours import SERIES_COLOURS, STATUS_COLOURS
from belib_weather.panels.dimensions import Day, Dimension, Hour, Ranges
from belib_weather.panels.i18n import Language
from belib_weather.panels.specification import Panel
from belib_weather.panels.texts import names_in_words, number_format, with_unit
from belib_weather.window import HOUR

HEIGHT = 300
"""Of a picture, in pixels; several measures share it."""
_LEGEND_ENTRY = 125
"""Width of an entry of a legend, in pixels."""
_FEW = 60
"""A line with fewer points than this shows each of them."""


def lines_chart(panel: Panel, rows: pl.DataFrame, language: Language, width: int) -> ChartType:
    """A line per measure, one below the other, on the same axis."""
    shown = on_time_axis(panel, rows)
    charts = [
        alt.Chart(shown, width=width, height=HEIGHT // len(panel.measures))
        .mark_line(
            point=points_of_few(rows, colour),
            strokeWidth=2,
            color=colour,
        )
        .encode(
            x=axis_of(panel.by[0], rows, language),
            y=alt.Y(
                f"{measure.name}:Q",
                title=with_unit(measure, language),
                axis=alt.Axis(format=number_format(measure)),
                scale=alt.Scale(zero=False),
            ),
        )
        for measure, colour in zip(panel.measures, SERIES_COLOURS, strict=False)
    ]
    return charts[0] if len(charts) == 1 else alt.vconcat(*charts)


def bars_chart(panel: Panel, rows: pl.DataFrame, language: Language, width: int) -> ChartType:
    """Bars per measure, each with its value above; those of hours without."""
    if isinstance(panel.by[0], Hour):
        return _hourly_bars(panel, rows, language, width)
    shown = names_in_words(panel, rows, language)
    charts = []
    for position, measure in enumerate(panel.measures):
        base = alt.Chart(shown, width=width, height=HEIGHT // len(panel.measures)).encode(
            x=axis_of(panel.by[0], rows, language),
            y=alt.Y(
                f"{measure.name}:Q",
                title=measure.title.in_(language),
                axis=alt.Axis(format=number_format(measure)),
            ),
        )
        text = base.mark_text(dy=-6, fontSize=9).encode(
            text=alt.Text(f"{measure.name}:Q", format=number_format(measure).replace(".1", ".0"))
        )
        charts.append(base.mark_bar(color=SERIES_COLOURS[position]) + text)
    return charts[0] if len(charts) == 1 else alt.vconcat(*charts)


def _hourly_bars(panel: Panel, rows: pl.DataFrame, language: Language, width: int) -> ChartType:
    """A bar from the start of an hour to its end; nothing where there is no row, or nothing."""
    field = panel.by[0].field
    placed = on_time_axis(panel, rows).with_columns(
        end=pl.col(field) + HOUR // timedelta(milliseconds=1)
    )
    charts = [
        alt.Chart(placed, width=width, height=HEIGHT // len(panel.measures))
        .mark_rect(color=colour)
        .encode(
            x=axis_of(panel.by[0], rows, language),
            x2="end:T",
            y=alt.Y(
                f"{measure.name}:Q",
                title=with_unit(measure, language),
                axis=alt.Axis(format=number_format(measure)),
                scale=alt.Scale(zero=True),
            ),
            y2=alt.datum(0),
        )
        for measure, colour in zip(panel.measures, SERIES_COLOURS, strict=False)
    ]
    return charts[0] if len(charts) == 1 else alt.vconcat(*charts)


def points_of_few(rows: pl.DataFrame, colour: str) -> alt.OverlayMarkDef | bool:
    """Points on a line of few rows: a single value between gaps would be invisible."""
    return alt.OverlayMarkDef(color=colour) if rows.height < _FEW else False


def stacked_chart(panel: Panel, rows: pl.DataFrame, language: Language, width: int) -> ChartType:
    """The measures as shares of their sum, hour by hour; a missing hour is blank."""
    names = {m.name: m.title.in_(language) for m in panel.measures}
    kinds = [name.removesuffix("_hours") for name in names]
    whole = pl.sum_horizontal(*names)
    # A step ends where the next begins, so the last hour needs an end.
    steps = on_time_axis(panel, rows).select(
        panel.by[0].field, (pl.col(*names) / pl.when(whole > 0).then(whole)).fill_null(0)
    )
    end = steps.tail(1).with_columns(pl.col(panel.by[0].field) + HOUR // timedelta(milliseconds=1))
    long = (
        pl.concat([steps, end])
        .unpivot(list(names), index=panel.by[0].field, variable_name="kind")
        .with_columns(
            pl.col("kind").replace(names),
            order=pl.col("kind").replace_strict(
                {name: position for position, name in enumerate(names)}, return_dtype=pl.Int64
            ),
        )
    )
    chart: alt.Chart = (
        alt.Chart(long, width=width, height=HEIGHT)
        .mark_area(interpolate="step-after")
        .encode(
            x=axis_of(panel.by[0], rows, language),
            y=alt.Y(
                "value:Q",
                stack="zero",
                title=None,
                axis=alt.Axis(format=".0%"),
                scale=alt.Scale(domain=[0, 1]),
            ),
            color=alt.Color(
                "kind:N",
                title=None,
                legend=alt.Legend(orient="bottom", columns=width // _LEGEND_ENTRY),
                sort=list(names.values()),
                scale=alt.Scale(
                    domain=list(names.values()), range=[STATUS_COLOURS[kind] for kind in kinds]
                ),
            ),
            order="order:Q",
        )
    )
    return chart


def axis_of(dimension: Dimension, rows: pl.DataFrame, language: Language) -> alt.X:
    """The horizontal axis of a dimension."""
    title = dimension.title.in_(language)
    if isinstance(dimension, Hour):
        return time_axis(dimension.field, rows[dimension.field], language)
    if isinstance(dimension, Day):
        return alt.X(f"yearmonthdate({dimension.field}):T", title=None)
    axis = alt.Axis(labelAngle=0)
    if isinstance(dimension, Ranges):
        return alt.X(f"{dimension.field}:N", title=title, sort=dimension.labels, axis=axis)
    return alt.X(f"{dimension.field}:O", title=title, axis=axis)


def on_time_axis(panel: Panel, rows: pl.DataFrame) -> pl.DataFrame:
    """Every hour or day of a time axis, so that a missing one is a gap, not a line.

    Hours are in milliseconds, as their axis needs them.
    """
    dimension = panel.by[0]
    if not isinstance(dimension, Hour | Day):
        return rows
    every = "1h" if isinstance(dimension, Hour) else "1d"
    is_upsampled = len(panel.by) == 1 and not rows.is_empty()
    shown = rows.upsample(dimension.field, every=every) if is_upsampled else rows
    if isinstance(dimension, Day):
        return shown
    return shown.with_columns(pl.col(dimension.field).dt.epoch("ms"))
