"""Maps of the catalog, as SVG: so small and so quick that every tick draws its own.

What belongs here: stations by kind as an SVG file. What does not: how it is shown (`images`),
maps of pages and dashboards (`panels`).
Concept: https://developer.mozilla.org/docs/Web/SVG/Element/path
"""

import math
from collections.abc import Mapping
from xml.etree import ElementTree as Xml

import polars as pl

from belib_weather.credits import are_simulated
from belib_weather.panels import Language, number_formats
from belib_weather.panels import figures as f
from belib_weather.panels.colours import MARK_COLOUR, SERIES_COLOURS, STATION_COLOURS
from belib_weather.panels.dashboard_panels.now import STATION_MAP
from belib_weather.panels.i18n import SIMULATED_MARK, STATION_STATUS_NAMES

WIDTH, MAP_HEIGHT = 480, 340
"""Pixels: what a dialog of Dagster shows without scrolling."""
MARGIN, LINE = 12, 18
_GLYPHS = ("h0", "m-3,-3h6v6h-6z", "m-4,0h8m-4,-4v8", "m-4,-3h8l-4,7z", "m-4,3h8l-4,-7z")
"""Dot, square, cross, triangles, from the middle of a station on: kinds differ by shape too."""
_DOT_WIDTH, _LINE_WIDTH = "5", "2"
_NO_POWER = "not known"
_TEXT_COLOUR = "#222222"


def stations_by_power(stations: pl.DataFrame, *, is_simulated: bool) -> str:
    """A map of the current stations (`Station` rows) by power."""
    kinds = [*f.POWERS.labels, _NO_POWER]
    return map_of(
        stations.with_columns(f.POWERS.key().fill_null(_NO_POWER).alias("kind")),
        dict(zip(kinds, SERIES_COLOURS, strict=False)),
        f"Stations by {f.POWERS.title.en[:1].lower()}{f.POWERS.title.en[1:]}",
        "Numbers are arrondissements.",
        is_simulated=is_simulated,
    )


def stations_by_state(states: pl.DataFrame) -> str:
    """A map of the stations by availability now (`StationState` rows)."""
    names = {kind: STATION_STATUS_NAMES[kind].en for kind in STATION_COLOURS}
    return map_of(
        states.with_columns(pl.col("station_status").cast(pl.String).replace(names).alias("kind")),
        {names[kind]: colour for kind, colour in STATION_COLOURS.items()},
        STATION_MAP.title.en,
        number_formats.moment(states["captured_at"][0], Language.ENGLISH),
        is_simulated=are_simulated(states["source"].unique()),
    )


def map_of(
    stations: pl.DataFrame,
    colours: Mapping[str, str],
    title: str,
    subtitle: str,
    *,
    is_simulated: bool,
) -> str:
    """Draw stations by kind, with a legend that counts them and the arrondissements' numbers.

    Args:
        stations: `latitude`, `longitude` (degrees), `arrondissement`, `kind` (String); those
            without a place are counted, not drawn.
        colours: of each kind, by its name in the legend's order; the last is drawn on top.
        title: what the map shows.
        subtitle: when, and how to read it.
        is_simulated: whether a mark says so.

    Returns:
        An SVG document of some ten bytes a station.
    """
    counts = dict(stations["kind"].value_counts().iter_rows())
    kinds = [kind for kind in colours if kind in counts]
    head = [SIMULATED_MARK.en] * is_simulated + [title, subtitle]
    top = MARGIN + len(head) * LINE
    height = top + MAP_HEIGHT + math.ceil(len(kinds) / 2) * LINE + MARGIN
    svg = _blank(height)
    for line, text in enumerate(head, start=1):
        colour = MARK_COLOUR if text == SIMULATED_MARK.en else _TEXT_COLOUR
        _write(svg, text, MARGIN, line * LINE, {"fill": colour})
    placed = _placed(stations, top)
    for position, kind in enumerate(kinds):
        x, y = MARGIN + WIDTH // 2 * (position % 2), top + MAP_HEIGHT + LINE * (position // 2 + 1)
        _write(svg, f"{kind} ({counts[kind]})", x + 14, y)
        ends = placed.filter(pl.col("kind") == kind).select(pl.format("M{},{}", "x", "y"))
        glyph = _GLYPHS[list(colours).index(kind) % len(_GLYPHS)]
        drawn = "".join(f"{end}{glyph}" for end in (f"M{x + 4},{y - 4}", *ends.to_series()))
        width = _DOT_WIDTH if glyph == _GLYPHS[0] else _LINE_WIDTH
        style = {"stroke": colours[kind], "fill": colours[kind], "stroke-width": width}
        Xml.SubElement(svg, "path", {"d": drawn, **style, "stroke-linecap": "round"})
    _number(svg, placed)
    return Xml.tostring(svg, encoding="unicode")


def _blank(height: int) -> Xml.Element:
    font = {"font-family": "sans-serif", "font-size": "13"}
    size = {"width": f"{WIDTH}", "height": f"{height}"}
    svg = Xml.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", **size, **font})
    Xml.SubElement(svg, "path", {"d": f"M0,0h{WIDTH}v{height}H0z", "fill": "white"})
    return svg


def _number(svg: Xml.Element, placed: pl.DataFrame) -> None:
    """The number of each arrondissement amid its stations, with a white rim."""
    rim = {"stroke": "white", "stroke-width": "3", "paint-order": "stroke"}
    style = {"text-anchor": "middle", "font-weight": "bold", **rim}
    numbers = Xml.SubElement(svg, "g", style)
    middles = (
        placed.drop_nulls("arrondissement")
        .group_by("arrondissement")
        .agg(pl.col("x", "y").median().cast(pl.Int32))
        .sort("arrondissement")
    )
    for number, x, y in middles.iter_rows():
        _write(numbers, f"{number}", x, y + 5)


def _placed(stations: pl.DataFrame, top: int) -> pl.DataFrame:
    """The stations with a place, at `x`, `y` in whole pixels; north is up, lengths are true."""
    known = stations.drop_nulls(["latitude", "longitude"])
    east = pl.col("longitude") * pl.col("latitude").mean().radians().cos()
    across, up = east - east.min(), pl.col("latitude").max() - pl.col("latitude")
    scale = pl.min_horizontal(
        (WIDTH - 2 * MARGIN) / across.max(), (MAP_HEIGHT - 2 * MARGIN) / up.max()
    )
    scaled = pl.when(scale.is_finite()).then(scale).otherwise(0)
    return known.with_columns(
        ((WIDTH - across.max() * scaled) / 2 + across * scaled).round().cast(pl.Int32).alias("x"),
        (top + MARGIN + up * scaled).round().cast(pl.Int32).alias("y"),
    )


def _write(
    parent: Xml.Element, text: str, x: int, y: int, style: Mapping[str, str] | None = None
) -> None:
    Xml.SubElement(parent, "text", {"x": f"{x}", "y": f"{y}", **(style or {})}).text = text
