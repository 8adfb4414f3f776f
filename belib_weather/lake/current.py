"""`belib_current`: the live state, one document per charge point, for apps.

A projection of the newest snapshot. Each poll writes only the documents that changed. The capture
time of the collection is stored once, in `projections`, where a short lease also makes writers take
turns (a transaction would need a replica set).

Nearest first is what `$geoNear` promises everywhere; `$near` on SecantusDB 0.7.0b3 keeps to the
distance but not to the order.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from pymongo import ReplaceOne
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from belib_weather.datasets.network import CurrentPoint
from belib_weather.lake.connection import Connection
from belib_weather.lake.envelope import milliseconds
from belib_weather.lake.errors import LakeValidationError
from belib_weather.lake.lease import Lease, lease
from belib_weather.lake.schema import BELIB_CURRENT, PROJECTIONS

CURRENT_COLUMNS: dict[str, pl.DataType] = dict(CurrentPoint.create_empty().schema)
_KEY = "charge_point_id"
_VALUES = [name for name in CURRENT_COLUMNS if name not in (_KEY, "captured_at")]
_AT_ONCE = 500


@dataclass(frozen=True)
class CurrentWritten:
    """What a snapshot changed; nothing where a newer one is already stored (superseded)."""

    inserted: int = 0
    updated: int = 0
    deleted: int = 0
    unchanged: int = 0
    is_superseded: bool = False


def replace_current(
    connection: Connection, current: pl.DataFrame, is_withdrawn: Callable[[datetime], bool]
) -> CurrentWritten:
    """Make `belib_current` show the snapshot `current`; see `Lake.replace_current`.

    Args:
        connection: to MongoDB.
        current: the snapshot.
        is_withdrawn: whether a snapshot of an instant no longer counts.
    """
    rows, captured_at = _checked(current)
    with connection.translated(f"writing {BELIB_CURRENT}"), lease(connection) as turn:
        stored_at = turn.stored_at
        if stored_at is not None and stored_at > captured_at and not is_withdrawn(stored_at):
            return CurrentWritten(is_superseded=True)
        turn.renew(captured_at=captured_at)
        return _write_difference(connection, rows, turn)


def read_current(connection: Connection) -> pl.DataFrame:
    """`CURRENT_COLUMNS` of every charge point, by id; `captured_at` is that of the projection."""
    with connection.translated(f"reading {BELIB_CURRENT}"):
        state = connection.database[PROJECTIONS].find_one({"_id": BELIB_CURRENT}) or {}
        rows = _read_rows(connection)
    captured_at = pl.lit(state.get("captured_at"), dtype=CURRENT_COLUMNS["captured_at"])
    return rows.with_columns(captured_at=captured_at).select(list(CURRENT_COLUMNS)).sort(_KEY)


def _checked(current: pl.DataFrame) -> tuple[pl.DataFrame, datetime]:
    instants = current["captured_at"].unique().to_list()
    if len(instants) != 1 or instants[0] is None or not current[_KEY].is_unique().all():
        raise LakeValidationError(
            f"{BELIB_CURRENT} shows one snapshot, one row per charge point; got {current.height} "
            f"rows of {current[_KEY].n_unique()} charge points and {len(instants)} instants"
        )
    # One impossible coordinate would make the server refuse the document: it is unknown instead.
    on_earth = pl.col("latitude").is_between(-90, 90) & pl.col("longitude").is_between(-180, 180)
    rows = current.select(_KEY, *_VALUES).cast(
        {name: CURRENT_COLUMNS[name] for name in (_KEY, *_VALUES)}
    )
    rows = rows.with_columns(
        pl.col("last_updated").dt.truncate("1ms"),
        pl.when(on_earth).then("latitude").alias("latitude"),
        pl.when(on_earth).then("longitude").alias("longitude"),
    )
    return rows, milliseconds(instants[0])


def _write_difference(connection: Connection, rows: pl.DataFrame, turn: Lease) -> CurrentWritten:
    stored = _read_rows(connection)
    removed = stored.join(rows, on=_KEY, how="anti")[_KEY].to_list()
    same = rows.join(stored, on=[_KEY, *_VALUES], how="semi", nulls_equal=True)
    changed = rows.join(same, on=_KEY, how="anti")
    updated = changed.join(stored, on=_KEY, how="semi")
    inserted = changed.join(stored, on=_KEY, how="anti")
    collection = connection.database[BELIB_CURRENT]
    for part in inserted.iter_slices(_AT_ONCE):
        turn.renew()
        try:  # twice as fast as a replacement that inserts
            collection.insert_many(map(_document, part.iter_rows(named=True)), ordered=False)
        except BulkWriteError:  # a writer whose lease ran out has inserted some
            _replace(collection, part)
    for part in updated.iter_slices(_AT_ONCE):
        turn.renew()
        _replace(collection, part)
    if removed:
        turn.renew()
        collection.delete_many({"_id": {"$in": removed}})
    return CurrentWritten(inserted.height, updated.height, len(removed), same.height)


def _replace(collection: Collection[dict[str, Any]], rows: pl.DataFrame) -> None:
    replacements = [
        ReplaceOne({"_id": row[_KEY]}, _document(row), upsert=True)
        for row in rows.iter_rows(named=True)
    ]
    collection.bulk_write(replacements, ordered=False)


def _document(row: dict[str, Any]) -> dict[str, Any]:
    plain = {k: v for k, v in row.items() if k not in (_KEY, "latitude", "longitude")}
    document = {"_id": row[_KEY], **plain}
    if row["latitude"] is not None:
        coordinates = [row["longitude"], row["latitude"]]
        document["location"] = {"type": "Point", "coordinates": coordinates}
    return document


def _read_rows(connection: Connection) -> pl.DataFrame:
    def flat(stored: dict[str, Any]) -> dict[str, Any]:
        longitude, latitude = stored.get("location", {}).get("coordinates", (None, None))
        return {**stored, _KEY: stored["_id"], "longitude": longitude, "latitude": latitude}

    rows = [flat(stored) for stored in connection.database[BELIB_CURRENT].find()]
    return pl.DataFrame(rows, schema={name: CURRENT_COLUMNS[name] for name in (_KEY, *_VALUES)})
