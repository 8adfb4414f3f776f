"""The typical week: sums that anyone can add up again, and an estimate that beats what was seen."""

import math
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from belib_weather.datasets.marts import SUMS, FactOfAMart
from belib_weather.networks import NETWORK
from belib_weather.simulator.truth import Truth
from belib_weather.transform.occupancy_profile import occupancy_profile
from belib_weather.window import HOUR, Window
from belib_weather_tests.simulated_facts import simulated_facts
from belib_weather_tests.unit.transform.mart_facts import Hour, facts_of_hours

MONDAY = datetime(2026, 8, 30, 22, tzinfo=UTC)
"""Midnight in Paris."""
CELL = ["local_weekday", "local_hour"]
Row = dict[str, Any]


def brier(held_out: pl.DataFrame, chance: str) -> float:
    """Mean over the seconds of (chance - was free)²."""
    p, free, observed = (
        pl.col(chance),
        pl.col("any_available_seconds"),
        pl.col("any_observed_seconds"),
    )
    missed = free * (1 - p) ** 2 + (observed - free) * p**2
    return float(held_out.select(missed.sum() / observed.sum()).item())


def test_the_estimate_of_a_held_out_week_beats_the_raw_chance_and_the_arrondissement() -> None:
    five_weeks = Window(MONDAY, MONDAY + timedelta(weeks=5))
    facts = simulated_facts(Truth(seed=3, charge_points=150), five_weeks)
    last_week = pl.col("hour") >= MONDAY + timedelta(weeks=4)
    profile = occupancy_profile(facts.filter(~last_week), weeks=8)
    raw = pl.col("chance_of_a_free_point")
    around = profile.filter(scope="arrondissement").select(
        "arrondissement", *CELL, raw.alias("around")
    )
    chances = (
        profile.filter(scope="station")
        .join(around, on=["arrondissement", *CELL])
        .select(pl.col("area").alias("station_id"), *CELL, "estimated_chance", raw, "around")
    )
    held_out = facts.filter(last_week).join(chances, on=["station_id", *CELL])

    scores = {
        name: brier(held_out, name)
        for name in ("estimated_chance", "chance_of_a_free_point", "around")
    }

    assert held_out.height > 20 * 168
    assert scores["estimated_chance"] < scores["chance_of_a_free_point"]
    assert scores["estimated_chance"] < scores["around"]


def small_facts() -> pl.DataFrame:
    """Three weeks of two contrary stations, of a free, a new one, and of one without a place."""
    rows: list[Hour] = []
    for day in range(21):
        for clock in (3, 18):
            hour = MONDAY + timedelta(days=day) + clock * HOUR
            busy = 3600 if day % 7 % 3 else 600
            rows += [
                ("busy", 5, hour, 3600, 3600 - busy),
                ("contrary", 6, hour, 3600, busy),
                ("free", 5, hour, 3000 if day % 4 else 3600, 3000),
            ]
            if day >= 19:
                rows.append(("new", 5, hour, 3600, 1800))
            if day < 2:
                rows.append(("lost", None, hour, 1800, 900))
    rows.append(("busy", 5, MONDAY + timedelta(days=2, hours=9), 0, 0))
    return facts_of_hours(rows)


def lasting_facts() -> pl.DataFrame:
    """Six weeks of two stations that are free, or are not, for a week at a time."""
    return facts_of_hours(
        [
            (station, 5, MONDAY + timedelta(days=day, hours=clock), 3600, 3500 * (week % 2))
            for day in range(42)
            for station, week in (("odd", day // 7), ("even", day // 7 + 1))
            for clock in (3, 18)
        ]
    )


def logit(chance: float) -> float:
    inside = min(max(chance, 0.001), 0.999)
    return math.log(inside / (1 - inside))


def plainly(facts: pl.DataFrame) -> dict[tuple[str, int, int], Row]:
    """Trials and expectations of the stations, by loops."""
    sums: defaultdict[Any, list[int]] = defaultdict(lambda: [0, 0])
    dates = defaultdict(set)
    daily: defaultdict[Any, list[int]] = defaultdict(lambda: [0, 0])
    for f in facts.iter_rows(named=True):
        cell = (f["local_weekday"], f["local_hour"])
        free, observed = f["any_available_seconds"], f["any_observed_seconds"]
        area = f["arrondissement"]
        for key in (("city",), ("cell", cell), ("of", f["station_id"]), ("in", area)):
            sums[key][0] += free
            sums[key][1] += observed
            if observed:
                dates[key].add(f["local_date"])
        daily[f["station_id"], cell, f["local_date"]][0] += free
        daily[f["station_id"], cell, f["local_date"]][1] += observed

    def chance(*key: Any) -> float:
        return sums[key][0] / sums[key][1]

    def with_one_day_of(larger: float, *key: Any) -> float:
        days = len(dates[key])
        return (days * chance(*key) + larger) / (days + 1)

    city = chance("city")
    cells = {key[1] for key in sums if key[0] == "cell" and sums[key][1]}
    found = {}
    for station, area in dict(facts.select("station_id", "arrondissement").rows()).items():
        around = with_one_day_of(city, "in", area) if area else city
        is_own = len(dates["of", station]) >= 3
        level = with_one_day_of(around, "of", station) if is_own else around
        for cell in cells:
            shares = [
                free / observed
                for (s, c, _), (free, observed) in daily.items()
                if (s, c) == (station, cell) and observed
            ]
            shifted = logit(level) + logit(chance("cell", cell)) - logit(city)
            expected = min(max(1 / (1 + math.exp(-shifted)), 0.001), 0.999)
            source = "station" if is_own else "arrondissement" if area else "city"
            found[station, *cell] = {
                "free": sum(shares),
                "days": len(shares),
                "expected": expected,
                "from": source,
            }
    return found


def likelihood(cells: list[Row], strength: float) -> float:
    """Of all trials, up to what does not depend on the strength."""

    def log_beta(a: float, b: float) -> float:
        return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)

    return sum(
        log_beta(
            strength * c["expected"] + c["free"],
            strength * (1 - c["expected"]) + c["days"] - c["free"],
        )
        - log_beta(strength * c["expected"], strength * (1 - c["expected"]))
        for c in cells
    )


def worth_in_independent_days(facts: pl.DataFrame) -> float:
    """Of the days of the period, by their lag-1 autocorrelation."""
    sums: defaultdict[Any, list[int]] = defaultdict(lambda: [0, 0])
    for f in facts.iter_rows(named=True):
        sums[f["station_id"], f["local_date"]][0] += f["any_available_seconds"]
        sums[f["station_id"], f["local_date"]][1] += f["any_observed_seconds"]
    chance = {key: free / observed for key, (free, observed) in sums.items() if observed}
    products = squares = 0.0
    for station in {station for station, _ in chance}:
        own = {day: value for (of, day), value in chance.items() if of == station}
        if len(own) < 3:
            continue
        mean = sum(own.values()) / len(own)
        squares += sum((value - mean) ** 2 for value in own.values())
        for day, value in own.items():
            if day - timedelta(days=1) in own:
                products += (value - mean) * (own[day - timedelta(days=1)] - mean)
    days = len({day for _, day in chance})
    r = products / squares
    r = max(r + (1 + 3 * r) / days, 0)
    return max(days * (1 - r) / (1 + r), 1)


@pytest.mark.parametrize("facts", [small_facts(), lasting_facts()], ids=["mixed", "lasting"])
def test_every_estimate_is_that_of_a_slow_computation(facts: pl.DataFrame) -> None:
    from scipy.stats import beta as beta_distribution

    expected = plainly(facts)
    rows = occupancy_profile(facts, weeks=8).filter(scope="station").to_dicts()
    strength = rows[0]["expected_chance_days"]
    worth = worth_in_independent_days(facts)
    is_lasting = "odd" in facts["station_id"]
    assert (worth < strength) == is_lasting

    assert {(r["area"], r["local_weekday"], r["local_hour"]) for r in rows} >= expected.keys()
    for row in rows:
        cell = expected.get((row["area"], row["local_weekday"], row["local_hour"]))
        if cell is None:  # an hour in which nothing was observed
            assert row["estimated_chance"] is None
            continue
        a = strength * cell["expected"] + cell["free"]
        b = strength * (1 - cell["expected"]) + cell["days"] - cell["free"]
        assert row["days_observed"] == cell["days"]
        assert row["level_from"] == cell["from"]
        assert row["expected_chance_days"] == strength
        assert row["expected_chance"] == pytest.approx(cell["expected"], abs=1e-12)
        assert row["estimated_chance"] == pytest.approx(a / (a + b), abs=1e-12)
        surplus = max(strength - worth, 0)
        a, b = a - surplus * cell["expected"], b - surplus * (1 - cell["expected"])
        interval = beta_distribution(a + 0.5, b + 0.5)
        low, high = interval.ppf([0.05, 0.95])
        low = 0 if cell["days"] and cell["free"] == 0 else min(low, row["estimated_chance"])
        high = 1 if 0 < cell["days"] == cell["free"] else max(high, row["estimated_chance"])
        assert row["estimated_chance_low"] == pytest.approx(low, abs=1e-9)
        assert row["estimated_chance_high"] == pytest.approx(high, abs=1e-9)
    best, less, more = (
        likelihood(list(expected.values()), strength * factor) for factor in (1, 1 / 1.02, 1.02)
    )
    assert best > less
    assert best > more or strength == pytest.approx(facts["local_date"].n_unique(), rel=0.01)


def test_sums_and_figures_of_every_area_are_those_of_its_facts() -> None:
    facts = small_facts()
    profile = occupancy_profile(facts, weeks=8)
    sums: defaultdict[Any, Row] = defaultdict(lambda: dict.fromkeys(SUMS, 0))
    for fact in facts.iter_rows(named=True):
        number = fact["arrondissement"]
        areas = (("station", fact["station_id"]), ("city", NETWORK.name))
        for area in (*areas, *([("arrondissement", str(number))] if number else [])):
            key = (*area, fact["local_weekday"], fact["local_hour"])
            for name in SUMS:
                sums[key][name] += fact[name]

    for row in profile.to_dicts():
        own = sums[row["scope"], row["area"], row["local_weekday"], row["local_hour"]]
        assert {name: row[name] for name in SUMS} == own
        in_service = sum(own[f"{s}_seconds"] for s in ("available", "occupied", "reserved"))
        observed, free, full = (own[n] for n in SUMS[-3:])
        assert row["occupancy"] == (own["occupied_seconds"] / in_service if in_service else None)
        assert row["chance_of_a_free_point"] == (free / observed if observed else None)
        assert row["saturation"] == (full / (free + full) if free + full else None)
    assert sums.keys() <= set(profile.select(profile.columns[:4]).rows())


def test_hours_to_come_do_not_count_and_no_facts_give_no_rows() -> None:
    facts = small_facts()
    to_come = facts.with_columns(is_provisional=pl.lit(True))

    assert occupancy_profile(FactOfAMart.create_empty(), weeks=8).is_empty()
    assert occupancy_profile(to_come, weeks=8).is_empty()
    assert occupancy_profile(pl.concat([facts, to_come]), weeks=8).equals(
        occupancy_profile(facts, weeks=8)
    )


def test_a_city_that_was_never_observed_has_rows_and_no_estimate() -> None:
    facts = facts_of_hours([("a", 5, MONDAY, 0, 0)])

    [row] = occupancy_profile(facts, weeks=8).filter(scope="station").to_dicts()

    assert row["days_observed"] == 0
    assert (row["estimated_chance"], row["level_from"]) == (None, None)
