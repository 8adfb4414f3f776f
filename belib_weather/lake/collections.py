"""Collections of the lake: names, validators and indexes.

What belongs here: what MongoDB enforces. What does not: writing (`writing`) and reading.
"""

from typing import Any

import pymongo
from pymongo.database import Database
from pymongo.errors import CollectionInvalid, OperationFailure

RAW_SNAPSHOTS = "raw_belib_snapshots"
RAW_STATIC = "raw_belib_static"
RAW_WEATHER = "raw_weather"
QUARANTINE = "quarantine"
CURRENT = "belib_current"
RAW = (RAW_SNAPSHOTS, RAW_STATIC, RAW_WEATHER)

_COLLECTION_EXISTS = 48

_ENVELOPE: dict[str, Any] = {
    "captured_at": {"bsonType": "date"},
    "source": {"bsonType": "string", "minLength": 1},
    "request": {"bsonType": "object", "required": ["url", "params"]},
    "response": {"bsonType": "object", "required": ["status", "headers"]},
    "body": {"bsonType": "binData"},
    "sha256": {"bsonType": "string", "pattern": "^[0-9a-f]{64}$"},
    "size": {"bsonType": ["int", "long"], "minimum": 0},
    "record_count": {"bsonType": ["int", "long"], "minimum": 0},
    "expected_count": {"bsonType": ["int", "long", "null"]},
    "summary": {"bsonType": "object"},
    "ingested_at": {"bsonType": "date"},
    "ingest_id": {"bsonType": "string"},
}
_CURRENT: dict[str, Any] = {
    "_id": {"bsonType": "string"},
    "station_id": {"bsonType": "string"},
    "status": {"bsonType": "string"},
    "is_stale": {"bsonType": "bool"},
    "last_updated": {"bsonType": "date"},
    "captured_at": {"bsonType": "date"},
    "source": {"bsonType": "string"},
}


def _validator(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "$jsonSchema": {
            "bsonType": "object",
            "required": sorted(properties),
            "properties": properties,
        }
    }


_QUARANTINED = {
    name: _ENVELOPE[name] for name in ("captured_at", "source", "request", "response", "body")
} | {"reason": {"bsonType": "string", "minLength": 1}}

VALIDATORS: dict[str, dict[str, Any]] = {
    **dict.fromkeys(RAW, _validator(_ENVELOPE)),
    QUARANTINE: _validator(_QUARANTINED),
    CURRENT: _validator(_CURRENT),
}

_CAPTURED = pymongo.IndexModel(
    [("source", pymongo.ASCENDING), ("captured_at", pymongo.ASCENDING)],
    name="source_captured_at",
    unique=True,
)
# Holds all that an inventory asks for, so that no body is touched.
_INVENTORY = pymongo.IndexModel(
    [(name, pymongo.ASCENDING) for name in ("captured_at", "sha256", "source")], name="captured_at"
)
_INGESTED = pymongo.IndexModel([("ingested_at", pymongo.ASCENDING)], name="ingested_at")
_COVERED = pymongo.IndexModel(
    [("summary.last", pymongo.ASCENDING), ("summary.first", pymongo.ASCENDING)], name="stamps"
)

INDEXES: dict[str, list[pymongo.IndexModel]] = {
    RAW_SNAPSHOTS: [_CAPTURED, _INVENTORY, _INGESTED],
    RAW_STATIC: [_CAPTURED, _INVENTORY, _INGESTED],
    RAW_WEATHER: [_CAPTURED, _INVENTORY, _INGESTED, _COVERED],
    QUARANTINE: [pymongo.IndexModel([("captured_at", pymongo.ASCENDING)], name="captured_at")],
    CURRENT: [
        # The version that is the default is spelled out, so that asking again is no conflict.
        pymongo.IndexModel(
            [("location", pymongo.GEOSPHERE)], name="location", **{"2dsphereIndexVersion": 3}
        ),
        pymongo.IndexModel([("station_id", pymongo.ASCENDING)], name="station_id"),
    ],
}


def prepare(database: Database[dict[str, Any]]) -> None:
    """Create what is missing and bring validators up to date; safe when two do it at once."""
    existing = set(database.list_collection_names())
    for name, validator in VALIDATORS.items():
        if name not in existing:
            try:
                database.create_collection(name, validator=validator)
            except CollectionInvalid:
                pass  # somebody else was quicker
            except OperationFailure as error:
                if error.code != _COLLECTION_EXISTS:
                    raise
        database.command("collMod", name, validator=validator)
        database[name].create_indexes(INDEXES[name])
