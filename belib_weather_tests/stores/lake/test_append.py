"""Appending: whole or not at all, once, never changed."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from pymongo.database import Database

from belib_weather.lake import (
    RAW_SNAPSHOTS,
    RAW_WEATHER,
    Lake,
    LakeConflictError,
    LakeValidationError,
)
from belib_weather.lake.envelope import QUARANTINED_BYTES
from belib_weather.lake.raw import Appended
from belib_weather.window import Window
from belib_weather_tests.stores.lake.sample import NOON, Refused, Sample, polls

Mongo = Database[dict[str, Any]]


def test_a_response_comes_back_byte_for_byte(lake: Lake, any_body: Callable[[str], bytes]) -> None:
    body = any_body("realtime/2022.json")
    newest = datetime(2026, 11, 24, 11, 59, 58, 123000, tzinfo=UTC)
    summary = {"statuses": {"Occupé (en charge)": 2000, "a.b $c": 97}, "newest_update": newest}
    sent = Sample(body=body, record_count=2097, expected_count=2097, summary=summary)
    stored = lake.append(RAW_SNAPSHOTS, sent)
    document = lake.get(RAW_SNAPSHOTS, stored.document_id)
    assert document is not None
    assert document.body == body
    assert (document.source, document.captured_at) == (sent.source, NOON)
    assert (document.record_count, document.expected_count) == (2097, 2097)
    assert document.summary == summary
    assert document.request == {"url": sent.request_url, "params": sent.request_params}
    assert document.response == {"status": 200, "headers": sent.headers}


def test_the_same_response_twice_is_one_document(lake: Lake, mongo_database: Mongo) -> None:
    first = lake.append(RAW_SNAPSHOTS, Sample())
    second = lake.append(RAW_SNAPSHOTS, Sample())
    assert first.is_new
    assert not second.is_new
    assert second.document_id == first.document_id
    assert mongo_database[RAW_SNAPSHOTS].count_documents({}) == 1


def test_other_bytes_at_the_same_instant_are_refused_and_change_nothing(lake: Lake) -> None:
    first = lake.append(RAW_SNAPSHOTS, Sample())
    with pytest.raises(LakeConflictError, match=first.document_id):
        lake.append(RAW_SNAPSHOTS, Sample(body=b"[]"))
    document = lake.get(RAW_SNAPSHOTS, first.document_id)
    assert document is not None
    assert document.body == Sample().body


def test_another_source_may_hold_the_same_instant(lake: Lake) -> None:
    lake.append(RAW_SNAPSHOTS, Sample())
    other = replace(Sample(body=b"[]"), source="simulator:opendata_paris/realtime")
    assert lake.append(RAW_SNAPSHOTS, other).is_new


def test_many_writers_of_one_response_store_one_document(
    mongo_url: str, lake: Lake, mongo_database: Mongo
) -> None:
    samples = polls(20)
    lakes = [Lake(mongo_url, mongo_database.name) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        written = list(
            pool.map(lambda each: [each.append(RAW_SNAPSHOTS, s).is_new for s in samples], lakes)
        )
    for each in lakes:
        each.close()
    assert [sum(news) for news in zip(*written, strict=True)] == [1] * 20
    assert mongo_database[RAW_SNAPSHOTS].count_documents({}) == 20


def test_one_of_many_writers_of_different_bytes_wins(lake: Lake) -> None:
    def write(number: int) -> bool:
        try:
            return lake.append(RAW_SNAPSHOTS, Sample(body=b"[%d]" % number)).is_new
        except LakeConflictError:
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(write, range(12))) == 1


def test_an_instant_is_stored_in_utc_truncated_to_milliseconds(lake: Lake) -> None:
    paris = timezone(timedelta(hours=1))
    late = datetime(2026, 11, 24, 10, 59, 59, 999_999, tzinfo=paris)
    lake.append(RAW_SNAPSHOTS, Sample(late))
    [document] = lake.documents(RAW_SNAPSHOTS, Window.hour(NOON.replace(hour=9)))
    assert document.captured_at == datetime(2026, 11, 24, 9, 59, 59, 999_000, tzinfo=UTC)
    assert document.captured_at.tzinfo is UTC
    assert not lake.append(RAW_SNAPSHOTS, Sample(late)).is_new


@pytest.mark.parametrize(
    ("collection", "sample"),
    [
        (RAW_SNAPSHOTS, Sample(source="")),
        (RAW_SNAPSHOTS, Sample(record_count=-1)),
        (RAW_SNAPSHOTS, Sample(captured_at=datetime(2026, 11, 24))),
        (RAW_WEATHER, Sample(source="open_meteo/forecast")),
    ],
    ids=["no source", "negative count", "no offset", "weather without its stamps"],
)
def test_a_response_that_does_not_fit_the_envelope_is_refused(
    lake: Lake, mongo_database: Mongo, collection: str, sample: Sample
) -> None:
    with pytest.raises(LakeValidationError):
        lake.append(collection, sample)
    assert mongo_database[collection].count_documents({}) == 0


def test_appending_many_at_once_equals_appending_one_by_one(
    lake: Lake, mongo_database: Mongo
) -> None:
    first, second, third, fourth = polls(4)
    one_by_one = lake.append(RAW_SNAPSHOTS, second).document_id
    samples = [
        first,
        second,
        replace(second, body=b"[]"),
        Sample(datetime(2026, 11, 24)),
        replace(third, source=""),
        third,
        replace(third, body=os.urandom(17 * 2**20)),
        fourth,
        first,
    ]
    results = lake.append_all(RAW_SNAPSHOTS, samples)

    news = [item.is_new if isinstance(item, Appended) else None for item in results]
    assert news == [True, False, None, None, None, True, None, True, False]
    assert isinstance(results[1], Appended)
    assert results[1].document_id == one_by_one
    assert [type(item) for item in results if not isinstance(item, Appended)] == [
        LakeConflictError, LakeValidationError, LakeValidationError, LakeValidationError,
    ]  # fmt: skip
    stored = lake.documents(RAW_SNAPSHOTS, Window.hour(NOON))
    assert [document.body for document in stored] == [item.body for item in polls(4)]
    assert mongo_database[RAW_SNAPSHOTS].count_documents({}) == 4
    assert lake.append_all(RAW_SNAPSHOTS, []) == []


def test_a_refused_response_is_stored_with_its_reason(lake: Lake, mongo_database: Mongo) -> None:
    lake.quarantine(Refused(b"<html>maintenance</html>"))
    lake.quarantine(Refused(b"<html>maintenance</html>"))
    stored = list(mongo_database["quarantine"].find())
    assert [document["reason"] for document in stored] == ["HTML instead of JSON"] * 2
    assert not any(document["is_truncated"] for document in stored)


def test_a_huge_refused_body_is_stored_in_part(lake: Lake, mongo_database: Mongo) -> None:
    body = bytes(range(256)) * (QUARANTINED_BYTES // 64)
    lake.quarantine(Refused(body))
    stored = mongo_database["quarantine"].find_one()
    assert stored is not None
    assert (stored["size"], stored["is_truncated"]) == (len(body), True)
