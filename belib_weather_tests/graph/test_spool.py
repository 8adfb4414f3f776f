"""Polls that waited on disk: rows computed without them are rebuilt."""

from datetime import timedelta

from belib_weather.assets.late_hours import differing_hours
from belib_weather.lake import RAW_SNAPSHOTS, DrainResult, Spool
from belib_weather.lake.envelope import document_of
from belib_weather.window import HOUR, Window
from belib_weather_tests.graph.conftest import Platform, keys_of
from belib_weather_tests.graph.test_feed_hours import (  # noqa: F401 - one is a fixture
    MIDNIGHT,
    at_twenty_past_ten,
    by_hour,
    every_five_minutes,
    materialized_rows,
    poll,
    response_at,
)

HOLE = Window(MIDNIGHT + HOUR, MIDNIGHT + 3 * HOUR)
AROUND = Window(MIDNIGHT, MIDNIGHT + 4 * HOUR)


def test_rows_of_a_gap_are_rebuilt_when_its_polls_come_from_the_spool(
    at_twenty_past_ten: Platform,  # noqa: F811
) -> None:
    platform = at_twenty_past_ten
    poll(platform, every_five_minutes(AROUND.start, HOLE.start))
    poll(platform, every_five_minutes(HOLE.end, AROUND.end + timedelta(minutes=5)))
    observed = by_hour(materialized_rows(platform), "observed_seconds")
    assert [observed[hour] for hour in range(4)] == [3300, 0, 0, 3600]
    assert platform.materialize("availability_facts", keys=keys_of(AROUND)).success
    assert differing_hours(platform.lake, platform.warehouse, AROUND).is_empty()

    spool = Spool(platform.settings.spool_dir, 16)
    for captured_at in every_five_minutes(HOLE.start, HOLE.end):
        spool.put(RAW_SNAPSHOTS, document_of(response_at(captured_at)))
    assert spool.drain(platform.lake) == DrainResult(24, [])

    observed = by_hour(materialized_rows(platform), "observed_seconds")
    assert [observed[hour] for hour in range(4)] == [3600] * 4
    late = set(differing_hours(platform.lake, platform.warehouse, AROUND)["hour"])
    assert set(HOLE.hours) <= late
