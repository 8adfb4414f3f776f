"""Reading: windows, neighbours, inventories, and proof of every byte."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import Binary, ObjectId
from hypothesis import given
from hypothesis import strategies as st
from pymongo.database import Database

from belib_weather.lake import (
    FUTURE,
    INVENTORY_COLUMNS,
    RAW_SNAPSHOTS,
    RAW_WEATHER,
    CorruptDocumentError,
    Lake,
    RawDocument,
)
from belib_weather.window import Window
from belib_weather_tests.examples import examples
from belib_weather_tests.stores.lake.sample import MINUTE, NOON, Sample, forecast, polls

Mongo = Database[dict[str, Any]]
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def _offsets(documents: Iterable[RawDocument]) -> list[timedelta]:
    return [document.captured_at - NOON for document in documents]


def test_a_window_is_half_open_and_in_order(lake: Lake) -> None:
    for sample in reversed(polls(14)):
        lake.append(RAW_SNAPSHOTS, sample)
    hour = Window.hour(NOON)
    assert _offsets(lake.documents(RAW_SNAPSHOTS, hour)) == [i * 5 * MINUTE for i in range(12)]
    wide = hour.widened(30 * MINUTE, 30 * MINUTE)
    assert len(list(lake.documents(RAW_SNAPSHOTS, wide))) == 14


@examples(15)
@given(
    minutes=st.sets(st.integers(-60_000, 60_000), max_size=12),
    start=st.integers(-70_000, 70_000),
    length=st.integers(1, 140_000),
)
def test_any_window_over_any_gaps_gives_exactly_its_documents(
    lake: Lake, mongo_database: Mongo, minutes: set[int], start: int, length: int
) -> None:
    mongo_database[RAW_SNAPSHOTS].delete_many({})
    for minute in minutes:
        lake.append(RAW_SNAPSHOTS, Sample(NOON + minute * MINUTE))
    window = Window(NOON + start * MINUTE, NOON + (start + length) * MINUTE)
    expected = [m * MINUTE for m in sorted(minutes) if start <= m < start + length]
    assert _offsets(lake.documents(RAW_SNAPSHOTS, window)) == expected
    inventory = lake.inventory(RAW_SNAPSHOTS, window)
    assert [instant - NOON for instant in inventory["captured_at"]] == expected
    limit = datetime.now(UTC) + FUTURE
    past = [at for minute in minutes if (at := NOON + minute * MINUTE) <= limit]
    assert lake.newest_captured_at(RAW_SNAPSHOTS) == max(past, default=None)


def test_the_inventory_lists_everything_but_the_bodies(lake: Lake) -> None:
    lake.append(RAW_SNAPSHOTS, Sample(expected_count=None))
    inventory = lake.inventory(RAW_SNAPSHOTS, Window.hour(NOON))
    assert dict(inventory.schema) == INVENTORY_COLUMNS
    [row] = inventory.to_dicts()
    assert (row["size"], row["record_count"], row["expected_count"]) == (
        len(Sample().body),
        1,
        None,
    )
    assert lake.inventory(RAW_SNAPSHOTS, Window.hour(NOON + DAY)).schema == inventory.schema


def test_the_cadence_is_that_of_the_last_poll_before(lake: Lake) -> None:
    for minutes, cadence in ((0, 900), (15, 300), (20, None)):
        lake.append(RAW_SNAPSHOTS, Sample(NOON + minutes * MINUTE, cadence_seconds=cadence))

    def before(minutes: int) -> int | None:
        return lake.cadence_before(RAW_SNAPSHOTS, NOON + minutes * MINUTE)

    assert [before(m) for m in (0, 1, 15, 16, 21, 20 * 24 * 60)] == [None, 900, 900, 300, 300, 300]
    assert lake.inventory(RAW_SNAPSHOTS, Window.hour(NOON))["cadence_seconds"].to_list() == [
        900,
        300,
        None,
    ]


def test_the_list_names_each_document_newest_first(lake: Lake) -> None:
    ids = [lake.append(RAW_SNAPSHOTS, sample).document_id for sample in polls(3)]
    assert lake.list_documents(RAW_SNAPSHOTS, Window.hour(NOON))["id"].to_list() == ids[::-1]


def test_summaries_come_without_their_bodies_in_order(lake: Lake) -> None:
    for number, instant in enumerate((NOON + MINUTE, NOON)):
        lake.append(RAW_SNAPSHOTS, Sample(instant, summary={"statuses": {"Inconnu": number}}))
    found = lake.summaries(RAW_SNAPSHOTS, Window.hour(NOON))
    assert found == [
        (NOON, {"statuses": {"Inconnu": 1}}),
        (NOON + MINUTE, {"statuses": {"Inconnu": 0}}),
    ]


def test_a_document_is_found_by_its_id_or_its_second(lake: Lake) -> None:
    stored = lake.append(RAW_SNAPSHOTS, Sample(NOON + timedelta(milliseconds=250)))
    for key in (stored.document_id, NOON):
        found = lake.get(RAW_SNAPSHOTS, key)
        assert found is not None
        assert found.id == stored.document_id
    for missing in ("no id", str(ObjectId()), NOON + timedelta(seconds=1)):
        assert lake.get(RAW_SNAPSHOTS, missing) is None


def test_the_newest_is_the_one_captured_last_not_stored_last(lake: Lake) -> None:
    assert lake.newest(RAW_SNAPSHOTS) is None
    assert lake.newest_captured_at(RAW_SNAPSHOTS) is None
    for instant in (NOON - 400 * DAY, NOON, NOON - DAY):
        lake.append(RAW_SNAPSHOTS, Sample(instant))
    newest = lake.newest(RAW_SNAPSHOTS)
    assert newest is not None
    assert newest.captured_at == NOON


def test_late_documents_are_those_ingested_since(lake: Lake) -> None:
    lake.append(RAW_SNAPSHOTS, Sample(NOON))
    first = lake.newest(RAW_SNAPSHOTS)
    assert first is not None
    lake.append(RAW_SNAPSHOTS, Sample(NOON - 30 * DAY))
    late = lake.ingested_since(RAW_SNAPSHOTS, first.ingested_at + timedelta(milliseconds=1))
    assert set(late["captured_at"]) <= {NOON - 30 * DAY}
    everything = lake.ingested_since(RAW_SNAPSHOTS, first.ingested_at)
    assert set(everything["captured_at"]) == {NOON, NOON - 30 * DAY}


def _stamps(lake: Lake, start: datetime, end: datetime) -> list[datetime]:
    return [document.captured_at for document in lake.weather_documents(Window(start, end))]


def test_weather_is_found_by_the_stamps_it_covers(lake: Lake) -> None:
    old = forecast(NOON - DAY, NOON, captured_at=NOON + DAY)
    new = forecast(NOON, NOON + DAY, captured_at=NOON + HOUR)
    for sample in (old, new):
        lake.append(RAW_WEATHER, sample)
    both = [new.captured_at, old.captured_at]
    assert _stamps(lake, NOON - 2 * DAY, NOON + 2 * DAY) == both
    assert _stamps(lake, NOON, NOON + HOUR) == both
    assert _stamps(lake, NOON - HOUR, NOON) == [old.captured_at]
    assert _stamps(lake, NOON + DAY, NOON + 2 * DAY) == [new.captured_at]
    assert _stamps(lake, NOON + DAY + HOUR, NOON + 2 * DAY) == []


@pytest.mark.parametrize(
    "damage",
    [{"body": Binary(b"not zstd")}, {"sha256": "0" * 64}, {"size": 1}],
    ids=["body", "hash", "size"],
)
def test_a_damaged_document_is_named_and_never_returned(
    lake: Lake, mongo_database: Mongo, damage: dict[str, Any]
) -> None:
    ids = [lake.append(RAW_SNAPSHOTS, sample).document_id for sample in polls(3)]
    mongo_database[RAW_SNAPSHOTS].update_one({"_id": ObjectId(ids[1])}, {"$set": damage})
    verified = lake.verify(RAW_SNAPSHOTS, Window.hour(NOON))
    assert (verified.documents, verified.corrupt) == (3, [ids[1]])
    with pytest.raises(CorruptDocumentError, match=ids[1]):
        list(lake.documents(RAW_SNAPSHOTS, Window.hour(NOON)))
    with pytest.raises(CorruptDocumentError, match=ids[1]):
        lake.get(RAW_SNAPSHOTS, ids[1])
    packed = list(lake.packed(RAW_SNAPSHOTS, Window.hour(NOON)))
    assert [one.id for one in packed] == ids
    bodies = [one.body() for one in packed]
    assert isinstance(bodies[1], CorruptDocumentError)
    assert [bodies[0], bodies[2]] == [polls(3)[0].body, polls(3)[2].body]


def test_damaged_weather_is_named_and_never_returned(lake: Lake, mongo_database: Mongo) -> None:
    stored = lake.append(RAW_WEATHER, forecast(NOON, NOON + DAY, captured_at=NOON))
    mongo_database[RAW_WEATHER].update_one({}, {"$set": {"body": Binary(b"not zstd")}})
    with pytest.raises(CorruptDocumentError, match=stored.document_id):
        list(lake.weather_documents(Window.hour(NOON)))


def _index_of(plan: dict[str, Any]) -> str | None:
    while "inputStage" in plan:
        plan = plan["inputStage"]
    name: str | None = plan.get("indexName")
    return name


def test_windows_inventories_and_late_documents_are_found_by_index(
    lake: Lake, mongo_database: Mongo
) -> None:
    lake.append(RAW_SNAPSHOTS, Sample())
    raw, weather = mongo_database[RAW_SNAPSHOTS], mongo_database[RAW_WEATHER]
    window = {"captured_at": {"$gte": NOON, "$lt": NOON + HOUR}}
    queries = {
        "inventory_and_cadence": raw.find(window, sort=[("captured_at", 1), ("source", 1)]),
        "late": raw.find({"ingested_at": {"$gte": NOON}}),
        "covered_stamps": weather.find(
            {"summary.first": {"$lt": NOON}, "summary.last": {"$gte": NOON}}, hint="covered_stamps"
        ),
    }
    for index, query in queries.items():
        plan = query.explain()["queryPlanner"]["winningPlan"]
        assert _index_of(plan.get("queryPlan", plan)) == index
