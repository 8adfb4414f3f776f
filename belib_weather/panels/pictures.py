"""A panel's result as a Vega-Lite picture.

What belongs here: charts of a frame, one function a shape. What does not: reckoning, files.
Concept: https://vega.github.io/vega-lite/docs/
"""

import textwrap
from collections.abc import Callable
from datetime import datetime

import altair as alt
import polars as pl
from altair.typing import ChartType

from belib_weather.panels import numbers
from belib_weather.panels.clock import time_axis
from belib_weather.panels.colours import SCALE, SERIES_COLOURS, STATUS_COLOURS
from belib_weather.panels.dimensions import Day, Dimension, Hour, Ranges
from belib_weather.panels.interval_pictures import intervals_chart
from belib_weather.panels.maps import station_map
from belib_weather.panels.measures import Measure, Ratio, Statistic
from belib_weather.panels.specification import Panel, Shape
from belib_weather.panels.wording import (
    STATUS_NAMES,
    WEATHER_NAMES,
    WEEKDAY_NAMES,
    Language,
)

WIDTH, HEIGHT = 640, 300
_LEGEND_ENTRY = 125
"""Width of a word in a legend, in pixels."""
_TABLE_ROWS = 12
_FEW = 60
"""Points of a line that are drawn one by one, as a gap would hide a lone one."""
_COLUMN = 130
"""Narrowest column of a table, in pixels."""
_CHARACTER, _MARGIN = 6, 4
"""Width of a character of the subtitle in pixels; characters that fit beside the plot."""


def picture(
    panel: Panel,
    rows: pl.DataFrame,
    language: Language = Language.ENGLISH,
    *,
    mark: str = "",
    width: int = WIDTH,
) -> ChartType:
    """Draw a panel.

    Args:
        panel: what the rows are of.
        rows: as `requests.result` and `reckoning.reckon` give them; of a map the stations with
            `latitude` and `longitude`.
        language: of titles and labels.
        mark: a remark under the title, as that the data is simulated.
        width: of the plot, in pixels.
    """
    return titled(_SHAPES[panel.shape](panel, rows, language, width), panel, language, mark, width)


def titled(
    chart: ChartType, panel: Panel, language: Language, mark: str, width: int = WIDTH
) -> ChartType:
    """A chart under its panel's title, its note and a mark."""
    lines = [
        line
        for text in (mark, panel.note.in_(language))
        for line in textwrap.wrap(text, width // _CHARACTER + _MARGIN)
    ]
    title = alt.TitleParams(panel.title.in_(language), subtitle=lines, anchor="start")
    return chart.properties(title=title)


def number_format(measure: Measure) -> str:
    """The d3 format of a measure's values."""
    if isinstance(measure, Ratio):
        return f".{measure.decimals}%"
    return f",.{measure.decimals}f"


def written(
    measure: Measure,
    value: float | datetime | None,
    language: Language = Language.ENGLISH,
) -> str:
    """A value as people read it; a dash where there is none."""
    if value is None:
        return numbers.NOTHING
    if isinstance(value, datetime):
        return numbers.stamp(value)
    if isinstance(measure, Ratio):
        return numbers.share(value, language, measure.decimals)
    unit = f"\u00a0{measure.unit}" if isinstance(measure, Statistic) and measure.unit else ""
    return numbers.number(value, language, measure.decimals) + unit


def _axis(dimension: Dimension, rows: pl.DataFrame, language: Language) -> alt.X:
    title = dimension.title.in_(language)
    if isinstance(dimension, Hour):
        return time_axis(dimension.field, rows[dimension.field], language)
    if isinstance(dimension, Day):
        return alt.X(f"yearmonthdate({dimension.field}):T", title=None)
    axis = alt.Axis(labelAngle=0)
    if isinstance(dimension, Ranges):
        return alt.X(f"{dimension.field}:N", title=title, sort=dimension.labels, axis=axis)
    return alt.X(f"{dimension.field}:O", title=title, axis=axis)


def _worded(panel: Panel, rows: pl.DataFrame, language: Language) -> pl.DataFrame:
    """Closed vocabularies in words, so that labels need no legend."""
    names: dict[str, dict[object, str]] = {
        "weather_class": {k: v.in_(language) for k, v in WEATHER_NAMES.items()},
        "station_status": {k: v.in_(language) for k, v in STATUS_NAMES.items()},
    }
    fields = [d.field for d in panel.by if d.field in names]
    return rows.with_columns(
        pl.col(field).cast(pl.String).replace(names[field]) for field in fields
    )


def _lines(panel: Panel, rows: pl.DataFrame, language: Language, width: int) -> ChartType:
    shown = _placed(panel, rows)
    charts = [
        alt.Chart(shown, width=width, height=HEIGHT // len(panel.measures))
        .mark_line(
            point=alt.OverlayMarkDef(color=colour) if rows.height < _FEW else False,
            strokeWidth=2,
            color=colour,
        )
        .encode(
            x=_axis(panel.by[0], rows, language),
            y=alt.Y(
                f"{measure.name}:Q",
                title=_with_unit(measure, language),
                axis=alt.Axis(format=number_format(measure)),
                scale=alt.Scale(zero=False),
            ),
        )
        for measure, colour in zip(panel.measures, SERIES_COLOURS, strict=False)
    ]
    return charts[0] if len(charts) == 1 else alt.vconcat(*charts)


def _with_unit(measure: Measure, language: Language) -> str:
    title = measure.title.in_(language)
    return f"{title} ({measure.unit})" if isinstance(measure, Statistic) and measure.unit else title


def _placed(panel: Panel, rows: pl.DataFrame) -> pl.DataFrame:
    """Hours as milliseconds, as the axis wants them; a missing hour is a gap, not a line."""
    dimension = panel.by[0]
    if not isinstance(dimension, Hour) or rows.is_empty():
        return rows
    shown = rows.upsample(dimension.field, every="1h") if len(panel.by) == 1 else rows
    return shown.with_columns(pl.col(dimension.field).dt.epoch("ms"))


def _bars(panel: Panel, rows: pl.DataFrame, language: Language, width: int) -> ChartType:
    worded = _worded(panel, rows, language)
    charts = []
    for position, measure in enumerate(panel.measures):
        base = alt.Chart(worded, width=width, height=HEIGHT // len(panel.measures)).encode(
            x=_axis(panel.by[0], rows, language),
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


def _stacked(panel: Panel, rows: pl.DataFrame, language: Language, width: int) -> ChartType:
    names = {m.name: m.title.in_(language) for m in panel.measures}
    kinds = [name.removesuffix("_hours") for name in names]
    long = (
        _placed(panel, rows)
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
        .mark_area()
        .encode(
            x=_axis(panel.by[0], rows, language),
            y=alt.Y("value:Q", stack="normalize", title=None, axis=alt.Axis(format=".0%")),
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


def _heatmap(panel: Panel, rows: pl.DataFrame, language: Language, width: int) -> ChartType:
    measure, vertical = panel.measures[0], panel.by[1]
    shown, y_sort = _worded(panel, rows, language), None
    if vertical.field == "local_weekday":
        y_sort = [name.in_(language) for name in WEEKDAY_NAMES.values()]
        shown = shown.with_columns(
            pl.col(vertical.field).replace_strict(
                {k: v.in_(language) for k, v in WEEKDAY_NAMES.items()}, return_dtype=pl.String
            )
        )
    chart: alt.Chart = (
        alt.Chart(shown, width=width, height=HEIGHT)
        .mark_rect(stroke="white")
        .encode(
            x=_axis(panel.by[0], rows, language),
            y=alt.Y(f"{vertical.field}:N", title=None, sort=y_sort),
            color=alt.Color(
                f"{measure.name}:Q",
                title=None,
                scale=alt.Scale(scheme=SCALE),
                legend=alt.Legend(format=".0%"),
            ),
        )
    )
    return chart


def _numbers(panel: Panel, rows: pl.DataFrame, language: Language, width: int) -> ChartType:
    row = rows.row(0, named=True)
    cells = pl.DataFrame(
        {
            "at": [str(position) for position in range(len(panel.measures))],
            "value": [written(measure, row[measure.name], language) for measure in panel.measures],
            "title": [measure.title.in_(language) for measure in panel.measures],
        }
    )
    base = alt.Chart(cells, width=width, height=90).encode(x=alt.X("at:N", axis=None))
    return alt.layer(
        base.mark_text(fontSize=24, fontWeight="bold", dy=-10).encode(text="value:N"),
        base.mark_text(fontSize=12, dy=22).encode(text="title:N"),
    )


def columns_of(panel: Panel, rows: pl.DataFrame, language: Language) -> dict[str, list[str]]:
    """A panel's rows as people read them: the texts of each column by its title."""
    worded = _worded(panel, rows, language)
    return {d.title.in_(language): _texts(worded[d.field]) for d in panel.by} | {
        m.title.in_(language): [written(m, value, language) for value in worded[m.name]]
        for m in panel.measures
    }


def _table(panel: Panel, rows: pl.DataFrame, language: Language, width: int) -> ChartType:
    worded = rows.head(_TABLE_ROWS)
    columns = columns_of(panel, worded, language)
    cells = pl.DataFrame(
        {
            "row": [i for i in range(worded.height) for _ in columns],
            "column": [name for _ in range(worded.height) for name in columns],
            "text": [texts[i] for i in range(worded.height) for texts in columns.values()],
        },
        schema={"row": pl.Int64, "column": pl.String, "text": pl.String},
    )
    chart: alt.Chart = (
        alt.Chart(
            cells, width=max(width, _COLUMN * len(columns)), height=22 * max(worded.height, 1)
        )
        .mark_text(limit=_COLUMN - 5, fontSize=11)
        .encode(
            x=alt.X(
                "column:N",
                sort=list(columns),
                title=None,
                axis=alt.Axis(orient="top", labelAngle=0, labelLimit=_COLUMN - 2, domain=False),
            ),
            y=alt.Y("row:O", axis=None),
            text="text:N",
        )
    )
    return chart


def _texts(values: pl.Series) -> list[str]:
    return ["–" if value is None else str(value) for value in values]


_SHAPES: dict[Shape, Callable[[Panel, pl.DataFrame, Language, int], ChartType]] = {
    Shape.NUMBERS: _numbers,
    Shape.LINES: _lines,
    Shape.BARS: _bars,
    Shape.STACKED: _stacked,
    Shape.HEATMAP: _heatmap,
    Shape.TABLE: _table,
    Shape.MAP: station_map,
    Shape.INTERVALS: intervals_chart,
}
