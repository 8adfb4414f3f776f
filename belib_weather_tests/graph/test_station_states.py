"""The state of every station: raw, table and index tell the same, and never go back in time."""

import json
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import dagster as dg
import httpx
import polars as pl
import pytest

from belib_weather.assets.checks import stations_agree
from belib_weather.lake.schema import RAW_SNAPSHOTS
from belib_weather.networks import NETWORK
from belib_weather.partitions import hour_key
from belib_weather.resources import Clock, platform_resources
from belib_weather.search.projections import STATIONS_INDEX
from belib_weather.vocabulary import STATUSES
from belib_weather.warehouse.tables import STATION_STATES
from belib_weather_tests.graph.conftest import LIVE, Platform


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
    written = table.drop("captured_at", "newest_update", *place).rows(named=True)
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
