"""Filling the history: which runs, in which order, and how much of it has landed.

What belongs here: the plan and its progress, read from the stores themselves. What does not:
running (`materialize`) and what a run does (`assets`).
"""

import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from belib_weather.embedded.logs import last_line
from belib_weather.lake import RAW_SNAPSHOTS
from belib_weather.local.console import CommandError, err
from belib_weather.local.python_process import Launcher, Program
from belib_weather.local.run_plan import LANES, Part, Run, encoded
from belib_weather.local.stores import Stores
from belib_weather.search.projections import AVAILABILITY_INDEX
from belib_weather.warehouse.tables import AVAILABILITY_FACTS
from belib_weather.window import HOUR, Window, floor_hour

_FEW_HOURS = 6
_LOOK_SECONDS = 1.0


def missing(stores: Stores, start: datetime, now: datetime) -> Window:
    """The hours from the first that lacks facts or documents to the current one."""
    whole = Window(start, floor_hour(now) + HOUR)
    ledger = stores.warehouse.ledger(AVAILABILITY_FACTS, whole).filter(pl.col("snapshots") > 0)
    complete = set(ledger["hour"])
    if stores.search is not None:
        complete &= set(stores.search.count(AVAILABILITY_INDEX, whole)["hour"])
    first = next((hour for hour in whole.hours if hour not in complete), floor_hour(now))
    return Window(min(first, floor_hour(now)), whole.end)


def lanes(hours: Window, today: datetime, *, with_index: bool) -> dict[str, list[Run]]:
    """Runs that fill the hours, in lanes that go side by side.

    Each lane brings its own weather and snapshots, then the facts. The facts of the last hour
    of the first lane also rest on snapshots of the second; so the second makes that hour again:
    whichever lane comes to it last finds all inputs of both there.
    """
    if len(hours.hours) <= _FEW_HOURS:
        return {LANES[0]: _lane(hours, hours.start, today, is_last=True, with_index=with_index)}
    middle = hours.start + HOUR * (len(hours.hours) // 2)
    first, second = Window(hours.start, middle), Window(middle, hours.end)
    return {
        LANES[0]: _lane(first, first.start, today, is_last=False, with_index=with_index),
        LANES[1]: _lane(second, middle - HOUR, today, is_last=True, with_index=with_index),
    }


def _lane(
    hours: Window, facts_from: datetime, today: datetime, *, is_last: bool, with_index: bool
) -> list[Run]:
    day, today_key = "%Y-%m-%d", f"{today:%Y-%m-%d}"
    first, last = _hour_key(hours.start), _hour_key(hours.end - HOUR)
    parts = (Part.HOURS, Part.PRESENT) if is_last else (Part.HOURS,)
    runs = [
        Run("weather", f"{hours.start:{day}}", f"{hours.end - timedelta(hours=1):{day}}"),
        Run("live", first, last, (Part.POLLS,)),
    ]
    if not is_last or hours.start == facts_from:
        # Stations come before documents, which hold their attributes.
        runs.append(Run("static", today_key, today_key))
    return [*runs, Run("live", _hour_key(facts_from), last, parts, with_index)]


def _hour_key(hour: datetime) -> str:
    # As `partitions.hour_key`, without Dagster, which takes a second to import.
    return f"{hour:%Y-%m-%d-%H:%M}"


@dataclass(frozen=True)
class Landed:
    """What of the hours is stored."""

    snapshots: int
    fact_hours: int
    indexed_hours: int


def landed(stores: Stores, hours: Window) -> Landed:
    """Count what of the hours is stored."""
    ledger = stores.warehouse.ledger(AVAILABILITY_FACTS, hours).filter(pl.col("snapshots") > 0)
    return Landed(
        snapshots=stores.lake.inventory(RAW_SNAPSHOTS, hours).height,
        fact_hours=ledger.height,
        indexed_hours=stores.search.count(AVAILABILITY_INDEX, hours).height if stores.search else 0,
    )


def fill(launcher: Launcher, stores: Stores, hours: Window, now: datetime, *, polls: int) -> Landed:
    """Run the lanes to their end and show what lands.

    Args:
        launcher: starts the lanes' processes.
        stores: where it lands.
        hours: to be filled.
        now: ends the last of them.
        polls: snapshots that will have landed.

    Raises:
        CommandError: a run failed; with the reason and the log.
    """
    plan = lanes(hours, now, with_index=stores.search is not None)
    processes = {lane: _launch(launcher, lane, runs) for lane, runs in plan.items()}
    try:
        _show(processes, stores, hours, polls)
    finally:
        for process in processes.values():
            process.terminate()
    failed = [lane for lane, process in processes.items() if process.wait() != 0]
    if failed:
        raise CommandError(
            "not everything could be filled: "
            + "; ".join(f"{last_line(log)} (log {log})" for log in map(launcher.log, failed))
        )
    return landed(stores, hours)


def _launch(launcher: Launcher, lane: str, runs: list[Run]) -> subprocess.Popen[bytes]:
    arguments = ("-m", "belib_weather.local.materialize", encoded(lane, runs))
    return launcher.launch(Program(lane, "history", arguments))


def _show(
    processes: dict[str, subprocess.Popen[bytes]], stores: Stores, hours: Window, polls: int
) -> None:
    count = len(hours.hours)
    columns = (
        TextColumn("{task.description:<30}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err) as progress:
        snapshots = progress.add_task("snapshots in MongoDB", total=polls)
        facts = progress.add_task("hours of facts in PostgreSQL", total=count)
        documents = progress.add_task(
            "hours in Elasticsearch", total=count, visible=stores.search is not None
        )
        for _ in _while_running(processes):
            found = landed(stores, hours)
            progress.update(snapshots, completed=min(found.snapshots, polls))
            progress.update(facts, completed=found.fact_hours)
            progress.update(documents, completed=found.indexed_hours)


def _while_running(processes: dict[str, subprocess.Popen[bytes]]) -> Iterator[None]:
    """Now and then while all run or end well, and once at the end."""
    while any(process.poll() is None for process in processes.values()):
        if any(process.poll() for process in processes.values()):
            return  # one failed: the others are not waited for
        yield
        time.sleep(_LOOK_SECONDS)
    yield
