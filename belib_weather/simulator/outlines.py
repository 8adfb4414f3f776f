"""Outlines of the arrondissements of the simulated city: every place belongs to the nearest middle.

The shapes are invented: straight borders half-way between the middles of neighbours, inside an
oval that stands for the ring road. The order, numbers and fields are those of the real dataset.
"""

import math
from collections.abc import Iterator
from functools import cache
from typing import Any

from belib_weather.simulator.fleet import ORIGIN
from belib_weather.simulator.geography import CENTRES

DATASET = "arrondissements"
FIELDS = {
    "n_sq_ar": ("Identifiant séquentiel de l'arrondissement", "int"),
    "c_ar": ("Numéro d'arrondissement", "int"),
    "c_arinsee": ("Numéro d'arrondissement INSEE", "int"),
    "l_ar": ("Nom de l’arrondissement", "text"),
    "l_aroff": ("Nom officiel de l’arrondissement", "text"),
    "n_sq_co": ("Identifiant séquentiel de la commune", "int"),
    "surface": ("Surface", "double"),
    "perimetre": ("Périmètre", "double"),
    "geom_x_y": ("Geometry X Y", "geo_point_2d"),
    "geom": ("Geometry", "geo_shape"),
}
_MIDDLE, _REACH, _CORNERS = (48.8590, 2.3400), (0.048, 0.088), 72
"""Of the oval: latitude and longitude of its middle, its half axes in degrees, its corners."""
_METRES_OF_LATITUDE, _METRES_OF_LONGITUDE = 111_200.0, 73_200.0
Place = tuple[float, float]
"""Longitude and latitude."""


class OutlinesFeed:
    """The outlines; they never change."""

    def modified(self, at: int) -> int:  # noqa: ARG002 - a feed's protocol
        """The beginning of the simulated city."""
        return ORIGIN

    def records(
        self,
        at: int,  # noqa: ARG002 - a feed's protocol
        *,
        fields: tuple[str, ...] = tuple(FIELDS),
        zone: str = "UTC",  # noqa: ARG002 - there is no time in them
        most: int | None = None,
    ) -> list[dict[str, Any]]:
        """All records, or the first so many."""
        return [{name: row[name] for name in fields} for row in _rows()[:most]]

    def count(self, at: int) -> int:  # noqa: ARG002 - a feed's protocol
        """Number of records."""
        return len(CENTRES)


@cache
def _rows() -> list[dict[str, Any]]:
    return [_row(number) for number in sorted(CENTRES, reverse=True)]


def _row(number: int) -> dict[str, Any]:
    latitude, longitude = CENTRES[number]
    corners = _cell(number)
    ring = [[round(x, 6), round(y, 6)] for x, y in [*corners, corners[0]]]
    return {
        "n_sq_ar": 750_000_000 + number,
        "c_ar": number,
        "c_arinsee": 75_100 + number,
        "l_ar": "1er Ardt" if number == 1 else f"{number}ème Ardt",
        "l_aroff": f"Quartier simulé {number}",
        "n_sq_co": 750_001_537,
        "surface": round(_surface(corners), 2),
        "perimetre": round(sum(math.dist(*edge) for edge in _edges(_in_metres(corners))), 2),
        "geom_x_y": {"lon": longitude, "lat": latitude},
        "geom": {
            "type": "Feature",
            "geometry": {"type": "Polygon", "coordinates": [ring]},
            "properties": {},
        },
    }


def _cell(number: int) -> list[Place]:
    """The corners of what is nearer to this middle than to any other, in metres."""
    angles = [2 * math.pi * step / _CORNERS for step in range(_CORNERS)]
    corners = [
        (_MIDDLE[1] + _REACH[1] * math.cos(angle), _MIDDLE[0] + _REACH[0] * math.sin(angle))
        for angle in angles
    ]
    own = _place(number)
    for other in CENTRES:
        if other != number:
            corners = list(_nearer(corners, own, _place(other)))
    return corners


def _place(number: int) -> Place:
    latitude, longitude = CENTRES[number]
    return longitude, latitude


def _nearer(corners: list[Place], own: Place, other: Place) -> Iterator[Place]:
    """The part of a convex outline that is nearer to one place (Sutherland and Hodgman, 1974)."""
    for start, end in _edges(corners):
        at_start, at_end = (_further(corner, own, other) for corner in (start, end))
        if at_start <= 0:
            yield start
        if at_start * at_end < 0:
            share = at_start / (at_start - at_end)
            yield start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def _further(corner: Place, own: Place, other: Place) -> float:
    """By how much more square metres the corner is away from one place than from the other."""
    point, one, two = _in_metres([corner, own, other])
    return math.dist(point, one) ** 2 - math.dist(point, two) ** 2


def _in_metres(places: list[Place]) -> list[Place]:
    return [(x * _METRES_OF_LONGITUDE, y * _METRES_OF_LATITUDE) for x, y in places]


def _edges(corners: list[Place]) -> Iterator[tuple[Place, Place]]:
    return zip(corners, [*corners[1:], corners[0]], strict=True)


def _surface(corners: list[Place]) -> float:
    edges = _edges(_in_metres(corners))
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in edges)) / 2
