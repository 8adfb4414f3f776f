"""Lines at the limits of alerts, as a second layer of a Lens chart.

What belongs here: the layer, and which panels have one. What does not: the limits themselves
(`panels.limits`).
"""

from typing import Any

from belib_weather.panels.colours import LIMIT_COLOURS
from belib_weather.panels.i18n import Language
from belib_weather.panels.limits import Limit
from belib_weather.panels.specification import Panel, Shape

LIMITS = "limits"
LIMITS_REFERENCE = f"indexpattern-datasource-layer-{LIMITS}"
_COLUMN = "limit"


def line_of(panel: Panel) -> Limit | None:
    """The limit that a panel has a line at; numbers have colours in its place."""
    return panel.limit if panel.shape is Shape.BARS else None


def limit_columns(limit: Limit) -> dict[str, Any]:
    """The layer of the one value."""
    column = {
        "label": limit.title.in_(Language.ENGLISH),
        "customLabel": True,
        "dataType": "number",
        "isBucketed": False,
        "isStaticValue": True,
        "operationType": "static_value",
        "scale": "ratio",
        "params": {
            "value": f"{limit.value}",
            "format": {"id": "percent", "params": {"decimals": 0}},
        },
        "references": [],
    }
    return {
        "columnOrder": [_COLUMN],
        "columns": {_COLUMN: column},
        "incompleteColumns": {},
        "sampling": 1,
    }


def drawn_limit() -> dict[str, Any]:
    """The line, with its name beside it."""
    style = {
        "forAccessor": _COLUMN,
        "axisMode": "left",
        "color": LIMIT_COLOURS[True],
        "fill": "none",
        "lineWidth": 2,
        "textVisibility": True,
    }
    return {
        "layerId": LIMITS,
        "layerType": "referenceLine",
        "accessors": [_COLUMN],
        "yConfig": [style],
    }
