"""`belib_current`: writes what changed, never goes back, answers `$near`."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from pymongo.database import Database

from belib_weather.lake import (
    BELIB_CURRENT,
    CURRENT_COLUMNS,
    CurrentWritten,
    Lake,
    LakeBusyError,
    LakeValidationError,
)
from belib_weather.lake.connection import Connection
from belib_weather.lake.lease import Lease
from belib_weather.lake.schema import PROJECTIONS
from belib_weather.vocabulary import STATUSES
from belib_weather_tests.examples import examples
from belib_weather_tests.stores.lake.sample import MINUTE, NOON, snapshot

Mongo = Database[dict[str, Any]]
STATUSES_OF_POINTS = st.dictionaries(
    st.sampled_from(["P1", "P2", "P3", "P4"]), st.sampled_from(STATUSES), min_size=1
)


def _shown(lake: Lake) -> dict[str, str]:
    return dict(lake.current().select("charge_point_id", "status").iter_rows())


def test_the_live_state_is_the_snapshot(lake: Lake) -> None:
    stamp = NOON - timedelta(hours=1)
    seen = snapshot(NOON, {"P2": "occupied", "P1": "unknown"}, last_updated=[stamp, NOON])
    seen = seen.with_columns(
        latitude=pl.Series([48.9, None]),
        longitude=pl.Series([2.3, None]),
        address=pl.Series(["somewhere", None]),
        arrondissement=pl.Series([8, None], dtype=pl.Int16),
    )
    assert lake.replace_current(seen) == CurrentWritten(inserted=2)
    assert_frame_equal(
        lake.current(), seen.select(list(CURRENT_COLUMNS)).sort("charge_point_id"), check_exact=True
    )


def test_only_changed_points_are_written(lake: Lake, mongo_database: Mongo) -> None:
    stamps = {"last_updated": NOON}
    lake.replace_current(snapshot(NOON, dict.fromkeys(("P1", "P2", "P3"), "available"), **stamps))
    mongo_database[BELIB_CURRENT].update_many({}, {"$set": {"untouched": True}})
    later = {"P1": "available", "P2": "occupied", "P4": "available"}
    written = lake.replace_current(snapshot(NOON + MINUTE, later, **stamps))
    assert written == CurrentWritten(inserted=1, updated=1, deleted=1, unchanged=1)
    assert _shown(lake) == later
    untouched = mongo_database[BELIB_CURRENT].find({"untouched": True})
    assert [document["_id"] for document in untouched] == ["P1"]
    assert lake.current()["captured_at"].unique().to_list() == [NOON + MINUTE]


def test_an_older_snapshot_changes_nothing(lake: Lake) -> None:
    lake.replace_current(snapshot(NOON, {"P1": "available"}))
    before = lake.current()
    older = snapshot(NOON - MINUTE, {"P1": "occupied", "P2": "occupied"})
    assert lake.replace_current(older) == CurrentWritten(is_superseded=True)
    assert_frame_equal(lake.current(), before)


def test_an_older_snapshot_is_refused_even_if_the_newer_one_changed_nothing(lake: Lake) -> None:
    stamps = {"last_updated": NOON}
    for minute in (0, 2):
        lake.replace_current(snapshot(NOON + minute * MINUTE, {"P1": "available"}, **stamps))
    between = snapshot(NOON + MINUTE, {"P1": "occupied"}, **stamps)
    assert lake.replace_current(between).is_superseded
    assert _shown(lake) == {"P1": "available"}


def test_rebuilding_from_the_newest_snapshot_gives_the_same(
    lake: Lake, mongo_database: Mongo
) -> None:
    lake.replace_current(snapshot(NOON, {"P1": "available", "P2": "available"}))
    newest = snapshot(NOON + MINUTE, {"P1": "occupied", "P2": "available"}, last_updated=NOON)
    lake.replace_current(newest)
    shown, stored = lake.current(), list(mongo_database[BELIB_CURRENT].find(sort=[("_id", 1)]))
    mongo_database[BELIB_CURRENT].drop()
    lake.prepare()
    assert lake.replace_current(newest).inserted == 2
    assert_frame_equal(lake.current(), shown)
    assert list(mongo_database[BELIB_CURRENT].find(sort=[("_id", 1)])) == stored


@examples(12)
@given(polls=st.lists(STATUSES_OF_POINTS, min_size=2, max_size=4), order=st.randoms())
def test_the_newest_snapshot_is_shown_after_concurrent_writes_in_any_order(
    lake: Lake, mongo_database: Mongo, polls: list[dict[str, str]], order: Any
) -> None:
    mongo_database[BELIB_CURRENT].delete_many({})
    mongo_database[PROJECTIONS].delete_many({})
    snapshots = [snapshot(NOON + i * MINUTE, points) for i, points in enumerate(polls)]
    order.shuffle(snapshots)
    with ThreadPoolExecutor(len(snapshots)) as pool:
        list(pool.map(lake.replace_current, snapshots))
    assert _shown(lake) == polls[-1]


def test_the_lease_of_a_dead_writer_passes_on_when_it_ends(
    lake: Lake, mongo_database: Mongo
) -> None:
    lake.replace_current(snapshot(NOON, {"P1": "available", "P2": "available"}))
    half_written = {"captured_at": NOON + MINUTE, "holder": "a killed one"}
    soon = datetime.now(UTC) + timedelta(seconds=0.5)
    mongo_database[PROJECTIONS].update_one(
        {"_id": BELIB_CURRENT}, {"$set": {**half_written, "leased_until": soon}}
    )
    mongo_database[BELIB_CURRENT].delete_one({"_id": "P1"})
    again = snapshot(NOON + MINUTE, {"P1": "occupied", "P2": "occupied"})
    assert lake.replace_current(again).inserted == 1
    assert _shown(lake) == {"P1": "occupied", "P2": "occupied"}
    assert datetime.now(UTC) >= soon - timedelta(milliseconds=1)


def test_many_points_are_written_under_one_lease(lake: Lake, mongo_database: Mongo) -> None:
    points = {f"P{number:03}": "available" for number in range(600)}
    assert lake.replace_current(snapshot(NOON, points)).inserted == 600
    assert lake.replace_current(snapshot(NOON, {"P000": "available"})).deleted == 599
    state = mongo_database[PROJECTIONS].find_one({"_id": BELIB_CURRENT})
    assert state is not None
    assert (state["holder"], state["captured_at"]) == (None, NOON)


def test_a_writer_that_lost_its_lease_raises_an_error(
    mongo_url: str, lake: Lake, mongo_database: Mongo
) -> None:
    slow = Lease(Connection(mongo_url, mongo_database.name, 5))
    slow.take()
    mongo_database[PROJECTIONS].update_one(
        {"_id": BELIB_CURRENT}, {"$set": {"leased_until": NOON - timedelta(days=9999)}}
    )
    lake.replace_current(snapshot(NOON, {"P1": "available"}))
    with pytest.raises(LakeBusyError, match="materialize belib_current again"):
        slow.renew(captured_at=NOON - MINUTE)
    assert lake.current()["captured_at"].to_list() == [NOON]


@pytest.mark.parametrize(
    "wrong",
    [
        snapshot(NOON, {}),
        pl.concat([snapshot(NOON, {"P1": "available"})] * 2),
        pl.concat(
            [snapshot(NOON, {"P1": "available"}), snapshot(NOON + MINUTE, {"P2": "reserved"})]
        ),
    ],
    ids=["empty", "a point twice", "two instants"],
)
def test_rows_of_two_snapshots_are_refused(lake: Lake, wrong: pl.DataFrame) -> None:
    lake.replace_current(snapshot(NOON - MINUTE, {"P1": "available"}))
    with pytest.raises(LakeValidationError, match="one snapshot"):
        lake.replace_current(wrong)
    assert _shown(lake) == {"P1": "available"}


def test_an_impossible_place_is_unknown_and_does_not_stop_the_rest(lake: Lake) -> None:
    places = {"latitude": [248.9, 48.9], "longitude": [2.3, 2.3]}
    points = {"P1": "available", "P2": "available"}
    lake.replace_current(snapshot(NOON, points, **places))
    assert lake.current()["latitude"].to_list() == [None, 48.9]
    same = snapshot(NOON + MINUTE, points, last_updated=NOON - timedelta(hours=1), **places)
    assert lake.replace_current(same).unchanged == 2


def test_free_points_near_me_are_found_by_distance(lake: Lake, mongo_database: Mongo) -> None:
    points = {"far": "available", "near": "available", "busy": "occupied", "nowhere": "available"}
    latitudes, longitudes = [48.95, 48.8571, 48.8566, None], [2.3522, 2.3522, 2.3522, None]
    lake.replace_current(snapshot(NOON, points, latitude=latitudes, longitude=longitudes))
    here = {"type": "Point", "coordinates": [2.3522, 48.8566]}

    free = {"status": "available", "is_stale": False}
    collection = mongo_database[BELIB_CURRENT]

    def near(meters: int) -> set[str]:
        place = {"$near": {"$geometry": here, "$maxDistance": meters}}
        return {document["_id"] for document in collection.find({"location": place, **free})}

    assert near(1_000) == {"near"}
    assert near(50_000) == {"near", "far"}
    sorted_ = {"$geoNear": {"near": here, "distanceField": "meters", "query": free}}
    found = list(collection.aggregate([sorted_]))
    assert [document["_id"] for document in found] == ["near", "far"]
    assert found[0]["meters"] == pytest.approx(56, abs=1)


def test_its_size_is_the_one_that_the_server_measures(lake: Lake, mongo_database: Mongo) -> None:
    lake.replace_current(snapshot(NOON, {"P1": "available", "P2": "occupied"}))

    sizes = {row["collection"]: row for row in lake.stats().to_dicts()}

    measured = mongo_database.command("collStats", BELIB_CURRENT)
    found = sizes[BELIB_CURRENT]
    assert (found["documents"], found["bytes"]) == (measured["count"], measured["size"])
    assert found["documents"] == 2
