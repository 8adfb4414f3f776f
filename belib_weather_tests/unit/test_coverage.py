"""A small `make coverage`: differences within days cover the truth, levels would not."""

import re
from pathlib import Path

import pytest

from belib_weather.transform.comparisons import APPROXIMATE_COVERAGE, FULL_DAYS
from belib_weather_tests.coverage import intervals as i
from belib_weather_tests.coverage.intervals import Wanted
from belib_weather_tests.coverage.page import AIM
from belib_weather_tests.coverage.study import Study, studied

PAGE = Path(__file__).parents[2] / "docs" / "accuracy.md"


def test_differences_within_days_cover_the_truth_and_levels_do_not() -> None:
    found = {c.kind: c for c in studied(Study(0.6, 8, Wanted((FULL_DAYS,), with_marts=False)))}

    assert found[i.HOURS].intervals == 8 * 24
    assert 0.90 < found[i.HOURS].share < 0.995
    assert found[i.LEVEL].share < 0.85


def test_the_coverage_of_approximate_intervals_that_people_read_is_the_measured_one() -> None:
    rows = re.findall(
        r"^\| ≈ (.*) \| \d+ \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|", PAGE.read_text(), re.M
    )
    measured = [float(share) for _, *shares in rows for share in shares]

    assert len(measured) >= 9
    assert sum(measured) / len(measured) == pytest.approx(APPROXIMATE_COVERAGE, abs=0.02)
    assert AIM == (0.92, 0.97)
