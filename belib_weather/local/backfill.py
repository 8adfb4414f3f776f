"""Filling the history: which runs, in which order, and how much of it is stored.

What belongs here: the plan, and its progress by the stores' content. What does not: executing runs
(`materialize`), what a run does (`assets`), and what follows the fill (`background_fill`).
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Self

import polars as pl
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from belib_weather.lake import RAW_SNAPSHOTS, LakeError
from belib_weather.lanes import Lane
from belib_weather.local.console import CommandError, err, say
from belib_weather.local.run_plan import LANES, REPORT, Part, Run, hour_key
from belib_weather.local.stores import Stores
from belib_weather.local.supervisor import Supervisor
from belib_weather.local.worker import Work, Worker, Workers, reason_of
from belib_weather.search import SearchError
from belib_weather.search.projections import AVAILABILITY_INDEX
from belib_weather.warehouse import WarehouseError
from belib_weather.warehouse.tables import AVAILABILITY_FACTS
from belib_weather.window import DAY, HOUR, Window, floor_day, floor_hour

_FEW_HOURS = 6
_LOOK_SECONDS = 3.0
"""Between two counts of what is stored, which the stores that are being filled have to answer."""
_MOST_LOOKING = 40
"""A look that takes long leaves that many times as long to those that fill the stores."""
_DRAWN_A_SECOND = 2
"""How often the bars are drawn; drawing takes the processor from what they show."""
_END_SECONDS = 0.1
"""Between two looks whether a run has ended."""


def missing_hours(
    stores: Stores, start: datetime, now: datetime, indices: Future[None] | None = None
) -> Window:
    """The hours from the first that lacks facts, or recent documents, to the current one.

    Args:
        stores: that are asked.
        start: the first hour that is wanted.
        now: ends the last of them.
        indices: are being made; nothing is counted in Elasticsearch before.
    """
    whole = Window(start, floor_hour(now) + HOUR)
    ledger = stores.warehouse.ledger(AVAILABILITY_FACTS, whole).filter(pl.col("snapshots") > 0)
    complete = set(ledger["hour"])
    if complete and stores.search is not None:
        if indices is not None:
            indices.result()
        newest = newest_days(whole)
        published = set(stores.search.count(AVAILABILITY_INDEX, newest)["hour"])
        complete -= set(newest.hours) - published
    first = next((hour for hour in whole.hours if hour not in complete), floor_hour(now))
    return Window(min(first, floor_hour(now)), whole.end)


def newest_days(hours: Window) -> Window:
    """The hours of the last UTC day and of the day before: their documents come first."""
    return Window(max(hours.start, floor_day(hours.end - HOUR) - DAY), hours.end)


def older_documents(stores: Stores, start: datetime, now: datetime) -> Window | None:
    """The hours before the newest days whose facts have no documents, from the first to the last.

    Args:
        stores: that are asked.
        start: the first hour that is wanted.
        now: in the last of them.

    Returns:
        None where all have theirs, or where there is no Elasticsearch.
    """
    newest = newest_days(Window(start, floor_hour(now) + HOUR))
    if stores.search is None or newest.start <= start:
        return None
    older = Window(start, newest.start)
    ledger = stores.warehouse.ledger(AVAILABILITY_FACTS, older).filter(pl.col("snapshots") > 0)
    published = stores.search.count(AVAILABILITY_INDEX, older)["hour"]
    missing = ledger.filter(~pl.col("hour").is_in(published.implode()))["hour"].sort()
    return Window(missing[0], missing[-1] + HOUR) if len(missing) else None


Stage = dict[str, list[Run]]
"""Lanes that are executed side by side, by their names."""


def stages(
    hours: Window, today: datetime, *, with_index: bool, more: Sequence[Run] = ()
) -> list[Stage]:
    """Runs that fill the hours: each stage begins when the one before has ended.

    First weather and snapshots, in two halves; then what needs them alone, in two lanes of
    about the same length: stations and the present beside facts and episodes, which one process
    makes of the same records; last the documents of the newest days, which contain stations'
    attributes. Those of older days follow (`older_documents`).

    Args:
        hours: to be filled.
        today: whose static data are fetched.
        with_index: whether there is an Elasticsearch.
        more: runs that need the snapshots alone as well.
    """
    present = _live(Window.hour(hours.end - HOUR), Part.PRESENT, with_index=with_index)
    made = [_stations(today), present]
    newest = documents_run(newest_days(hours))
    documents: list[Stage] = [{LANES[0]: [newest]}] if with_index else []
    if len(hours.hours) <= _FEW_HOURS:
        rest = [_live(hours, Part.HOURS), _episodes(hours), *more]
        return [{LANES[0]: [*_fetched(hours), *made, *rest]}, *documents]
    middle = hours.start + HOUR * (len(hours.hours) // 2)
    first, second = Window(hours.start, middle), Window(middle, hours.end)
    return [
        {LANES[0]: [*map(_without_charts, _fetched(first))], LANES[1]: _fetched(second)},
        {
            LANES[0]: made,
            LANES[1]: [_live(hours, Part.HOURS), _episodes(hours), *more],
        },
        *documents,
    ]


def _without_charts(run: Run) -> Run:
    """Of the first half: the catalog shows that of the newest hours."""
    return replace(run, with_charts=False)


def _fetched(hours: Window) -> list[Run]:
    return [Run("weather", *_days(hours)), _live(hours, Part.POLLS)]


def documents_run(hours: Window) -> Run:
    """Publishes the facts of hours to Elasticsearch."""
    return _live(hours, Part.DOCUMENTS)


def _stations(today: datetime) -> Run:
    return Run("static", *_days(Window.hour(floor_hour(today))))


def _live(hours: Window, *parts: Part, with_index: bool = True) -> Run:
    return Run("live", hour_key(hours.start), hour_key(hours.end - HOUR), parts, with_index)


def _episodes(hours: Window) -> Run:
    # Stored, so that the sensor of late days finds nothing; `background_fill` publishes them.
    return Run("episodes", *_days(hours), with_index=False)


def _days(hours: Window) -> tuple[str, str]:
    """The first and the last UTC day."""
    return f"{hours.start:%Y-%m-%d}", f"{hours.end - HOUR:%Y-%m-%d}"


@dataclass(frozen=True)
class Stored:
    """How much of the hours is stored.

    Attributes:
        snapshots: of all hours.
        fact_hours: hours with facts.
        indexed_hours: hours of the newest days with documents.
    """

    snapshots: int
    fact_hours: int
    indexed_hours: int


def stored(stores: Stores, hours: Window) -> Stored:
    """Count how much of the hours is stored."""
    ledger = stores.warehouse.ledger(AVAILABILITY_FACTS, hours).filter(pl.col("snapshots") > 0)
    return Stored(
        snapshots=stores.lake.count(RAW_SNAPSHOTS, hours),
        fact_hours=ledger.height,
        indexed_hours=(
            stores.search.count(AVAILABILITY_INDEX, newest_days(hours)).height
            if stores.search
            else 0
        ),
    )


def fill(
    workers: Workers,
    supervisor: Supervisor,
    stores: Stores,
    hours: Window,
    now: datetime,
    *,
    polls: int,
    views: Sequence[Run] = (),
    indices: Future[None] | None = None,
) -> Work | None:
    """Execute the lanes to their end, publish their rows, and show how much is stored.

    Lanes that fail are executed once more if a store or another process failed meanwhile: they
    replace what they have stored by the same.

    Args:
        workers: execute the lanes.
        supervisor: of the processes that the lanes need.
        stores: where it is stored.
        hours: to be filled.
        now: ends the last of them.
        polls: snapshots that are to be stored.
        views: made beside the documents; their failure is not ours.
        indices: are being made, beside what is polled.

    Returns:
        The views that are being made, if there are any.

    Raises:
        CommandError: a lane failed; with the reason and the log.
    """
    feed = [run for run in views if run.job == Lane.FEED]
    plan = stages(hours, now, with_index=stores.search is not None, more=feed)
    made = [stage for stage in plan if not _is_publishing(stage)]
    with _Bars(stores, hours, polls) as bars:
        for stage in made:
            if indices is not None and not _is_polling(stage):
                indices.result()
            _run(workers, supervisor, stage, bars)
        shown = [run for run in views if run not in feed]
        begun = workers.last.begin(REPORT, shown) if shown else None
        for stage in plan[len(made) :]:
            _run(workers, supervisor, stage, bars)
    return begun


def _is_polling(stage: Stage) -> bool:
    return all(run.job == "weather" or run.parts == (Part.POLLS,) for run in _runs_of(stage))


def _is_publishing(stage: Stage) -> bool:
    return all(run.parts == (Part.DOCUMENTS,) for run in _runs_of(stage))


def _runs_of(stage: Stage) -> list[Run]:
    return [run for runs in stage.values() for run in runs]


def refill_weather(worker: Worker, first: date, last: date) -> Work:
    """Rebuild the weather of days from raw, beside what runs, for a PostgreSQL that is new.

    The facts follow by themselves: the sensor of late data finds every hour that raw has.
    """
    say(
        "PostgreSQL is new: weather, facts and indices are rebuilt from raw while polling goes"
        " on; the Dagster UI shows the runs."
    )
    return worker.begin(LANES[0], [Run("weather", f"{first}", f"{last}", (Part.HOURS,))])


def report_refill(work: Work) -> None:
    """Wait for its end; a line when it failed."""
    if reason := reason_of(work):
        say(f"The weather could not be rebuilt from raw: {reason}")


def _run(workers: Workers, supervisor: Supervisor, stage: Stage, bars: "_Bars") -> None:
    """Execute a stage, what failed with something else once more."""
    failures_before = supervisor.failures
    failed = _run_once(workers, stage, bars)
    if failed and supervisor.failures > failures_before:
        say("What fills the history is started again when all processes run well.")
        supervisor.wait_until_healthy()
        failed = _run_once(workers, {lane: stage[lane] for lane in failed}, bars)
    if failed:
        raise CommandError(f"not everything could be filled: {'; '.join(failed.values())}")


def _run_once(workers: Workers, stage: Stage, bars: "_Bars") -> dict[str, str]:
    """The reasons of the lanes that failed or were ended, by name."""
    works = {lane: workers.of(lane).begin(lane, runs) for lane, runs in stage.items()}
    try:
        for _ in _while_running(works):
            bars.update()
    finally:
        for work in works.values():
            work.end()
    return {lane: work.reason() for lane, work in works.items() if not work.has_succeeded}


class _Bars:
    """The progress of a history, by the stores' content.

    Args:
        stores: that are counted.
        hours: to be filled.
        polls: snapshots that are to be stored.
    """

    def __init__(self, stores: Stores, hours: Window, polls: int) -> None:
        self._stores, self._hours, self._polls = stores, hours, polls
        self._progress = Progress(
            TextColumn("{task.description:<30}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=err,
            refresh_per_second=_DRAWN_A_SECOND,
        )
        add, count = self._progress.add_task, len(hours.hours)
        self._snapshots = add("snapshots in MongoDB", total=polls)
        self._facts = add("hours of facts in PostgreSQL", total=count)
        self._documents = add(
            "newest hours in Elasticsearch",
            total=len(newest_days(hours).hours),
            visible=stores.search is not None,
        )

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def update(self) -> None:
        """Count what is stored."""
        try:
            found = stored(self._stores, self._hours)
        except (LakeError, WarehouseError, SearchError):
            return  # the supervisor reports a store that is down
        update = self._progress.update
        update(self._snapshots, completed=min(found.snapshots, self._polls))
        update(self._facts, completed=found.fact_hours)
        update(self._documents, completed=found.indexed_hours)


def _while_running(lanes: Mapping[str, Work]) -> Iterator[None]:
    """Now and then while lanes run, and once at the end: of all, or of the first that fails."""
    next_look = 0.0
    while any(work.poll() is None for work in lanes.values()):
        if any(work.poll() for work in lanes.values()):
            return
        if time.monotonic() >= next_look:
            began = time.monotonic()
            yield
            next_look = began + max(_LOOK_SECONDS, _MOST_LOOKING * (time.monotonic() - began))
        time.sleep(_END_SECONDS)
    yield
