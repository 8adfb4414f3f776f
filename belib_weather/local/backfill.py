"""Filling the history: which runs, in which order, and how much of it is stored.

What belongs here: the plan, and its progress by the stores' content. What does not: executing runs
(`materialize`), and what a run does (`assets`).
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from belib_weather.lake import RAW_SNAPSHOTS, LakeError
from belib_weather.local.console import CommandError, err, say
from belib_weather.local.launcher import Launcher, Program, Task
from belib_weather.local.run_plan import LANES, Part, Run, encoded
from belib_weather.local.stores import Stores
from belib_weather.local.supervisor import Supervisor
from belib_weather.search import SearchError
from belib_weather.search.projections import AVAILABILITY_INDEX
from belib_weather.warehouse import WarehouseError
from belib_weather.warehouse.tables import AVAILABILITY_FACTS
from belib_weather.window import HOUR, Window, floor_hour

_FEW_HOURS = 6
_LOOK_SECONDS = 2.0
"""Between two counts of what is stored, which the stores that are being filled have to answer."""
_MOST_LOOKING = 20
"""A look that takes long leaves nineteen times as long to those that fill the stores."""
_END_SECONDS = 0.1
"""Between two looks whether a run has ended."""


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
    """Runs that fill the hours, in lanes that are executed side by side.

    Each lane fetches its own weather and snapshots, then computes the facts and the days of
    episodes, which `remainder` publishes. The facts of the last hour of the first lane also need
    snapshots of the second, so the second lane computes that hour too: the lane that is last there
    finds the inputs of both. So it is with the episodes of the days in which they meet.
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
        # Stations come before documents, which contain their attributes.
        runs.append(Run("static", today_key, today_key))
    last_day = hours.end - HOUR if is_last else hours.end
    return [
        *runs,
        Run("live", _hour_key(facts_from), last, parts, with_index),
        # Stored, so that the sensor of late days finds nothing; Elasticsearch takes them later.
        Run("episodes", f"{facts_from:{day}}", f"{last_day:{day}}", None, with_index=False),
    ]


def _hour_key(hour: datetime) -> str:
    # As `partitions.hour_key`, but without importing Dagster, which takes a second.
    return f"{hour:%Y-%m-%d-%H:%M}"


@dataclass(frozen=True)
class Stored:
    """How much of the hours is stored."""

    snapshots: int
    fact_hours: int
    indexed_hours: int


def stored(stores: Stores, hours: Window) -> Stored:
    """Count how much of the hours is stored."""
    ledger = stores.warehouse.ledger(AVAILABILITY_FACTS, hours).filter(pl.col("snapshots") > 0)
    return Stored(
        snapshots=stores.lake.inventory(RAW_SNAPSHOTS, hours).height,
        fact_hours=ledger.height,
        indexed_hours=stores.search.count(AVAILABILITY_INDEX, hours).height if stores.search else 0,
    )


def fill(
    launcher: Launcher,
    supervisor: Supervisor,
    stores: Stores,
    hours: Window,
    now: datetime,
    *,
    polls: int,
) -> Stored:
    """Execute the lanes to their end, and show how much is stored.

    Lanes that fail are executed once more if a store or another process failed meanwhile: they
    replace what they have stored by the same.

    Args:
        launcher: starts the lanes' processes.
        supervisor: of the processes that the lanes need.
        stores: where it is stored.
        hours: to be filled.
        now: ends the last of them.
        polls: snapshots that are to be stored.

    Raises:
        CommandError: a lane failed; with the reason and the log.
    """
    plan = lanes(hours, now, with_index=stores.search is not None)
    failures_before = supervisor.failures
    failed = _run(launcher, plan, stores, hours, polls)
    if failed and supervisor.failures > failures_before:
        say("What fills the history is started again when all processes run well.")
        supervisor.wait_until_well()
        failed = _run(launcher, {lane: plan[lane] for lane in failed}, stores, hours, polls)
    if failed:
        raise CommandError(f"not everything could be filled: {'; '.join(failed.values())}")
    return stored(stores, hours)


def refill_weather(launcher: Launcher, first: date, last: date) -> None:
    """Make the weather of days again from raw, beside what runs, for a PostgreSQL that is new.

    The facts follow by themselves: the sensor of late data finds every hour that raw has.
    """
    say(
        "PostgreSQL is new: weather, facts and indices are made again from raw while polling goes"
        " on; the Dagster UI shows the runs."
    )
    task = _start(launcher, LANES[1], [Run("weather", f"{first}", f"{last}", (Part.HOURS,))])
    while task.poll() is None:
        time.sleep(_LOOK_SECONDS)
    if not task.has_succeeded:
        say(f"The weather could not be made again from raw: {task.reason()}")


def _run(
    launcher: Launcher, plan: Mapping[str, list[Run]], stores: Stores, hours: Window, polls: int
) -> dict[str, str]:
    """Run lanes side by side; the reasons of those that failed or were ended, by name."""
    tasks = {lane: _start(launcher, lane, runs) for lane, runs in plan.items()}
    try:
        _show(list(tasks.values()), stores, hours, polls)
    finally:
        for task in tasks.values():
            task.end()
    return {lane: task.reason() for lane, task in tasks.items() if not task.has_succeeded}


def _start(launcher: Launcher, lane: str, runs: list[Run]) -> Task:
    arguments = ("-m", "belib_weather.local.materialize", encoded(lane, runs))
    return Task(launcher, Program(lane, "history", arguments))


def _show(tasks: Sequence[Task], stores: Stores, hours: Window, polls: int) -> None:
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
        for _ in _while_running(tasks):
            try:
                found = stored(stores, hours)
            except (LakeError, WarehouseError, SearchError):
                continue  # the supervisor reports a store that is down
            progress.update(snapshots, completed=min(found.snapshots, polls))
            progress.update(facts, completed=found.fact_hours)
            progress.update(documents, completed=found.indexed_hours)


def _while_running(tasks: Sequence[Task]) -> Iterator[None]:
    """Now and then while all tasks run or have succeeded, and once at the end."""
    next_look = 0.0
    while any(task.poll() is None for task in tasks):
        if any(task.poll() for task in tasks):
            return  # one failed: do not wait for the others
        if time.monotonic() >= next_look:
            began = time.monotonic()
            yield
            next_look = began + max(_LOOK_SECONDS, _MOST_LOOKING * (time.monotonic() - began))
        time.sleep(_END_SECONDS)
    yield
