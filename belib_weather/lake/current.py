"""`belib_current`: the live state, one document per charge point, for apps.

A projection of the newest snapshot. Each poll writes only the documents that changed; the instant
that the whole collection shows is kept once, in `projections`, where a short lease also makes
writers take turns (a transaction would need a replica set).

Nearest first is what `$geoNear` promises everywhere; `$near` on SecantusDB 0.7.0b3 keeps to the
distance but not to the order.
"""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
from pymongo import ReplaceOne, ReturnDocument

from belib_weather.lake.connection import Connection
from belib_weather.lake.envelope import milliseconds
from belib_weather.lake.errors import LakeBusyError, LakeValidationError
from belib_weather.lake.schema import BELIB_CURRENT, PROJECTIONS
from belib_weather.vocabulary import STATUSES

CURRENT_COLUMNS: dict[str, pl.DataType] = {
    "charge_point_id": pl.String(),
    "station_id": pl.String(),
    "status": pl.Enum(STATUSES),
    "is_stale": pl.Boolean(),
    "last_updated": pl.Datetime("us", "UTC"),
    "captured_at": pl.Datetime("us", "UTC"),
    "address": pl.String(),
    "arrondissement": pl.Int16(),
    "latitude": pl.Float64(),
    "longitude": pl.Float64(),
    "source": pl.String(),
}
_KEY = "charge_point_id"
_VALUES = [name for name in CURRENT_COLUMNS if name not in (_KEY, "captured_at")]
LEASE_SECONDS = 30
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class CurrentWritten:
    """What a snapshot changed; nothing where a newer snapshot is already shown (superseded)."""

    inserted: int = 0
    updated: int = 0
    deleted: int = 0
    unchanged: int = 0
    is_superseded: bool = False


def replace_current(connection: Connection, current: pl.DataFrame) -> CurrentWritten:
    """Make `belib_current` show the snapshot `current`; see `Lake.replace_current`."""
    rows, captured_at = _checked(current)
    with connection.translated(f"writing {BELIB_CURRENT}"), _lease(connection) as shown:
        if shown is not None and shown > captured_at:
            return CurrentWritten(is_superseded=True)
        connection.database[PROJECTIONS].update_one(
            {"_id": BELIB_CURRENT}, {"$set": {"captured_at": captured_at}}
        )
        return _write_difference(connection, rows)


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


def _write_difference(connection: Connection, rows: pl.DataFrame) -> CurrentWritten:
    there = _read_rows(connection)
    known = there.select(_KEY)
    left = there.join(rows, on=_KEY, how="anti")[_KEY].to_list()
    same = rows.join(there, on=[_KEY, *_VALUES], how="semi", nulls_equal=True)
    changed = rows.join(same, on=_KEY, how="anti")
    updated = changed.join(known, on=_KEY, how="semi").height
    collection = connection.database[BELIB_CURRENT]
    if not changed.is_empty():
        replacements = [
            ReplaceOne({"_id": row[_KEY]}, _document(row), upsert=True)
            for row in changed.iter_rows(named=True)
        ]
        collection.bulk_write(replacements, ordered=False)
    if left:
        collection.delete_many({"_id": {"$in": left}})
    return CurrentWritten(changed.height - updated, updated, len(left), same.height)


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


@contextmanager
def _lease(connection: Connection) -> Iterator[datetime | None]:
    """Hold the right to write `belib_current`; yields the instant that it shows.

    Time is the server's. A writer that was killed blocks others for `LEASE_SECONDS`; what it
    left half written is completed by the next writer, which compares with what is there.
    """
    projections = connection.database[PROJECTIONS]
    fresh = {"captured_at": None, "leased_until": _LONG_AGO, "holder": None}
    projections.update_one({"_id": BELIB_CURRENT}, {"$setOnInsert": fresh}, upsert=True)
    holder = uuid.uuid4().hex
    deadline = time.monotonic() + LEASE_SECONDS + connection.timeout_seconds
    while True:
        # Plain comparisons only: SecantusDB 0.7.0b3 lets `$$NOW` in a filter match always.
        now = connection.client.admin.command("hello")["localTime"].replace(tzinfo=UTC)
        state = projections.find_one_and_update(
            {"_id": BELIB_CURRENT, "leased_until": {"$lte": now}},
            {"$set": {"leased_until": now + timedelta(seconds=LEASE_SECONDS), "holder": holder}},
            return_document=ReturnDocument.AFTER,
        )
        if state is not None:
            break
        if time.monotonic() > deadline:
            raise LakeBusyError(
                f"{BELIB_CURRENT} is being written by others without a pause; try again"
            )
        time.sleep(0.05)
    try:
        yield state["captured_at"]
    finally:
        released = projections.update_one(
            {"_id": BELIB_CURRENT, "holder": holder},
            {"$set": {"leased_until": _LONG_AGO, "holder": None}},
        )
    if released.matched_count == 0:
        raise LakeBusyError(
            f"writing {BELIB_CURRENT} took longer than {LEASE_SECONDS} s and another writer took "
            "over; materialize belib_current again"
        )
