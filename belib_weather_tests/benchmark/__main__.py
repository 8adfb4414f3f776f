"""Run the cases, print the tables and write them to docs/benchmark.md.

`--parts` runs some of them, `--quick` a small case, an import and the tick, which are only printed.
`--against CHECKOUT` measures this checkout beside another one instead, by turns.
"""

import argparse
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from belib_weather.embedded import StoreUrls, ensure, stop
from belib_weather.settings import load_settings
from belib_weather_tests.benchmark.against import STAGES as TURNED
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
from belib_weather_tests.benchmark.page import write_part
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

STAGES = ("land", "facts", "peer", "search", "exact")


def measured(case: Case, urls: StoreUrls, *stages: str) -> Figures:
    """Stages of a case, on stores of its own; all that `STAGES` names where none is given."""
    figures: Figures = {}
    with fresh_stores(urls, case.database) as settings:
        for name in stages or STAGES:
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


def tenfold(urls: StoreUrls) -> list[Table]:
    """Ten times the points, beside the day in the same run."""
    large = measured(TENFOLD, urls, "land", "facts", "search", "exact")
    return [
        case_table(TENFOLD, large),
        growth_table(measured(DAY, urls, "land", "facts"), large),
    ]


PARTS: dict[str, Callable[[StoreUrls], list[Table]]] = {
    "day": lambda urls: [case_table(DAY, measured(DAY, urls))],
    "week": lambda urls: [case_table(WEEK, measured(WEEK, urls))],
    "tenfold": tenfold,
    "import": lambda urls: [imported(urls, DAY)],
    "month": lambda urls: [of_a_month(urls)],
    "tick": lambda urls: [tick_table(ticked(urls))],
}
QUICK_PARTS: dict[str, Callable[[StoreUrls], list[Table]]] = {
    "case": lambda urls: [case_table(QUICK, measured(QUICK, urls))],
    "import": lambda urls: [imported(urls, QUICK)],
    "tick": PARTS["tick"],
}


def report(urls: StoreUrls, console: Console, given: argparse.Namespace) -> None:
    """Measure part by part; print each, and write it to the page, as soon as it is known."""
    if given.quick:
        for part in QUICK_PARTS.values():
            console.print(*part(urls), sep="\n")
        return
    for name in given.parts or PARTS:
        tables = PARTS[name](urls)
        console.print(*tables, sep="\n")
        write_part(name, tables, os.getloadavg()[1])


def main() -> None:
    """Start or find the stores, measure, and stop what was started."""
    parser = argparse.ArgumentParser(prog="belib_weather_tests.benchmark", description=__doc__)
    parser.add_argument(
        "--quick",
        action="store_true",
        help="one small case, an import and the tick; nothing is written",
    )
    parser.add_argument("--parts", nargs="+", choices=PARTS, help="these alone")
    parser.add_argument("--against", type=Path, help="another checkout, with its own .venv")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each checkout (5)")
    parser.add_argument(
        "--stages", nargs="+", choices=TURNED, default=TURNED, help="of --against; all by default"
    )
    parser.add_argument(
        "--passes", type=int, default=3, help="of a stage of --against; the fastest counts (3)"
    )
    given = parser.parse_args()
    # Without this a polite kill would leave the stores running.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    console = Console(width=120)
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="belib-bench-") as folder:
        settings = load_settings(home=Path(folder), mode="demo")
        try:
            if given.against:
                other = given.against.absolute()
                sides = measured_by_turns(
                    ensure(settings), other, given.rounds, given.stages, given.passes, console.print
                )
                console.print(against_table(sides, given.rounds))
            else:
                report(ensure(settings), console, given)
        finally:
            stop(settings)
    console.print(f"measured in {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
