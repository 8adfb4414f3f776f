"""The whole graph on real stores, fed by a real HTTP server that simulates the public APIs."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from pydantic import SecretStr
from pymongo.database import Database

from belib_weather.lake import Lake
from belib_weather.search import SearchStore
from belib_weather.settings import PREFIX, Settings
from belib_weather.simulator.app import create_app
from belib_weather.simulator.city import City
from belib_weather.simulator.server import serving
from belib_weather.warehouse import Warehouse
from belib_weather_tests.clocks import PRESENT, ClockOfTheTest, SimulatorClock
from belib_weather_tests.databases import Databases
from belib_weather_tests.graph.platforms import (
    DOWNSTREAM,
    EPISODES,
    LIVE,
    MARTS,
    Addresses,
    Platform,
    defs_of,
    history,
    keys_of,
    platform_on,
)
from belib_weather_tests.graph.published_indices import (  # noqa: F401 - fixtures
    documents,
    published,
)
from belib_weather_tests.graph.stages import STAGES, EmptyRecords, Stage, Stages

__all__ = [
    "DOWNSTREAM",
    "EPISODES",
    "LIVE",
    "MARTS",
    "Platform",
    "history",
    "keys_of",
    "platform_on",
]

CHARGE_POINTS = 240


@pytest.fixture(scope="session")
def api() -> Iterator[str]:
    """Address of a simulator with a small city."""
    with serving(
        create_app(City(seed=7, charge_points=CHARGE_POINTS), clock=SimulatorClock())
    ) as base:
        yield base


@pytest.fixture
def now() -> Iterator[datetime]:
    """The present, as at the start of the test."""
    yield PRESENT.begin()
    PRESENT.end()


@pytest.fixture(scope="session")
def addresses(api: str, mongo_url: str, elasticsearch_url: str) -> Addresses:
    """Of the servers that every test asks."""
    return Addresses(api, mongo_url, elasticsearch_url)


@pytest.fixture(scope="session")
def stages(
    addresses: Addresses,
    migrated_template: tuple[Databases, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stages]:
    """What platforms begin with."""
    with Stages(addresses, migrated_template, tmp_path_factory) as stages:
        yield stages


@pytest.fixture
def stage(request: pytest.FixtureRequest, now: datetime) -> Stage | None:
    """What the test's platform begins with: of its fixtures, the one with the most runs."""
    asked = [name for name in STAGES if name in request.fixturenames]
    if not asked:
        return None
    stages: Stages = request.getfixturevalue("stages")
    return stages.of(asked[-1], now)


@pytest.fixture
def warehouse_url(migrated_template: tuple[Databases, str], stage: Stage | None) -> Iterator[str]:
    """A database with the rows of the test's stage, dropped afterwards."""
    databases, empty = migrated_template
    with databases.fresh(stage.database if stage else empty) as url:
        yield url


@pytest.fixture
def settings(
    addresses: Addresses,
    mongo_database: Database[dict[str, Any]],
    warehouse_url: str,
    search: SearchStore,
    now: datetime,
    tmp_path: Path,
) -> Settings:
    """The settings of a platform of its own."""
    return addresses.settings(
        now, tmp_path / "home", mongo_database.name, warehouse_url, search.prefix
    )


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> pytest.MonkeyPatch:
    """The same settings in the environment, for processes of their own."""
    for name in settings.model_fields_set:
        value = getattr(settings, name)
        text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        monkeypatch.setenv(f"{PREFIX}{name.upper()}", text)
    return monkeypatch


@pytest.fixture(scope="session")
def empty_records() -> Iterator[EmptyRecords]:
    """Dagster's records, emptied for each test of a worker."""
    with dg.DagsterInstance.ephemeral() as instance:
        yield EmptyRecords(instance)


@pytest.fixture
def platform(
    settings: Settings,
    lake: Lake,
    warehouse: Warehouse,
    search: SearchStore,
    mongo_database: Database[dict[str, Any]],
    stage: Stage | None,
    empty_records: EmptyRecords,
) -> Platform:
    """A platform on databases of its own, polling a simulated city."""
    instance = empty_records.instance()
    if stage:
        stage.copy_into(mongo_database, instance)
    return Platform(
        settings,
        defs_of(settings, clock=ClockOfTheTest()),
        instance,
        lake,
        warehouse,
        search,
        mongo_database,
    )


@pytest.fixture
def platform_with_history(platform: Platform) -> Platform:
    """The same, with six hours of 15-minute snapshots and the weather in its raw layer."""
    return platform


@pytest.fixture
def platform_with_facts(platform: Platform) -> Platform:
    """The same, with the facts of these hours, which are not published."""
    return platform
