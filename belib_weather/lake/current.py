"""The live state: one document per charge point, for apps.

A projection of the newest snapshot: it can be dropped and made again at any time. What belongs
here: its documents. What does not: what a status means (`transform`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from pymongo import DeleteOne, ReplaceOne
from pymongo.collection import Collection

Documents = Collection[dict[str, Any]]

POINTS = pl.Schema(
    {
        "charge_point_id": pl.String(),
        "station_id": pl.String(),
        "status": pl.String(),
        "is_stale": pl.Boolean(),
        "last_updated": pl.Datetime("us", "UTC"),
        "captured_at": pl.Datetime("us", "UTC"),
        "address": pl.String(),
        "arrondissement": pl.Int16(),
        "latitude": pl.Float64(),
        "longitude": pl.Float64(),
        "source": pl.String(),
    }
)
_STATE = [name for name in POINTS if name not in ("charge_point_id", "captured_at")]
"""A point is written when one of these changed; `captured_at` tells since when it is so."""


@dataclass(frozen=True)
class CurrentWritten:
    """How many documents a poll touched."""

    inserted: int = 0
    updated: int = 0
    deleted: int = 0
    unchanged: int = 0


def replace(documents: Documents, points: pl.DataFrame) -> CurrentWritten:
    """Make the documents those of the points, unless a newer snapshot is there already."""
    points = points.select(POINTS.names()).cast(POINTS)
    held = read(documents)
    newest = held["captured_at"].max()
    captured_at = points["captured_at"].max()
    if isinstance(newest, datetime) and isinstance(captured_at, datetime) and newest > captured_at:
        return CurrentWritten(unchanged=held.height)
    changed = points.join(held, on=["charge_point_id", *_STATE], how="anti", nulls_equal=True)
    gone = held.join(points, on="charge_point_id", how="anti")["charge_point_id"]
    inserted = changed.join(held, on="charge_point_id", how="anti").height
    writes = [
        ReplaceOne({"_id": row["charge_point_id"]}, _document(row), upsert=True)
        for row in changed.iter_rows(named=True)
    ] + [DeleteOne({"_id": point}) for point in gone]
    if writes:
        documents.bulk_write(writes, ordered=False)
    return CurrentWritten(
        inserted, changed.height - inserted, gone.len(), points.height - changed.height
    )


def read(documents: Documents) -> pl.DataFrame:
    """Every point, by id, in the columns of `POINTS`."""
    rows = [
        {
            **{name: document.get(name) for name in POINTS},
            "charge_point_id": document["_id"],
            "longitude": document.get("location", {}).get("coordinates", [None])[0],
            "latitude": document.get("location", {}).get("coordinates", [None, None])[1],
        }
        for document in documents.find()
    ]
    return pl.DataFrame(rows, schema=POINTS).sort("charge_point_id")


def _document(row: dict[str, Any]) -> dict[str, Any]:
    place = (row["longitude"], row["latitude"])
    document = {
        name: value
        for name, value in row.items()
        if name not in ("charge_point_id", "longitude", "latitude")
    }
    if None not in place:
        document["location"] = {"type": "Point", "coordinates": list(place)}
    return document
