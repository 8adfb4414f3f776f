"""Homes with servers of their own, apart from those that other tests share."""

import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import psutil
import pymongo
import pytest

from belib_weather.embedded import EmbeddedError, StoreUrls, ensure, status, stop
from belib_weather.settings import Settings

NOBODY = "http://127.0.0.1:9"  # given as an address, so that no Elasticsearch is started


class MakeHome(Protocol):
    """Makes settings of a fresh home, whose servers are stopped afterwards."""

    def __call__(self, **settings: Any) -> Settings: ...


def pids(settings: Settings) -> dict[str, int | None]:
    return {server.name: server.pid for server in status(settings)}


def ports(settings: Settings) -> dict[str, int | None]:
    return {server.name: server.port for server in status(settings)}


def kill_nine(settings: Settings, *names: str) -> None:
    """Kill servers the hard way and wait until they are gone."""
    killed = [psutil.Process(pid) for name, pid in pids(settings).items() if name in names and pid]
    assert len(killed) == len(names)
    for process in killed:
        process.kill()
    for process in killed:
        process.wait(timeout=60)


def mongo_client(url: str) -> pymongo.MongoClient[dict[str, Any]]:
    """A client that waits for the journal, as the lake does."""
    return pymongo.MongoClient(url, w="majority", journal=True)


def available(settings: Settings) -> StoreUrls:
    """The servers of a home, or a skip with the reason where this machine has none."""
    try:
        return ensure(settings)
    except EmbeddedError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def make_home() -> Iterator[MakeHome]:
    homes: list[Settings] = []

    with tempfile.TemporaryDirectory() as folder:

        def make(**settings: Any) -> Settings:
            given = {"home": Path(folder) / f"home {len(homes)}", "_env_file": None, **settings}
            homes.append(Settings(**given))
            return homes[-1]

        yield make
        with ThreadPoolExecutor() as pool:
            list(pool.map(stop, homes))


@pytest.fixture(autouse=True, scope="module")
def _no_addresses_in_the_environment() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("MONGO", "POSTGRES", "DAGSTER_POSTGRES", "ELASTICSEARCH"):
            patch.delenv(f"BELIB_{name}_URL", raising=False)
        yield


@pytest.fixture(scope="module")
def local(make_home: MakeHome) -> Settings:
    """A home with MongoDB and PostgreSQL running."""
    settings = make_home(elasticsearch_url=NOBODY)
    available(settings)
    return settings
