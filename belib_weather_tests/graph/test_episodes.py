"""`status_episodes` on real stores: from raw to runs, in any order, and again when data is late."""

import json
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from belib_weather.assets.episodes import seconds_by_status
from belib_weather.lake.schema import RAW_SNAPSHOTS
from belib_weather.search.projections import EPISODES_INDEX
from belib_weather.sources.response import Response
from belib_weather.warehouse.tables import AVAILABILITY_FACTS, STATUS_EPISODES, STATUS_RUNS
from belib_weather.window import DAY, HOUR, Window
from belib_weather_tests.bodies import body
from belib_weather_tests.clocks import StoppedClock
from belib_weather_tests.graph.conftest import Platform, keys_of
from belib_weather_tests.graph.publication import Documents, settle
from belib_weather_tests.graph.test_late_data import requested

MIDNIGHT = datetime(2026, 11, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
BOTH_DAYS = ("2026-11-09", "2026-11-10")
WINDOW = Window(MIDNIGHT - DAY, MIDNIGHT + DAY)
RECORDS = json.loads(body("realtime/2026.json"))
POINT = RECORDS[0]["id_pdc"]
PLUGGED, LEFT = MIDNIGHT - HOUR + 7 * MINUTE, MIDNIGHT + HOUR - 4 * MINUTE


def snapshot(captured_at: datetime) -> Response:
    """All points free since the evening; one occupied from `PLUGGED` to `LEFT`."""
    is_occupied = PLUGGED <= captured_at < LEFT
    stamp = max(at for at in (MIDNIGHT - 4 * HOUR, PLUGGED, LEFT) if at <= captured_at)
    records = [
        record | {"statut_pdc": "Disponible", "last_updated": (MIDNIGHT - 4 * HOUR).isoformat()}
        for record in RECORDS
    ]
    records[0] |= {"last_updated": stamp.isoformat()}
    records[0] |= {"statut_pdc": "Occupé (en charge)"} if is_occupied else {}
    return Response(
        source="opendata_paris/realtime",
        captured_at=captured_at,
        request_url="https://feed.invalid",
        request_params={},
        status=200,
        headers={},
        body=json.dumps(records).encode(),
        record_count=len(records),
        expected_count=None,
        summary={},
    )


@pytest.fixture
def polled(platform: Platform) -> Platform:
    """The platform at 10:20, with polls from 22:00 to 02:00 and their facts."""
    clock = StoppedClock(at=f"{MIDNIGHT + 10 * HOUR + 20 * MINUTE}")
    polled = platform.changed(settings={"start": MIDNIGHT.date() - timedelta(days=2)}, clock=clock)
    for quarter in range(-8, 9):
        polled.lake.append(RAW_SNAPSHOTS, snapshot(MIDNIGHT + quarter * 15 * MINUTE))
    hours = keys_of(Window(MIDNIGHT - 2 * HOUR, MIDNIGHT + 3 * HOUR))
    assert polled.materialize("availability_facts", keys=hours).success
    return polled


def test_a_session_over_midnight_is_one_run_with_the_seconds_of_the_facts(
    polled: Platform,
) -> None:
    result = polled.materialize("status_episodes", keys=BOTH_DAYS)

    assert result.success
    checks = {found.check_name: found.passed for found in result.get_asset_check_evaluations()}
    assert checks == {"do_not_overlap": True, "agree_with_facts": True}
    runs = polled.warehouse.read(STATUS_RUNS)
    own = runs.filter((pl.col("charge_point_id") == POINT) & (pl.col("status") == "occupied"))
    assert own.select(
        "started_at", "ended_at", "start_kind", "end_kind", "segments", "is_censored_end"
    ).rows() == [(PLUGGED, LEFT, "exact", "exact", 2, False)]
    assert runs.height == len(RECORDS) + 2
    facts = polled.warehouse.read(AVAILABILITY_FACTS, WINDOW)
    sums = seconds_by_status(polled.warehouse.read(STATUS_EPISODES, WINDOW))
    assert sums == {name: facts[name].sum() for name in sums}
    assert sum(sums.values()) == len(RECORDS) * 4 * 3600


def test_the_index_follows_the_segments_of_every_day_that_differs(
    polled: Platform, elasticsearch_url: str
) -> None:
    assert polled.materialize("charge_points", "stations").success
    assert polled.materialize("status_episodes", keys=BOTH_DAYS).success
    assert polled.materialize("episodes_index").success
    shown = Documents(polled, elasticsearch_url).all(EPISODES_INDEX)
    rows = polled.warehouse.read(STATUS_EPISODES)
    assert len(shown) == rows.height
    assert sum(one["seconds"] for one in shown.values()) == rows["seconds"].sum()
    own = [one for one in shown.values() if one["charge_point_id"] == POINT]
    assert {one["address"] for one in own} == {RECORDS[0]["adresse_station"]}

    again = polled.materialize("episodes_index")
    (written,) = again.get_asset_materialization_events()
    assert written.materialization.metadata["documents written"].value == 0


def test_days_are_rebuilt_in_any_order_and_kept_when_raw_is_lost(polled: Platform) -> None:
    assert polled.materialize("status_episodes", keys=BOTH_DAYS).success
    rows = polled.warehouse.read(STATUS_EPISODES, WINDOW)
    for day in reversed(BOTH_DAYS):
        assert polled.materialize("status_episodes", keys=day).success
    assert_frame_equal(polled.warehouse.read(STATUS_EPISODES, WINDOW), rows)

    polled.database[RAW_SNAPSHOTS].delete_many({"captured_at": {"$lt": MIDNIGHT}})

    result = polled.materialize("status_episodes", keys=BOTH_DAYS[0])
    assert not result.success
    assert_frame_equal(polled.warehouse.read(STATUS_EPISODES, WINDOW), rows)


def test_a_late_snapshot_requests_the_days_computed_from_it(polled: Platform) -> None:
    assert requested(polled.evaluate("late_episodes")) == [(BOTH_DAYS[0], BOTH_DAYS[0])]
    assert polled.materialize("status_episodes", keys=BOTH_DAYS).success
    assert requested(polled.evaluate("late_episodes")) == []

    polled.lake.append(RAW_SNAPSHOTS, snapshot(MIDNIGHT + 40 * MINUTE))
    assert requested(polled.evaluate("late_episodes")) == []  # today's is left to the schedule

    polled.lake.append(RAW_SNAPSHOTS, snapshot(MIDNIGHT + 20 * MINUTE))
    assert requested(polled.evaluate("late_episodes")) == [(BOTH_DAYS[0], BOTH_DAYS[0])]
    assert settle(polled, {"late_episodes": "remake_episodes"}) == ["remake_episodes"]
    assert polled.search.total(EPISODES_INDEX) == polled.warehouse.read(STATUS_EPISODES).height
