"""Stores that an earlier version filled end equal to a rebuild from raw, by sensors alone."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from polars.testing import assert_frame_equal
from pydantic import SecretStr

from belib_weather.lake.schema import RAW
from belib_weather.local import postgres_dump
from belib_weather.partitions import day_key
from belib_weather.settings import Settings
from belib_weather.warehouse.tables import AVAILABILITY_FACTS, TABLES
from belib_weather.window import Window
from belib_weather_tests.clocks import StoppedClock
from belib_weather_tests.graph.conftest import DOWNSTREAM, Platform, keys_of, platform_on
from belib_weather_tests.graph.publication import Documents, settle
from belib_weather_tests.upgrade import FOLDER

MADE: dict[str, Any] = json.loads((FOLDER / "made.json").read_text())
NOW = datetime.fromisoformat(MADE["now"])
HOURS = Window(*(datetime.fromisoformat(end) for end in MADE["history"]))


@pytest.fixture
def then(settings: Settings) -> Settings:
    """The settings of that time."""
    start = (NOW - timedelta(days=2)).date()
    return settings.model_copy(update={"start": start, "minimum_charge_points": 10})


@pytest.fixture
def upgraded(then: Settings, empty_database: str) -> Iterator[Platform]:
    """A platform on what the earlier version stored, upgraded by the start."""
    postgres_dump.restore(empty_database, FOLDER / "warehouse.dump")
    with platform_on(
        then.model_copy(update={"postgres_url": SecretStr(empty_database)}), clock=stopped()
    ) as platform:
        fill(platform)
        platform.warehouse.migrate()
        yield platform


@pytest.fixture
def rebuilt(then: Settings, fresh_database: Callable[[], str]) -> Iterator[Platform]:
    """A platform on the same raw documents, everything else made by this version."""
    name = f"{then.mongo_database}_rebuilt"
    places = {"mongo_database": name, "index_prefix": name}
    settings = then.model_copy(update=places | {"postgres_url": SecretStr(fresh_database())})
    with platform_on(settings, clock=stopped()) as platform:
        fill(platform)
        days = (day_key(HOURS.start - timedelta(days=1)), day_key(NOW))
        assert platform.materialize("weather_hours", "weather_forecasts", keys=days).success
        assert platform.materialize("charge_points", "stations", "feed_hours").success
        assert platform.materialize(*DOWNSTREAM, keys=keys_of(HOURS)).success
        assert platform.materialize("status_episodes", keys=days).success
        yield platform


def stopped() -> StoppedClock:
    return StoppedClock(at=NOW.isoformat())


def fill(platform: Platform) -> None:
    platform.lake.prepare()
    for collection in RAW:
        file = FOLDER / "mongo" / f"{collection}.bson"
        assert not file.exists() or platform.lake.load(collection, file)


@pytest.mark.slow
def test_it_ends_equal_to_a_rebuild(
    upgraded: Platform, rebuilt: Platform, elasticsearch_url: str
) -> None:
    before = upgraded.warehouse.read(AVAILABILITY_FACTS)
    assert before.height == rebuilt.warehouse.read(AVAILABILITY_FACTS).height
    (outdated,) = upgraded.warehouse.outdated_rows()
    assert outdated.startswith("availability_facts: 0 of 6 hours follow rules")

    # What each live tick and each run of the jobs feed and episodes make as well.
    assert upgraded.materialize("charge_points", "stations", "feed_hours").success
    assert upgraded.materialize("status_episodes", keys=day_key(NOW)).success
    assert "apply_rules" in settle(upgraded)

    assert upgraded.warehouse.outdated_rows() == []
    for table in TABLES.values():
        own, other = (platform.warehouse.read(table) for platform in (upgraded, rebuilt))
        assert_frame_equal(own, other)
    hashes = [p.warehouse.ledger(AVAILABILITY_FACTS, HOURS) for p in (upgraded, rebuilt)]
    assert_frame_equal(*hashes)
    assert Documents(upgraded, elasticsearch_url).agree()
