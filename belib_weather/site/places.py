"""The index of the search box: stations' streets and places that people name.

What belongs here: what can be found, and where it is. What does not: finding it (`static/home.js`).
"""

import re
from typing import Any

import polars as pl

from belib_weather.networks.landmarks import LANDMARKS

_ADDRESS = re.compile(
    r"^\s*(?:(\d+)\s*(?:bis\b|ter\b|[A-D]\b)?\s*,?\s+)?(\S.*?)\s*,?\s*\b75[01]\d\d\b",
    re.IGNORECASE,
)
_DIGITS = 5
"""Of degrees: a metre."""


def search_index(states: pl.DataFrame) -> dict[str, Any]:
    """What the search box finds, beside the stations themselves.

    Args:
        states: `StationState` rows.

    Returns:
        `places`: name, arrondissement, latitude, longitude. `streets`: name, arrondissement, and
        the stations on it: number, latitude, longitude.
    """
    streets: dict[tuple[str, int | None], list[list[float | int]]] = {}
    located = states.drop_nulls(["address", "latitude", "longitude"]).sort("station_id")
    for row in located.iter_rows(named=True):
        number, street = street_of(row["address"])
        if street:
            key = (street, row["arrondissement"])
            place = [round(row["latitude"], _DIGITS), round(row["longitude"], _DIGITS)]
            streets.setdefault(key, []).append([number, *place])
    return {
        "places": [list(place) for place in LANDMARKS],
        "streets": [
            [name, number, found] for (name, number), found in sorted(streets.items(), key=str)
        ],
    }


def street_of(address: str) -> tuple[int, str]:
    """House number and street of an address; 0 and an empty text where it has no postal code."""
    found = _ADDRESS.match(address)
    if found is None:
        return 0, ""
    street = found[2].strip(" ,")
    return int(found[1] or 0), street[:1].upper() + street[1:]
