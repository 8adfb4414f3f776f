"""A panel's result as a Vega-Lite picture.

What belongs here: charts of a frame, one function a shape. What does not: reckoning, files.
Concept: https://vega.github.io/vega-lite/docs/
"""

from collections.abc import Callable

import altair as alt
import polars as pl
from altair.typing import ChartType

from belib_weather.panels.colours import SCALE, SERIES_COLOURS, STATION_COLOURS, STATUS_COLOURS
from belib_weather.panels.dimensions import Day, Dimension, Hour, Ranges
from belib_weather.panels.intervals import intervals_chart
from belib_weather.panels.measures import Measure, Ratio, Statistic
from belib_weather.panels.specification import Panel, Shape
from belib_weather.panels.wording import (
    STATUS_NAMES,
    WEATHER_NAMES,
    WEEKDAY_NAMES,
    Language,
)

WIDTH, HEIGHT = 640, 300
_TABLE_ROWS = 12


def picture(
    panel: Panel, rows: pl.DataFrame, language: Language = Language.ENGLISH, *, mark: str = ""
) -> ChartType:
    """Draw a panel.

    Args:
        panel: what the rows are of.
        rows: as `requests.result` and `reckoning.reckon` give them; of a map the stations with
            `latitude` and `longitude`.
        language: of titles and labels.
        mark: a remark under the title, as that the data is simulated.
    """
    lines = [text for text in (panel.note.in_(language), mark) if text]
    chart = _SHAPES[panel.shape](panel, rows, language)
    title = alt.TitleParams(panel.title.in_(language), subtitle=lines, anchor="start")
    return chart.properties(title=title)


def number_format(measure: Measure) -> str:
    """The d3 format of a measure's values."""
    if isinstance(measure, Ratio):
        return f".{measure.decimals}%"
    return f",.{measure.decimals}f"


def written(measure: Measure, value: object) -> str:
    """A value as people read it; a dash where there is none."""
    if value is None:
        return "–"
    if isinstance(measure, Statistic) and measure.is_time:
        return f"{value:%Y-%m-%d %H:%M} UTC"
    if isinstance(measure, Ratio):
        return f"{value:.{measure.decimals}%}"
    unit = f" {measure.unit}" if isinstance(measure, Statistic) and measure.unit else ""
    return f"{value:,.{measure.decimals}f}{unit}"


def _axis(dimension: Dimension, language: Language) -> alt.X:
    title = dimension.title.in_(language)
    if isinstance(dimension, Hour):
        return alt.X(f"{dimension.field}:T", title=None)
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


def _lines(panel: Panel, rows: pl.DataFrame, language: Language) -> ChartType:
    charts = [
        alt.Chart(rows, width=WIDTH, height=HEIGHT // len(panel.measures))
        .mark_line(point=rows.height < 60, strokeWidth=2, color=SERIES_COLOURS[position])
        .encode(
            x=_axis(panel.by[0], language),
            y=alt.Y(
                f"{measure.name}:Q",
                title=measure.title.in_(language),
                axis=alt.Axis(format=number_format(measure)),
                scale=alt.Scale(zero=False),
            ),
        )
        for position, measure in enumerate(panel.measures)
    ]
    return charts[0] if len(charts) == 1 else alt.vconcat(*charts)


def _bars(panel: Panel, rows: pl.DataFrame, language: Language) -> ChartType:
    worded = _worded(panel, rows, language)
    charts = []
    for position, measure in enumerate(panel.measures):
        base = alt.Chart(worded, width=WIDTH, height=HEIGHT // len(panel.measures)).encode(
            x=_axis(panel.by[0], language),
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


def _stacked(panel: Panel, rows: pl.DataFrame, language: Language) -> ChartType:
    names = {m.name: m.title.in_(language) for m in panel.measures}
    kinds = [name.removesuffix("_hours") for name in names]
    long = rows.unpivot(list(names), index=panel.by[0].field, variable_name="kind").with_columns(
        pl.col("kind").replace(names),
        order=pl.col("kind").replace_strict(
            {name: position for position, name in enumerate(names)}, return_dtype=pl.Int64
        ),
    )
    chart: alt.Chart = (
        alt.Chart(long, width=WIDTH, height=HEIGHT)
        .mark_area()
        .encode(
            x=_axis(panel.by[0], language),
            y=alt.Y("value:Q", stack="normalize", title=None, axis=alt.Axis(format=".0%")),
            color=alt.Color(
                "kind:N",
                title=None,
                sort=list(names.values()),
                scale=alt.Scale(
                    domain=list(names.values()), range=[STATUS_COLOURS[kind] for kind in kinds]
                ),
            ),
            order="order:Q",
        )
    )
    return chart


def _heatmap(panel: Panel, rows: pl.DataFrame, language: Language) -> ChartType:
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
        alt.Chart(shown, width=WIDTH, height=HEIGHT)
        .mark_rect(stroke="white")
        .encode(
            x=_axis(panel.by[0], language),
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


def _numbers(panel: Panel, rows: pl.DataFrame, language: Language) -> ChartType:
    row = rows.row(0, named=True)
    cells = pl.DataFrame(
        {
            "at": [str(position) for position in range(len(panel.measures))],
            "value": [written(measure, row[measure.name]) for measure in panel.measures],
            "title": [measure.title.in_(language) for measure in panel.measures],
        }
    )
    base = alt.Chart(cells, width=WIDTH, height=90).encode(x=alt.X("at:N", axis=None))
    return alt.layer(
        base.mark_text(fontSize=24, fontWeight="bold", dy=-10).encode(text="value:N"),
        base.mark_text(fontSize=12, dy=22).encode(text="title:N"),
    )


def _table(panel: Panel, rows: pl.DataFrame, language: Language) -> ChartType:
    worded = _worded(panel, rows, language).head(_TABLE_ROWS)
    columns = {d.title.in_(language): _texts(worded[d.field]) for d in panel.by} | {
        m.title.in_(language): [written(m, value) for value in worded[m.name]]
        for m in panel.measures
    }
    cells = pl.DataFrame(
        {
            "row": [i for i in range(worded.height) for _ in columns],
            "column": [name for _ in range(worded.height) for name in columns],
            "text": [texts[i] for i in range(worded.height) for texts in columns.values()],
        },
        schema={"row": pl.Int64, "column": pl.String, "text": pl.String},
    )
    chart: alt.Chart = (
        alt.Chart(cells, width=130 * len(columns), height=22 * max(worded.height, 1))
        .mark_text(limit=125, fontSize=11)
        .encode(
            x=alt.X(
                "column:N",
                sort=list(columns),
                title=None,
                axis=alt.Axis(orient="top", labelAngle=0, labelLimit=128, domain=False),
            ),
            y=alt.Y("row:O", axis=None),
            text="text:N",
        )
    )
    return chart


def _texts(values: pl.Series) -> list[str]:
    return ["–" if value is None else str(value) for value in values]


def _map(panel: Panel, rows: pl.DataFrame, language: Language) -> ChartType:
    names = {key: STATUS_NAMES[key].in_(language) for key in STATION_COLOURS}
    placed = rows.drop_nulls(["latitude", "longitude"]).with_columns(
        pl.col("station_status").cast(pl.String).replace(names)
    )
    labels = placed.group_by("arrondissement").agg(pl.col("latitude", "longitude").median())
    points = (
        alt.Chart(placed, width=WIDTH, height=round(WIDTH * 0.62))
        .mark_point(filled=True, size=42, opacity=0.85)
        .encode(
            longitude="longitude:Q",
            latitude="latitude:Q",
            # Shape as well as colour.
            shape=alt.Shape("station_status:N", title=None, scale=_station_scale(names, _MARKS)),
            color=alt.Color(
                "station_status:N",
                title=None,
                scale=_station_scale(names, list(STATION_COLOURS.values())),
            ),
            tooltip=["address:N", f"{panel.measures[0].name}:Q", "charge_points:Q"],
        )
    )
    numbers = (
        alt.Chart(labels.drop_nulls())
        .mark_text(fontSize=15, fontWeight="bold", color="#333", stroke="white", strokeWidth=0.4)
        .encode(longitude="longitude:Q", latitude="latitude:Q", text="arrondissement:N")
    )
    return alt.layer(points, numbers).project("mercator")


_MARKS = ["circle", "square", "cross", "triangle-down"]


def _station_scale(names: dict[str, str], values: list[str]) -> alt.Scale:
    return alt.Scale(domain=list(names.values()), range=values)


_SHAPES: dict[Shape, Callable[[Panel, pl.DataFrame, Language], ChartType]] = {
    Shape.NUMBERS: _numbers,
    Shape.LINES: _lines,
    Shape.BARS: _bars,
    Shape.STACKED: _stacked,
    Shape.HEATMAP: _heatmap,
    Shape.TABLE: _table,
    Shape.MAP: _map,
    Shape.INTERVALS: intervals_chart,
}
