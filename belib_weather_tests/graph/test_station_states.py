"""The state of every station: raw, table and index agree, and never go back in time."""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import dagster as dg
import httpx
import polars as pl
import pytest

from belib_weather.assets import station_runs
from belib_weather.assets.checks import stations_agree
from belib_weather.formats.batches import Snapshot
from belib_weather.formats.realtime import read_realtime
from belib_weather.formats.snapshots import Frames, read_sightings
from belib_weather.lake import Lake
from belib_weather.lake.schema import RAW_SNAPSHOTS
from belib_weather.networks import NETWORK
from belib_weather.partitions import hour_key
from belib_weather.resources import Clock, platform_resources
from belib_weather.search.projections import STATIONS_INDEX
from belib_weather.simulator.truth import Truth
from belib_weather.sources.explore import response_of_export
from belib_weather.vocabulary import STATUSES
from belib_weather.warehouse.tables import STATION_STATES
from belib_weather.window import ALL_TIME
from belib_weather_tests.graph.conftest import LIVE, Platform
from belib_weather_tests.unit.transform.slow_runs import Since, since_of


@pytest.fixture
def ticked(platform: Platform, now: datetime) -> Platform:
    """A platform after one tick."""
    assert platform.materialize(*LIVE, keys=hour_key(now)).success
    return platform


def documents(platform: Platform, elasticsearch_url: str) -> dict[str, dict[str, Any]]:
    """What anyone sees who knows only the alias."""
    alias = platform.search.alias(STATIONS_INDEX)
    answer = httpx.get(f"{elasticsearch_url}/{alias}/_search", params={"size": 1000})
    sources = [hit["_source"] for hit in answer.raise_for_status().json()["hits"]["hits"]]
    return {source["station_id"]: source for source in sources}


def test_raw_table_and_index_agree_station_by_station(
    ticked: Platform, elasticsearch_url: str
) -> None:
    newest, table = ticked.lake.newest(RAW_SNAPSHOTS), ticked.warehouse.read(STATION_STATES)
    assert newest is not None

    labels = Counter(record["statut_pdc"] for record in json.loads(newest.body))
    reported = Counter[str]()
    for label, count in labels.items():
        reported[str(NETWORK.status_of_label[label])] += count
    assert {s: n for s in STATUSES if (n := table[f"reported_{s}"].sum())} == dict(reported)
    assert set(table["captured_at"]) == {newest.captured_at.replace(microsecond=0)}

    shown = documents(ticked, elasticsearch_url)
    place = ("latitude", "longitude")
    times = ("captured_at", "newest_update", "since", "out_of_order_since")
    written = table.drop(*times, *place).rows(named=True)
    assert len(shown) == len(written) > 0
    for row in written:
        assert {name: shown[row["station_id"]][name] for name in row} == row
    assert table["station_status"].n_unique() > 1


def test_a_newer_snapshot_replaces_the_table_and_then_the_index(
    ticked: Platform, elasticsearch_url: str
) -> None:
    newest = ticked.warehouse.read(STATION_STATES)
    before = newest.head(-1).with_columns(pl.col("captured_at") - timedelta(seconds=1))
    with ticked.warehouse.locked(STATION_STATES) as transaction:
        transaction.replace(STATION_STATES, before)
    ticked.search.publish(STATIONS_INDEX, before)

    assert ticked.materialize("station_states", "stations_index").success

    assert ticked.warehouse.read(STATION_STATES).equals(newest)
    shown = documents(ticked, elasticsearch_url)
    assert set(shown) == set(newest["station_id"])
    [captured_at] = {source["captured_at"] for source in shown.values()}
    assert captured_at == f"{newest['captured_at'][0]:%Y-%m-%dT%H:%M:%SZ}"


def test_an_older_snapshot_never_replaces_a_newer_state(ticked: Platform) -> None:
    later = ticked.warehouse.read(STATION_STATES).with_columns(
        pl.col("captured_at") + timedelta(seconds=1)
    )
    with ticked.warehouse.locked(STATION_STATES) as transaction:
        transaction.replace(STATION_STATES, later)

    result = ticked.materialize("station_states")

    assert result.success
    assert ticked.warehouse.read(STATION_STATES).equals(later)


def test_without_a_snapshot_nothing_is_written_and_nothing_fails(platform: Platform) -> None:
    assert platform.materialize("charge_points", "stations").success

    result = platform.materialize("station_states", "stations_index")

    assert result.success
    assert platform.warehouse.read(STATION_STATES).is_empty()


def the_check_passes(platform: Platform) -> bool:
    resources = platform_resources(platform.settings, Clock())
    result = stations_agree(warehouse=resources["warehouse"], search=resources["search"])
    assert isinstance(result, dg.AssetCheckResult)
    return result.passed


def test_the_check_finds_a_station_that_the_index_lacks(ticked: Platform) -> None:
    assert the_check_passes(ticked)

    ticked.search.publish(STATIONS_INDEX, ticked.warehouse.read(STATION_STATES).tail(-1))

    assert not the_check_passes(ticked)


CITY = Truth(seed=5, charge_points=60)
MONTHS_AGO = timedelta(days=40)


def poll(platform: Platform, at: datetime, body: bytes | None = None) -> str:
    """Land a snapshot of that instant, as it came then; the id of the document."""
    response = response_of_export(
        body or CITY.poll(at), captured_at=at, name="poll", minimum_charge_points=1, now=at
    )
    return platform.lake.append(RAW_SNAPSHOTS, response).document_id


def broken(at: datetime, count: int) -> bytes:
    """The poll of that instant with its first points out of order."""
    records = json.loads(CITY.poll(at))
    for record in sorted(records, key=lambda one: one["id_pdc"])[:count]:
        record |= {"statut_pdc": "En maintenance", "last_updated": f"{at:%Y-%m-%dT%H:%M:%S+00:00}"}
    return json.dumps(records).encode()


def since(platform: Platform) -> dict[str, list[Since]]:
    """Both runs of each station, as the table holds them."""
    return {
        row["station_id"]: [
            Since(row[name], row[f"{name}_kind"])
            for name in ("since", "out_of_order_since")
            if row[name] is not None
        ]
        for row in platform.warehouse.read(STATION_STATES).iter_rows(named=True)
    }


def since_in_raw(platform: Platform) -> dict[str, list[Since]]:
    """The same from all of raw, by a slow second reading of the definition."""
    documents = list(platform.lake.documents(RAW_SNAPSHOTS, ALL_TIME))
    snapshots = [read_realtime(one.body).sightings(one.captured_at) for one in documents]
    return since_of(snapshots, documents[-1].captured_at)


@pytest.mark.slow
def test_since_equals_a_recomputation_from_raw_whatever_arrived_in_between(
    platform: Platform, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = now.replace(microsecond=0) - timedelta(hours=5)
    read: list[int] = []
    questions: list[str] = []

    def ticked_at(minutes: int, count: int = 0) -> str:
        at = begin + timedelta(minutes=minutes)
        document = poll(platform, at, broken(at, count))
        settled()
        return document

    def settled() -> None:
        read.clear()
        questions.clear()
        assert platform.materialize("station_states").success
        assert questions == ["landed"], "what landed is read once in a tick"
        assert since(platform) == since_in_raw(platform)

    def counted(snapshots: Iterable[Snapshot]) -> Frames:
        every = list(snapshots)
        read.append(len(every))
        return read_sightings(every)

    def ingested_since(lake: Lake, collection: str, since: datetime) -> pl.DataFrame:
        questions.append("landed")
        return landed(lake, collection, since)

    landed = Lake.ingested_since
    monkeypatch.setattr(Lake, "ingested_since", ingested_since)
    monkeypatch.setattr(station_runs, "read_sightings", counted)
    poll(platform, begin - MONTHS_AGO)
    for minutes in range(0, 60, 15):
        poll(platform, begin + timedelta(minutes=minutes))
    ticked_at(60)
    assert sum(read) == 4, "the first time it is read back"
    for minutes in (75, 80):
        ticked_at(minutes, 6)
        assert sum(read) == 0, "then it is carried on"
    kinds = {one.kind for runs in since(platform).values() for one in runs}
    assert kinds == {"seen", "at_least"}

    ticked_at(120, 6)  # a gap: nothing before it counts
    assert {runs[0].kind for runs in since(platform).values()} == {"at_least"}
    late = poll(platform, begin + timedelta(minutes=100), broken(begin, 6))  # it closes the gap
    settled()
    assert sum(read) > 0
    platform.lake.set_aside(late, "a test")
    settled()
    platform.lake.take_back(late)
    settled()
    poll(platform, begin + timedelta(minutes=130))  # a tick that was missed
    withdrawn = ticked_at(140, 3)
    assert sum(read) == 2, "once for its runs, once for what it changed"
    before = platform.warehouse.read(STATION_STATES)

    platform.lake.set_aside(withdrawn, "a test")
    settled()
    platform.lake.take_back(withdrawn)
    settled()
    with platform.warehouse.locked(STATION_STATES) as transaction:
        transaction.replace(STATION_STATES, before.clear())
    settled()
    assert platform.warehouse.read(STATION_STATES).equals(before)
