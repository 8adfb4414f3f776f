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

from belib_weather.panels.i18n import Language
from belib_weather.panels.number_formats import d3_format

_COLOURS = 96
_WIDTH_AND_HEIGHT = re.compile(r'(<svg[^>]*?) width="[\d.]+" height="[\d.]+"')
_ROLES = re.compile(r' (role="graphics-[a-z]+"|aria-[a-z]+="[^"]*")')
"""Accessibility attributes of single marks; the picture as a whole has a name instead."""
_ID = re.compile(r'(id="|url\(#|href="#)([A-Za-z])')
_INK = "#1d2733"
_CONFIG: dict[str, Any] = {
    "aria": False,
    "background": "#ffffff",
    "font": "sans-serif",
    "view": {"stroke": None},
    "title": {
        "fontSize": 14,
        "fontWeight": 600,
        "color": _INK,
        "subtitleColor": "#4a5766",
        "subtitleFontSize": 11,
        "subtitlePadding": 4,
        "offset": 12,
        "frame": "bounds",
    },
    "axis": {
        "labelColor": "#3b4754",
        "labelFontSize": 11,
        "titleColor": "#3b4754",
        "titleFontSize": 11.5,
        "titleFontWeight": 600,
        "domain": False,
        "tickColor": "#c9d1d9",
        "gridColor": "#e6eaee",
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
    """The SVG element for inside a page: it scales, has a name and a description.

    Args:
        svg: as `svg_of` gives it.
        name: prefix of all ids, so that pictures of one page share none.
        title: what the picture is called.
        description: what it shows.
    """
    scaled = _WIDTH_AND_HEIGHT.sub(r"\1", svg, count=1)
    own = _ID.sub(rf"\g<1>{name}-\g<2>", _ROLES.sub("", scaled))
    first, rest = own.split(">", 1)
    return (
        f'{first} role="img" aria-labelledby="{name}-title {name}-desc">'
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-desc">{escape(description)}</desc>{rest}'
    )
