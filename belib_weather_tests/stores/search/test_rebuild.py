"""A changed mapping: a new index is written beside the old one and takes its place at once."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import dataframely as dy
import polars as pl
import pytest

from belib_weather.datasets import StationState
from belib_weather.search import Published, SearchStore
from belib_weather.search.connection import Connection
from belib_weather.search.indices import Indices
from belib_weather.search.projections import AVAILABILITY_INDEX, STATIONS_INDEX, Projection
from belib_weather.search.queries import EVERYTHING
from belib_weather.search.replace import replace_matching
from belib_weather.window import Window
from belib_weather_tests.stores.search.conftest import Reader
from belib_weather_tests.stores.search.sample import DAY, START, documents, states

MONTH = Window(START.replace(day=1), START.replace(month=12, day=1))


@pytest.fixture
def old_index(search: SearchStore, reader: Reader, prefix: str) -> str:
    """What an earlier release left: 72 documents of fewer fields behind the alias."""
    name = f"{prefix}-availability-2026.11-00000000"
    reader.server.put(
        f"/{name}",
        json={
            "mappings": {"properties": {"hour": {"type": "date"}}},
            "aliases": {f"{prefix}-availability": {}},
        },
    ).raise_for_status()
    for hour in DAY.hours:
        for number in range(3):
            reader.server.put(
                f"/{name}/_doc/{number}|{hour:%H}", json={"hour": f"{hour:%Y-%m-%dT%H:%M:%SZ}"}
            ).raise_for_status()
    reader.server.post(f"/{name}/_refresh")
    return name


def days_of(search: SearchStore, frame: pl.DataFrame) -> Iterator[Published]:
    for start in (START, START + timedelta(days=1)):
        day = Window.day(start)
        rows = frame.filter(pl.col("hour").is_between(day.start, day.end, closed="left"))
        yield search.publish(AVAILABILITY_INDEX, rows, day)


def test_readers_see_the_old_index_until_the_new_one_is_complete(
    search: SearchStore, reader: Reader, old_index: str
) -> None:
    assert search.outdated(AVAILABILITY_INDEX) == [MONTH]
    frame = documents(Window(START, START + timedelta(days=2)))
    totals: list[int] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            totals.append(reader.search("availability", size=0)["hits"]["total"]["value"])

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        rebuilt = search.rebuild(AVAILABILITY_INDEX, MONTH, days_of(search, frame))
    finally:
        done.set()
        watcher.join()
    assert rebuilt == Published(144, 0, 144)
    assert set(totals) <= {72, 144}
    assert len(reader.sources("availability")) == 144
    assert search.outdated(AVAILABILITY_INDEX) == []
    # Searches that were under way may finish; the next start removes what was replaced.
    assert old_index in reader.indices()
    search.prepare()
    assert old_index not in reader.indices()
    assert len(reader.sources("availability")) == 144


def test_publishing_beside_an_outdated_index_is_reported_as_not_yet_visible(
    search: SearchStore, reader: Reader, old_index: str
) -> None:
    assert not search.publish(AVAILABILITY_INDEX, documents(DAY), DAY).is_visible
    assert "station_id" not in next(iter(reader.sources("availability").values()))
    assert search.count(AVAILABILITY_INDEX, DAY)["count"].sum() == 72
    next_day = Window.day(START + timedelta(days=1))
    search.rebuild(
        AVAILABILITY_INDEX,
        MONTH,
        [search.publish(AVAILABILITY_INDEX, documents(next_day), next_day)],
    )
    # The day published before the rebuild came along.
    assert len(reader.sources("availability")) == 144
    assert search.publish(AVAILABILITY_INDEX, documents(DAY), DAY).is_visible


def test_emptying_a_window_reaches_the_new_index_as_well(
    search: SearchStore, reader: Reader, old_index: str
) -> None:
    search.publish(AVAILABILITY_INDEX, documents(DAY), DAY)
    empty = documents(DAY).clear()
    assert search.publish(AVAILABILITY_INDEX, empty, DAY) == Published(0, 72, 0, is_visible=False)
    search.rebuild(AVAILABILITY_INDEX, MONTH, [search.publish(AVAILABILITY_INDEX, empty, DAY)])
    assert reader.sources("availability") == {}


def test_a_failed_rebuild_leaves_readers_the_old_index_and_can_be_repeated(
    search: SearchStore, reader: Reader, old_index: str
) -> None:
    frame = documents(Window(START, START + timedelta(days=2)))

    def broken() -> Iterator[Published]:
        yield next(days_of(search, frame))
        raise ConnectionError("the warehouse went away")

    with pytest.raises(ConnectionError):
        search.rebuild(AVAILABILITY_INDEX, MONTH, broken())
    assert len(reader.sources("availability")) == 72
    search.prepare()
    assert search.outdated(AVAILABILITY_INDEX) == [MONTH]
    assert search.rebuild(AVAILABILITY_INDEX, MONTH, days_of(search, frame)).count == 144
    assert search.outdated(AVAILABILITY_INDEX) == []


def test_rebuilding_with_the_same_mapping_replaces_in_place(
    search: SearchStore, reader: Reader
) -> None:
    search.publish(AVAILABILITY_INDEX, documents(DAY), DAY)
    before = reader.indices()
    fewer = search.publish(AVAILABILITY_INDEX, documents(DAY, 2), DAY)
    assert search.rebuild(AVAILABILITY_INDEX, MONTH, [fewer]) == Published(48, 24, 48)
    assert reader.indices() == before


def test_an_index_deleted_by_hand_comes_back_visible(search: SearchStore, reader: Reader) -> None:
    search.publish(AVAILABILITY_INDEX, documents(DAY), DAY)
    (index,) = (name for name in reader.indices() if "availability" in name)
    reader.server.delete(f"/{index}").raise_for_status()
    assert search.publish(AVAILABILITY_INDEX, documents(DAY), DAY).is_visible
    assert len(reader.sources("availability")) == 72


class StatesBefore(dy.Schema):
    """What an earlier release published of a station."""

    station_id = StationState.station_id
    captured_at = StationState.captured_at


@pytest.fixture
def old_stations(elasticsearch_url: str, search: SearchStore, reader: Reader, prefix: str) -> str:
    """The index that the earlier release left, with three stations, and no other."""
    (current,) = (name for name in reader.indices() if "-stations-" in name)
    reader.server.delete(f"/{current}").raise_for_status()
    connection = Connection(elasticsearch_url, timeout_seconds=60)
    before = Projection("stations", StatesBefore)
    index = Indices(connection, prefix).ensure(before, None)
    frame = states(3).select(StatesBefore.column_names())
    replace_matching(connection, index, before, frame, EVERYTHING)
    return index.name


def test_stations_with_another_mapping_are_swapped_when_published(
    search: SearchStore, reader: Reader, old_stations: str
) -> None:
    search.prepare()
    assert [set(source) for source in reader.sources("stations").values()] == [
        set(StatesBefore.column_names())
    ] * 3

    for count, removed in ((2, 0), (3, 0), (1, 2)):
        assert search.publish(STATIONS_INDEX, states(count)) == Published(count, removed, count)
        shown = reader.sources("stations").values()
        assert [source["station_status"] for source in shown] == ["available"] * count

    assert old_stations in reader.indices()
    search.prepare()
    assert len([name for name in reader.indices() if "-stations-" in name]) == 1
    assert old_stations not in reader.indices()
