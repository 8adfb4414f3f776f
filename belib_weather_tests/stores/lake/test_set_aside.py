"""Documents that are set aside, the newest snapshot, and the quarantine."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import Binary, ObjectId
from pymongo.database import Database

from belib_weather.lake import (
    FUTURE,
    RAW_SNAPSHOTS,
    RAW_WEATHER,
    CorruptDocumentError,
    Lake,
    NoSuchDocument,
)
from belib_weather.window import DAY, Window
from belib_weather_tests.stores.lake.sample import (
    MINUTE,
    NOON,
    Refused,
    Sample,
    forecast,
    polls,
    snapshot,
)

Mongo = Database[dict[str, Any]]
HOUR = Window.hour(NOON)
LATER = Window(NOON - DAY, NOON + DAY)


def capture_times_read(lake: Lake) -> list[list[datetime]]:
    """The capture times in `HOUR` that each way of reading gives."""
    return [
        [document.captured_at for document in lake.documents(RAW_SNAPSHOTS, HOUR)],
        lake.inventory(RAW_SNAPSHOTS, HOUR)["captured_at"].to_list(),
        [at for at, _ in lake.summaries(RAW_SNAPSHOTS, HOUR)],
        sorted(lake.ingested_since(RAW_SNAPSHOTS, NOON - DAY)["captured_at"]),
        sorted(document.captured_at for document in lake.newest_first(RAW_SNAPSHOTS)),
    ]


def test_a_set_aside_document_is_not_read_until_it_is_taken_back(
    lake: Lake, mongo_database: Mongo
) -> None:
    samples = polls(3)
    ids = [lake.append(RAW_SNAPSHOTS, sample).document_id for sample in samples]
    times = [sample.captured_at for sample in samples]
    bytes_before = mongo_database[RAW_SNAPSHOTS].find_one({"_id": ObjectId(ids[2])})

    mark = lake.set_aside(ids[2], "a test of the operator", by="me")

    assert capture_times_read(lake) == [times[:2]] * 5
    assert lake.newest_captured_at(RAW_SNAPSHOTS) == times[1]
    assert lake.is_withdrawn(RAW_SNAPSHOTS, times[2])
    assert (mark.reason, mark.by, mark.captured_at) == ("a test of the operator", "me", times[2])
    listed = lake.list_documents(RAW_SNAPSHOTS, HOUR)
    assert listed["set_aside"].to_list() == ["a test of the operator", None, None]
    assert mongo_database[RAW_SNAPSHOTS].find_one({"_id": ObjectId(ids[2])}) == bytes_before

    assert lake.take_back(ids[2])
    assert capture_times_read(lake) == [times] * 5
    assert not lake.take_back(ids[2])


def test_weather_that_is_set_aside_is_not_read(lake: Lake) -> None:
    first, other = (
        lake.append(RAW_WEATHER, forecast(NOON, NOON + DAY, NOON + i * MINUTE)).document_id
        for i in range(2)
    )
    lake.set_aside(other, "another place")
    assert [document.id for document in lake.weather_documents(LATER)] == [first]
    assert lake.weather_inventory(LATER)["captured_at"].to_list() == [NOON]


@pytest.mark.parametrize("unknown", ["0" * 24, "newest", ""])
def test_only_a_stored_document_can_be_set_aside(lake: Lake, unknown: str) -> None:
    with pytest.raises(NoSuchDocument, match="raw list"):
        lake.set_aside(unknown, "no reason")
    assert not lake.take_back(unknown)


def test_a_snapshot_in_the_future_is_never_the_newest(lake: Lake) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    for at in (now - 40 * DAY, now - DAY, now + FUTURE / 2, now + 2 * FUTURE, now + 400 * DAY):
        lake.append(RAW_SNAPSHOTS, Sample(at))
    assert lake.newest_captured_at(RAW_SNAPSHOTS) == now + FUTURE / 2
    found = [document.captured_at for document in lake.newest_first(RAW_SNAPSHOTS)]
    assert found == [now + FUTURE / 2, now - DAY, now - 40 * DAY]


def test_a_damaged_document_is_left_out_alone(lake: Lake, mongo_database: Mongo) -> None:
    ids = [lake.append(RAW_SNAPSHOTS, sample).document_id for sample in polls(3)]
    mongo_database[RAW_SNAPSHOTS].update_one(
        {"_id": ObjectId(ids[1])}, {"$set": {"body": Binary(b"nothing")}}
    )
    damaged: list[CorruptDocumentError] = []
    read = [d.id for d in lake.documents(RAW_SNAPSHOTS, HOUR, on_damaged=damaged.append)]
    assert (read, [error.document_id for error in damaged]) == ([ids[0], ids[2]], [ids[1]])
    assert "raw set-aside" in str(damaged[0])
    with pytest.raises(CorruptDocumentError):
        list(lake.documents(RAW_SNAPSHOTS, HOUR))


def test_the_live_state_returns_to_an_older_snapshot_when_the_newer_one_is_withdrawn(
    lake: Lake,
) -> None:
    samples = polls(2)
    ids = [lake.append(RAW_SNAPSHOTS, sample).document_id for sample in samples]
    first, second = (sample.captured_at for sample in samples)
    lake.replace_current(snapshot(second, {"P1": "occupied"}))
    assert lake.replace_current(snapshot(first, {"P1": "available"})).is_superseded
    lake.set_aside(ids[1], "a test")
    assert not lake.replace_current(snapshot(first, {"P1": "available"})).is_superseded
    assert lake.current()["captured_at"].to_list() == [first]

    lake.replace_current(snapshot(datetime.now(UTC) + 400 * DAY, {"P1": "occupied"}))
    assert not lake.replace_current(snapshot(first, {"P1": "available"})).is_superseded


def test_a_file_that_is_refused_twice_is_in_quarantine_once(lake: Lake) -> None:
    file = Refused(b"<html>", request_url="file:x.json", reason="lone \ud800 surrogate")
    for _ in range(2):
        lake.quarantine(file)
        lake.quarantine(Refused(b"<html>", captured_at=NOON - timedelta(hours=1)))
    found = lake.quarantined(LATER)
    assert found["reason"].to_list() == ["lone ? surrogate", *["HTML instead of JSON"] * 2]
    document = lake.quarantined_document(found["id"][0])
    assert document is not None
    assert (document.body, document.request["url"]) == (b"<html>", "file:x.json")
    lake.accept_quarantined(RAW_SNAPSHOTS, Sample(), document.id)
    assert lake.quarantined_document(document.id) is None
    assert lake.newest_captured_at(RAW_SNAPSHOTS) == NOON
