"""Maps of the city: stations by state, arrondissements by number, outline and Seine behind them.

What belongs here: drawing on latitude and longitude. What does not: other pictures (`pictures`).
"""

import altair as alt
import polars as pl
from altair.typing import ChartType

from belib_weather.networks.landmarks import OUTLINE, SEINE
from belib_weather.panels.colours import (
    BORDER,
    LAND,
    NAME_ON_MAP,
    RIVER,
    RIVER_NAME,
    STATION_COLOURS,
)
from belib_weather.panels.i18n import STATION_STATUS_NAMES, Language
from belib_weather.panels.number_formats import NOTHING
from belib_weather.panels.specification import Panel
from belib_weather.vocabulary import STATION_STATUSES

_MARKS = ["circle", "square", "cross", "triangle-down"]
_MANY = 100
"""So many stations are drawn small, because they overlap."""
_HEIGHT_OF_WIDTH = 0.7


def station_map(_: Panel, rows: pl.DataFrame, language: Language, width: int) -> ChartType:
    """Draw stations with `latitude`, `longitude`, `station_status` and `arrondissement`.

    Kinds differ by shape as well as by colour; the legend counts the stations of each.
    """
    kinds = [kind for kind in STATION_COLOURS if kind in rows["station_status"].cast(pl.String)]
    counts = dict(rows["station_status"].cast(pl.String).value_counts().iter_rows())
    names = {kind: f"{STATION_STATUS_NAMES[kind].in_(language)} ({counts[kind]})" for kind in kinds}
    # Stations without a free point are drawn last, on top of the many that have one.
    ordered = rows.sort(pl.col("station_status").cast(pl.Enum(STATION_STATUSES)))
    placed = ordered.drop_nulls(["latitude", "longitude"]).with_columns(
        pl.col("station_status").cast(pl.String).replace(names)
    )
    if placed.is_empty():  # a projection needs points
        base = alt.Chart(pl.DataFrame({"text": [NOTHING]}), width=width)
        nothing: alt.Chart = base.mark_text().encode(text="text:N")
        return nothing
    legend = alt.Legend(orient="bottom", columns=2, symbolSize=90)
    is_crowded = placed.height > _MANY
    size = 30 if is_crowded else 180
    points = (
        alt.Chart(placed.select("latitude", "longitude", "station_status"))
        .mark_point(filled=True, size=size, opacity=0.9, stroke="white", strokeWidth=0.4)
        .encode(
            longitude="longitude:Q",
            latitude="latitude:Q",
            shape=alt.Shape("station_status:N", title=None, scale=_scale(names, _MARKS)),
            color=alt.Color(
                "station_status:N",
                title=None,
                legend=legend,
                scale=_scale(names, list(STATION_COLOURS.values())),
            ),
        )
    )
    # Of few stations a number would cover the station itself.
    numbers = _arrondissement_numbers(placed, above=0 if is_crowded else 16)
    layers = [_outline(), *_seine(), points, numbers]
    return alt.layer(*layers, width=width, height=round(width * _HEIGHT_OF_WIDTH)).project(
        "mercator"
    )


def _outline() -> alt.Chart:
    """The city's ground, which few stations alone would not show."""
    ring = {"type": "Polygon", "coordinates": [[list(place) for place in OUTLINE]]}
    ground = alt.InlineData(values=[{"type": "Feature", "properties": {}, "geometry": ring}])
    chart: alt.Chart = alt.Chart(ground).mark_geoshape(fill=LAND, stroke=BORDER, strokeWidth=1)
    return chart


def _seine() -> tuple[alt.Chart, alt.Chart]:
    """The river, and its name where it leaves the city."""
    course = pl.DataFrame(SEINE, schema=["longitude", "latitude"], orient="row").with_row_index()
    base = alt.Chart(course).encode(longitude="longitude:Q", latitude="latitude:Q")
    line: alt.Chart = base.mark_line(
        strokeWidth=6, color=RIVER, strokeJoin="round", strokeCap="round"
    ).encode(order="index:Q")
    name: alt.Chart = base.transform_filter(f"datum.index == {len(SEINE) - 1}").mark_text(
        text="Seine", fontSize=12, fontStyle="italic", color=RIVER_NAME, dy=13
    )
    return line, name


def _arrondissement_numbers(placed: pl.DataFrame, above: int) -> alt.LayerChart:
    """The number of each arrondissement in the middle of its stations, with a white outline.

    `placed` has `latitude`, `longitude` and `arrondissement`; the number is drawn so many pixels
    above the middle.
    """
    middles = (
        placed.drop_nulls("arrondissement")
        .group_by("arrondissement")
        .agg(pl.col("latitude", "longitude").median())
        .sort("arrondissement")
    )
    base = alt.Chart(middles).encode(
        longitude="longitude:Q", latitude="latitude:Q", text="arrondissement:N"
    )
    rim = base.mark_text(fontSize=15, fontWeight="bold", dy=-above, stroke="white", strokeWidth=4)
    name = base.mark_text(fontSize=15, fontWeight="bold", dy=-above, color=NAME_ON_MAP)
    chart: alt.LayerChart = rim + name
    return chart


def _scale(names: dict[str, str], values: list[str]) -> alt.Scale:
    at = [list(STATION_COLOURS).index(kind) for kind in names]
    return alt.Scale(domain=list(names.values()), range=[values[position] for position in at])
