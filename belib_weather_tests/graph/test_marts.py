"""The marts on real stores, from polls to the views."""

from datetime import datetime, timedelta

import polars as pl

from belib_weather.transform.occupancy_profile import occupancy_profile
from belib_weather.transform.saturation import saturation
from belib_weather.transform.weather_association import area_hours, weather_association
from belib_weather.warehouse.tables import (
    BEST_HOURS_OF_STATION,
    FACTS_OF_MARTS,
    OCCUPANCY_PROFILE,
    SATURATION,
    WEATHER_ASSOCIATION,
)
from belib_weather.window import Window
from belib_weather_tests.clocks import StoppedClock
from belib_weather_tests.graph.conftest import Platform, history, keys_of

MARTS = ("occupancy_profile", "saturation", "weather_association")


def test_marts_are_computed_from_the_facts_before_today(
    platform_with_facts: Platform, now: datetime
) -> None:
    tomorrow = StoppedClock(at=f"{now + timedelta(days=1)}")
    platform = platform_with_facts.changed(settings={"profile_weeks": 2}, clock=tomorrow)

    run = platform.materialize(*MARTS)

    assert run.success
    checks = run.get_asset_check_evaluations()
    assert [check.passed for check in checks] == [True] * len(MARTS)
    for name in MARTS:
        [event] = run.asset_materializations_for_node(name)
        assert "table" in event.metadata
        assert event.metadata["dagster/row_count"].value
    facts, profile = (platform.warehouse.read(t) for t in (FACTS_OF_MARTS, OCCUPANCY_PROFILE))
    assert profile.equals(occupancy_profile(facts, weeks=2))
    assert profile["weeks"].unique().to_list() == [2]
    assert platform.warehouse.read(SATURATION).equals(saturation(facts))
    weather = platform.warehouse.read(WEATHER_ASSOCIATION)
    assert weather.equals(weather_association(area_hours(facts)))
    assert weather["reason"].unique().to_list() == ["fewer than 28 days"]
    hours = platform.warehouse.read(BEST_HOURS_OF_STATION)
    assert set(hours["station_id"]) == set(facts["station_id"])
    assert hours.filter(pl.col("place_in_week") == 1)["address"].null_count() <= 1


def test_only_weeks_whose_facts_changed_are_recomputed(
    platform_with_history: Platform, now: datetime
) -> None:
    past, ago = history(now), timedelta(hours=3)
    first, second = (
        Window(past.start, past.end - ago),
        Window(past.end - ago, past.end),
    )
    tomorrow = StoppedClock(at=f"{now + timedelta(days=1)}")
    platform = platform_with_history.changed(settings={}, clock=tomorrow)
    counts = []
    for hours in (first, None, second):
        if hours:
            assert platform.materialize("availability_facts", keys=keys_of(hours)).success
        run = platform.materialize("saturation")
        [event] = run.asset_materializations_for_node("saturation")
        counts.append(event.metadata["weeks computed"].value)

    assert counts[1] == 0
    assert 0 not in (counts[0], counts[2])
    facts = platform.warehouse.read(FACTS_OF_MARTS)
    assert platform.warehouse.read(SATURATION).equals(saturation(facts))
