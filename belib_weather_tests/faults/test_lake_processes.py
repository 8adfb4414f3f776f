"""Several processes on one lake."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.synchronize import Barrier
from typing import Any

import pytest
from pymongo.database import Database

from belib_weather.lake import BELIB_CURRENT, RAW_SNAPSHOTS, Lake, LakeConflictError
from belib_weather.window import Window
from belib_weather_tests.stores.lake.sample import MINUTE, NOON, Sample, polls, snapshot

Mongo = Database[dict[str, Any]]
WRITERS = 2
SPAWN = multiprocessing.get_context("spawn")
_start: Barrier


def _share(start: Barrier) -> None:
    global _start  # noqa: PLW0603 - the only way to hand a barrier to a pool's processes
    _start = start


def append_all(url: str, database: str) -> list[bool]:
    """Append the same polls as every other process does; which of them were new."""
    _start.wait(60)
    with Lake(url, database) as lake:
        return [lake.append(RAW_SNAPSHOTS, sample).is_new for sample in polls(20)]


def append_own(url: str, database: str, body: bytes) -> bool:
    """Append other bytes than every other process for the same instant; whether they won."""
    _start.wait(60)
    with Lake(url, database) as lake:
        try:
            return lake.append(RAW_SNAPSHOTS, Sample(body=body)).is_new
        except LakeConflictError:
            return False


def show(url: str, database: str, minutes: list[int]) -> None:
    """Prepare the lake and show one snapshot a minute, each with a point of its own."""
    _start.wait(60)
    with Lake(url, database) as lake:
        lake.prepare()
        for minute in minutes:
            points = {"P": "available", f"P{minute}": "occupied"}
            lake.replace_current(snapshot(NOON + minute * MINUTE, points))


@pytest.fixture
def pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(
        WRITERS, mp_context=SPAWN, initializer=_share, initargs=(SPAWN.Barrier(WRITERS),)
    )


def test_processes_that_append_the_same_responses_store_each_document_once(
    mongo_url: str, lake: Lake, mongo_database: Mongo, pool: ProcessPoolExecutor
) -> None:
    with pool:
        urls, names = [mongo_url] * WRITERS, [mongo_database.name] * WRITERS
        written = list(pool.map(append_all, urls, names))
    assert [sum(news) for news in zip(*written, strict=True)] == [1] * 20
    stored = list(lake.documents(RAW_SNAPSHOTS, Window.day(NOON.replace(hour=0))))
    assert [document.body for document in stored] == [sample.body for sample in polls(20)]


def test_of_processes_with_different_bytes_for_one_instant_one_wins(
    mongo_url: str, lake: Lake, mongo_database: Mongo, pool: ProcessPoolExecutor
) -> None:
    bodies = [b"[1]", b"[2]"]
    with pool:
        urls, names = [mongo_url] * WRITERS, [mongo_database.name] * WRITERS
        won = list(pool.map(append_own, urls, names, bodies))
    [document] = lake.documents(RAW_SNAPSHOTS, Window.hour(NOON))
    assert sorted(won) == [False, True]
    assert document.body == bodies[won.index(True)]


def test_concurrent_writers_of_the_live_state_leave_the_newest_snapshot_complete(
    mongo_url: str, mongo_database: Mongo, pool: ProcessPoolExecutor
) -> None:
    with pool:
        urls, names = [mongo_url] * WRITERS, [mongo_database.name] * WRITERS
        list(pool.map(show, urls, names, [[0, 2, 4, 6], [1, 3, 5, 7]]))
    with Lake(mongo_url, mongo_database.name) as lake:
        shown = lake.current()
    assert shown["charge_point_id"].to_list() == ["P", "P7"]
    assert mongo_database[BELIB_CURRENT].count_documents({}) == 2
    assert shown["captured_at"].unique().to_list() == [NOON + 7 * MINUTE]
