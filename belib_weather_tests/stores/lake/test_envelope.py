"""The stored document as others see it: small, readable without our code, guarded by the server."""

import hashlib
import json
from pathlib import Path
from typing import Any

import bson
import pytest
import zstandard
from bson import Binary
from pymongo.database import Database
from pymongo.errors import WriteError

from belib_weather.lake import BELIB_CURRENT, RAW_SNAPSHOTS, RAW_STATIC, RAW_WEATHER, Lake
from belib_weather.lake.schema import QUARANTINE
from belib_weather.sources.explore import response_of_export
from belib_weather_tests.stores.lake.sample import NOON, Refused, Sample, forecast, snapshot

Mongo = Database[dict[str, Any]]
REAL = ("belib_realtime_2023-01-27.json", "belib_realtime_2023-01-28.json")


@pytest.mark.parametrize("name", REAL)
def test_a_real_export_takes_a_fifteenth_of_one_document_per_record(
    lake: Lake, mongo_database: Mongo, shared_data: Path, name: str
) -> None:
    body = (shared_data / "realtime" / name).read_bytes()
    response = response_of_export(body, captured_at=NOON, name=name, minimum_charge_points=1000)
    lake.append(RAW_SNAPSHOTS, response)

    [stored] = mongo_database[RAW_SNAPSHOTS].find()
    records = json.loads(body)
    per_record = sum(len(bson.encode(record)) for record in records)
    assert len(records) == stored["record_count"] == 2097
    assert len(bson.encode(stored)) * 15 <= per_record


def test_a_document_can_be_read_without_our_code(lake: Lake, mongo_database: Mongo) -> None:
    body = '[{"statut_pdc": "Occupé (en charge)"}]\r\n'.encode()
    lake.append(RAW_SNAPSHOTS, Sample(body=body))
    lake.quarantine(Refused(body))
    for collection in (RAW_SNAPSHOTS, QUARANTINE):
        [stored] = mongo_database[collection].find()
        assert zstandard.decompress(stored["body"]) == body
        assert stored["sha256"] == hashlib.sha256(body).hexdigest()
        assert stored["size"] == len(body)


MISSING = object()
DAMAGES: list[tuple[str, str, Any]] = [
    (RAW_SNAPSHOTS, "body", MISSING),
    (RAW_SNAPSHOTS, "body", "text"),
    (RAW_SNAPSHOTS, "captured_at", "2026-11-24T12:00:00Z"),
    (RAW_SNAPSHOTS, "sha256", "F" * 64),
    (RAW_SNAPSHOTS, "size", -1),
    (RAW_SNAPSHOTS, "record_count", 1.5),
    (RAW_SNAPSHOTS, "expected_count", MISSING),
    (RAW_SNAPSHOTS, "request", {"url": "https://opendata.example"}),
    (RAW_STATIC, "ingested_at", MISSING),
    (RAW_WEATHER, "summary", {"first": NOON}),
    (RAW_WEATHER, "summary", {"first": NOON, "last": "tomorrow"}),
    (QUARANTINE, "reason", ""),
    (QUARANTINE, "is_truncated", MISSING),
    (BELIB_CURRENT, "status", "Disponible"),
    (BELIB_CURRENT, "is_stale", MISSING),
    (BELIB_CURRENT, "arrondissement", "8"),
]


@pytest.mark.parametrize(("collection", "field", "value"), DAMAGES)
def test_the_server_refuses_a_malformed_document_whoever_writes_it(
    lake: Lake, mongo_database: Mongo, collection: str, field: str, value: Any
) -> None:
    lake.append(RAW_SNAPSHOTS, Sample())
    lake.append(RAW_STATIC, Sample())
    lake.append(RAW_WEATHER, forecast(NOON, NOON, NOON))
    lake.quarantine(Refused(b"<html>"))
    lake.replace_current(snapshot(NOON, {"P1": "available"}))
    [good] = mongo_database[collection].find()
    mongo_database[collection].delete_many({})
    bad = {name: one for name, one in {**good, field: value}.items() if one is not MISSING}

    with pytest.raises(WriteError, match="alidation"):
        mongo_database[collection].insert_one(bad)
    mongo_database[collection].insert_one(good)


def test_the_server_refuses_a_change_that_makes_a_document_malformed(
    lake: Lake, mongo_database: Mongo
) -> None:
    lake.append(RAW_SNAPSHOTS, Sample())
    for change in ({"$unset": {"sha256": ""}}, {"$set": {"size": "many"}}):
        with pytest.raises(WriteError, match="alidation"):
            mongo_database[RAW_SNAPSHOTS].update_one({}, change)
    mongo_database[RAW_SNAPSHOTS].update_one({}, {"$set": {"body": Binary(b"a bit that flipped")}})
