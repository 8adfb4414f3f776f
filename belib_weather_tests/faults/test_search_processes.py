"""Elasticsearch is killed within a bulk request, and its folder replaced by an older copy."""

import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial

import httpx
import psutil
import pytest
import sqlalchemy as sa

from belib_weather.assets.publisher import AVAILABILITY, STATES, Publisher, days_of
from belib_weather.embedded import ensure
from belib_weather.search import SearchError
from belib_weather.search.projections import STATIONS_INDEX
from belib_weather.settings import Settings
from belib_weather.warehouse.tables import AVAILABILITY_FACTS, STATION_STATES, STATIONS
from belib_weather.window import Window
from belib_weather_tests.empty_indices import EmptyIndices
from belib_weather_tests.graph.conftest import api, now, platform, settings, stage
from belib_weather_tests.graph.platforms import Addresses, Platform, history
from belib_weather_tests.graph.publication import Documents, look, repair, verdicts
from belib_weather_tests.stores.embedded.conftest import MakeHome, kill_nine, make_home, pids
from belib_weather_tests.stores.search.sample import facts, states, stations

__all__ = ["api", "make_home", "now", "platform", "settings", "stage"]

COUNT = 1_600
"""Stations: six hours of them are one bulk request that takes a while."""
ELSEWHERE = {
    "mongo_url": "mongodb://a:b@127.0.0.1:9",
    "postgres_url": "postgresql+psycopg://a:b@127.0.0.1:9/belib",
    "dagster_postgres_url": "postgresql+psycopg2://a:b@127.0.0.1:9/dagster",
    "elasticsearch_url": None,
}


@pytest.fixture(scope="module")
def server(make_home: MakeHome) -> Settings:
    """A home with an Elasticsearch that other tests do not share."""
    return make_home(**ELSEWHERE)


@pytest.fixture(scope="module")
def elasticsearch_url(server: Settings) -> str:
    """Its address, which the platform of these tests is given."""
    urls = ensure(server)
    if urls.elasticsearch is None:
        pytest.skip(str(urls.elasticsearch_problem))
    return urls.elasticsearch


@pytest.fixture(scope="module")
def _empty_indices(elasticsearch_url: str) -> Iterator[EmptyIndices]:
    """On that server."""
    with EmptyIndices(elasticsearch_url) as indices:
        yield indices


@pytest.fixture(scope="module")
def addresses(api: str, mongo_url: str, elasticsearch_url: str) -> Addresses:
    """Of the servers that the platform of these tests asks."""
    return Addresses(api, mongo_url, elasticsearch_url)


@pytest.fixture
def documents(platform: Platform, elasticsearch_url: str) -> Documents:
    return Documents(platform, elasticsearch_url)


@pytest.fixture
def published(platform: Platform, now: datetime, documents: Documents) -> Platform:
    """Hours of many stations, all of them published."""
    warehouse, window = platform.warehouse, history(now)
    with warehouse.locked(AVAILABILITY_FACTS, window) as transaction:
        transaction.replace(AVAILABILITY_FACTS, facts(window, COUNT), window)
    with warehouse.locked(STATIONS) as transaction:
        transaction.replace(STATIONS, stations(COUNT))
    publish(platform, window, now)
    for count in (5, 4):  # the second time a document is removed as well
        with warehouse.locked(STATION_STATES) as transaction:
            transaction.replace(STATION_STATES, states(count, now.replace(microsecond=0)))
        Publisher(STATES, warehouse, platform.search, now).publish(None)
    assert documents.agree()
    return platform


def publish(platform: Platform, window: Window, now: datetime) -> None:
    for day in days_of(window):
        Publisher(AVAILABILITY, platform.warehouse, platform.search, now).publish(day)


def warm(postgres_url: str) -> None:
    """Other values in every row, as a run writes them before it publishes."""
    with sa.create_engine(postgres_url).begin() as connection:
        connection.execute(
            sa.text("UPDATE availability_facts SET wind_speed_kmh = wind_speed_kmh + 1")
        )


def operations(url: str, alias: str) -> int:
    """How many documents the server has begun or ended to write."""
    answer = httpx.get(f"{url}/{alias}/_stats/indexing", timeout=60).raise_for_status().json()
    counts = answer["_all"]["primaries"]["indexing"]
    return int(counts["index_total"])


def kill_within(running: Callable[[], None], server: Settings, url: str, alias: str) -> None:
    """Kill the server when it has written some documents of what is running, which then fails."""
    process, before = psutil.Process(pids(server)["elasticsearch"]), operations(url, alias)
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(running)
        while not run.done() and operations(url, alias) == before:
            time.sleep(0.002)
        process.kill()
        process.wait(timeout=60)
        with pytest.raises(SearchError):
            run.result()


@pytest.mark.slow
def test_a_killed_server_and_a_restored_copy_are_repaired_by_value_automatically(
    published: Platform,
    documents: Documents,
    server: Settings,
    elasticsearch_url: str,
    warehouse_url: str,
    now: datetime,
) -> None:
    stations_before = published.search.states(STATIONS_INDEX)
    alias = published.search.alias(AVAILABILITY.projection)
    warm(warehouse_url)
    run = partial(publish, published, history(now), now)
    kill_within(run, server, elasticsearch_url, alias)
    older = server.data_dir.parent / "older copy"
    shutil.copytree(server.data_dir / "elasticsearch", older)
    assert not any(verdicts(look(published)).values())

    assert ensure(server).elasticsearch == elasticsearch_url

    assert not documents.agree()  # some hours are those of before
    assert repair(published)
    assert documents.agree()
    # What was acknowledged is there, and a restart alone makes no index suspicious.
    assert published.search.states(STATIONS_INDEX) == stations_before

    kill_nine(server, "elasticsearch")
    shutil.rmtree(server.data_dir / "elasticsearch")
    older.rename(server.data_dir / "elasticsearch")
    assert ensure(server).elasticsearch == elasticsearch_url

    assert not documents.agree()
    assert verdicts(look(published))["availability_index"] is False
    assert repair(published)
    assert documents.agree()
    assert all(verdicts(look(published)).values())
