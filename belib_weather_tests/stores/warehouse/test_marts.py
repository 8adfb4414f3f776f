"""Marts in PostgreSQL: what is written is read back, and the views over them say it plainly."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from belib_weather.datasets.marts import FactOfAMart
from belib_weather.datasets.occupancy_profile import OccupancyProfile
from belib_weather.datasets.weather_association import WeatherAssociation
from belib_weather.transform.occupancy_profile import COLUMNS as PROFILE_COLUMNS
from belib_weather.transform.occupancy_profile import occupancy_profile
from belib_weather.transform.saturation import COLUMNS as SATURATION_COLUMNS
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
    WEATHER_AND_OCCUPANCY,
    WEATHER_ASSOCIATION,
)
from belib_weather.window import HOUR, Window
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


def test_sums_of_a_view_are_those_of_its_rows(warehouse: Warehouse, facts: pl.DataFrame) -> None:
    window, by = Window(FOUR_DAYS.start, FOUR_DAYS.start + 30 * HOUR), ("local_hour", "source")
    of, greatest = ("occupied_seconds", "charge_points"), ("hour", "temperature_c")

    sums = warehouse.sums(FACTS_OF_MARTS, window, by, of, greatest)

    rows = facts.filter(pl.col("hour") < window.end)
    expected = rows.group_by(by).agg(pl.col(of).cast(pl.Int64).sum(), pl.col(greatest).max())
    assert sums.schema == expected.schema
    assert sums.sort(by).equals(expected.sort(by))
    [every] = warehouse.sums(FACTS_OF_MARTS, None, ("is_provisional",), of).rows()
    assert every == (False, *(facts[name].sum() for name in of))


def test_some_columns_are_those_of_whole_rows(warehouse: Warehouse, facts: pl.DataFrame) -> None:
    columns = ("local_date", "hour", "station_id", "arrondissement")
    assert warehouse.read(FACTS_OF_MARTS, FOUR_DAYS, columns).equals(facts.select(columns))
    assert profile_of(facts).equals(profile_of(facts.select(PROFILE_COLUMNS)))
    assert saturation(facts).equals(saturation(facts.select(SATURATION_COLUMNS)))


def profile_of(facts: pl.DataFrame) -> pl.DataFrame:
    return occupancy_profile(facts, weeks=8)


def test_the_best_hours_of_a_station_are_in_the_order_of_its_profile(
    warehouse: Warehouse, facts: pl.DataFrame
) -> None:
    profile = profile_of(facts)
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


def test_full_stations_are_counted_in_hours(warehouse: Warehouse, facts: pl.DataFrame) -> None:
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


def test_weather_differences_are_in_percentage_points_unless_withheld(
    warehouse: Warehouse,
) -> None:
    row = {
        "scope": "city", "area": "paris", "condition": "5 °C", "temperature_c": 5.0,
        "precipitation": None, "compared_with": "15 °C", "standing": "reported", "reason": None,
        "difference": 0.02, "difference_low": -0.01, "difference_high": 0.05, "hours": 400,
        "days": 40, "occupancy": 0.25, "occupied_seconds": 1, "in_service_seconds": 4,
        "hours_used": 2400, "days_used": 100, "weeks_used": 15,
        "first_date": date(2026, 7, 1), "last_date": date(2026, 10, 8), "source": "simulator:any",
    }  # fmt: skip
    nothing = dict.fromkeys(("difference", "difference_low", "difference_high"))
    frost = {"condition": "-10 °C", "temperature_c": -10.0, "standing": "withheld"}
    withheld = {**row, **frost, **nothing, "reason": "outside the temperatures seen"}
    rows = WeatherAssociation.validate(pl.DataFrame([withheld, row]), cast=True)
    with warehouse.locked(WEATHER_ASSOCIATION) as transaction:
        transaction.replace(WEATHER_ASSOCIATION, rows)

    assert warehouse.read(WEATHER_ASSOCIATION).equals(rows)
    [row] = warehouse.read(WEATHER_AND_OCCUPANCY).to_dicts()
    assert (row["weather"], row["compared_with"], row["hours"]) == ("5 °C", "15 °C", 400)
    points = [row[name] for name in ("points_of_occupancy", "at_least", "at_most")]
    assert points == pytest.approx([2, -1, 5])
    assert row["source"] == "simulator:any"
