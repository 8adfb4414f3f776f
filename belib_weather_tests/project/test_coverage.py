"""A small `make coverage`: differences within days cover the truth, levels would not."""

import re
from dataclasses import replace
from math import hypot
from pathlib import Path

import pytest

from belib_weather.transform.comparisons import APPROXIMATE_COVERAGE, FULL_DAYS
from belib_weather.transform.weather_association import PROVISIONAL_COVERAGE
from belib_weather_tests.coverage import intervals as i
from belib_weather_tests.coverage.city import course
from belib_weather_tests.coverage.intervals import Wanted
from belib_weather_tests.coverage.page import AIM, is_outside
from belib_weather_tests.coverage.repairs import repairs
from belib_weather_tests.coverage.study import WORLD, Covered, Study, studied
from belib_weather_tests.coverage.weather_truth import HEAVY, LIGHT, weather_truth

PAGE = Path(__file__).parents[2] / "docs" / "accuracy.md"


def test_differences_within_days_cover_the_truth_and_levels_do_not() -> None:
    found = {
        c.kind: c for c in studied(Study(0.6, 8, Wanted((FULL_DAYS,), with_marts=False))).covered
    }

    assert found[i.HOURS].intervals == 8 * 24
    assert 0.90 < found[i.HOURS].share < 0.995
    assert found[i.LEVEL].share < 0.85


def test_the_stated_coverage_of_approximate_intervals_is_the_measured_one() -> None:
    share = r" ([\d.]+) ± [\d.]+ \|"
    rows = re.findall(rf"^\| ≈ (.*) \| \d+ \|{3 * share}", PAGE.read_text(), re.M)
    of_weather = [row for row in rows if row[0] == i.ASSOCIATION]

    assert AIM == (0.92, 0.97)
    for found, stated, number in (
        ([row for row in rows if row not in of_weather], APPROXIMATE_COVERAGE, 9),
        (of_weather, PROVISIONAL_COVERAGE, 6),
    ):
        measured = [float(share) for _, *shares in found for share in shares]
        assert len(measured) >= number
        assert sum(measured) / len(measured) == pytest.approx(stated, abs=0.02)


def test_nothing_that_is_printed_covers_the_truth_less_often_than_the_aim() -> None:
    within = Covered(i.HOURS, FULL_DAYS, 0.6, 2400, share=0.974, margin=0.005)
    outside = replace(within, share=0.913)

    assert not is_outside(within)
    assert is_outside(outside)
    assert not is_outside(replace(outside, days=FULL_DAYS - 1))
    assert not is_outside(replace(outside, kind=i.ASSOCIATION))
    # What lies outside covers the truth more often than is stated, never less.
    named = re.findall(r"^- .* correlation [\d.]+: ([\d.]+) ± ", PAGE.read_text(), re.M)
    assert all(float(share) > AIM[1] for share in named)


def test_intervals_of_the_time_to_repair_cover_the_truth_with_or_without_an_upper_end() -> None:
    found = {(each.share, each.outages): each for each in repairs(100)}

    assert all(each.covered > 0.85 for each in found.values())
    assert found[0.9, 20].with_end == 0
    assert found[0.9, 300].with_end == 1


EFFECTS = {
    "5 °C": "occupancy at 5 °C less",
    "10 °C": "occupancy at 10 °C less",
    LIGHT: "occupancy in hours with less than 1 mm",
    HEAVY: "occupancy in hours with 1 mm or more",
}


def of_page(condition: str) -> tuple[float, float, float, float, float]:
    """Truth and its margin, mean of the estimates and its margin, half of an interval."""
    number = r"(-?[\d.]+)"
    both = rf"{number} ± {number}"
    row = rf"^\| {EFFECTS[condition]}.* \| {both} \| {both} \|.* ± {number} \|"
    [found] = re.findall(row, PAGE.read_text(), re.M)
    return tuple(map(float, found))  # type: ignore[return-value]


@pytest.mark.parametrize("condition", EFFECTS)
def test_the_mean_of_many_estimates_is_the_true_effect_of_the_weather(condition: str) -> None:
    truth, truth_margin, estimate, margin, half = of_page(condition)

    assert abs(truth) > 4 * truth_margin / 1.96
    assert abs(truth) > 4 * margin / 1.96
    # Known: the smooth curve finds less next to the kink at 15 °C.
    bias = half / 5 if "°C" in condition else 0
    assert estimate == pytest.approx(truth, abs=1.5 * hypot(truth_margin, margin) + bias)


def test_the_interval_of_one_simulation_covers_the_true_effect_of_the_weather() -> None:
    found = [
        each
        for number in (1, 2, 3)
        for each in i.intervals_of(course(replace(WORLD, course=number), 28), Wanted((28,), True))
        if each.kind == i.ASSOCIATION and each.days == 28
    ]

    covered = [
        each.low <= of_page(condition)[0] <= each.high
        for each in found
        for condition in (each.key.split(i.AGAINST)[0],)
        if condition in EFFECTS and each.low is not None and each.high is not None
    ]
    assert len(covered) >= 5
    assert all(covered)


@pytest.mark.slow
def test_brute_force_reproduces_the_documented_effects_with_correlated_days() -> None:
    found = weather_truth(replace(WORLD, day_correlation=0.6), 12)

    for condition in EFFECTS:
        truth, margin, *_ = of_page(condition)
        against = "15 °C" if "°C" in condition else "dry"
        allowed = 3 * hypot(found.error(condition), margin / 1.96)
        assert found.of(condition, against) == pytest.approx(truth, abs=allowed), condition
