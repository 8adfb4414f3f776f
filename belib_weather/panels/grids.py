"""Pictures in rows and columns: a heatmap, a few numbers, a table.

What belongs here: one function a shape. What does not: titles and marks (`pictures`).
"""

import altair as alt
import polars as pl
from altair.typing import ChartType

from belib_weather.panels.colours import LIMIT_COLOURS, SCALE, SEQUENCE
from belib_weather.panels.i18n import Language
from belib_weather.panels.measures import Measure, Ratio
from belib_weather.panels.number_formats import WEEKDAYS, weekday
from belib_weather.panels.series import HEIGHT, axis_of
from belib_weather.panels.specification import Panel
from belib_weather.panels.texts import columns_of, value_text, with_labels

TABLE_ROWS = 12
"""Of a table, the first are shown."""
_INK = "#1d2733"
_COLUMN = 130
"""Narrowest column of a table, in pixels."""


def heatmap_chart(panel: Panel, rows: pl.DataFrame, language: Language, width: int) -> ChartType:
    """The first measure as the colour of a cell for each pair of groups."""
    measure, vertical = panel.measures[0], panel.by[1]
    cells, y_sort = with_labels(panel, rows, language), None
    if vertical.field == "local_weekday":
        names = {number: weekday(number, language) for number in WEEKDAYS}
        y_sort = list(names.values())
        cells = cells.with_columns(
            pl.col(vertical.field).replace_strict(names, return_dtype=pl.String)
        )
    chart: alt.Chart = (
        alt.Chart(cells, width=width, height=HEIGHT)
        .mark_rect(stroke="white")
        .encode(
            x=axis_of(panel.by[0], rows, language),
            y=alt.Y(f"{vertical.field}:N", title=None, sort=y_sort),
            color=alt.Color(
                f"{measure.name}:Q",
                title=None,
                scale=_scale(measure),
                legend=alt.Legend(format=".0%"),
            ),
        )
    )
    return chart


def _scale(measure: Measure) -> alt.Scale:
    """Fixed bands of colour, or a scale that goes by the values shown."""
    if isinstance(measure, Ratio) and measure.bands:
        return alt.Scale(type="threshold", domain=list(measure.bands), range=list(SEQUENCE))
    return alt.Scale(scheme=SCALE)


def numbers_chart(panel: Panel, rows: pl.DataFrame, language: Language, width: int) -> ChartType:
    """Each measure large, with its title below."""
    row = rows.row(0, named=True)
    cells = pl.DataFrame(
        {
            "at": [str(position) for position in range(len(panel.measures))],
            "value": [
                value_text(measure, row[measure.name], language) for measure in panel.measures
            ],
            "title": [measure.title.in_(language) for measure in panel.measures],
            "colour": [_colour(panel, i, row[m.name]) for i, m in enumerate(panel.measures)],
        }
    )
    base = alt.Chart(cells, width=width, height=90).encode(x=alt.X("at:N", axis=None))
    return alt.layer(
        base.mark_text(fontSize=24, fontWeight="bold", dy=-10).encode(
            text="value:N", color=alt.Color("colour:N", scale=None)
        ),
        base.mark_text(fontSize=12, dy=22).encode(text="title:N"),
    )


def _colour(panel: Panel, position: int, value: float | None) -> str:
    if panel.limit is None or position or value is None:
        return _INK
    return LIMIT_COLOURS[panel.limit.is_passed(value)]


def table_chart(panel: Panel, rows: pl.DataFrame, language: Language, width: int) -> ChartType:
    """The first rows as texts."""
    first = rows.head(TABLE_ROWS)
    columns = columns_of(panel, first, language)
    cells = pl.DataFrame(
        {
            "row": [i for i in range(first.height) for _ in columns],
            "column": [name for _ in range(first.height) for name in columns],
            "text": [texts[i] for i in range(first.height) for texts in columns.values()],
        },
        schema={"row": pl.Int64, "column": pl.String, "text": pl.String},
    )
    chart: alt.Chart = (
        alt.Chart(cells, width=max(width, _COLUMN * len(columns)), height=22 * max(first.height, 1))
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
