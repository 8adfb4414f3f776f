"""Publishing makes a window's documents those of the frame, and readers never see half of it."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from belib_weather.embedded import StoreUrls
from belib_weather.local.finding import Finding, State
from belib_weather.local.store_diagnosis import check_stores
from belib_weather.search import Published, SearchBlocked, SearchStore
from belib_weather.search.bulk import BulkWriter
from belib_weather.search.connection import Connection
from belib_weather.search.encoding import batches, document_ids
from belib_weather.search.errors import SearchError, describe_refusals
from belib_weather.search.indices import Index
from belib_weather.search.projections import AVAILABILITY_INDEX, PROJECTIONS, STATIONS_INDEX
from belib_weather.search.queries import EVERYTHING, IndexReader
from belib_weather.settings import load_settings
from belib_weather.window import Grain, Window
from belib_weather_tests.examples import examples
from belib_weather_tests.stores.search.conftest import Reader
from belib_weather_tests.stores.search.sample import DAY, START, documents, states


def test_publishing_twice_changes_nothing(search: SearchStore, reader: Reader) -> None:
    frame = documents(DAY)
    assert search.publish(AVAILABILITY_INDEX, frame, DAY) == Published(72, 0, 72)
    first = reader.sources("availability")
    assert search.publish(AVAILABILITY_INDEX, frame, DAY) == Published(72, 0, 72)
    assert reader.sources("availability") == first
    assert set(first) == set(document_ids(frame, AVAILABILITY_INDEX))


def test_a_row_that_disappeared_is_removed_and_no_other(
    search: SearchStore, reader: Reader
) -> None:
    search.publish(AVAILABILITY_INDEX, documents(DAY), DAY)
    hour = Window.hour(START + timedelta(hours=7))
    rest = documents(hour).filter(pl.col("station_id") != "FR*V75*PPX00*01")
    assert search.publish(AVAILABILITY_INDEX, rest, hour) == Published(2, 1, 2)
    left = reader.sources("availability")
    assert len(left) == 71
    assert "FR*V75*PPX00*01|2026-11-02T07:00:00Z" not in left


@examples(12)
@given(publications=st.lists(st.sets(st.integers(0, 11)), min_size=1, max_size=4))
def test_a_window_holds_the_rows_that_were_published_last(
    search: SearchStore, reader: Reader, publications: list[set[int]]
) -> None:
    window = Window(START, START + timedelta(hours=4))
    every = documents(window)
    search.publish(AVAILABILITY_INDEX, every, window)
    for rows in publications:
        frame = every[sorted(rows)]
        assert search.publish(AVAILABILITY_INDEX, frame, window).count == len(rows)
        hits = reader.search("availability", size=100)["hits"]["hits"]
        assert {hit["_id"] for hit in hits} == set(document_ids(frame, AVAILABILITY_INDEX))


def test_a_reader_sees_each_hour_whole_while_it_is_published_again(
    search: SearchStore, reader: Reader
) -> None:
    old = documents(DAY, 300)
    new = old.filter(pl.col("station_id") != "FR*V75*PPX00*01").with_columns(
        snapshots=pl.lit(13, dtype=pl.Int32)
    )
    search.publish(AVAILABILITY_INDEX, old, DAY)
    seen = [reader.buckets("availability", {"terms": {"field": "snapshots"}})]
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            seen.append(reader.buckets("availability", {"terms": {"field": "snapshots"}}))

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        assert search.publish(AVAILABILITY_INDEX, new, DAY).deleted == 24
    finally:
        done.set()
        watcher.join()
    seen.append(reader.buckets("availability", {"terms": {"field": "snapshots"}}))
    assert {tuple(counts.items()) for counts in seen} == {((12, 7200),), ((13, 7176),)}


def test_hidden_rows_of_a_killed_publisher_are_removed_too(
    search: SearchStore, reader: Reader, elasticsearch_url: str
) -> None:
    frame = documents(DAY)
    search.publish(AVAILABILITY_INDEX, frame[:24], DAY)
    connection = Connection(elasticsearch_url, timeout_seconds=60)
    (index,) = (name for name in reader.indices() if "availability" in name)
    unseen = frame[24:48]
    BulkWriter(connection, f"{index}-write").index(
        batches(unseen, document_ids(unseen, AVAILABILITY_INDEX))
    )
    assert reader.search("availability", size=0)["hits"]["total"]["value"] == 24
    assert search.publish(AVAILABILITY_INDEX, frame[:10], DAY) == Published(10, 38, 10)
    assert len(reader.sources("availability")) == 10


def test_a_window_across_months_goes_to_an_index_each(search: SearchStore, reader: Reader) -> None:
    window = Window(datetime(2026, 11, 30, 22, tzinfo=UTC), datetime(2027, 1, 1, 2, tzinfo=UTC))
    frame = documents(window)
    published = search.publish(AVAILABILITY_INDEX, frame, window)
    assert published.count == frame.height == 3 * (2 + 744 + 2)
    months = [name.split("-")[2] for name in reader.indices() if "availability" in name]
    assert months == ["2026.11", "2026.12", "2027.01"]
    assert search.count(AVAILABILITY_INDEX, window)["count"].to_list() == [3] * 748
    turn = Window(datetime(2026, 11, 30, 23, tzinfo=UTC), datetime(2026, 12, 1, 1, tzinfo=UTC))
    assert search.publish(AVAILABILITY_INDEX, frame.clear(), turn) == Published(0, 6, 0)
    assert search.count(AVAILABILITY_INDEX, window)["count"].sum() == frame.height - 6


def test_counts_are_per_hour_and_leave_empty_hours_out(search: SearchStore) -> None:
    frame = documents(DAY).filter(pl.col("hour").dt.hour() != 5)
    search.publish(AVAILABILITY_INDEX, frame, DAY)
    counts = search.count(AVAILABILITY_INDEX, Window(START, START + timedelta(hours=7)))
    expected = [START + timedelta(hours=hour) for hour in (0, 1, 2, 3, 4, 6)]
    assert counts.rows() == [(hour, 3) for hour in expected]
    assert counts.schema == {"hour": pl.Datetime("us", "UTC"), "count": pl.Int64}


def test_an_empty_store_counts_nothing_and_empties_nothing(
    search: SearchStore, reader: Reader
) -> None:
    assert search.count(AVAILABILITY_INDEX, DAY).is_empty()
    assert search.publish(AVAILABILITY_INDEX, documents(DAY).clear(), DAY) == Published(0, 0, 0)
    assert [name for name in reader.indices() if "availability" in name] == []
    assert search.sizes().filter(pl.col("documents") > 0).is_empty()


def test_an_unknown_field_is_refused_by_name(search: SearchStore, reader: Reader) -> None:
    search.publish(AVAILABILITY_INDEX, documents(DAY), DAY)
    before = reader.sources("availability")
    coloured = documents(DAY).with_columns(colour=pl.lit("red"))
    refusals = search.publish(AVAILABILITY_INDEX, coloured, DAY).refusals
    assert len(refusals) == 72
    assert "[colour]" in describe_refusals(refusals)
    assert reader.sources("availability") == before


@pytest.mark.parametrize(
    ("column", "value", "named"),
    [
        ("snapshots", "7", "snapshots"),
        ("snapshots", 7.5, "snapshots"),
        ("weather_code", 40_000, "weather_code"),
        ("local_date", "02/11/2026", "local_date"),
        ("is_provisional", "perhaps", "is_provisional"),
        ("latitude", 91.0, "91.0"),
    ],
)
def test_every_refused_document_is_named_and_all_others_are_written(
    search: SearchStore, reader: Reader, column: str, value: object, named: str
) -> None:
    hour = Window.hour(START)
    frame = documents(hour)
    search.publish(AVAILABILITY_INDEX, frame[:2], hour)
    typed = frame.with_columns(pl.lit(value).alias(column))[2:]
    (refusal,) = search.publish(AVAILABILITY_INDEX, typed, hour).refusals
    assert refusal.document_id == "FR*V75*PPX00*02|2026-11-02T00:00:00Z"
    assert named in refusal.reason
    # What could be finished is: the rows no longer in the frame are gone.
    assert reader.sources("availability") == {}


def test_an_id_that_fails_a_whole_request_loses_only_its_document(
    search: SearchStore, reader: Reader
) -> None:
    hour, long = Window.hour(START), "FR*V75*" + "P" * 600
    station = pl.when(pl.col("station_id") == "FR*V75*PPX00*03").then(pl.lit(long))
    frame = documents(hour, 9).with_columns(station_id=station.otherwise("station_id"))

    published = search.publish(AVAILABILITY_INDEX, frame, hour)

    assert [refusal.document_id.startswith(long) for refusal in published.refusals] == [True]
    assert "too long" in published.refusals[0].reason
    assert len(reader.sources("availability")) == published.indexed == 8


@pytest.mark.parametrize("setting", ["read_only_allow_delete", "write"])
def test_a_write_block_is_reported_at_once(
    search: SearchStore, reader: Reader, setting: str
) -> None:
    search.publish(AVAILABILITY_INDEX, documents(DAY), DAY)
    (index,) = (name for name in reader.indices() if "availability" in name)
    assert search.write_blocks() == {}
    reader.server.put(f"/{index}/_settings", json={f"index.blocks.{setting}": True})

    began = time.monotonic()
    with pytest.raises(SearchBlocked, match=r"free space|remove it with PUT") as caught:
        search.publish(AVAILABILITY_INDEX, documents(DAY), DAY)

    assert time.monotonic() - began < 10  # and not a minute of asking again
    assert ("flood-stage" in str(caught.value)) is (setting != "write")
    assert search.write_blocks().keys() == {index}
    reader.server.put(f"/{index}/_settings", json={f"index.blocks.{setting}": None})
    assert search.publish(AVAILABILITY_INDEX, documents(DAY), DAY) == Published(72, 0, 72)


def test_an_alias_over_two_indices_loses_no_document(search: SearchStore, reader: Reader) -> None:
    search.publish(AVAILABILITY_INDEX, documents(DAY), DAY)
    (index,) = (name for name in reader.indices() if "availability" in name)
    alias, other = Index(index, is_visible=True).write_alias, f"{index}-copy"
    reader.server.put(
        f"/{other}", json={"aliases": {alias: {"is_hidden": True}}}
    ).raise_for_status()
    try:
        with pytest.raises(SearchError, match=r"takes no documents.*take the alias off") as caught:
            search.publish(AVAILABILITY_INDEX, documents(DAY), DAY)
    finally:
        reader.server.delete(f"/{other}").raise_for_status()

    assert alias in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    assert search.publish(AVAILABILITY_INDEX, documents(DAY), DAY) == Published(72, 0, 72)


def test_doctor_says_that_writes_are_blocked_and_what_to_do(
    search: SearchStore, reader: Reader, stores: StoreUrls, tmp_path: Path
) -> None:
    (index,) = (name for name in reader.indices() if "-stations-" in name)
    settings = load_settings(
        _env_file=None,
        home=tmp_path,
        mongo_url=stores.mongo,
        postgres_url=stores.postgres,
        dagster_postgres_url=stores.dagster_postgres,
        elasticsearch_url=stores.elasticsearch,
        index_prefix=search.prefix,
    )

    def finding() -> Finding:
        (found,) = (f for f in check_stores(settings) if f.name == "Elasticsearch")
        return found

    assert finding().state is State.OK
    reader.server.put(f"/{index}/_settings", json={"index.blocks.read_only_allow_delete": True})
    blocked = finding()
    reader.server.put(f"/{index}/_settings", json={"index.blocks.read_only_allow_delete": None})
    assert blocked.state is State.WRONG
    assert index in blocked.text
    assert "nearly full: free space" in blocked.text


def test_rows_outside_the_window_are_refused_before_anything_is_written(
    search: SearchStore, reader: Reader
) -> None:
    with pytest.raises(ValueError, match=r"69 rows are outside"):
        search.publish(AVAILABILITY_INDEX, documents(DAY), Window.hour(START))
    assert [name for name in reader.indices() if "availability" in name] == []


def test_two_rows_with_one_key_are_refused(search: SearchStore) -> None:
    frame = documents(DAY)
    with pytest.raises(ValueError, match=r"1 rows repeat a key \(station_id, hour\), first FR"):
        search.publish(AVAILABILITY_INDEX, pl.concat([frame, frame[:1]]), DAY)


def test_a_window_is_required_exactly_for_indices_with_a_time_column(search: SearchStore) -> None:
    with pytest.raises(ValueError, match="availability is published by windows"):
        search.publish(AVAILABILITY_INDEX, documents(DAY))
    with pytest.raises(ValueError, match="stations has no time column"):
        search.publish(STATIONS_INDEX, states(3), DAY)


def test_documents_are_counted_by_the_hour_or_by_the_day(search: SearchStore) -> None:
    search.publish(AVAILABILITY_INDEX, documents(DAY), DAY)

    by_day = search.count(AVAILABILITY_INDEX, DAY, every=Grain.DAY)
    assert by_day.rows() == [(DAY.start, 72)]
    assert search.count(AVAILABILITY_INDEX, DAY)["count"].to_list() == [3] * 24
    assert search.total(AVAILABILITY_INDEX) == 72


def test_publishers_at_once_each_find_their_rows(
    elasticsearch_url: str, prefix: str, reader: Reader
) -> None:
    """Six make the same index at once: three publish one day, three the hours of another."""
    other = Window.day(START + timedelta(days=1))
    hours = [Window.hour(hour) for hour in other.hours[:3]]
    jobs = [DAY, DAY, DAY, *hours]

    def publish(window: Window) -> int:
        mine = SearchStore(elasticsearch_url, prefix)
        return mine.publish(AVAILABILITY_INDEX, documents(window, 50), window).count

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(publish, jobs)) == [1200, 1200, 1200, 50, 50, 50]
    assert len(reader.sources("availability")) == 1350
    assert len([name for name in reader.indices() if "availability" in name]) == 1


def test_two_publishers_that_remove_the_same_row_at_once_both_succeed(
    search: SearchStore, reader: Reader
) -> None:
    frame = documents(DAY, 50)
    for _ in range(3):
        search.publish(AVAILABILITY_INDEX, frame, DAY)
        with ThreadPoolExecutor(2) as pool:
            done = list(
                pool.map(
                    lambda rows: search.publish(AVAILABILITY_INDEX, rows, DAY), [frame[9:]] * 2
                )
            )
        assert [published.count for published in done] == [1191, 1191]
        assert reader.search("availability", size=0)["hits"]["total"]["value"] == 1191


def test_a_row_that_was_rewritten_since_it_was_found_is_not_removed(
    search: SearchStore, reader: Reader, elasticsearch_url: str
) -> None:
    hour = Window.hour(START)
    search.publish(AVAILABILITY_INDEX, documents(hour), hour)
    (index,) = (name for name in reader.indices() if "availability" in name)
    connection = Connection(elasticsearch_url, timeout_seconds=60)
    found = list(IndexReader(connection, index).documents(EVERYTHING))
    search.publish(AVAILABILITY_INDEX, documents(hour), hour)
    writer = BulkWriter(connection, f"{index}-write")
    assert (len(found), writer.remove(found).updated) == (3, 0)
    fresh = list(IndexReader(connection, index).documents(EVERYTHING))
    assert (writer.remove(fresh).updated, writer.remove(fresh).updated) == (3, 0)


def test_a_write_does_not_create_a_missing_index(elasticsearch_url: str, prefix: str) -> None:
    writer = BulkWriter(Connection(elasticsearch_url, timeout_seconds=60), f"{prefix}-gone-write")
    frame = documents(Window.hour(START))
    with pytest.raises(SearchError, match=r"require_alias.*made again at the next try"):
        writer.index(batches(frame, document_ids(frame, AVAILABILITY_INDEX)))


def test_preparing_is_idempotent_and_safe_for_two_at_once(
    elasticsearch_url: str, prefix: str, reader: Reader
) -> None:
    for index in reader.indices():
        reader.server.delete(f"/{index}").raise_for_status()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: SearchStore(elasticsearch_url, prefix).prepare(), range(4)))
    without_months = {p.name for p in PROJECTIONS.values() if p.time_column is None}
    assert len(reader.indices()) == len(without_months)
    for name in without_months:
        assert any(index.startswith(f"{prefix}-{name}-1-") for index in reader.indices())
    assert reader.sources("stations") == {}


def test_stations_are_replaced_as_a_whole(search: SearchStore, reader: Reader) -> None:
    assert search.publish(STATIONS_INDEX, states(3)) == Published(3, 0, 3)
    assert search.publish(STATIONS_INDEX, states(2)) == Published(2, 1, 2)
    assert search.total(STATIONS_INDEX) == 2
    row = reader.sources("stations")["FR*V75*PPX00*01"]
    assert row["captured_at"] == "2026-11-03T10:05:00Z"
    assert row["location"] == pytest.approx({"lat": 48.8501, "lon": 2.35})
