"""Forecasts on real stores: what was known, what was said, and what came of it."""

from datetime import datetime, timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from belib_weather.assets.availability_forecasts import BLEND_IS_SERVED
from belib_weather.datasets.episodes import StatusEpisode
from belib_weather.datasets.forecasts import SCORED_HORIZONS
from belib_weather.lake.schema import RAW_SNAPSHOTS
from belib_weather.networks import NETWORK
from belib_weather.simulator.truth import Truth
from belib_weather.sources.explore import response_of_export
from belib_weather.transform.instants import QUARTER, point_states, station_states_at
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


def test_forecasts_are_computed_stored_and_scored(platform: Platform, now: datetime) -> None:
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


def test_weather_forecasts_are_stored_as_issued(platform: Platform, now: datetime) -> None:
    today = f"{now:%Y-%m-%d}"
    assets = ("raw_weather", "weather_hours", "weather_forecasts")
    then, later = (
        platform.changed(settings={}, clock=StoppedClock(at=f"{now + timedelta(seconds=seconds)}"))
        for seconds in (0, 1)
    )
    assert then.materialize(*assets, keys=today).success
    first = platform.warehouse.read(WEATHER_FORECASTS)
    [issued] = first["issued_at"].unique()
    assert first["hour"].max() == floor_day(now) + 8 * DAY - HOUR

    assert later.materialize(*assets, keys=today).success

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


@pytest.mark.slow
def test_trees_through_the_assets_and_the_blend_once_they_are_worse(
    platform: Platform, now: datetime
) -> None:
    """A model of LightGBM, small: eleven days of 320 points, segments from the simulator."""
    city, yesterday = Truth(seed=5, charge_points=320), floor_day(now) - DAY
    for number in range(-11, 2):
        day = Window.day(yesterday + number * DAY)
        with platform.warehouse.locked(STATUS_EPISODES, day) as transaction:
            transaction.replace(STATUS_EPISODES, episodes_of(city, day), day)
    origin = yesterday + 12 * HOUR
    for minutes in range(-180, 61, 30):
        polled = origin + timedelta(minutes=minutes)
        poll = response_of_export(
            city.poll(polled), captured_at=polled, name="poll", minimum_charge_points=1, now=polled
        )
        platform.lake.append(RAW_SNAPSHOTS, poll)
    assert platform.materialize("charge_points", "stations").success

    def at(clock: datetime) -> Platform:
        return platform.changed(settings={}, clock=StoppedClock(at=clock.isoformat()))

    assert at(origin).materialize("forecast_model", "availability_forecasts").success

    with platform.warehouse.forecasts() as archive:
        stored = archive.newest_model()
    assert stored is not None
    assert stored.name == "boosted"
    assert set(stored.scores) == {"points", "stations"}
    assert all(fit["reason"] is None for fit in stored.scores.values())
    rows = platform.warehouse.read(AVAILABILITY_FORECASTS)
    assert rows["model"].unique().to_list() == ["boosted"]
    assert rows["was_free"].null_count() == 0
    assert_frame_equal(
        rows.select("chance_free"), rows.select(pl.col("chance_model").alias("chance_free"))
    )
    soon = rows.filter(pl.col("target") == origin + QUARTER)
    free = soon.group_by("was_free").agg(pl.col("chance_free").mean()).sort("was_free")
    assert free["chance_free"].to_list() == sorted(free["chance_free"])
    assert free["chance_free"][-1] > 0.8

    later = at(yesterday + 2 * DAY + HOUR)
    assert later.materialize("forecast_scores").success
    scores = platform.warehouse.read(FORECAST_SCORES)
    sums = scores.filter(population="all").group_by("forecast").agg(pl.col("n", "free").sum())
    assert sums["forecast"].n_unique() == 5
    assert sums.select(pl.col("n", "free").n_unique()).row(0) == (1, 1), "on the same rows"
    assert platform.warehouse.state(BLEND_IS_SERVED) == ""

    # Twenty days on which the model was worse: from the next hour on the blend is served.
    with platform.warehouse.locked(FORECAST_SCORES) as transaction:
        transaction.upsert(FORECAST_SCORES, pl.concat([scores, *worse(scores)]))
    judged = later.materialize("forecast_scores")
    passed = {check.check_name: check.passed for check in judged.get_asset_check_evaluations()}
    assert not passed["model_is_not_worse_than_the_blend"]
    assert "the model's skill over it was -" in (platform.warehouse.state(BLEND_IS_SERVED) or "")
    assert at(origin + HOUR).materialize("availability_forecasts").success
    served = platform.warehouse.read(AVAILABILITY_FORECASTS).filter(
        pl.col("origin") == origin + HOUR
    )
    assert served["model"].unique().to_list() == ["blend"]
    assert (served["chance_free"] != served["chance_model"]).any()


def episodes_of(city: Truth, day: Window) -> pl.DataFrame:
    """The segments of a day as they really were."""
    segments = pl.DataFrame(city.segments(day.start, day.end))
    start, local = pl.from_epoch("start").dt.replace_time_zone("UTC"), pl.col("local")
    return StatusEpisode.validate(
        segments.select(
            "charge_point_id",
            start.alias("started_at"),
            pl.from_epoch("end").dt.replace_time_zone("UTC").alias("ended_at"),
            (pl.col("end") - pl.col("start")).alias("seconds"),
            NETWORK.station_id(pl.col("charge_point_id")).alias("station_id"),
            "status",
            "is_stale",
            pl.lit("exact").alias("start_kind"),
            pl.lit("exact").alias("end_kind"),
            pl.lit(0).alias("restamps"),
            start.alias("stamp"),
            pl.lit("simulator:opendata_paris/realtime").alias("source"),
            start.dt.convert_time_zone(NETWORK.zone).alias("local"),
        )
        .with_columns(
            local.dt.date().alias("local_date"),
            local.dt.hour().alias("local_hour"),
            local.dt.weekday().alias("local_weekday"),
        )
        .drop("local"),
        cast=True,
    )


def worse(scores: pl.DataFrame) -> list[pl.DataFrame]:
    """Rows of twenty days before, on which the model has twice the Brier score of the blend."""
    first = scores["local_date"].min()
    own = scores.filter(
        pl.col("local_date") == first, pl.col("forecast").is_in(["model", "blend"])
    ).with_columns(pl.when(pl.col("forecast") == "model").then(0.3).otherwise(0.15).alias("share"))
    return [
        own.with_columns(
            pl.col("local_date").dt.offset_by(f"-{days}d"),
            (pl.col("share") * pl.col("n")).cast(scores.schema["brier_sum"]).alias("brier_sum"),
        ).drop("share")
        for days in range(1, 21)
    ]
