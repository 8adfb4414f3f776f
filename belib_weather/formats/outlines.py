"""Outlines of arrondissements: GeoJSON, one feature each.

Source: RFC 7946; the dataset `arrondissements` of opendata.paris.fr.
"""

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from belib_weather.formats.errors import UnreadableBody
from belib_weather.formats.parsed import REJECTED, ParsedBody
from belib_weather.formats.storable import encodable
from belib_weather.networks import NETWORK

OUTLINE_RECORD = pl.Schema(
    {
        "arrondissement": pl.Int16(),
        "name": pl.String(),
        "surface_m2": pl.Float64(),
        "outline": pl.String(),
    }
)
_LEAST_CORNERS = 4
"""Of a ring: a triangle whose first corner is repeated at the end."""
_MOST_CHARACTERS = 1_000
Ring = list[list[float]]


def read_outlines(body: bytes) -> ParsedBody:
    """Read a GeoJSON export of outlines.

    Returns:
        `records` by `OUTLINE_RECORD`, in the order of the body: the number of the arrondissement,
        its official name, its surface, and its outline as the text of a GeoJSON MultiPolygon in
        WGS 84, longitude first. `rejected`: features without a number, without an outline or with
        one that leaves the network's bounds, and those that repeat a number. `summary`: `fields`
        as published, `arrondissements` as read.

    Raises:
        UnreadableBody: no collection of features, or broken off.
    """
    features = _features(body)
    records: list[dict[str, Any]] = []
    rejected: list[dict[str, Any]] = []
    known: set[int] = set()
    for feature in features:
        try:
            record = _record(feature)
            if record["arrondissement"] in known:
                raise ValueError(f"arrondissement {record['arrondissement']} is there twice")
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            text = encodable(json.dumps(feature)[:_MOST_CHARACTERS])
            rejected.append({"charge_point_id": None, "reason": str(error), "record": text})
        else:
            known.add(record["arrondissement"])
            records.append(record)
    fields = {name for feature in features for name in _properties(feature)}
    return ParsedBody(
        records=pl.DataFrame(records, schema=OUTLINE_RECORD, orient="row"),
        rejected=pl.DataFrame(rejected, schema=REJECTED, orient="row"),
        record_count=len(features),
        summary={"fields": sorted(map(encodable, fields)), "arrondissements": sorted(known)},
    )


def _features(body: bytes) -> list[Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableBody(f"the GeoJSON is broken or cut off: {str(error)[:200]}") from None
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        message = document.get("message") if isinstance(document, dict) else type(document).__name__
        raise UnreadableBody(f"not a GeoJSON collection of features: {str(message)[:300]}")
    return features


def _properties(feature: Any) -> Mapping[str, Any]:
    found = feature.get("properties") if isinstance(feature, dict) else None
    return found if isinstance(found, dict) else {}


def _record(feature: Any) -> dict[str, Any]:
    """A feature as a record.

    Raises:
        ValueError: says what is wrong with it.
    """
    properties = _properties(feature)
    number, name, surface = (
        properties.get(NETWORK.outlines.fields[field])
        for field in ("arrondissement", "name", "surface_m2")
    )
    if isinstance(number, bool) or not isinstance(number, int | float | str):
        raise ValueError("no number of the arrondissement")
    if not 1 <= int(number) <= 20:
        raise ValueError(f"{number!r} is no arrondissement from 1 to 20")
    return {
        "arrondissement": int(number),
        "name": encodable(name)[:100] if isinstance(name, str) else None,
        "surface_m2": _positive(surface),
        "outline": json.dumps(
            {"type": "MultiPolygon", "coordinates": list(_polygons(feature["geometry"]))},
            separators=(",", ":"),
        ),
    }


def _positive(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and math.isfinite(value) and value > 0 else None


def _polygons(geometry: Any) -> Iterator[list[Ring]]:
    kind, coordinates = geometry["type"], geometry["coordinates"]
    if kind not in {"Polygon", "MultiPolygon"}:
        raise ValueError(f"a {str(kind)[:40]} is no outline")
    for polygon in [coordinates] if kind == "Polygon" else coordinates:
        yield [_ring(ring) for ring in polygon]
    if not coordinates:
        raise ValueError("an outline without corners")


def _ring(ring: Any) -> Ring:
    corners = [[round(float(corner[0]), 7), round(float(corner[1]), 7)] for corner in ring]
    if len(corners) < _LEAST_CORNERS or corners[0] != corners[-1]:
        raise ValueError("a ring of the outline is not closed")
    bounds = NETWORK.bounds
    for longitude, latitude in corners:
        if not (
            bounds.south <= latitude <= bounds.north and bounds.west <= longitude <= bounds.east
        ):
            raise ValueError(f"a corner at {latitude}, {longitude} is outside the city")
    return corners
