"""What goes with the weather: planted differences are found, and nothing is said of too little."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from belib_weather.dates import local_calendar
from belib_weather.transform.weather_association import (
    BY,
    SAME,
    SUMS,
    area_hours,
    weather_association,
)
from belib_weather.transform.weather_regression import Blocks, Floats, natural_spline
from belib_weather.window import HOUR, Window
from belib_weather_tests.unit.transform.mart_facts import any_facts

MONDAY = datetime(2026, 11, 1, 23, tzinfo=UTC)
"""Midnight in Paris; winter time for the 119 days that follow."""
COLD, HEAVY = -0.004, -0.03
"""Planted: occupancy per °C, and in an hour with 1 mm or more."""


def season(
    days: int, areas: int = 20, *, seed: int = 1, mean_c: float = 12, correlation: float = 0.6
) -> pl.DataFrame:
    """Hours of arrondissements in one weather, with weeks, hours of the week and lasting noise."""
    dice = np.random.default_rng(seed)
    hours = np.arange(days * 24)
    day, clock = hours // 24, hours % 24

    def lasting(spread: float) -> Floats:
        noise = dice.normal(0, spread, days)
        for n in range(1, days):
            noise[n] = correlation * noise[n - 1] + np.sqrt(1 - correlation**2) * noise[n]
        return np.asarray(noise[day])

    temperature = mean_c + lasting(4) + 4 * np.sin((clock - 9) * np.pi / 12)
    rain = np.where(dice.random(len(hours)) < 0.2, dice.exponential(0.8, len(hours)), 0.0)
    calendar = 0.05 * np.sin(clock * np.pi / 12) + 0.02 * (day % 7 > 4) + 0.001 * (day // 7)
    frames = []
    for number in range(1, areas + 1):
        occupancy = 0.35 + calendar + COLD * (temperature - 15) + HEAVY * (rain >= 1)
        occupancy += lasting(0.02) + dice.normal(0, 0.02, len(hours))
        frames.append(
            pl.DataFrame(
                {
                    "area": str(number),
                    "hour": [MONDAY + int(n) * HOUR for n in hours],
                    "occupied_seconds": np.round(occupancy * 360_000).astype(int),
                    "in_service_seconds": 360_000,
                    "temperature_c": temperature,
                    "precipitation_mm": rain,
                    "source": "opendata_paris/realtime",
                }
            )
        )
    scope = pl.lit("arrondissement").alias("scope")
    return pl.concat(frames).with_columns(scope, *local_calendar(pl.col("hour")))


def truth_of(row: dict[str, object]) -> float:
    if row["temperature_c"] is None:
        return HEAVY if row["precipitation"] == "1 mm or more" else 0.0
    reference = float(str(row["compared_with"]).removesuffix(" °C"))
    return COLD * (float(str(row["temperature_c"])) - reference)


@pytest.mark.long
def test_simulated_differences_are_found_and_the_intervals_cover_them() -> None:
    found = weather_association(season(days=105, areas=12)).filter(pl.col("standing") == "reported")

    rows = found.to_dicts()
    kinds = {row["condition"] for row in rows}
    assert {"5 °C", "10 °C", "precipitation of 1 mm or more"} <= kinds
    covered = [row["difference_low"] <= truth_of(row) <= row["difference_high"] for row in rows]
    assert len(rows) >= 12 * 4
    assert np.mean(covered) > 0.9
    for kind in kinds:
        own = [row for row in rows if row["condition"] == kind]
        mean = np.mean([row["difference"] for row in own])
        assert mean == pytest.approx(truth_of(own[0]), abs=0.006), kind
        assert all(row["difference_high"] - row["difference_low"] < 0.12 for row in own)


def test_below_28_days_all_is_withheld_and_below_90_it_is_provisional() -> None:
    standings = {}
    for days in (27, 28, 89, 90):
        found = weather_association(season(days, areas=1))
        light = found.filter(pl.col("precipitation") == "below 1 mm").to_dicts()[0]
        standings[days] = (light["standing"], light["reason"], light["difference"] is None)
        assert light["days_used"] == days

    assert standings == {
        27: ("withheld", "fewer than 28 days", True),
        28: ("provisional", None, False),
        89: ("provisional", None, False),
        90: ("reported", None, False),
    }


def test_an_area_has_the_same_differences_alone_as_among_others() -> None:
    """Those with the same hours share equations; the second lacks some hours."""
    hours = season(35, areas=3).filter((pl.col("area") != "2") | (pl.col("local_hour") != 4))

    together = weather_association(hours)

    assert together["difference"].drop_nulls().n_unique() > 3
    alone = [weather_association(hours.filter(pl.col("area") == area)) for area in "123"]
    assert together.equals(pl.concat(alone))


def test_weather_with_few_hours_is_withheld() -> None:
    hours = season(60, areas=1)
    day = pl.col("local_date") - pl.col("local_date").min()
    heavy_on_seven_days = hours.with_columns(
        precipitation_mm=pl.when((day.dt.total_days() < 7) & (pl.col("local_hour") < 4))
        .then(2.0)
        .otherwise(0.0)
    )
    # Cold enough to be among the lowest twentieth, on four days alone.
    short_frost = hours.with_columns(
        temperature_c=pl.when(day.dt.total_days() < 4).then(2.0).otherwise(20.0)
        + 0.1 * pl.col("local_hour")
    )

    rain = weather_association(heavy_on_seven_days).filter(~pl.col("precipitation").is_null())
    frost = {r["condition"]: r for r in weather_association(short_frost).to_dicts()}

    assert rain.select("condition", "reason", "hours", "days").rows() == [
        ("precipitation below 1 mm", "too few hours or days of it", 0, 0),
        ("precipitation of 1 mm or more", "too few hours or days of it", 28, 7),
    ]
    assert frost["5 °C"]["reason"] == "too few days at this temperature"
    assert frost["-10 °C"]["reason"] == "outside the temperatures seen"
    assert {row["difference"] for row in frost.values() if row["reason"]} == {None}


def test_the_median_temperature_is_the_reference_where_15_degrees_were_not_observed() -> None:
    summer = season(60, areas=1, mean_c=28, correlation=0)
    median = round(float(np.median(summer["temperature_c"].to_numpy())), 1)

    temperatures = weather_association(summer).filter(pl.col("precipitation").is_null())

    assert temperatures["compared_with"].unique().to_list() == [f"{median:g} °C"]
    reported = temperatures.drop_nulls("difference")
    assert {"25 °C", "30 °C"} <= set(reported["condition"])
    assert not {"10 °C", "15 °C"} & set(reported["condition"])


def test_the_coefficients_are_those_of_a_regression_with_every_dummy() -> None:
    dice = np.random.default_rng(3)
    hour, week = dice.integers(0, 168, 500), np.sort(dice.integers(0, 6, 500))
    columns, outcome = dice.normal(size=(500, 3)), dice.normal(size=500)
    times = np.array([[1, 1, 1, 1, 1, 1], [2, 0, 1, 3, 0, 1]], dtype=float)

    found = Blocks.of(columns, hour, week).equations(times).coefficients(outcome)

    for own, coefficients in zip(times, found, strict=True):
        row = np.repeat(np.arange(500), own[week].astype(int))
        dummies = [np.eye(168)[hour[row]], np.eye(6)[week[row]]]
        expected = np.linalg.lstsq(np.column_stack([columns[row], *dummies]), outcome[row])[0]
        assert coefficients == pytest.approx(expected[:3], abs=1e-6)


def test_the_spline_is_the_natural_one() -> None:
    from scipy.interpolate import CubicSpline

    knots, values = np.array([-2.0, 5, 9, 20]), np.array([0.3, 0.1, 0.4, 0.2])
    inside = np.linspace(-2, 20, 50)
    natural = CubicSpline(knots, values, bc_type="natural")

    basis = np.column_stack([np.ones(4), natural_spline(knots, knots)])
    weights = np.linalg.solve(basis, values)

    assert natural_spline(inside, knots) @ weights[1:] + weights[0] == pytest.approx(
        natural(inside)
    )
    outside = natural_spline(np.array([-12.0, -7, -2, 20, 25, 30]), knots) @ weights[1:]
    assert np.diff(outside)[[0, 3]] == pytest.approx(np.diff(outside)[[1, 4]])


def test_hours_are_the_same_from_sums_of_the_facts() -> None:
    window = Window(MONDAY, MONDAY + timedelta(hours=4))
    facts = any_facts(3, {"a": (5,), "b": (5, 6), "c": (6,), "d": (None,)}, window).with_columns(
        temperature_c=4.5, precipitation_mm=0.2, source=pl.lit("a"), weather_source=pl.lit("b")
    )
    sums = facts.group_by(BY).agg(pl.col(SUMS).cast(pl.Int64).sum(), pl.col(SAME).max())

    assert sums.height < facts.height
    assert area_hours(sums).equals(area_hours(facts))


def test_hours_are_sums_of_the_facts_with_occupancy_and_weather() -> None:
    window = Window(MONDAY, MONDAY + timedelta(hours=4))
    facts = any_facts(2, {"a": (5,), "b": (5,), "c": (6,), "d": (None,)}, window).with_columns(
        temperature_c=pl.when(pl.col("hour") > MONDAY).then(4.5),
        precipitation_mm=pl.when(pl.col("hour") < MONDAY + 3 * HOUR).then(0.2),
        is_provisional=False,
    )

    hours = area_hours(facts)

    serving = ("available_seconds", "occupied_seconds", "reserved_seconds")
    expected: dict[tuple[str, datetime], tuple[int, int]] = {}
    for fact in facts.iter_rows(named=True):
        if MONDAY < fact["hour"] < MONDAY + 3 * HOUR:
            number = fact["arrondissement"]
            for area in ("paris", *([str(number)] if number else [])):
                occupied, in_service = expected.get((area, fact["hour"]), (0, 0))
                expected[area, fact["hour"]] = (
                    occupied + fact["occupied_seconds"],
                    in_service + sum(fact[name] for name in serving),
                )
    assert {
        (row["area"], row["hour"]): (row["occupied_seconds"], row["in_service_seconds"])
        for row in hours.to_dicts()
    } == {key: sums for key, sums in expected.items() if sums[1]}
    assert area_hours(facts.head(0)).is_empty()
    assert weather_association(area_hours(facts.head(0))).is_empty()
