"""The map of the city: outlines simplified for drawing, and where a place lies on it.

What belongs here: from degrees to the units of the picture. What does not: colours and links, which
stand in the template and the style sheet.
"""

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

WIDTH = 1000
"""Of the picture, in its own units."""
_MARGIN = 28
_TOLERANCE = 2.5
"""Of the simplified outlines, in units: a third of a pixel on a phone."""
_KM_OF_DEGREE = 111.2


@dataclass(frozen=True)
class Area:
    """An arrondissement on the map: its outline as a path, and where its number stands."""

    number: int
    name: str | None
    path: str
    x: int
    y: int


@dataclass(frozen=True)
class CityMap:
    """A picture `WIDTH` wide that shows a box of degrees.

    Attributes:
        west: longitude of the left edge.
        north: latitude of the upper edge.
        across: units for a degree of longitude.
        down: units for a degree of latitude.
        height: of the picture.
        areas: the arrondissements, by number.
    """

    west: float
    north: float
    across: float
    down: float
    height: int
    areas: tuple[Area, ...]

    @property
    def units_of_a_kilometre(self) -> float:
        """Units for a kilometre."""
        return self.down / _KM_OF_DEGREE

    def place(self, latitude: float, longitude: float) -> tuple[int, int]:
        """Where a place lies, in whole units."""
        return round((longitude - self.west) * self.across), round(
            (self.north - latitude) * self.down
        )


def city_map(outlines: pl.DataFrame, places: pl.DataFrame) -> CityMap | None:
    """The map of a city; None where no station has a place.

    Args:
        outlines: `Arrondissement` rows; the map has none where there are none.
        places: `latitude` and `longitude` of the stations. The picture shows all of them, and as
            much of the outlines as lies around.
    """
    located = places.select("latitude", "longitude").drop_nulls()
    if located.is_empty():
        return None
    south, north = (float(f(located["latitude"].to_list())) for f in (min, max))
    west, east = (float(f(located["longitude"].to_list())) for f in (min, max))
    squeeze = math.cos(math.radians((south + north) / 2))
    across = (WIDTH - 2 * _MARGIN) / max(east - west, 0.01)
    down = across / squeeze
    frame = CityMap(
        west=west - _MARGIN / across,
        north=north + _MARGIN / down,
        across=across,
        down=down,
        height=round(max(north - south, 0.005) * down) + 2 * _MARGIN,
        areas=(),
    )
    return replace(frame, areas=_areas(frame, outlines))


def _areas(frame: CityMap, outlines: pl.DataFrame) -> tuple[Area, ...]:
    """The outlines in the picture; neighbours stay neighbours."""
    if outlines.is_empty():
        return ()
    import shapely  # noqa: PLC0415 - takes a moment, and pages without a map do not need it

    rows = outlines.sort("arrondissement").rows(named=True)

    def in_units(degrees: "NDArray[np.float64]") -> "NDArray[np.float64]":
        scale = (frame.across, -frame.down)
        return (degrees - (frame.west, frame.north)) * scale

    drawn = shapely.transform(shapely.from_geojson([row["outline"] for row in rows]), in_units)
    simple = shapely.coverage_simplify(drawn, _TOLERANCE)
    window = shapely.box(0, 0, WIDTH, frame.height)
    found = []
    for row, shape in zip(rows, simple, strict=True):
        visible = shape.intersection(window)
        label = (visible if not visible.is_empty else shape).representative_point()
        middle = visible.centroid if visible.contains(visible.centroid) else label
        found.append(
            Area(row["arrondissement"], row["name"], _path(shape), round(middle.x), round(middle.y))
        )
    return tuple(found)


def _path(shape: "BaseGeometry") -> str:
    """The rings of a shape as an SVG path of whole units."""
    import shapely  # noqa: PLC0415 - as above

    rings = []
    for polygon in shapely.get_parts(shape):
        for ring in (polygon.exterior, *polygon.interiors):
            corners = [f"{round(x)} {round(y)}" for x, y in ring.coords[:-1]]
            rings.append("M" + "L".join(dict.fromkeys(corners)) + "Z")
    return "".join(rings)
