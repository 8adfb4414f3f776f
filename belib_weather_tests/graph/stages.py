"""What stores and Dagster's records hold after some runs: taken once, then copied into each test.

The runs take seconds, a copy tenths of a second. Elasticsearch is left out.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

import dagster as dg
import pytest
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo.database import Database

from belib_weather.partitions import day_key
from belib_weather.window import floor_hour
from belib_weather_tests.clocks import ClockOfTheTest
from belib_weather_tests.databases import Databases
from belib_weather_tests.graph.platforms import (
    Addresses,
    Platform,
    history,
    keys_of,
    platform_without_indices,
)


def _land(platform: Platform, now: datetime) -> None:
    historic = platform.changed(settings={"feed_history_minutes": 15})
    assert historic.materialize("raw_belib_snapshots", keys=keys_of(history(now))).success
    days = (day_key(now - timedelta(days=1)), day_key(now))
    assert platform.materialize("raw_weather", "weather_hours", keys=days).success
    assert platform.materialize("charge_points", "stations").success


def _compute(platform: Platform, now: datetime) -> None:
    assert platform.materialize("availability_facts", keys=keys_of(history(now))).success


STAGES = {"platform_with_history": _land, "platform_with_facts": _compute}
"""The runs behind a fixture, which follow those before it."""


@dataclass(frozen=True)
class Stage:
    """Documents by collection, a PostgreSQL database to copy, and Dagster's records."""

    documents: dict[str, list[RawBSONDocument]]
    database: str
    records: list[sqlite3.Connection]

    @classmethod
    def taken(
        cls, mongo: Database[dict[str, Any]], database: str, instance: dg.DagsterInstance
    ) -> Self:
        """What is there now; nothing may be connected to the PostgreSQL database."""
        raw = mongo.with_options(codec_options=CodecOptions(RawBSONDocument))
        found = {name: list(raw[name].find()) for name in mongo.list_collection_names()}
        documents = {name: rows for name, rows in found.items() if rows}
        return cls(documents, database, _backup(instance))

    def copy_into(self, mongo: Database[dict[str, Any]], instance: dg.DagsterInstance) -> None:
        """Fill prepared collections and an instance in memory; PostgreSQL copies for itself."""
        for name, documents in self.documents.items():
            mongo[name].insert_many(documents)
        _restore(self.records, instance)


class EmptyRecords:
    """An instance of Dagster in memory for one test after the other, each time without records.

    To create its tables takes longer than many a test.
    """

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self._instance, self._empty = instance, _backup(instance)

    def instance(self) -> dg.DagsterInstance:
        """The instance, emptied."""
        _restore(self._empty, self._instance)
        return self._instance


class Stages:
    """The stage of each fixture, taken anew when an hour has passed, as runs name their hours.

    Args:
        databases: with the name of a migrated one.
        folders: for homes.
    """

    def __init__(
        self,
        addresses: Addresses,
        databases: tuple[Databases, str],
        folders: pytest.TempPathFactory,
    ) -> None:
        self._addresses, self._folders = addresses, folders
        self._databases, self._migrated = databases
        self._taken: dict[tuple[str, datetime], Stage] = {}
        self._kept = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._kept.close()

    def of(self, fixture: str, now: datetime) -> Stage:
        """What the platform of a fixture begins with."""
        key = (fixture, floor_hour(now))
        if key not in self._taken:
            self._taken[key] = self._take(fixture, now)
        return self._taken[key]

    @contextmanager
    def platform(self, fixture: str, now: datetime) -> Iterator[Platform]:
        """A platform on a copy, for tests that share it; no index is there yet."""
        stage = self.of(fixture, now)
        with (
            self._databases.copied(stage.database) as name,
            self._platform_on(name, stage, now) as platform,
        ):
            yield platform

    def _take(self, fixture: str, now: datetime) -> Stage:
        fixtures = list(STAGES)
        place = fixtures.index(fixture)
        before = self.of(fixtures[place - 1], now) if place else None
        template = before.database if before else self._migrated
        name = self._kept.enter_context(self._databases.copied(template))
        with self._platform_on(name, before, now) as platform:
            STAGES[fixture](platform, now)
            self._databases.disconnect(name)
            return Stage.taken(platform.database, name, platform.instance)

    @contextmanager
    def _platform_on(self, name: str, stage: Stage | None, now: datetime) -> Iterator[Platform]:
        home, url = self._folders.mktemp("stage"), self._databases.url_of(name)
        settings = self._addresses.settings(now, home, name, url, name)
        with platform_without_indices(settings, clock=ClockOfTheTest()) as platform:
            platform.lake.prepare()
            if stage:
                stage.copy_into(platform.database, platform.instance)
            yield platform


def _backup(instance: dg.DagsterInstance) -> list[sqlite3.Connection]:
    copies = [sqlite3.connect(":memory:", check_same_thread=False) for _ in _records(instance)]
    for copy, original in zip(copies, _records(instance), strict=True):
        original.backup(copy)
    return copies


def _restore(copies: list[sqlite3.Connection], instance: dg.DagsterInstance) -> None:
    for copy, original in zip(copies, _records(instance), strict=True):
        copy.backup(original)


def _records(instance: dg.DagsterInstance) -> list[sqlite3.Connection]:
    """The two databases in memory of an instance; Dagster names no public way to them."""
    storages: list[Any] = [instance.run_storage, instance.event_log_storage]
    return [storage._held_conn.connection.driver_connection for storage in storages]
