"""Stations as GeoParquet: Parquet with a point for each row, which GIS programs draw.

What belongs here: the column `geometry` and what the format says of it. What does not: which
stations. Concept: https://geoparquet.org/releases/v1.1.0/
"""

import io
import json
import struct

import polars as pl
import polars.selectors as cs

GEOPARQUET_NAME = "stations_geo.parquet"
_POINT, _LITTLE_ENDIAN = 1, 1


def geoparquet_of(rows: pl.DataFrame) -> bytes:
    """GeoParquet 1.1: the rows with `geometry`, a WKB point in WGS 84, null without coordinates.

    Args:
        rows: have `longitude` and `latitude` in degrees.
    """
    places = rows.select("longitude", "latitude")
    points = [None if None in place else _wkb(*place) for place in places.iter_rows()]
    known = places.drop_nulls()
    bounds = [known.min().row(0), known.max().row(0)] if known.height else []
    # Without a reference system the format means longitude and latitude of WGS 84 (OGC:CRS84).
    geometry = {"encoding": "WKB", "geometry_types": ["Point"]}
    about = {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {"geometry": geometry | ({"bbox": [*bounds[0], *bounds[1]]} if bounds else {})},
    }
    buffer = io.BytesIO()
    rows.with_columns(
        cs.enum().cast(pl.String), pl.Series("geometry", points, pl.Binary)
    ).write_parquet(buffer, compression="zstd", metadata={"geo": json.dumps(about)})
    return buffer.getvalue()


def _wkb(longitude: float, latitude: float) -> bytes:
    return struct.pack("<BIdd", _LITTLE_ENDIAN, _POINT, longitude, latitude)
