"""This checkout beside another one: every stage by turns on the same servers, in the same call.

What belongs here: turns and their medians. What does not: what a stage does (`stages`), which each
checkout runs from its own code by its own Python.
"""

import json
import shutil
import statistics
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from rich.table import Table

from belib_weather.embedded import StoreUrls
from belib_weather.simulator.app import create_app
from belib_weather.simulator.city import City
from belib_weather.simulator.server import serving
from belib_weather_tests.benchmark.cases import DAY, SEED
from belib_weather_tests.benchmark.processes import run, stage
from belib_weather_tests.benchmark.stores import fresh_stores

MOST_TIMES_SLOWER = 1.10
_OWN = Path(__file__).resolve().parents[2]
_STAGES = ("land", "facts", "search")
_FIGURES = (
    *("landing", "raw to facts", "publishing", "publishing again"),
    *("indexing", "indexing again", "live tick", "peak memory"),
)
_HOUR_KEY = "%Y-%m-%d-%H:00"


@dataclass
class Side:
    """A checkout, the names of its databases, and what was measured of it, turn by turn."""

    name: str
    checkout: Path
    figures: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))


def measured_by_turns(urls: StoreUrls, other: Path, rounds: int) -> tuple[Side, Side]:
    """Measure the other checkout and this one by turns.

    Args:
        urls: servers, the same for both.
        other: the other checkout.
        rounds: turns of each; who goes first alternates.
    """
    sides = (Side("other", other), Side("this", _OWN))
    for number in range(rounds):
        for side in sides if number % 2 == 0 else sides[::-1]:
            _take_stages(urls, side)
    _take_ticks(urls, sides, rounds)
    return sides


def _take_stages(urls: StoreUrls, side: Side) -> None:
    with fresh_stores(urls, f"bench_{side.name}") as settings:
        for name in _STAGES:
            for figure, value in stage(name, DAY, settings, side.checkout).items():
                side.figures[figure].append(value)


def _take_ticks(urls: StoreUrls, sides: tuple[Side, Side], rounds: int) -> None:
    """Whole processes, each on stores that hold what its earlier ticks left."""
    with ExitStack() as opened:
        api = opened.enter_context(serving(create_app(City(SEED))))
        settings = {}
        for side in sides:
            home = opened.enter_context(tempfile.TemporaryDirectory(prefix="belib-bench-"))
            shutil.copy(side.checkout / "dagster.yaml", home)
            settings[side.name] = {
                **opened.enter_context(fresh_stores(urls, f"bench_tick_{side.name}")),
                "DAGSTER_HOME": home,
                "BELIB_EXPLORE_API_URL": f"{api}/api/explore/v2.1",
            }
            _tick(side, settings[side.name])  # makes tables and indices, so does not count
        for number in range(rounds):
            for side in sides if number % 2 == 0 else sides[::-1]:
                side.figures["live tick"].append(_tick(side, settings[side.name]))


def _tick(side: Side, settings: dict[str, str]) -> float:
    tags = json.dumps({"dagster/partition": f"{datetime.now(UTC):{_HOUR_KEY}}"})
    job = ("job", "execute", "-m", "belib_weather.definitions", "-j", "live", "--tags", tags)
    start = time.perf_counter()
    run("dagster", *job, settings=settings, checkout=side.checkout)
    return time.perf_counter() - start


def against_table(sides: tuple[Side, Side], rounds: int) -> Table:
    """The medians of both and their ratio, marked where this checkout is too slow."""
    other, this = sides
    table = Table(
        *("stage", "other", "this", "ratio of medians", "aim"),
        title=f"{DAY.name}, median of {rounds} turns each; other: {other.checkout}",
        title_justify="left",
    )
    for name in _FIGURES:
        before, now = (statistics.median(side.figures[name]) for side in (other, this))
        unit = "MB" if name == "peak memory" else "s"
        ratio = now / before
        table.add_row(
            name,
            f"{before:.2f} {unit}",
            f"{now:.2f} {unit}",
            f"{'[bold red]' if ratio > MOST_TIMES_SLOWER else ''}{ratio:.2f}",
            f"≤ {MOST_TIMES_SLOWER:.2f}",
        )
    return table
