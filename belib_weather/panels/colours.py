"""Colours that colour-blind people can distinguish.

Source of the hues: Okabe and Ito, "Color Universal Design" (2008). Lightness differs too, and no
panel relies on colour alone: values are written beside it.
"""

from importlib import resources
from typing import Literal

STATUS_COLOURS: dict[str, str] = {
    "available": "#009E73",
    "occupied": "#0072B2",
    "reserved": "#56B4E9",
    "out_of_order": "#D55E00",
    "planned": "#CC79A7",
    "removed": "#7F7F7F",
    "unknown": "#E69F00",
    "stale": "#F0E442",
    "unobserved": "#D9D9D9",
}
STATION_COLOURS: dict[str, str] = {
    "available": "#009E73",
    "full": "#0072B2",
    "out_of_order": "#D55E00",
    "silent": "#7F7F7F",
}
SERIES_COLOURS: tuple[str, ...] = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
SCALE: Literal["viridis"] = "viridis"
"""A scale of even lightness steps, also in grey."""
SEQUENCE: tuple[str, ...] = ("#440154", "#3B528B", "#21918C", "#5EC962", "#FDE725")
"""Five steps of the same scale, from low to high."""
LIMIT_COLOURS: tuple[str, str] = ("#009E73", "#D55E00")
"""Within a limit, beyond it."""
LAND, BORDER, RIVER = "#f1f3f5", "#b8c2cc", "#c9dff0"
"""Of maps: the city, its outline, the Seine."""
RIVER_NAME, NAME_ON_MAP = "#33658a", "#222"
MARK_COLOUR = "#8a5000"
"""Of the watermark on pictures of simulated data."""


def style_sheet() -> str:
    """The colours of pages as custom properties, light and dark; other style sheets follow it."""
    return resources.files("belib_weather.panels").joinpath("colours.css").read_text("utf-8")
