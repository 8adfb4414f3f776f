"""A panel's result as a Vega-Lite picture.

What belongs here: choosing the shape, titles and marks. What does not: the shapes themselves
(`series`, `grids`, `maps`, `interval_charts`), computing, files.
Concept: https://vega.github.io/vega-lite/docs/
"""

import textwrap
from collections.abc import Callable

import altair as alt
import polars as pl
from altair.typing import ChartType

from belib_weather.panels.grids import heatmap_chart, numbers_chart, table_chart
from belib_weather.panels.i18n import Language
from belib_weather.panels.interval_charts import intervals_chart
from belib_weather.panels.maps import station_map
from belib_weather.panels.series import bars_chart, lines_chart, stacked_chart
from belib_weather.panels.specification import Panel, Shape

WIDTH = 640
_CHARACTER, _TITLE_CHARACTER, _MARGIN = 6, 7, 4
"""Width of a character of the subtitle and of the title in pixels; characters that fit beside the
plot."""


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
        rows: as `es_requests.result` and `evaluate.evaluate` give them; of a map the stations with
            `latitude` and `longitude`.
        language: of titles and labels.
        mark: a remark under the title, such as that the data is simulated.
        width: of the plot, in pixels.
    """
    return titled(_SHAPES[panel.shape](panel, rows, language, width), panel, language, mark, width)


def titled(
    chart: ChartType, panel: Panel, language: Language, mark: str, width: int = WIDTH
) -> ChartType:
    """A chart under its panel's title, its note and a mark."""
    lines = [
        line
        for text in (mark, panel.note_in(language))
        for line in textwrap.wrap(text, width // _CHARACTER + _MARGIN)
    ]
    name = textwrap.wrap(panel.title.in_(language), width // _TITLE_CHARACTER + _MARGIN)
    title = alt.TitleParams(name, subtitle=lines, anchor="start")
    return chart.properties(title=title)


_SHAPES: dict[Shape, Callable[[Panel, pl.DataFrame, Language, int], ChartType]] = {
    Shape.NUMBERS: numbers_chart,
    Shape.LINES: lines_chart,
    Shape.BARS: bars_chart,
    Shape.STACKED: stacked_chart,
    Shape.HEATMAP: heatmap_chart,
    Shape.TABLE: table_chart,
    Shape.MAP: station_map,
    Shape.INTERVALS: intervals_chart,
}
