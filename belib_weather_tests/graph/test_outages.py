"""Outages, reliability and times to repair on real stores, from polls to the views."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from belib_weather.lake.schema import RAW_SNAPSHOTS
from belib_weather.sources.response import Response
from belib_weather.warehouse.tables import (
    OUTAGES,
    RELIABILITY_OF_STATIONS,
    STATION_RELIABILITY,
    TIME_TO_REPAIR,
)
from belib_weather.window import HOUR, Window
from belib_weather_tests.clocks import StoppedClock
from belib_weather_tests.graph.conftest import EPISODES, Platform, keys_of
from belib_weather_tests.graph.test_episodes import MINUTE, POINT, RECORDS, snapshot

MIDNIGHT = datetime(2026, 11, 10, tzinfo=UTC)
BOTH_DAYS = ("2026-11-09", "2026-11-10")
BROKEN, REPAIRED = MIDNIGHT - HOUR + 7 * MINUTE, MIDNIGHT + HOUR - 4 * MINUTE
"""When `snapshot` shows the point occupied."""
OCCUPIED = json.dumps("Occupé (en charge)").strip('"').encode()
MARTS = ("station_reliability", "time_to_repair")


@pytest.fixture
def polled(platform: Platform) -> Platform:
    """Polls from 22:00 to 02:00 in which one point is out of order for a while."""
    clock = StoppedClock(at=f"{MIDNIGHT + 10 * HOUR + 20 * MINUTE}")
    polled = platform.changed(settings={"start": MIDNIGHT.date() - timedelta(days=2)}, clock=clock)
    for quarter in range(-8, 9):
        polled.lake.append(RAW_SNAPSHOTS, broken(MIDNIGHT + quarter * 15 * MINUTE))
    hours = keys_of(Window(MIDNIGHT - 2 * HOUR, MIDNIGHT + 3 * HOUR))
    assert polled.materialize("charge_points", "stations").success
    assert polled.materialize("availability_facts", keys=hours).success
    return polled


def broken(captured_at: datetime) -> Response:
    """As `snapshot`, but out of order in place of occupied."""
    made = snapshot(captured_at)
    return replace(made, body=made.body.replace(OCCUPIED, b"En maintenance"))


def test_an_outage_is_found_counted_and_repaired_in_every_table(polled: Platform) -> None:
    made = polled.materialize(*EPISODES, keys=BOTH_DAYS)
    assert made.success
    assert all(check.passed for check in made.get_asset_check_evaluations())
    [outage] = polled.warehouse.read(OUTAGES).iter_rows(named=True)
    assert (outage["outage_of"], outage["is_begun"], outage["end_kind"]) == (
        POINT,
        True,
        "returned",
    )
    assert (outage["down_from"], outage["ended_at"]) == (BROKEN, REPAIRED)
    [event] = made.asset_materializations_for_node("outages")
    assert {"table", "segments read", "outages"} <= event.metadata.keys()

    marts = polled.materialize(*MARTS)

    assert marts.success
    assert all(check.passed for check in marts.get_asset_check_evaluations())
    for name in MARTS:
        [event] = marts.asset_materializations_for_node(name)
        assert {"table", "rows written"} <= event.metadata.keys(), name
    rows = polled.warehouse.read(STATION_RELIABILITY)
    seconds = int((REPAIRED - BROKEN).total_seconds())
    own = rows.filter(pl.col("station_id") == outage["station_id"])
    assert own.select("period", "down_seconds", "outages_begun", "outages_ended").rows() == [
        ("week", seconds, 1, 1),
        ("month", seconds, 1, 1),
    ]
    weeks = rows.filter(pl.col("period") == "week")
    assert weeks["down_seconds"].sum() == seconds
    view = polled.warehouse.read(RELIABILITY_OF_STATIONS)
    assert view.height == rows.height
    [repair] = (
        polled.warehouse.read(TIME_TO_REPAIR)
        .filter(pl.col("scope") == "city")
        .iter_rows(named=True)
    )
    assert (repair["outages_begun"], repair["median_hours"]) == (1, seconds / 3600)


def test_a_period_is_recomputed_only_when_its_inputs_change(polled: Platform) -> None:
    def recomputed_periods() -> int:
        assert polled.materialize(*EPISODES, keys=BOTH_DAYS).success
        made = polled.materialize("station_reliability")
        assert made.success
        [event] = made.asset_materializations_for_node("station_reliability")
        return len(event.metadata["periods computed"].value)  # type: ignore[arg-type]

    assert [recomputed_periods(), recomputed_periods()] == [2, 0]
    first = up_seconds(polled)
    polled.lake.append(RAW_SNAPSHOTS, broken(MIDNIGHT + 2 * HOUR + 10 * MINUTE))
    assert recomputed_periods() == 2
    assert up_seconds(polled) - first == 2 * 600 * len(RECORDS)


def up_seconds(platform: Platform) -> int:
    """Of all stations, by week and by month."""
    rows = platform.warehouse.read(STATION_RELIABILITY)
    return int(rows.select(pl.col("up_seconds").sum()).item())
