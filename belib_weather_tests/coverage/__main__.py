"""Simulate, count, and write docs/accuracy.md."""

import argparse
import sys
import time
from pathlib import Path

from belib_weather_tests.coverage.city import fleet
from belib_weather_tests.coverage.forecasts import existing_section, with_section
from belib_weather_tests.coverage.intervals import Found, Wanted
from belib_weather_tests.coverage.page import page
from belib_weather_tests.coverage.recovery import recovered, weather
from belib_weather_tests.coverage.repairs import repairs
from belib_weather_tests.coverage.study import WORLD, Covered, Study, studied
from belib_weather_tests.coverage.weather_truth import weather_truth

CORRELATIONS = (0.0, 0.3, 0.6)
LENGTHS = (14, 20, 28, 56)
PAGE = Path(__file__).parents[2] / "docs" / "accuracy.md"


def main() -> int:
    """Run; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--courses", type=int, default=100, help="of each correlation")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    began = time.monotonic()
    truth = weather_truth(WORLD, options.courses, options.processes)
    sys.stdout.write(f"truth of the weather: {time.monotonic() - began:.0f} s\n")
    covered: list[Covered] = []
    found: list[list[Found]] = [[] for _ in range(options.courses)]
    for correlation in CORRELATIONS:
        wanted = Wanted(LENGTHS, with_marts=True)
        own = studied(Study(correlation, options.courses, wanted, options.processes, truth))
        covered += own.covered
        found = [[*before, *more] for before, more in zip(found, own.found, strict=True)]
        sys.stdout.write(f"r = {correlation}: {time.monotonic() - began:.0f} s\n")
    figures = [
        *weather(found, truth),
        *recovered(courses=max(4, options.courses // 5), days_polled=4),
    ]
    text = page(
        covered, repairs(10 * options.courses), figures, options.courses, len(fleet().stations)
    )
    other = existing_section(PAGE.read_text())
    PAGE.write_text(with_section(text, other) if other else text)
    sys.stdout.write(f"{PAGE.name} is written, {time.monotonic() - began:.0f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
