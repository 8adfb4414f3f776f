"""The dimensions on real stores: documents come late, are set aside and come back."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from belib_weather.assets import attribute_days, dimensions
from belib_weather.datasets import ChargePoint
from belib_weather.formats import batches as batches_format
from belib_weather.formats import export as export_format
from belib_weather.formats import realtime
from belib_weather.formats.parsed import ParsedBodies
from belib_weather.lake.schema import RAW_SNAPSHOTS, RAW_STATIC
from belib_weather.partitions import LIVE_TAG
from belib_weather.warehouse.tables import CHARGE_POINTS, FEED_ATTRIBUTES, STATIONS
from belib_weather_tests.cleaned import dimensions_of
from belib_weather_tests.clocks import StoppedClock
from belib_weather_tests.graph.conftest import Platform
from belib_weather_tests.graph.test_feed_hours import response_at
from belib_weather_tests.graph.test_parsing import counting

A, B = "1 Rue A 75001 Paris", "2 Rue B 75002 Paris"


def instant(day: int, hour: int = 11) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def snapshot(at: datetime, *addresses: str | None) -> bytes:
    """A point of one station for each address."""
    records = [
        {
            "id_pdc": f"FR*V75*EPX01*01*{number}",
            "statut_pdc": "Disponible",
            "last_updated": at.isoformat(),
            "adresse_station": address,
        }
        for number, address in enumerate(addresses, start=1)
    ]
    return json.dumps(records).encode()


def export(power: str) -> bytes:
    point = {"id_pdc_local": "FR*V75*EPX01*01*1", "puissance_nominale": power}
    unseen = {"id_pdc_local": "FR*V75*EPX09*09*1", "puissance_nominale": power}
    return json.dumps([point, unseen]).encode()


@pytest.fixture
def late_in_november(platform: Platform) -> Platform:
    """The platform at noon of the 21st."""
    return platform.changed(settings={}, clock=StoppedClock(at=f"{instant(21, 12)}"))


def append(platform: Platform, at: datetime, body: bytes, collection: str = RAW_SNAPSHOTS) -> str:
    source = "opendata_paris/static" if collection == RAW_STATIC else "opendata_paris/realtime"
    response = replace(response_at(at), body=body, source=source, record_count=2)
    return platform.lake.append(collection, response).document_id


def assert_materialized(
    platform: Platform,
    snapshots: Mapping[datetime, bytes],
    static: Mapping[datetime, bytes] | None = None,
) -> dict[str, Any]:
    """Materialize, and compare with what these documents give read at once; the metadata."""
    result = platform.materialize("charge_points", "stations")
    assert result.success
    expected = dimensions_of(snapshots, static)
    assert_frame_equal(platform.warehouse.read(CHARGE_POINTS), expected.points)
    assert_frame_equal(platform.warehouse.read(STATIONS), expected.stations)
    [event] = result.asset_materializations_for_node("charge_points")
    return {name: value.value for name, value in event.metadata.items()}


def test_after_late_or_set_aside_documents_the_tables_equal_a_rebuild(
    late_in_november: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = late_in_november
    bodies = {instant(10): snapshot(instant(10), A, A), instant(20): snapshot(instant(20), B, A)}
    ids = {at: append(platform, at, body) for at, body in bodies.items()}
    assert_materialized(platform, bodies)

    bodies[instant(15)] = snapshot(instant(15), B)
    static = {instant(12): export("7"), instant(8): export("22")}
    ids[instant(15)] = append(platform, instant(15), bodies[instant(15)])
    for at, body in static.items():
        append(platform, at, body, RAW_STATIC)
    metadata = assert_materialized(platform, bodies, static)
    assert metadata["days of documents read"] == 3
    assert metadata["in the feed and the static dataset"] == 1
    assert (metadata["in the feed alone"], metadata["in the static dataset alone"]) == (1, 1)

    for at in (instant(20), instant(10)):
        platform.lake.set_aside(ids[at], "a test")
        without = {other: body for other, body in bodies.items() if other != at}
        assert_materialized(platform, without, static)
        platform.lake.take_back(ids[at])
        assert_materialized(platform, bodies, static)

    # A tick reads what came after what is known; what comes before is read with its day.
    monkeypatch.setattr(realtime, "_RECENT", ParsedBodies(4))
    parsed: Counter[str] = Counter()
    for reads in (export_format, batches_format):
        counting(monkeypatch, reads, "content_of", parsed)
    for hour, read in ((12, {12}), (9, {9, 11, 12})):
        parsed.clear()
        at = instant(20, hour)
        bodies[at] = snapshot(at, A, B)
        append(platform, at, bodies[at])
        before = Counter(parsed)
        result = platform.materialize("charge_points")
        assert result.success
        assert parsed - before == Counter(
            hashlib.sha256(bodies[instant(20, number)]).hexdigest() for number in read
        )
        assert_materialized(platform, bodies, static)

    # A snapshot of a clock that is ahead waits until its time has come.
    append(platform, instant(23), snapshot(instant(23), B, B))
    assert assert_materialized(platform, bodies, static)["days of documents left"] == 0


def test_rows_of_an_earlier_version_stay_until_every_day_was_read(
    late_in_november: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = late_in_november
    bodies = {instant(day): snapshot(instant(day), A) for day in (10, 12, 21)}
    for at, body in bodies.items():
        append(platform, at, body)
    old = dimensions_of(bodies).points.with_columns(
        pl.lit("as it was").alias("address"), pl.col("valid_from") + timedelta(hours=11)
    )
    with platform.warehouse.locked(CHARGE_POINTS) as transaction:
        transaction.upsert(CHARGE_POINTS, old)
    monkeypatch.setattr(dimensions, "MOST_SECONDS", 0)
    monkeypatch.setattr(attribute_days, "MOST_DAYS", 1)

    for left in (2, 1):
        result = platform.materialize("charge_points", "stations", tags={LIVE_TAG: "true"})
        assert result.success
        [event] = result.asset_materializations_for_node("charge_points")
        assert event.metadata["days of documents left"].value == left
        assert_frame_equal(platform.warehouse.read(CHARGE_POINTS), old)
        assert platform.warehouse.read(STATIONS)["address"].to_list() == ["as it was"]
    assert_materialized(platform, bodies)


def test_a_day_whose_documents_are_lost_keeps_its_attributes(late_in_november: Platform) -> None:
    platform = late_in_november.changed(settings={}, clock=StoppedClock(at=f"{instant(21, 12)}"))
    bodies = {instant(day): snapshot(instant(day), A if day < 20 else B) for day in (10, 21)}
    for at, body in bodies.items():
        append(platform, at, body)
    assert_materialized(platform, bodies)
    platform.database[RAW_SNAPSHOTS].delete_one({"captured_at": instant(10)})
    tomorrow = platform.changed(settings={}, clock=StoppedClock(at=f"{instant(22, 12)}"))
    assert assert_materialized(tomorrow, bodies)["days of documents lost"] == 1

    # A day of the future is not lost: its documents wait.
    before = platform.changed(settings={}, clock=StoppedClock(at=f"{instant(20, 12)}"))
    metadata = assert_materialized(before, {instant(10): bodies[instant(10)]})
    assert metadata["days of documents lost"] == 1
    assert_materialized(tomorrow, bodies)


def test_emptied_tables_are_rebuilt(late_in_november: Platform) -> None:
    platform = late_in_november
    bodies = {instant(day): snapshot(instant(day), A) for day in (10, 21)}
    for at, body in bodies.items():
        append(platform, at, body)
    assert_materialized(platform, bodies)
    for table in (CHARGE_POINTS, STATIONS, FEED_ATTRIBUTES):
        with platform.warehouse.locked(table) as transaction:
            transaction.replace(table, table.dataset.create_empty())
    assert_materialized(platform, bodies)
    assert ChargePoint.is_valid(platform.warehouse.read(CHARGE_POINTS))
