"""Simulate, count, and write docs/accuracy.md."""

import argparse
import sys
import time
from pathlib import Path

from belib_weather_tests.coverage.city import fleet
from belib_weather_tests.coverage.forecasts import kept, with_section
from belib_weather_tests.coverage.intervals import Wanted
from belib_weather_tests.coverage.page import page
from belib_weather_tests.coverage.recovery import recovered
from belib_weather_tests.coverage.repairs import repairs
from belib_weather_tests.coverage.study import Study, studied

CORRELATIONS = (0.0, 0.3, 0.6)
LENGTHS = (14, 20, 28, 56)
PAGE = Path(__file__).parents[2] / "docs" / "accuracy.md"


def main() -> int:
    """Run; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--courses", type=int, default=100, help="of each correlation")
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    began = time.monotonic()
    covered = []
    for correlation in CORRELATIONS:
        wanted = Wanted(LENGTHS, with_marts=True)
        covered += studied(Study(correlation, given.courses, wanted, given.processes))
        sys.stdout.write(f"r = {correlation}: {time.monotonic() - began:.0f} s\n")
    found = recovered(courses=max(2, given.courses // 10), days_polled=4)
    text = page(covered, repairs(10 * given.courses), found, given.courses, len(fleet().stations))
    own = kept(PAGE.read_text())
    PAGE.write_text(with_section(text, own) if own else text)
    sys.stdout.write(f"{PAGE.name} is written, {time.monotonic() - began:.0f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
