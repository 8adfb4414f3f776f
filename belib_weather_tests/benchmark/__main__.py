"""Run the cases and print the tables.

`--quick` runs one small case and the tick. `--against CHECKOUT` measures this checkout beside
another one instead, stage by stage and by turns.
"""

import argparse
import signal
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from belib_weather.embedded import StoreUrls, ensure, stop
from belib_weather.settings import load_settings
from belib_weather_tests.benchmark.against import against_table, measured_by_turns
from belib_weather_tests.benchmark.cases import (
    DAY,
    MONTH,
    QUICK,
    REBUILT_DAYS,
    TENFOLD,
    WEEK,
    Case,
)
from belib_weather_tests.benchmark.clock import Figures
from belib_weather_tests.benchmark.processes import stage
from belib_weather_tests.benchmark.stores import fresh_stores
from belib_weather_tests.benchmark.tables import (
    case_table,
    growth_table,
    import_table,
    month_table,
    tick_table,
)
from belib_weather_tests.benchmark.tick import ticked


def measured(case: Case, urls: StoreUrls) -> Figures:
    """Every stage of a case, on stores of its own."""
    figures: Figures = {}
    with fresh_stores(urls, case.database) as settings:
        for name in ("land", "facts", "peer", "search", "exact"):
            figures |= stage(name, case, settings)
    return figures


def of_a_month(urls: StoreUrls) -> Table:
    """What it costs to make the last days of `MONTH` again, by their number, and its marts."""
    with fresh_stores(urls, MONTH.database) as settings:
        stage("land", MONTH, settings)
        stage("weather", MONTH, settings)
        facts = {
            days: stage("rebuild", replace(MONTH, days=days), settings) for days in REBUILT_DAYS
        }
        history = stage("history", MONTH, settings)
        return month_table(facts, history, stage("marts", MONTH, settings))


def imported(urls: StoreUrls, case: Case) -> Table:
    """What it costs to import the polls of a case from files."""
    with fresh_stores(urls, f"{case.database}_import") as settings:
        return import_table(stage("recorded", case, settings))


def report(urls: StoreUrls, console: Console, *, is_quick: bool) -> None:
    """Measure case by case, and print each table as soon as it is known."""
    found = {}
    for case in (QUICK,) if is_quick else (DAY, WEEK, TENFOLD):
        found[case] = measured(case, urls)
        console.print(case_table(case, found[case]))
    console.print(imported(urls, QUICK if is_quick else DAY))
    if not is_quick:
        console.print(growth_table(found[DAY], found[TENFOLD]))
        console.print(of_a_month(urls))
    console.print(tick_table(ticked(urls)))


def main() -> None:
    """Start or find the stores, measure, and stop what was started."""
    parser = argparse.ArgumentParser(prog="belib_weather_tests.benchmark", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one small case and the tick")
    parser.add_argument("--against", type=Path, help="another checkout, with its own .venv")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each checkout (5)")
    given = parser.parse_args()
    # Without this a polite kill would leave the stores running.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    console = Console(width=120)
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="belib-bench-") as folder:
        settings = load_settings(home=Path(folder), mode="demo")
        try:
            if given.against:
                sides = measured_by_turns(ensure(settings), given.against.absolute(), given.rounds)
                console.print(against_table(sides, given.rounds))
            else:
                report(ensure(settings), console, is_quick=given.quick)
        finally:
            stop(settings)
    console.print(f"measured in {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
