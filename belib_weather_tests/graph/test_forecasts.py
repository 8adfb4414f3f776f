"""Forecasts on real stores: what was known, what was said, and what came of it."""

from datetime import datetime, timedelta

import polars as pl
from polars.testing import assert_frame_equal

from belib_weather.datasets.forecasts import SCORED_HORIZONS
from belib_weather.transform.instants import point_states, station_states_at
from belib_weather.warehouse.tables import (
    AVAILABILITY_FORECASTS,
    FORECAST_OF_STATIONS,
    FORECAST_SCORES,
    STATIONS,
    STATUS_EPISODES,
    WEATHER_FORECASTS,
    WEATHER_HOURS,
)
from belib_weather.window import DAY, HOUR, Window, floor_day
from belib_weather_tests.clocks import StoppedClock
from belib_weather_tests.graph.conftest import Platform, keys_of

MADE = ("forecast_model", "availability_forecasts", "forecast_scores")


def test_forecasts_are_made_kept_and_scored(platform: Platform, now: datetime) -> None:
    yesterday = floor_day(now) - DAY
    hours, origin = Window(yesterday + 9 * HOUR, yesterday + 15 * HOUR), yesterday + 12 * HOUR
    past = platform.changed(settings={"feed_history_minutes": 15})
    assert past.materialize("raw_belib_snapshots", keys=keys_of(hours)).success
    assert past.materialize("charge_points", "stations").success
    assert past.materialize("status_episodes", keys=f"{yesterday:%Y-%m-%d}").success
    then = past.changed(settings={}, clock=StoppedClock(at=f"{origin + timedelta(minutes=2)}"))

    result = then.materialize(*MADE)

    assert result.success
    assert all(check.passed for check in result.get_asset_check_evaluations())
    rows = then.warehouse.read(AVAILABILITY_FORECASTS)
    stations = then.warehouse.read(STATIONS).filter(pl.col("valid_to").is_null())
    assert rows.height == 33 * stations.height
    assert set(rows["station_id"]) == set(stations["station_id"])
    assert rows["origin"].unique().to_list() == [origin]
    assert rows["model"].unique().to_list() == ["blend"]  # fewer than seven days
    # The state at the origin is that of the newest snapshot until then.
    assert rows["was_free"].null_count() == 0

    assert then.materialize("availability_forecasts").success
    assert_frame_equal(then.warehouse.read(AVAILABILITY_FORECASTS), rows)  # kept as made

    after = past.changed(settings={}, clock=StoppedClock(at=f"{now + DAY}"))
    scored = after.materialize("forecast_scores")
    assert scored.success
    scores = after.warehouse.read(FORECAST_SCORES)
    served = scores.filter(forecast="served", population="all")
    counts = (
        served.group_by("horizon_minutes").agg(pl.col("n", "free").sum()).sort("horizon_minutes")
    )
    segments = after.warehouse.read(STATUS_EPISODES)
    states = station_states_at(point_states(segments, hours))
    expected = (
        rows.join(states, left_on=["station_id", "target"], right_on=["station_id", "time"])
        .with_columns((pl.col("target") - pl.col("origin")).dt.total_minutes().alias("minutes"))
        .filter(pl.col("minutes").is_in(SCORED_HORIZONS))
        .group_by("minutes")
        .agg(pl.len(), pl.col("is_available").sum())
        .sort("minutes")
    )
    assert counts.rows() == expected.rows()
    assert expected["minutes"].to_list()[:2] == [15, 60]
    newest = after.warehouse.read(FORECAST_OF_STATIONS)
    assert newest.height == rows.height
    assert newest["address"].null_count() < newest.height


def test_the_weather_is_kept_as_it_was_forecast(platform: Platform, now: datetime) -> None:
    today = f"{now:%Y-%m-%d}"
    assets = ("raw_weather", "weather_hours", "weather_forecasts")
    assert platform.materialize(*assets, keys=today).success
    first = platform.warehouse.read(WEATHER_FORECASTS)
    [issued] = first["issued_at"].unique()
    assert first["hour"].max() == floor_day(now) + 8 * DAY - HOUR

    assert platform.materialize(*assets, keys=today).success

    both = platform.warehouse.read(WEATHER_FORECASTS)
    assert both["issued_at"].n_unique() == 2
    assert_frame_equal(both.filter(pl.col("issued_at") == issued), first)
    assert platform.warehouse.read(WEATHER_HOURS)["captured_at"].n_unique() == 1
    # Rebuilt from raw, the rows are the same.
    day = Window.day(floor_day(now))
    with platform.warehouse.locked(WEATHER_FORECASTS, day) as transaction:
        transaction.replace(WEATHER_FORECASTS, first.clear(), day)
        ledger = platform.warehouse.ledger(WEATHER_FORECASTS, day)
        transaction.record_inputs(
            WEATHER_FORECASTS, ledger.with_columns(input_hash=pl.lit("lost")).drop("rules")
        )
    assert [r.partition_key for r in platform.evaluate("late_forecasts").run_requests or []] == [
        today
    ]
    assert platform.materialize("weather_forecasts", keys=today).success
    assert_frame_equal(platform.warehouse.read(WEATHER_FORECASTS), both)
