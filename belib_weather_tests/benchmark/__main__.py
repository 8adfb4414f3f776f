"""Run the cases and print the tables; `--quick` runs one small case and the tick."""

import argparse
import json
import signal
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

from rich.console import Console

from belib_weather.embedded import StoreUrls, ensure, stop
from belib_weather.settings import load_settings
from belib_weather_tests.benchmark.cases import (
    BACKFILL_DAYS,
    DAY,
    LONG,
    QUICK,
    TENFOLD,
    WEEK,
    Case,
)
from belib_weather_tests.benchmark.clock import Figures
from belib_weather_tests.benchmark.processes import run
from belib_weather_tests.benchmark.stores import fresh_stores
from belib_weather_tests.benchmark.tables import (
    case_table,
    growth_table,
    memory_table,
    tick_table,
)
from belib_weather_tests.benchmark.tick import ticked


def stage(name: str, case: Case, settings: Mapping[str, str]) -> Figures:
    """Figures of one stage of a case."""
    printed = run(f"{__package__}.stages", name, json.dumps(asdict(case)), settings=settings)
    figures: Figures = json.loads(printed.splitlines()[-1])
    return figures


def measured(case: Case, urls: StoreUrls) -> Figures:
    """Every stage of a case, on stores of its own."""
    figures: Figures = {}
    with fresh_stores(urls, case.database) as settings:
        for name in ("land", "facts", "search", "exact"):
            figures |= stage(name, case, settings)
    return figures


def peaks(urls: StoreUrls) -> dict[int, float]:
    """Peak memory in MB of making the facts of the last days of `LONG`, by their number."""
    with fresh_stores(urls, LONG.database) as settings:
        stage("land", LONG, settings)
        return {
            days: stage("memory", replace(LONG, days=days), settings)["peak memory"]
            for days in BACKFILL_DAYS
        }


def report(urls: StoreUrls, console: Console, *, is_quick: bool) -> None:
    """Measure case by case, and print each table as soon as it is known."""
    found = {}
    for case in (QUICK,) if is_quick else (DAY, WEEK, TENFOLD):
        found[case] = measured(case, urls)
        console.print(case_table(case, found[case]))
    if not is_quick:
        console.print(growth_table(found[DAY], found[TENFOLD]))
        console.print(memory_table(peaks(urls)))
    console.print(tick_table(ticked(urls)))


def main() -> None:
    """Start or find the stores, measure, and stop what was started."""
    parser = argparse.ArgumentParser(prog="belib_weather_tests.benchmark", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one small case and the tick")
    is_quick = parser.parse_args().quick
    # Without this a polite kill would leave the stores running.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    console = Console(width=120)
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="belib-bench-") as folder:
        settings = load_settings(home=Path(folder), mode="demo")
        try:
            report(ensure(settings), console, is_quick=is_quick)
        finally:
            stop(settings)
    console.print(f"measured in {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
