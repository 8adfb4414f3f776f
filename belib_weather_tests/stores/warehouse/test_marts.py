"""Marts in PostgreSQL: what is written is read back, and the views over them say it plainly."""

from datetime import UTC, datetime

import polars as pl
import pytest

from belib_weather.datasets.marts import FactOfAMart, OccupancyProfile
from belib_weather.transform.occupancy_profile import occupancy_profile
from belib_weather.transform.saturation import saturation
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import (
    AVAILABILITY_FACTS,
    BEST_HOURS_OF_STATION,
    FACTS_OF_MARTS,
    FULL_STATIONS_BY_WEEK,
    OCCUPANCY_PROFILE,
    SATURATION,
    STATIONS,
)
from belib_weather.window import Window
from belib_weather_tests.stores.warehouse.sample import facts_of

FOUR_DAYS = Window(datetime(2026, 10, 23, 22, tzinfo=UTC), datetime(2026, 10, 27, 23, tzinfo=UTC))
"""Midnights in Paris, across the end of summer time."""


@pytest.fixture
def facts(warehouse: Warehouse, stations: pl.DataFrame) -> pl.DataFrame:
    """Four days of any facts of two stations, as the marts read them."""
    written = facts_of(5, stations["station_id"].to_list(), FOUR_DAYS).with_columns(
        is_provisional=pl.lit(False)
    )
    with warehouse.locked(STATIONS) as transaction:
        transaction.upsert(STATIONS, stations)
    with warehouse.locked(AVAILABILITY_FACTS, FOUR_DAYS) as transaction:
        transaction.replace(AVAILABILITY_FACTS, written, FOUR_DAYS)
    return warehouse.read(FACTS_OF_MARTS, FOUR_DAYS)


def test_the_facts_of_marts_are_those_of_the_view(facts: pl.DataFrame) -> None:
    assert FactOfAMart.is_valid(facts)
    assert facts.height == 2 * len(FOUR_DAYS.hours)
    assert facts.group_by("station_id").agg(pl.col("arrondissement").first()).sort(
        "station_id"
    ).rows() == [("FR*V75*PPX00*01", 5), ("FR*V75*PPX01*01", None)]


def test_the_best_hours_of_a_station_are_in_the_order_of_its_profile(
    warehouse: Warehouse, facts: pl.DataFrame
) -> None:
    profile = occupancy_profile(facts, weeks=8)
    with warehouse.locked(OCCUPANCY_PROFILE) as transaction:
        transaction.replace(OCCUPANCY_PROFILE, profile)

    assert warehouse.read(OCCUPANCY_PROFILE).equals(profile)
    assert OccupancyProfile.is_valid(profile)
    hours = warehouse.read(BEST_HOURS_OF_STATION)
    own = profile.filter(pl.col("scope") == "station").drop_nulls("estimated_chance")
    assert hours.height == own.height > 0
    for station, found in hours.group_by("station_id"):
        by_place = found.sort("place_in_week")
        assert by_place["place_in_week"].to_list() == list(range(1, found.height + 1))
        assert by_place["chance"].is_sorted(descending=True)
        assert by_place["address"].unique().to_list() == (
            [""] if station == ("FR*V75*PPX00*01",) else [None]
        )
    assert (
        hours.select("chance_at_least", "chance", "chance_at_most").rows()
        == own.select("estimated_chance_low", "estimated_chance", "estimated_chance_high").rows()
    )


def test_full_stations_are_told_in_hours(warehouse: Warehouse, facts: pl.DataFrame) -> None:
    weeks = saturation(facts)
    with warehouse.locked(SATURATION) as transaction:
        transaction.upsert(SATURATION, weeks)

    assert warehouse.read(SATURATION).equals(weeks)
    of_stations = weeks.filter(pl.col("scope") == "station")
    found = warehouse.read(FULL_STATIONS_BY_WEEK)
    assert found.height == of_stations.height > 0
    assert found["hours_full"].to_list() == pytest.approx(
        (of_stations["full_seconds"] / 3600).to_list()
    )
    assert found["hours_without_a_free_point"].to_list() == pytest.approx(
        (of_stations["without_available_seconds"] / 3600).to_list()
    )
    assert set(found.select("station_id", "address").rows()) == {
        ("FR*V75*PPX00*01", ""),
        ("FR*V75*PPX01*01", None),
    }
