"""Run the cases and print the tables; `--quick` runs one small case and the tick."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

from rich.console import Console

from belib_weather.embedded import StoreUrls, ensure, stop
from belib_weather.settings import load_settings
from belib_weather.simulator.app import create_app
from belib_weather.simulator.city import City
from belib_weather.simulator.server import serving
from belib_weather_tests.benchmark.cases import (
    BACKFILL_DAYS,
    DAY,
    LONG,
    QUICK,
    SEED,
    TENFOLD,
    WEEK,
    Case,
)
from belib_weather_tests.benchmark.clock import Figures
from belib_weather_tests.benchmark.stores import fresh_stores
from belib_weather_tests.benchmark.tables import (
    case_table,
    growth_table,
    memory_table,
    tick_table,
)
from belib_weather_tests.benchmark.tick import size_of_live

TICKS = 3


def run(module: str, *arguments: str, settings: Mapping[str, str]) -> str:
    """Run a module of the benchmark in a fresh process; returns what it prints."""
    command = [sys.executable, "-W", "ignore", "-m", f"{__package__}.{module}", *arguments]
    done = subprocess.run(
        command, env={**os.environ, **settings}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-4000:]}")
    return done.stdout


def stage(name: str, case: Case, settings: Mapping[str, str]) -> Figures:
    """Figures of one stage of a case."""
    printed = run("stages", name, json.dumps(asdict(case)), settings=settings)
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


def ticked(urls: StoreUrls, assets: int, checks: int) -> tuple[float, float]:
    """Fastest seconds of as many steps that do nothing, and of a live tick."""
    idle, live = [], []
    with fresh_stores(urls, "bench_tick") as stores, serving(create_app(City(SEED))) as api:
        settings = {**stores, "BELIB_EXPLORE_API_URL": f"{api}/api/explore/v2.1"}
        run("tick", "live", settings=settings)  # makes tables and indices, so does not count
        for _ in range(TICKS):
            start = time.perf_counter()
            run("tick", "nothing", str(assets), str(checks), settings={})
            between = time.perf_counter()
            run("tick", "live", settings=settings)
            idle.append(between - start)
            live.append(time.perf_counter() - between)
    return min(idle), min(live)


def report(urls: StoreUrls, console: Console, *, is_quick: bool) -> None:
    """Measure case by case, and print each table as soon as it is known."""
    found = {}
    for case in (QUICK,) if is_quick else (DAY, WEEK, TENFOLD):
        found[case] = measured(case, urls)
        console.print(case_table(case, found[case]))
    if not is_quick:
        console.print(growth_table(found[DAY], found[TENFOLD]))
        console.print(memory_table(peaks(urls)))
    assets, checks = size_of_live()
    console.print(tick_table(*ticked(urls, assets, checks), assets, checks))


def main() -> None:
    """Start or find the stores, measure, and stop what was started."""
    parser = argparse.ArgumentParser(prog="belib_weather_tests.benchmark", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one small case and the tick")
    is_quick = parser.parse_args().quick
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
