"""The marts on real stores, from polls to the views."""

from datetime import datetime, timedelta

import polars as pl

from belib_weather.transform.occupancy_profile import occupancy_profile
from belib_weather.warehouse.tables import (
    BEST_HOURS_OF_STATION,
    FACTS_OF_MARTS,
    OCCUPANCY_PROFILE,
)
from belib_weather_tests.clocks import StoppedClock
from belib_weather_tests.graph.conftest import Platform, history, keys_of


def test_marts_are_made_from_the_facts_of_the_dates_before_today(
    platform_with_history: Platform, now: datetime
) -> None:
    past = history(now)
    assert platform_with_history.materialize("availability_facts", keys=keys_of(past)).success
    tomorrow = StoppedClock(at=f"{now + timedelta(days=1)}")
    platform = platform_with_history.changed(settings={"profile_weeks": 2}, clock=tomorrow)

    made = platform.materialize("occupancy_profile")

    assert made.success
    assert [check.passed for check in made.get_asset_check_evaluations()] == [True]
    [event] = made.asset_materializations_for_node("occupancy_profile")
    assert {"table", "stations", "last date"} <= event.metadata.keys()
    facts, profile = (platform.warehouse.read(t) for t in (FACTS_OF_MARTS, OCCUPANCY_PROFILE))
    assert profile.equals(occupancy_profile(facts, weeks=2))
    assert profile["weeks"].unique().to_list() == [2]
    hours = platform.warehouse.read(BEST_HOURS_OF_STATION)
    assert set(hours["station_id"]) == set(facts["station_id"])
    assert hours.filter(pl.col("place_in_week") == 1)["address"].null_count() <= 1
