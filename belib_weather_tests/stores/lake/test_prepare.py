"""Preparing: idempotent, and safe when two do it at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pymongo.database import Database

from belib_weather.lake import BELIB_CURRENT, RAW_SNAPSHOTS, RAW_WEATHER, Lake, LakeValidationError
from belib_weather.lake.schema import RAW
from belib_weather.window import Window
from belib_weather_tests.stores.lake.sample import MINUTE, NOON, Sample

Mongo = Database[dict[str, Any]]


def _shape(database: Mongo) -> dict[str, Any]:
    return {
        item["name"]: (item["options"], sorted(database[item["name"]].index_information()))
        for item in database.list_collections()
    }


def test_preparing_at_once_and_again_gives_the_same(mongo_url: str, mongo_database: Mongo) -> None:
    lakes = [Lake(mongo_url, mongo_database.name) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(Lake.prepare, lakes))
    prepared = _shape(mongo_database)
    lakes[0].prepare()
    for lake in lakes:
        lake.close()
    assert _shape(mongo_database) == prepared
    assert "source_and_instant" in prepared[RAW_SNAPSHOTS][1]
    assert "covered_stamps" in prepared[RAW_WEATHER][1]
    assert "location" in prepared[BELIB_CURRENT][1]


def test_preparing_brings_an_older_validator_up_to_date(lake: Lake, mongo_database: Mongo) -> None:
    mongo_database.command("collMod", RAW_SNAPSHOTS, validator={})
    lake.prepare()
    with pytest.raises(LakeValidationError):
        lake.append(RAW_SNAPSHOTS, Sample(source=""))


def test_documents_of_an_earlier_version_stay_readable_and_valid(
    lake: Lake, mongo_database: Mongo
) -> None:
    raw = mongo_database[RAW_SNAPSHOTS]
    raw.drop_index("inventory_and_cadence")
    raw.create_index([("captured_at", 1), ("source", 1)], name="inventory")
    lake.append(RAW_SNAPSHOTS, Sample())
    raw.update_one({}, {"$unset": {"cadence_seconds": ""}})

    lake.prepare()

    assert {"inventory", "inventory_and_cadence"} & set(raw.index_information()) == {
        "inventory_and_cadence"
    }
    # An older document still passes the validator, and an update of it too.
    raw.update_one({}, {"$set": {"summary": {}}})
    assert lake.inventory(RAW_SNAPSHOTS, Window.hour(NOON))["cadence_seconds"].to_list() == [None]
    with pytest.raises(LakeValidationError):
        lake.append(RAW_SNAPSHOTS, Sample(NOON + MINUTE, cadence_seconds=0))


def test_an_unprepared_database_reads_as_empty(mongo_url: str, mongo_database: Mongo) -> None:
    """One that was dropped, or of a command that comes before the first start."""
    hour = Window.hour(NOON)
    with Lake(mongo_url, mongo_database.name) as lake:
        for collection in RAW:
            assert lake.newest(collection) is None
            assert lake.newest_captured_at(collection) is None
            assert lake.oldest_captured_at(collection) is None
            assert lake.cadence_before(collection, NOON) is None
            assert lake.first_attempt(collection, ["opendata_paris/realtime"]) is None
            assert list(lake.documents(collection, hour)) == []
            assert lake.inventory(collection, hour).is_empty()
            assert lake.list_documents(collection, hour).is_empty()
            assert lake.ingested_since(collection, NOON).is_empty()
            assert lake.set_aside_marks(collection) == []
        assert list(lake.weather_documents(hour)) == []
        assert lake.weather_inventory(hour).is_empty()
        assert lake.refused(["opendata_paris/realtime"], hour).is_empty()
        assert lake.quarantined(hour).is_empty()
        assert lake.current().is_empty()


def test_preparing_keeps_stored_documents(lake: Lake) -> None:
    stored = lake.append(RAW_SNAPSHOTS, Sample())
    lake.prepare()
    assert lake.get(RAW_SNAPSHOTS, stored.document_id) is not None


def test_the_server_reports_its_version_and_sizes(lake: Lake) -> None:
    lake.append(RAW_SNAPSHOTS, Sample())
    assert int(lake.version().split(".")[0]) >= 8
    sizes = {row["collection"]: row for row in lake.stats().to_dicts()}
    assert sizes[RAW_SNAPSHOTS]["documents"] == 1
    assert sizes[RAW_SNAPSHOTS]["bytes"] > len(Sample().body)
    assert sizes[BELIB_CURRENT]["documents"] == 0
