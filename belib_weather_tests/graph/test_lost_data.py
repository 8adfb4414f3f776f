"""What is lost is found by what the other stores still know."""

from datetime import datetime
from typing import Any

from pymongo.database import Database

from belib_weather.lake import RAW_SNAPSHOTS
from belib_weather.local.lost_data import is_refilled, lost_raw
from belib_weather.warehouse.tables import WEATHER_HOURS
from belib_weather.window import DAY, HOUR, Window
from belib_weather_tests.graph.conftest import Platform, history


def test_hours_missing_from_raw_are_counted_and_named(
    platform_with_facts: Platform, mongo_database: Database[dict[str, Any]], now: datetime
) -> None:
    platform, past = platform_with_facts, history(now)
    assert lost_raw(platform.lake, platform.warehouse) is None

    middle = Window(past.start + 2 * HOUR, past.start + 4 * HOUR)
    gone = {"captured_at": {"$gte": middle.start, "$lt": middle.end}}
    mongo_database[RAW_SNAPSHOTS].delete_many(gone)

    lost = lost_raw(platform.lake, platform.warehouse)
    assert lost
    assert (lost.hours, lost.first, lost.last) == (2, middle.start, middle.end - HOUR)
    assert "restore a backup of MongoDB" in str(lost)


def test_a_postgresql_without_the_weather_that_raw_has_is_new(
    platform_with_history: Platform,
) -> None:
    lake, warehouse = platform_with_history.lake, platform_with_history.warehouse
    assert not is_refilled(lake, warehouse)
    rows = warehouse.read(WEATHER_HOURS)
    days = Window(rows["hour"].dt.truncate("1d")[0], rows["hour"].dt.truncate("1d")[-1] + DAY)
    with warehouse.locked(WEATHER_HOURS, days) as transaction:
        transaction.replace(WEATHER_HOURS, rows.clear(), days)
    assert is_refilled(lake, warehouse)
