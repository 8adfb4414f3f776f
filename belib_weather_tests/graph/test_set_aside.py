"""One stored document that cannot be read, or is set aside, costs itself and nothing else."""

from dataclasses import replace
from datetime import datetime, timedelta

import dagster as dg
import polars as pl
from bson import Binary, ObjectId
from polars.testing import assert_frame_equal

from belib_weather.lake import RAW_SNAPSHOTS, RAW_STATIC, RAW_WEATHER
from belib_weather.partitions import day_key, hour_key
from belib_weather.warehouse.tables import (
    AVAILABILITY_FACTS,
    CHARGE_POINTS,
    STATION_STATES,
    WEATHER_HOURS,
)
from belib_weather.window import DAY, HOUR, Window
from belib_weather_tests.graph.conftest import DOWNSTREAM, Platform, history, keys_of
from belib_weather_tests.graph.test_late_data import copy_of_a_snapshot, look, requested

NOW_ASSETS = ("charge_points", "stations", "station_states", "belib_current")


def facts(platform: Platform, window: Window) -> pl.DataFrame:
    return platform.warehouse.read(AVAILABILITY_FACTS, window)


def unreadable_in(result: dg.ExecuteInProcessResult, asset: str) -> str:
    """What the metadata of an asset names, all partitions together."""
    events = result.asset_materializations_for_node(asset)
    return " ".join(str(e.metadata.get("unreadable documents", "")) for e in events)


def test_unreadable_documents_are_left_out_alone(
    platform_with_facts: Platform, now: datetime
) -> None:
    platform, window = platform_with_facts, history(now)
    first_hour = Window.hour(window.start)
    before = facts(platform, window)
    good = copy_of_a_snapshot(platform.lake, window, window.start + timedelta(minutes=7))
    broken = platform.lake.append(RAW_SNAPSHOTS, replace(good, body=b"[{"))
    damaged = platform.lake.append(
        RAW_SNAPSHOTS, replace(good, captured_at=good.captured_at + timedelta(minutes=1))
    )
    newest = platform.lake.append(RAW_SNAPSHOTS, replace(good, captured_at=now, body=b"<html>"))
    static = replace(good, source="opendata_paris/static", captured_at=now, body=b"[{")
    static_id = platform.lake.append(RAW_STATIC, static).document_id
    platform.database[RAW_SNAPSHOTS].update_one(
        {"_id": ObjectId(damaged.document_id)}, {"$set": {"body": Binary(b"nothing")}}
    )

    raw = platform.materialize("raw_belib_snapshots", keys=hour_key(window.start))
    run = platform.materialize(*DOWNSTREAM, keys=keys_of(first_hour))
    shown = platform.materialize(*NOW_ASSETS)

    assert raw.success
    assert run.success
    assert shown.success
    columns = [name for name in before.columns if name != "is_provisional"]
    assert_frame_equal(facts(platform, window).select(columns), before.select(columns))
    [check] = [e for e in raw.get_asset_check_evaluations() if e.check_name == "documents_readable"]
    assert not check.passed
    named = str(check.metadata["unreadable documents"])
    for document in (broken, damaged):
        assert document.document_id in named
        assert document.document_id in unreadable_in(run, "availability_facts")
    for asset in ("charge_points", "station_states", "belib_current"):
        assert newest.document_id in unreadable_in(shown, asset)
    assert static_id in unreadable_in(shown, "charge_points")
    in_state = platform.warehouse.read(STATION_STATES)["captured_at"].unique().to_list()
    assert in_state == [platform.lake.current()["captured_at"][0]]
    assert window.start < in_state[0] < window.end
    last = keys_of(window)[1]  # no longer provisional, as there is a newer snapshot
    assert requested(look(platform)) == [(last, last)]


def test_an_hour_is_rebuilt_without_set_aside_documents_and_emptied_without_any(
    platform_with_facts: Platform, now: datetime
) -> None:
    platform, window = platform_with_facts, history(now)
    hour = Window.hour(window.start + 2 * HOUR)
    assert platform.materialize(*NOW_ASSETS).success
    before, points = facts(platform, window), platform.warehouse.read(CHARGE_POINTS)
    documents = [d.id for d in platform.lake.documents(RAW_SNAPSHOTS, hour)]

    for document in documents:
        platform.lake.set_aside(document, "a test")
    [(first, last)] = requested(look(platform))
    assert first <= hour_key(hour.start) <= last
    assert platform.materialize(*DOWNSTREAM, keys=(first, last)).success
    assert facts(platform, hour).is_empty()
    assert requested(look(platform)) == []

    for document in documents:
        platform.lake.take_back(document)
    [keys] = requested(look(platform))
    assert platform.materialize(*DOWNSTREAM, keys=keys).success
    assert platform.materialize(*NOW_ASSETS).success
    assert_frame_equal(facts(platform, window), before)
    assert_frame_equal(platform.warehouse.read(CHARGE_POINTS), points)


def test_days_are_rebuilt_without_set_aside_weather(
    platform_with_history: Platform, now: datetime
) -> None:
    platform, yesterday = platform_with_history, now - DAY
    day = Window.day(yesterday.replace(hour=0, minute=0, second=0, microsecond=0))
    before = platform.warehouse.read(WEATHER_HOURS, day)
    assert days_requested(platform) == []
    [document] = [
        d.id
        for d in platform.lake.weather_documents(day)
        if d.summary["first"].date() == day.start.date()
    ]

    mark = platform.lake.set_aside(document, "another place")
    assert (mark.collection, mark.first) == (RAW_WEATHER, day.start)
    assert day_key(day.start) in days_requested(platform)[0]
    assert platform.materialize("weather_hours", keys=day_key(day.start)).success
    assert platform.warehouse.read(WEATHER_HOURS, day).is_empty()

    platform.lake.take_back(document)
    assert platform.materialize("weather_hours", keys=day_key(day.start)).success
    assert_frame_equal(platform.warehouse.read(WEATHER_HOURS, day), before)


def days_requested(platform: Platform) -> list[tuple[str, ...]]:
    """The keys of each request of the sensor `late_weather`."""
    result = platform.evaluate("late_weather")
    return [
        (request.partition_key,) if request.partition_key else tuple(request.tags.values())
        for request in result.run_requests or []
    ]
