"""The simulator's truth, found again in the real tables, from polls to marts."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from belib_weather.partitions import day_key
from belib_weather.settings import Settings
from belib_weather.simulator.app import create_app
from belib_weather.simulator.city import City
from belib_weather.simulator.paris_time import instant
from belib_weather.simulator.server import serving
from belib_weather.simulator.truth import Truth
from belib_weather.transform.repair import quantiles
from belib_weather.transform.weather_association import area_hours, weather_association
from belib_weather.warehouse.tables import (
    FACTS_OF_MARTS,
    OCCUPANCY_PROFILE,
    STATUS_RUNS,
    TIME_TO_REPAIR,
    WEATHER_ASSOCIATION,
)
from belib_weather.window import DAY, HOUR, Window, floor_hour
from belib_weather_tests.clocks import SimulatorClock, StoppedClock
from belib_weather_tests.coverage.city import POINTS, SEED, START, STATIONS, course
from belib_weather_tests.coverage.intervals import profile_of
from belib_weather_tests.coverage.study import WORLD
from belib_weather_tests.graph.conftest import (
    CHARGE_POINTS,
    EPISODES,
    MARTS,
    Platform,
    history,
    keys_of,
    platform_on,
)
from belib_weather_tests.local_stores import CHECKOUT
from belib_weather_tests.simulated_facts import simulated_facts

WEEKS = 4
FIRST = instant(START)
NOW = FIRST + WEEKS * 7 * DAY + 2 * HOUR
"""A Monday in Paris; no clock is changed before it."""
CELL = ["area", "local_weekday", "local_hour"]


def test_a_morning_has_the_occupancy_and_chances_of_the_truth(
    platform_with_facts: Platform, now: datetime
) -> None:
    past = history(now)
    days = (day_key(past.start), day_key(past.end - HOUR))
    platform = platform_with_facts
    assert platform.materialize("status_episodes", keys=days).success
    tomorrow = platform.changed(settings={}, clock=StoppedClock(at=f"{now + DAY}"))
    assert tomorrow.materialize("occupancy_profile").success
    truth = Truth(seed=7, charge_points=CHARGE_POINTS)

    # The first and the last hour lack the poll beside them.
    inside = Window(past.start + HOUR, past.end - HOUR)
    true = simulated_facts(truth, inside, instants=60)
    found = platform.warehouse.read(FACTS_OF_MARTS, inside)

    assert found["hour"].n_unique() == true["hour"].n_unique() == 4
    for figure, (part, whole) in {
        "chance": ("any_available_seconds", "any_observed_seconds"),
        "occupied": ("occupied_seconds", "available_seconds"),
    }.items():
        shares = [
            float(rows[part].to_numpy().sum() / rows[whole].to_numpy().sum())
            for rows in (found, true)
        ]
        assert shares[0] == pytest.approx(shares[1], abs=0.02), figure
    assert tomorrow.warehouse.read(OCCUPANCY_PROFILE).height > 0
    runs = platform.warehouse.read(STATUS_RUNS)
    assert mean_hours(runs, inside) == pytest.approx(true_mean_hours(truth, inside), rel=0.2)


def mean_hours(runs: pl.DataFrame, window: Window) -> float:
    """Mean length of the occupied runs of which both ends were seen within a window."""
    known = pl.col("start_kind", "end_kind").cast(pl.String).is_in(["exact", "polled"])
    whole = runs.filter(
        pl.col("status").cast(pl.String) == "occupied",
        pl.all_horizontal(known),
        pl.col("started_at") >= window.start,
        pl.col("ended_at") <= window.end,
    )
    return float(whole["seconds"].to_numpy().mean()) / 3600


def true_mean_hours(truth: Truth, window: Window) -> float:
    """The same of the truth."""
    first, last = (int(end.timestamp()) for end in (window.start, window.end))
    true = pl.DataFrame(truth.segments(window.start, window.end)).filter(
        pl.col("status") == "occupied", pl.col("start") > first, pl.col("end") < last
    )
    return float((true["end"] - true["start"]).to_numpy().mean()) / 3600


@pytest.fixture
def month(settings: Settings) -> Iterator[Platform]:
    """Four weeks of the city of docs/accuracy.md, polled every 15 minutes, with its marts."""
    city = City(SEED, POINTS, STATIONS, WORLD)
    with serving(create_app(city, clock=SimulatorClock())) as base:
        own = settings.model_copy(
            update={
                "explore_api_url": f"{base}/api/explore/v2.1",
                "open_meteo_forecast_url": f"{base}/v1/forecast",
                "open_meteo_archive_url": f"{base}/v1/archive",
                "feed_history_minutes": 15,
                "start": (FIRST - DAY).date(),
                "weather_weeks": WEEKS,
                "profile_weeks": WEEKS,
            }
        )
        days = (day_key(FIRST), day_key(NOW))
        with platform_on(own) as present:
            present.lake.prepare()
            assert present.materialize("raw_weather", "weather_hours", keys=days).success
            platform = present.changed(settings={}, clock=StoppedClock(at=NOW.isoformat()))
            hours = keys_of(Window(FIRST, floor_hour(NOW)))
            assert platform.materialize("raw_belib_snapshots", keys=hours).success
            assert platform.materialize("charge_points", "stations").success
            assert platform.materialize("availability_facts", keys=hours).success
            assert platform.materialize(*EPISODES, keys=days).success
            assert platform.materialize(*MARTS).success
            yield platform


def weather_sentence(settings: Settings, folder: Path) -> str:
    """The sentence of the example."""
    assert settings.postgres_url
    done = subprocess.run(
        [sys.executable, CHECKOUT / "examples" / "weather.py", "--to", str(folder)],
        env=os.environ | {"BELIB_POSTGRES_URL": settings.postgres_url.get_secret_value()},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout.splitlines()[-1]


@pytest.mark.slow
def test_a_month_of_polls_recovers_dwell_repair_weather_and_profiles(
    month: Platform, tmp_path: Path
) -> None:
    truth = Truth(SEED, POINTS, STATIONS, WORLD)
    exact = course(WORLD, WEEKS * 7)
    of_month = Window(FIRST, FIRST + WEEKS * 7 * DAY)

    # Polls lengthen the mean: short runs between two of them are not seen.
    dwell = mean_hours(month.warehouse.read(STATUS_RUNS), of_month)
    assert 0.97 <= dwell / true_mean_hours(truth, of_month) <= 1.15

    city = month.warehouse.read(TIME_TO_REPAIR).filter(scope="city").sort("starts_on")
    drawn = exact.timeline.disturbances.point_outages(exact.start, exact.end)
    begun = drawn.take(np.flatnonzero((drawn.start >= exact.start) & (drawn.start < exact.end)))
    seconds = np.minimum(begun.end, exact.end) - begun.start
    [true] = quantiles(pl.Series(seconds), pl.Series(begun.end <= exact.end), (0.5,))
    assert city["outages_begun"].sum() == pytest.approx(len(begun.start), rel=0.2)
    low, high = city["median_hours_low"][-1], city["median_hours_high"][-1]
    assert true.hours is not None
    assert low <= true.hours <= (high or np.inf)

    key = ["scope", "area", "condition"]
    found = month.warehouse.read(WEATHER_ASSOCIATION).filter(scope="city").drop_nulls("difference")
    expected = weather_association(area_hours(exact.facts)).select(*key, "difference")
    both = found.join(expected, on=key, suffix="_true")
    assert both.height == found.height >= 3
    width = pl.col("difference_high") - pl.col("difference_low")
    off = (pl.col("difference") - pl.col("difference_true")).abs()
    assert both.select((off <= width / 4).all()).item(), both
    [rain] = found.filter(condition="precipitation below 1 mm").to_dicts()
    low, high = 100 * rain["difference_low"], 100 * rain["difference_high"]
    sentence = weather_sentence(month.settings, tmp_path)
    assert f" than in dry ones (95 % interval {low:+.1f} to {high:+.1f}" in sentence
    assert f"; {rain['hours']} such hours on {rain['days']} days)" in sentence

    profile = month.warehouse.read(OCCUPANCY_PROFILE).filter(scope="station")
    cells = profile.join(profile_of(exact, WEEKS * 7), on=CELL, suffix="_true")
    assert cells.height > 0.95 * profile.height
    error = (cells["estimated_chance"] - cells["estimated_chance_true"]).abs()
    assert float(error.to_numpy().mean()) < 0.02
    assert float(error.quantile(0.99) or 1) < timedelta(minutes=15) / HOUR
