"""Collections, their validators and their indexes."""

from typing import Any

from pymongo import GEOSPHERE, IndexModel
from pymongo.database import Database
from pymongo.errors import OperationFailure

from belib_weather.lake.connection import Connection
from belib_weather.vocabulary import STATUSES

RAW_SNAPSHOTS = "raw_belib_snapshots"
RAW_STATIC = "raw_belib_static"
RAW_WEATHER = "raw_weather"
RAW_ARRONDISSEMENTS = "raw_arrondissements"
RAW = (RAW_SNAPSHOTS, RAW_STATIC, RAW_WEATHER, RAW_ARRONDISSEMENTS)
QUARANTINE = "quarantine"
SET_ASIDE = "set_aside"
"""One mark per raw document that is set aside; its id is the document's."""
BELIB_CURRENT = "belib_current"
PROJECTIONS = "projections"
"""One document per projection: its capture time, and who is writing it."""

COLLECTIONS = (*RAW, QUARANTINE, SET_ASIDE, BELIB_CURRENT, PROJECTIONS)
"""Every collection of the platform."""

COVERED_STAMPS = "covered_stamps"
INVENTORY_FIELDS = (
    "captured_at",
    "source",
    "sha256",
    "size",
    "record_count",
    "expected_count",
    "ingested_at",
    "cadence_seconds",
)
INVENTORY = "inventory_and_cadence"

_REPLACED = frozenset({"inventory"})
_NAMESPACE_EXISTS = 48
_INDEX_NOT_FOUND = 27
_COUNT = {"bsonType": ["int", "long"], "minimum": 0}
_TEXT = {"bsonType": "string", "minLength": 1}
_DATE = {"bsonType": "date"}
_EXCHANGE = {
    "source": _TEXT,
    "captured_at": _DATE,
    "request": {"bsonType": "object", "required": ["url", "params"]},
    "response": {"bsonType": "object", "required": ["status", "headers"]},
    "body": {"bsonType": "binData"},
    "sha256": {"bsonType": "string", "pattern": "^[0-9a-f]{64}$"},
    "size": _COUNT,
    "ingested_at": _DATE,
}
_ENVELOPE = _EXCHANGE | {
    "record_count": _COUNT,
    "expected_count": {"bsonType": ["int", "long", "null"], "minimum": 0},
    "summary": {"bsonType": "object"},
    "ingest_id": _TEXT,
}
_SINCE_CADENCE = {"cadence_seconds": {"bsonType": ["int", "long", "null"], "minimum": 1}}
"""Documents of earlier versions have no such field: it is not required."""
_COVERED_WEATHER = {
    "summary": {
        "bsonType": "object",
        "required": ["first", "last"],
        "properties": {"first": _DATE, "last": _DATE},
    }
}
_REJECTED = _EXCHANGE | {"is_truncated": {"bsonType": "bool"}, "reason": _TEXT}
_CURRENT = {
    "_id": _TEXT,
    "station_id": _TEXT,
    "status": {"enum": list(STATUSES)},
    "is_stale": {"bsonType": "bool"},
    "last_updated": {"bsonType": ["date", "null"]},
    "address": {"bsonType": ["string", "null"]},
    "arrondissement": {"bsonType": ["int", "null"]},
    "source": _TEXT,
}


_MARK = {
    "collection": {"enum": list(RAW)},
    "source": _TEXT,
    "captured_at": _DATE,
    "reason": _TEXT,
    "set_aside_at": _DATE,
    "by": {"bsonType": ["string", "null"]},
}


def _validator(
    properties: dict[str, Any], optional: dict[str, Any] | None = None
) -> dict[str, Any]:
    return {
        "$jsonSchema": {
            "bsonType": "object",
            "required": list(properties),
            "properties": properties | (optional or {}),
        }
    }


_VALIDATORS = {
    RAW_SNAPSHOTS: _validator(_ENVELOPE, _SINCE_CADENCE),
    RAW_STATIC: _validator(_ENVELOPE, _SINCE_CADENCE),
    RAW_WEATHER: _validator(_ENVELOPE | _COVERED_WEATHER, _SINCE_CADENCE),
    RAW_ARRONDISSEMENTS: _validator(_ENVELOPE, _SINCE_CADENCE),
    QUARANTINE: _validator(_REJECTED),
    SET_ASIDE: _validator(_MARK),
    BELIB_CURRENT: _validator(_CURRENT),
    PROJECTIONS: {},
}

_RAW_INDEXES = [
    IndexModel([("source", 1), ("captured_at", 1)], name="source_and_instant", unique=True),
    IndexModel([(field, 1) for field in INVENTORY_FIELDS], name=INVENTORY),
    IndexModel([("ingested_at", 1), ("captured_at", 1)], name="late"),
]
_INDEXES = {
    RAW_SNAPSHOTS: _RAW_INDEXES,
    RAW_STATIC: _RAW_INDEXES,
    RAW_WEATHER: [
        *_RAW_INDEXES,
        IndexModel([("summary.first", 1), ("summary.last", 1)], name=COVERED_STAMPS),
    ],
    RAW_ARRONDISSEMENTS: _RAW_INDEXES,
    QUARANTINE: [IndexModel([("captured_at", 1)], name="captured_at")],
    SET_ASIDE: [],
    BELIB_CURRENT: [
        # The default version spelled out, so that asking for the index again is no conflict.
        IndexModel([("location", GEOSPHERE)], name="location", **{"2dsphereIndexVersion": 3}),
        IndexModel([("station_id", 1)], name="station"),
    ],
    PROJECTIONS: [],
}


def prepare(connection: Connection) -> None:
    """Create what is missing and bring validators up to date; also while another does the same."""
    database = connection.database
    with connection.translated("preparing its collections"):
        existing = {item["name"]: item for item in database.list_collections()}
        for name, validator in _VALIDATORS.items():
            if name not in existing:
                _create(database, name, validator)
            elif existing[name]["options"].get("validator", {}) != validator:
                database.command("collMod", name, validator=validator)
            if _INDEXES[name]:
                database[name].create_indexes(_INDEXES[name])
                _drop_replaced(database, name)


def _drop_replaced(database: Database[dict[str, Any]], name: str) -> None:
    """Drop the indexes that earlier versions made and that a wider one replaces."""
    for index in _REPLACED & set(database[name].index_information()):
        try:
            database[name].drop_index(index)
        except OperationFailure as error:
            if error.code != _INDEX_NOT_FOUND:  # another process was quicker
                raise


def _create(database: Database[dict[str, Any]], name: str, validator: dict[str, Any]) -> None:
    try:
        database.create_collection(name, validator=validator, check_exists=False)
    except OperationFailure as error:
        if error.code != _NAMESPACE_EXISTS:
            raise
        database.command("collMod", name, validator=validator)  # another process created it first
