"""Pictures over one axis: lines, bars, and stacked shares.

What belongs here: one function a shape. What does not: titles and marks (`pictures`).
"""

from datetime import timedelta

import altair as alt
import polars as pl
from altair.typing import ChartType

from belib_weather.panels.axes import Axis, Side, axes_of, horizontal_title
from belib_weather.panels.clock import time_axis
from belib_weather.panels.colours import LIMIT_COLOURS, SERIES_COLOURS, STATUS_COLOURS
from belib_weather.panels.dimensions import Day, Dimension, Hour, Ranges
from belib_weather.panels.i18n import Language
from belib_weather.panels.measures import Measure
from belib_weather.panels.specification import Panel
from belib_weather.panels.texts import axis_format, number_format, with_labels
from belib_weather.window import HOUR

HEIGHT = 300
"""Of a picture, in pixels."""
_LEGEND_ENTRY = 125
"""Width of an entry of a legend, in pixels."""
_FEW = 60
"""A line with fewer points than this shows each of them."""


def lines_chart(panel: Panel, rows: pl.DataFrame, language: Language, width: int) -> ChartType:
    """A line per measure, along the axis that the drawing rule gives it."""
    points = on_time_axis(panel, rows)
    layers = [
        alt.Chart(_long(panel, points, axis.measures, language), width=width, height=HEIGHT)
        .mark_line(point=rows.height < _FEW, strokeWidth=2)
        .encode(
            x=axis_of(panel.by[0], rows, language),
            y=_vertical(axis, language),
            color=_colour(panel, language),
        )
        for axis in axes_of(panel)
    ]
    if len(layers) == 1:
        only: alt.Chart = layers[0]
        return only
    both: alt.LayerChart = alt.layer(*layers).resolve_scale(y="independent")
    return both


def bars_chart(panel: Panel, rows: pl.DataFrame, language: Language, width: int) -> ChartType:
    """Bars per measure side by side, each with its value above; those of hours without."""
    if isinstance(panel.by[0], Hour):
        return _hourly_bars(panel, rows, language, width)
    (axis,) = axes_of(panel)
    long = _long(panel, with_labels(panel, rows, language), axis.measures, language)
    base = alt.Chart(long, width=width, height=HEIGHT).encode(
        x=axis_of(panel.by[0], rows, language),
        xOffset=alt.XOffset("measure:N", sort=_titles(panel, language)),
        y=_vertical(axis, language),
    )
    few_digits = number_format(axis.measures[0]).replace(".1", ".0")
    text = base.mark_text(dy=-6, fontSize=9).encode(text=alt.Text("value:Q", format=few_digits))
    bars = alt.layer(base.mark_bar().encode(color=_colour(panel, language)), text)
    if panel.limit is None:
        return bars
    line = alt.Chart().mark_rule(color=LIMIT_COLOURS[True], strokeWidth=2)
    limited: alt.LayerChart = bars + line.encode(y=alt.datum(panel.limit.value))
    return limited


def _hourly_bars(panel: Panel, rows: pl.DataFrame, language: Language, width: int) -> ChartType:
    """Bars from the start of an hour to its end; nothing where there is no row, or nothing."""
    field, (axis,) = panel.by[0].field, axes_of(panel)
    step = HOUR // timedelta(milliseconds=1) // len(axis.measures)
    place = pl.col("measure").replace_strict(
        {title: i for i, title in enumerate(_titles(panel, language))}, return_dtype=pl.Int64
    )
    placed = (
        _long(panel, on_time_axis(panel, rows), axis.measures, language)
        .with_columns(pl.col(field) + place * step)
        .with_columns(end=pl.col(field) + step)
    )
    chart: alt.Chart = (
        alt.Chart(placed, width=width, height=HEIGHT)
        .mark_rect()
        .encode(
            x=axis_of(panel.by[0], rows, language),
            x2="end:T",
            y=_vertical(axis, language),
            y2=alt.datum(0),
            color=_colour(panel, language),
        )
    )
    return chart


def _long(
    panel: Panel, rows: pl.DataFrame, measures: tuple[Measure, ...], language: Language
) -> pl.DataFrame:
    """A row per group and measure: `measure`, its title, and `value`."""
    titles = {measure.name: measure.title.in_(language) for measure in measures}
    return rows.unpivot(
        list(titles), index=panel.by[0].field, variable_name="measure"
    ).with_columns(pl.col("measure").replace(titles))


def _titles(panel: Panel, language: Language) -> list[str]:
    return [measure.title.in_(language) for measure in panel.measures]


def _vertical(axis: Axis, language: Language) -> alt.Y:
    return alt.Y(
        "value:Q",
        title=axis.title_in(language),
        axis=alt.Axis(
            format=axis_format(axis.measures[0]),
            orient=axis.side.value,
            grid=axis.side is Side.LEFT,
        ),
        scale=alt.Scale(zero=axis.begins_at_zero),
    )


def _colour(panel: Panel, language: Language) -> alt.Color:
    """A colour for each measure, explained where there are several."""
    titles = _titles(panel, language)
    return alt.Color(
        "measure:N",
        title=None,
        sort=titles,
        scale=alt.Scale(domain=titles, range=list(SERIES_COLOURS[: len(titles)])),
        legend=alt.Legend(orient="bottom", labelLimit=0) if len(titles) > 1 else None,
    )


def isolated_points(rows: pl.DataFrame, colour: str) -> alt.OverlayMarkDef | bool:
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
                title=axes_of(panel)[0].title_in(language),
                axis=alt.Axis(format="%"),
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
    title = horizontal_title(dimension, language)
    if isinstance(dimension, Hour):
        return time_axis(dimension.field, rows[dimension.field], language)
    if isinstance(dimension, Day):
        return alt.X(f"yearmonthdate({dimension.field}):T", title=title)
    axis = alt.Axis(labelAngle=0, labelOverlap=True)
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
    points = rows.upsample(dimension.field, every=every) if is_upsampled else rows
    if isinstance(dimension, Day):
        return points
    return points.with_columns(pl.col(dimension.field).dt.epoch("ms"))
