"""Two exports through import and assets into all three stores."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta

import polars as pl
import pytest

from belib_weather.datasets import STATUS_SECONDS
from belib_weather.lake.schema import RAW_SNAPSHOTS
from belib_weather.networks import NETWORK
from belib_weather.partitions import day_key
from belib_weather.search.projections import STATIONS_INDEX
from belib_weather.sources.explore import response_of_export
from belib_weather.warehouse.tables import (
    AVAILABILITY_FACTS,
    OCCUPANCY_PROFILE,
    OUTAGES,
    RELIABILITY_OF_STATIONS,
    SATURATION,
    STATION_STATES,
    TABLES,
    TIME_TO_REPAIR,
    WEATHER_ASSOCIATION,
)
from belib_weather.window import Window, floor_hour
from belib_weather_tests.bodies import body as stored
from belib_weather_tests.clocks import StoppedClock
from belib_weather_tests.graph.conftest import LIVE, MARTS, Platform, keys_of
from belib_weather_tests.unit.transform.reference import ids_of, stations_of

EXPORTS = tuple(f"realtime/{name}.json" for name in ("2022", "2022_five_minutes_later"))
FIVE_MINUTES = timedelta(minutes=5)
MANY = 1000
"""Points of a whole city: their shares are stable."""
SOURCE = "opendata_paris/realtime"


@pytest.fixture
def of_2022(platform: Platform) -> Platform:
    """A platform whose partitions begin before the exports."""
    return platform.changed(settings={"start": date(2022, 12, 13)})


def land(platform: Platform, body: bytes, captured_at: datetime | None = None) -> datetime:
    """Import an export as the command line does; gives its capture time."""
    response = response_of_export(
        body, captured_at=captured_at, name="export.json", minimum_charge_points=10
    )
    platform.lake.append(RAW_SNAPSHOTS, response)
    return response.captured_at


def materialized(platform: Platform, first: datetime, last: datetime) -> pl.DataFrame:
    """The facts of the hours from `first` to `last`, made by a range run."""
    window = Window(floor_hour(first), floor_hour(last) + timedelta(hours=1))
    keys = keys_of(window)
    result = platform.materialize(*LIVE, keys=keys if keys[0] != keys[1] else keys[0])
    assert result.success
    return platform.warehouse.read(AVAILABILITY_FACTS, window)


def test_facts_of_two_exports_a_day_apart_are_all_unobserved(of_2022: Platform) -> None:
    bodies = [stored(name) for name in EXPORTS]
    first = land(of_2022, bodies[0])
    last = land(of_2022, bodies[1], first + timedelta(days=1))

    facts = materialized(of_2022, first, last)

    charge_points = sum(len(ids_of(body)) for body in bodies)
    assert facts.height == sum(len(stations_of(body)) for body in bodies)
    assert facts["charge_points"].sum() == charge_points
    assert facts["unobserved_seconds"].sum() == charge_points * 3600
    assert facts["any_observed_seconds"].sum() == 0
    assert set(facts["source"]) == {"opendata_paris/realtime"}


def test_facts_of_two_exports_five_minutes_apart_are_observed(of_2022: Platform) -> None:
    bodies = [stored(name) for name in EXPORTS]
    second = land(of_2022, bodies[1])
    first = land(of_2022, bodies[0], second - FIVE_MINUTES)

    facts = materialized(of_2022, first, second)

    observed = facts.select(pl.sum_horizontal(*STATUS_SECONDS, "stale_seconds").sum()).item()
    assert set(facts["station_id"]) == stations_of(bodies[1])
    assert observed == len(ids_of(bodies[0]) & ids_of(bodies[1])) * 300
    assert set(facts["any_observed_seconds"]) == {300}


def test_counts_per_status_agree_everywhere_with_the_file(
    of_2022: Platform, any_body: Callable[[str], bytes]
) -> None:
    last = any_body(EXPORTS[1])
    second = land(of_2022, last)
    first = land(of_2022, any_body(EXPORTS[0]), second - FIVE_MINUTES)
    materialized(of_2022, first, second)
    labels = Counter(record["statut_pdc"] for record in json.loads(last))
    statuses = Counter({str(NETWORK.status_of_label[label]): n for label, n in labels.items()})

    newest = of_2022.lake.newest(RAW_SNAPSHOTS)

    assert newest is not None
    assert newest.summary["statuses"] == dict(labels)
    assert Counter(of_2022.lake.current()["status"]) == statuses
    assert of_2022.search.reported_statuses() == dict(statuses)
    assert of_2022.search.total(STATIONS_INDEX) == len(stations_of(last))
    assert of_2022.warehouse.read(STATION_STATES).height == len(stations_of(last))


@pytest.mark.slow
def test_marts_of_five_minutes_hold_no_more_than_was_observed(
    of_2022: Platform, any_body: Callable[[str], bytes]
) -> None:
    last = any_body(EXPORTS[1])
    second = land(of_2022, last)
    first = land(of_2022, any_body(EXPORTS[0]), second - FIVE_MINUTES)
    # A third one, much later, so that the hour is over; what lies between is not observed.
    land(of_2022, last, floor_hour(second) + timedelta(hours=2, minutes=1))
    facts = materialized(of_2022, first, second)
    next_day = of_2022.changed(settings={}, clock=StoppedClock(at=f"{second + timedelta(days=1)}"))
    days = (day_key(first), day_key(second))
    assert next_day.materialize("charge_points", "stations").success

    assert next_day.materialize("status_episodes", "outages", keys=days).success
    run = next_day.materialize(*MARTS)

    assert run.success
    assert all(check.passed for check in run.get_asset_check_evaluations())
    tables = {
        table: next_day.warehouse.read(table)
        for table in (OUTAGES, *(TABLES[name] for name in MARTS))
    }
    assert {name for rows in tables.values() for name in rows["source"]} <= {SOURCE}
    # Every point that is out of order was so already; nobody knows since when, or for how long.
    outages = tables[OUTAGES].filter(pl.col("kind") == "outage", pl.col("is_begun"))
    assert outages["duration_seconds"].max() in (None, *range(301))
    city = tables[OCCUPANCY_PROFILE].filter(scope="city")
    in_service = ("available_seconds", "occupied_seconds", "reserved_seconds")
    sums = city.select(pl.sum(*in_service)).row(0)
    assert sums == facts.select(pl.sum(*in_service)).row(0)
    if len(ids_of(last)) > MANY:
        assert 0.2 < sums[1] / sum(sums) < 0.6, "as shares of occupied points are by day in Paris"
    assert city["days_observed"].sum() in (1, 2)
    chances = tables[OCCUPANCY_PROFILE].filter(scope="station", level_from="station")
    assert chances.is_empty(), "a day is too little for a level of a station's own"
    stations = next_day.warehouse.read(RELIABILITY_OF_STATIONS)
    assert stations["technical_availability"].is_between(0, 1).all()
    weeks = tables[SATURATION].filter(scope="station")
    assert weeks["any_observed_seconds"].unique().to_list() == [300]
    assert (weeks["full_seconds"] <= weeks["without_available_seconds"]).all()
    assert tables[TIME_TO_REPAIR]["p90_hours"].null_count() == tables[TIME_TO_REPAIR].height
    assert set(tables[WEATHER_ASSOCIATION]["standing"]) <= {"withheld"}
