"""Past days that an import brings ask the archive for their weather, until it is there."""

from datetime import datetime

import dagster as dg

from belib_weather.partitions import day_key, hour_key
from belib_weather.warehouse.tables import AVAILABILITY_FACTS
from belib_weather.window import DAY, HOUR, Window
from belib_weather_tests.graph.conftest import DOWNSTREAM, Platform


def requested(platform: Platform) -> list[dg.RunRequest]:
    """What the sensor asks for."""
    return list(platform.evaluate("past_weather").run_requests or [])


def test_the_weather_of_a_past_day_is_requested_until_it_is_stored(
    platform: Platform, now: datetime
) -> None:
    day = now.replace(hour=0, minute=0, second=0, microsecond=0) - 8 * DAY
    last = day + 23 * HOUR
    settings = {"start": (day - DAY).date(), "feed_history_minutes": 15}
    past = platform.changed(settings=settings)
    assert past.materialize("raw_belib_snapshots", keys=hour_key(last)).success
    assert past.materialize(*DOWNSTREAM, keys=hour_key(last)).success

    [request] = requested(past)
    assert request.partition_key == day_key(day)
    assert requested(past)[0].run_key == request.run_key  # which Dagster launches once

    weather = ("raw_weather", "weather_hours")
    assert past.materialize(*weather, keys=day_key(day)).success
    assert requested(past) == []
    # The rain of the day's last hour is in the next day's first row, written with it.
    assert past.materialize(*DOWNSTREAM, keys=hour_key(last)).success
    facts = past.warehouse.read(AVAILABILITY_FACTS, Window.hour(last))
    assert facts["precipitation_mm"].null_count() == 0
    assert facts["temperature_c"].null_count() == 0
