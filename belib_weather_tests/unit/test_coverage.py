"""A small `make coverage`: differences within days cover the truth, levels would not."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from belib_weather.transform.comparisons import APPROXIMATE_COVERAGE, FULL_DAYS
from belib_weather.transform.weather_association import PROVISIONAL_COVERAGE
from belib_weather_tests.coverage import intervals as i
from belib_weather_tests.coverage.intervals import Wanted
from belib_weather_tests.coverage.page import AIM, is_outside
from belib_weather_tests.coverage.repairs import repairs
from belib_weather_tests.coverage.study import Covered, Study, studied

PAGE = Path(__file__).parents[2] / "docs" / "accuracy.md"


def test_differences_within_days_cover_the_truth_and_levels_do_not() -> None:
    found = {c.kind: c for c in studied(Study(0.6, 8, Wanted((FULL_DAYS,), with_marts=False)))}

    assert found[i.HOURS].intervals == 8 * 24
    assert 0.90 < found[i.HOURS].share < 0.995
    assert found[i.LEVEL].share < 0.85


def test_the_coverage_of_approximate_intervals_that_people_read_is_the_measured_one() -> None:
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


def test_an_interval_of_the_time_to_repair_without_an_upper_end_reaches_on() -> None:
    found = {(each.share, each.outages): each for each in repairs(100)}

    assert all(each.covered > 0.85 for each in found.values())
    assert found[0.9, 20].with_end == 0
    assert found[0.9, 300].with_end == 1
