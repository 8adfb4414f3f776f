"""Charts as SVG and PNG, in one style, with text alternatives.

What belongs here: from a chart to text or bytes. What does not: the charts (`pictures`), pages.
Concept: https://www.w3.org/TR/SVG-access/
"""

import io
import re
from html import escape
from typing import Any

import altair as alt
import vl_convert
from altair.typing import ChartType
from PIL import Image

from belib_weather.panels.colours import BORDER, LAND, NAME_ON_MAP, RIVER, RIVER_NAME
from belib_weather.panels.i18n import Language
from belib_weather.panels.number_formats import d3_format

_COLOURS = 96
_WIDTH_AND_HEIGHT = re.compile(r'(<svg[^>]*?) width="[\d.]+" height="[\d.]+"')
_ROLES = re.compile(r' (role="graphics-[a-z]+"|aria-[a-z]+="[^"]*")')
"""Accessibility attributes of single marks; the picture as a whole has a name instead."""
_ID = re.compile(r'(id="|url\(#|href="#)([A-Za-z])')
_INK, _SOFT, _LABEL, _TICK, _GRID = "#1d2733", "#4a5766", "#3b4754", "#c9d1d9", "#e6eaee"
_OF_PAGE = {
    ("stroke", "white"): "page",
    ("fill", _INK): "text",
    ("fill", NAME_ON_MAP): "text",
    ("fill", _SOFT): "muted",
    ("fill", _LABEL): "muted",
    ("fill", RIVER_NAME): "muted",
    ("stroke", _TICK): "line",
    ("stroke", _GRID): "line",
    ("fill", LAND): "land",
    ("stroke", BORDER): "border",
    ("stroke", RIVER): "water",
}
"""Colours of a picture that inside a page are those of `colours.css`; colours of data stay."""
_PAINT = re.compile(r' (fill|stroke)="([^"]+)"')
_BACKGROUND = ' fill="#ffffff"/>'
_CONFIG: dict[str, Any] = {
    "aria": False,
    "background": "#ffffff",
    "font": "sans-serif",
    "view": {"stroke": None},
    "title": {
        "fontSize": 14,
        "fontWeight": 600,
        "color": _INK,
        "subtitleColor": _SOFT,
        "subtitleFontSize": 11,
        "subtitlePadding": 4,
        "offset": 12,
        "frame": "bounds",
    },
    "axis": {
        "labelColor": _LABEL,
        "labelFontSize": 11,
        "titleColor": _LABEL,
        "titleFontSize": 11.5,
        "titleFontWeight": 600,
        "domain": False,
        "tickColor": _TICK,
        "gridColor": _GRID,
        "labelPadding": 4,
    },
    "legend": {"labelColor": _INK, "labelFontSize": 11.5},
    "text": {"color": _INK},
}


def svg_of(chart: ChartType, language: Language) -> str:
    """The chart as an SVG document, numbers written as in the language."""
    # Altair limits rows to keep notebooks small, which does not matter here.
    with alt.data_transformers.disable_max_rows():
        drawn = chart.to_dict()
    return vl_convert.vegalite_to_svg(drawn, config=_CONFIG, format_locale=d3_format(language))


def png_of(svg: str, scale: float) -> bytes:
    """An SVG document as PNG with a palette, an eighth of the size in true colour."""
    small = io.BytesIO()
    with Image.open(io.BytesIO(vl_convert.svg_to_png(svg, scale=scale))) as image:
        palette = image.convert("RGB").quantize(_COLOURS, method=Image.Quantize.FASTOCTREE)
        palette.save(small, "PNG")
    return small.getvalue()


def inline_svg(svg: str, name: str, title: str, description: str) -> str:
    """The SVG element for inside a page: it scales, has a name, a description and its colours.

    Where the page has the custom properties of `colours.css`, the picture is light or dark with it.

    Args:
        svg: as `svg_of` gives it.
        name: prefix of all ids, so that pictures of one page share none.
        title: what the picture is called.
        description: what it shows.
    """
    scaled = _WIDTH_AND_HEIGHT.sub(r"\1", svg, count=1)
    own = _ID.sub(rf"\g<1>{name}-\g<2>", _ROLES.sub("", scaled))
    own = own.replace(_BACKGROUND, ' fill="var(--page, #ffffff)"/>', 1)
    own = _PAINT.sub(_page_colour, own)
    first, rest = own.split(">", 1)
    return (
        f'{first} role="img" aria-labelledby="{name}-title {name}-desc">'
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-desc">{escape(description)}</desc>{rest}'
    )


def _page_colour(paint: re.Match[str]) -> str:
    """A colour as the custom property of the page, itself where the page has none."""
    of_page = _OF_PAGE.get((paint[1], paint[2]))
    return f' {paint[1]}="var(--{of_page}, {paint[2]})"' if of_page else paint[0]
