"""The state-comparing sensor: exactly the hours that differ, once each."""

from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import pytest

from belib_weather.automation.late_data import slices
from belib_weather.automation.live import RANGE_END, RANGE_START
from belib_weather.lake import Lake
from belib_weather.lake.schema import RAW_SNAPSHOTS, RAW_WEATHER
from belib_weather.partitions import hour_key
from belib_weather.sources.response import Response
from belib_weather.warehouse.tables import AVAILABILITY_FACTS
from belib_weather.window import HOUR, Window, floor_hour
from belib_weather_tests.graph.conftest import DOWNSTREAM, Platform, history, keys_of


def look(platform: Platform) -> dg.SensorResult:
    """Evaluate the sensor as the daemon does."""
    return platform.evaluate("late_data")


def requested(result: dg.SensorResult) -> list[tuple[str, str]]:
    """First and last partition key of each request."""
    return [
        (
            request.partition_key or request.tags[RANGE_START],
            request.partition_key or request.tags[RANGE_END],
        )
        for request in result.run_requests or []
    ]


def copy_of_a_snapshot(lake: Lake, window: Window, captured_at: datetime) -> Response:
    """A response like the window's first snapshot, captured at another time."""
    document = next(lake.documents(RAW_SNAPSHOTS, window))
    return Response(
        source=document.source,
        captured_at=captured_at,
        request_url="file:late.json",
        request_params={},
        status=200,
        headers={},
        body=document.body,
        record_count=document.record_count,
        expected_count=None,
        summary=document.summary,
    )


@pytest.fixture
def settled(platform_with_facts: Platform) -> Platform:
    """A platform whose facts all agree with their inputs."""
    return platform_with_facts


def test_new_history_is_requested_as_one_range(
    platform_with_history: Platform, now: datetime
) -> None:
    assert requested(look(platform_with_history)) == [keys_of(history(now))]


def test_nothing_is_requested_while_facts_match_their_inputs(settled: Platform) -> None:
    assert requested(look(settled)) == []


def test_a_late_snapshot_touches_the_hours_it_observes_and_no_other(
    settled: Platform, now: datetime
) -> None:
    second_hour = history(now).start + HOUR
    late = copy_of_a_snapshot(settled.lake, history(now), second_hour + timedelta(minutes=7))
    settled.lake.append(RAW_SNAPSHOTS, late)

    result = look(settled)

    # At seven past it may change the hour before as well, half an hour back.
    assert requested(result) == [(hour_key(second_hour - HOUR), hour_key(second_hour))]


def test_the_last_closed_hour_follows_late_data_like_any_other(
    settled: Platform, now: datetime
) -> None:
    """A tick rewrites it only while its own hour has no snapshot yet."""
    closed = floor_hour(now) - HOUR
    late = copy_of_a_snapshot(settled.lake, history(now), closed + timedelta(minutes=25))
    settled.lake.append(RAW_SNAPSHOTS, late)
    last = history(now).end - HOUR  # nothing newer was stored: it was provisional
    assert requested(look(settled)) == [
        (hour_key(last), hour_key(last)),
        (hour_key(closed), hour_key(closed)),
    ]
    assert settled.materialize(*DOWNSTREAM, keys=(hour_key(last), hour_key(closed))).success
    assert requested(look(settled)) == []


def test_the_same_difference_has_the_same_run_key_and_a_new_one_another(
    settled: Platform, now: datetime
) -> None:
    hour = history(now).start + 3 * HOUR
    settled.lake.append(
        RAW_SNAPSHOTS, copy_of_a_snapshot(settled.lake, history(now), hour + timedelta(minutes=40))
    )
    first, second = look(settled), look(settled)
    settled.lake.append(
        RAW_SNAPSHOTS, copy_of_a_snapshot(settled.lake, history(now), hour + timedelta(minutes=41))
    )
    third = look(settled)

    [one], [two], [three] = (r.run_requests or [] for r in (first, second, third))
    assert one.run_key == two.run_key
    assert one.run_key != three.run_key


def test_materialized_hours_are_not_requested_again(settled: Platform, now: datetime) -> None:
    hour = history(now).start + 2 * HOUR
    settled.lake.append(
        RAW_SNAPSHOTS, copy_of_a_snapshot(settled.lake, history(now), hour + timedelta(minutes=20))
    )
    [keys] = requested(look(settled))
    assert settled.materialize(*DOWNSTREAM, keys=keys).success

    assert requested(look(settled)) == []


def test_revised_weather_reaches_the_facts(settled: Platform, now: datetime) -> None:
    hour = history(now).start + 2 * HOUR
    document = next(settled.lake.weather_documents(Window.hour(hour)))
    stamp = f"{hour:%Y-%m-%dT%H:%M}"
    revised = _with_temperature(document.body, stamp, 31.4)
    newer = Response(
        source=document.source,
        captured_at=datetime.now(UTC),
        request_url="file:revised.json",
        request_params={},
        status=200,
        headers={},
        body=revised,
        record_count=document.record_count,
        expected_count=None,
        summary=document.summary,
    )
    settled.lake.append(RAW_WEATHER, newer)
    assert settled.materialize("weather_hours", keys=f"{hour:%Y-%m-%d}").success

    [keys] = requested(look(settled))

    # The sample at a stamp holds the temperature of its hour and the sums of the one before.
    assert keys == (hour_key(hour - HOUR), hour_key(hour))
    assert settled.materialize(*DOWNSTREAM, keys=keys).success
    facts = settled.warehouse.read(AVAILABILITY_FACTS, Window.hour(hour))
    assert facts["temperature_c"].unique().to_list() == [31.4]


def _with_temperature(body: bytes, stamp: str, temperature_c: float) -> bytes:
    import json

    document: dict[str, Any] = json.loads(body)
    index = document["hourly"]["time"].index(stamp)
    document["hourly"]["temperature_2m"][index] = temperature_c
    return json.dumps(document).encode()


def test_raw_hours_landed_by_others_are_shown_as_materialized(
    settled: Platform, now: datetime
) -> None:
    earlier = history(now).start - 2 * HOUR
    snapshot = copy_of_a_snapshot(settled.lake, history(now), earlier + timedelta(minutes=35))
    settled.lake.append(RAW_SNAPSHOTS, snapshot)

    events = look(settled).asset_events

    assert [event.partition for event in events if isinstance(event, dg.AssetMaterialization)] == [
        hour_key(earlier)
    ]


def test_hours_of_an_active_run_are_not_requested(
    platform_with_history: Platform, now: datetime
) -> None:
    first, last = keys_of(history(now))
    job = platform_with_history.defs.get_job_def("remake")
    platform_with_history.instance.create_run_for_job(
        job, status=dg.DagsterRunStatus.STARTED, tags={RANGE_START: first, RANGE_END: last}
    )

    assert requested(look(platform_with_history)) == []


def test_old_hours_are_compared_slice_by_slice() -> None:
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 4, 15, tzinfo=UTC)
    seen: list[Window] = []
    cursor: str | None = None
    for _ in range(4):
        windows, cursor = slices(start, end, cursor)
        seen += windows

    assert min(window.start for window in seen) == start
    assert {hour for window in seen for hour in window.hours} == set(Window(start, end).hours)
