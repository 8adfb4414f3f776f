"""This checkout beside another one: every stage by turns on the same servers, in the same call.

What belongs here: turns and their medians. What does not: what a stage does (`stages`), which each
checkout runs from its own code by its own Python.
"""

import json
import os
import shutil
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from rich.table import Table

from belib_weather.embedded import StoreUrls
from belib_weather.simulator.app import create_app
from belib_weather.simulator.city import City
from belib_weather.simulator.server import serving
from belib_weather_tests.benchmark.cases import DAY, SEED, Case
from belib_weather_tests.benchmark.processes import run, stage
from belib_weather_tests.benchmark.stores import fresh_stores

MOST_TIMES_SLOWER = 1.10
_OWN = Path(__file__).resolve().parents[2]
TICK = "tick"
_FIGURES = {
    "land": ("landing",),
    "facts": ("raw to facts", "publishing", "publishing again", "peak memory"),
    "search": ("indexing", "indexing again"),
    TICK: ("live tick", "processor time of a tick"),
}
STAGES = tuple(_FIGURES)
"""`facts` needs what `land` has stored, `search` what both have."""
_HOUR_KEY = "%Y-%m-%d-%H:00"


@dataclass
class Side:
    """A checkout, the names of its databases, and what was measured of it, turn by turn."""

    name: str
    checkout: Path
    figures: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))


def measured_by_turns(
    urls: StoreUrls,
    other: Path,
    rounds: int,
    stages: Sequence[str],
    passes: int,
    say: Callable[[str], None],
) -> tuple[Side, Side]:
    """Measure the other checkout and this one by turns.

    Args:
        urls: servers, the same for both.
        other: the other checkout.
        rounds: turns of each; who goes first alternates.
        stages: of `STAGES`; those that others need are run with them.
        passes: of a stage in each turn; the fastest counts.
        say: called with a line after each stage and tick, with its figures.
    """
    sides = (Side("other", other), Side("this", _OWN))
    case = replace(DAY, passes=passes)
    needed = STAGES[: max((STAGES.index(name) + 1 for name in stages if name != TICK), default=0)]
    for number in range(rounds if needed else 0):
        for side in sides if number % 2 == 0 else sides[::-1]:
            _take_stages(urls, side, needed, case, say)
    if TICK in stages:
        _take_ticks(urls, sides, rounds, say)
    return sides


def _take_stages(
    urls: StoreUrls, side: Side, stages: Sequence[str], case: Case, say: Callable[[str], None]
) -> None:
    with fresh_stores(urls, f"bench_{side.name}") as settings:
        for name in stages:
            start = time.perf_counter()
            found = stage(name, case, settings, side.checkout)
            for figure, value in found.items():
                side.figures[figure].append(value)
            shown = ", ".join(f"{figure} {found[figure]:.2f}" for figure in _FIGURES[name])
            say(f"{side.name}: {name}, {time.perf_counter() - start:.0f} s in all; {shown}")


def _take_ticks(
    urls: StoreUrls, sides: tuple[Side, Side], rounds: int, say: Callable[[str], None]
) -> None:
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
            seconds, _ = _tick(side, settings[side.name])
            say(f"{side.name}: the first tick, {seconds:.0f} s, makes tables: not counted")
        for number in range(rounds):
            for side in sides if number % 2 == 0 else sides[::-1]:
                seconds, processor = _tick(side, settings[side.name])
                side.figures["live tick"].append(seconds)
                side.figures["processor time of a tick"].append(processor)
                say(f"{side.name}: a tick, {seconds:.2f} s; of the processor {processor:.2f} s")


def _tick(side: Side, settings: dict[str, str]) -> tuple[float, float]:
    """Seconds of a tick, and of the processor: those of the stores are not among them."""
    tags = json.dumps({"dagster/partition": f"{datetime.now(UTC):{_HOUR_KEY}}"})
    job = ("job", "execute", "-m", "belib_weather.definitions", "-j", "live", "--tags", tags)
    before, start = _processor_seconds(), time.perf_counter()
    run("dagster", *job, settings=settings, checkout=side.checkout)
    return time.perf_counter() - start, _processor_seconds() - before


def _processor_seconds() -> float:
    """Of this process's children that have ended."""
    used = os.times()
    return used.children_user + used.children_system


def against_table(sides: tuple[Side, Side], rounds: int) -> Table:
    """Medians and fastest turns of both and their ratios, marked where this is too slow.

    Other work on the machine disturbs the fastest turn least.
    """
    other, this = sides
    table = Table(
        *("stage", "other", "this", "ratio of medians", "fastest", "ratio of fastest", "aim"),
        title=f"{DAY.name}, {rounds} turns each; other: {other.checkout}",
        title_justify="left",
    )
    for name in (name for names in _FIGURES.values() for name in names):
        if name not in this.figures:
            continue
        unit = "MB" if name == "peak memory" else "s"
        found = [side.figures[name] for side in (other, this)]
        medians, fastest = map(statistics.median, found), map(min, found)
        (before, now), (least_before, least_now) = medians, fastest
        table.add_row(
            name,
            f"{before:.2f} {unit}",
            f"{now:.2f} {unit}",
            _ratio(now / before),
            f"{least_before:.2f}, {least_now:.2f} {unit}",
            _ratio(least_now / least_before),
            f"≤ {MOST_TIMES_SLOWER:.2f}",
        )
    return table


def _ratio(ratio: float) -> str:
    return f"{'[bold red]' if ratio > MOST_TIMES_SLOWER else ''}{ratio:.2f}"
