"""What Elasticsearch missed or lost, published again without anyone asking.

A sensor compares states every minute: what PostgreSQL holds with what Elasticsearch acknowledged,
and how its indices are with how we left them. So an outage, a killed run, a restored copy, a
deleted index and a document edited by hand are found, each by the next evaluation.
Concept: docs/decisions/published-is-remembered.md
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta

import dagster as dg

from belib_weather.assets.publication_audit import audit, month_of, rebuild
from belib_weather.assets.publication_checks import ASSETS, CHECK_KEYS, evaluation
from belib_weather.assets.publication_standing import Standing, standing
from belib_weather.assets.publisher import AVAILABILITY, PUBLICATIONS, STATES, Publisher
from belib_weather.automation.late_data import ACTIVE, LONGEST_SILENCE, starts_of_active_runs
from belib_weather.automation.live import range_request
from belib_weather.dagster_internals import SUCCEEDED
from belib_weather.lanes import Lane
from belib_weather.partitions import Partitions, contiguous
from belib_weather.resources import Clock, SearchResource, WarehouseResource
from belib_weather.search import SearchError
from belib_weather.window import HOUR, Grain, Window, floor_hour

RECENT = timedelta(days=2)
"""Compared at every evaluation; of older hours one slice, in turn."""
SLICE = timedelta(days=7)
ROUND = timedelta(days=7)
"""Every index is compared by value this often, whatever the numbers say."""
RETRY = timedelta(minutes=10)
"""A repair that failed is asked for again after this time."""
MOST_HOURS = 168
MOST_REQUESTS = 8
_MONTH = "%Y-%m"
_STATES_JOBS = frozenset({Lane.LIVE.value, Lane.STATIC.value, "remake", "publish_stations"})


class IndexMonth(dg.Config):
    """What to audit or rebuild.

    Attributes:
        index: `availability` or `stations`.
        month: `2026-11`; empty for an index without months.
    """

    index: str = AVAILABILITY.projection.name
    month: str = ""

    @property
    def window(self) -> Window | None:
        """The month; None for an index without months."""
        if not self.month:
            return None
        return month_of(datetime.strptime(self.month, _MONTH).replace(tzinfo=UTC))

    def publisher(
        self, warehouse: WarehouseResource, search: SearchResource, clock: Clock
    ) -> Publisher:
        """The publisher of the index."""
        return Publisher(
            PUBLICATIONS[self.index], warehouse.connect(), search.connect(), clock.now()
        )


@dg.op
def compare_by_value(
    context: dg.OpExecutionContext,
    config: IndexMonth,
    warehouse: WarehouseResource,
    search: SearchResource,
    clock: Clock,
) -> None:
    """Compare the documents of a month with the rows of PostgreSQL; publish hours that differ."""
    publisher = config.publisher(warehouse, search, clock)
    done = audit(publisher, config.window, anyway=True)
    context.log.info(f"{config.index} {config.month}: compared {done.compared} hours")
    if done.repaired or done.strays:
        first = ", ".join(f"{at:%Y-%m-%dT%H:%MZ}" for at in done.repaired[:10])
        context.log.warning(
            f"{config.index} {config.month} ({done.reason}): published {len(done.repaired)} hours "
            f"again, first {first}; removed {done.strays} documents of no hour"
        )


@dg.op
def write_month_anew(
    context: dg.OpExecutionContext,
    config: IndexMonth,
    warehouse: WarehouseResource,
    search: SearchResource,
    clock: Clock,
) -> None:
    """Write the documents of a month with the mapping in force, then show them to readers."""
    month = config.window
    if month is None:
        raise dg.Failure("give the month, such as 2026-11")
    publisher = config.publisher(warehouse, search, clock)
    context.log.info(f"{config.month}: {rebuild(publisher, month)} documents, now shown to readers")


@dg.job(executor_def=dg.in_process_executor)
def audit_index() -> None:
    """Compares a month of an index with PostgreSQL by value, and publishes what differs."""
    compare_by_value()


@dg.job(executor_def=dg.in_process_executor)
def rebuild_index() -> None:
    """Writes a month of an index anew after its mapping changed; readers see it when complete."""
    write_month_anew()


@dataclass
class Memory:
    """The sensor's cursor.

    Attributes:
        older: end of the next slice of older hours.
        open: older hours that differed, compared again until they agree.
        verdicts: what differed when the check of each index was last told.
    """

    older: str = ""
    open: list[str] = field(default_factory=list)
    verdicts: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, cursor: str | None) -> "Memory":
        """The memory of a cursor."""
        return cls(**json.loads(cursor)) if cursor else cls()

    def text(self) -> str:
        """The cursor."""
        return json.dumps(asdict(self))


def windows_to_compare(start: datetime, end: datetime, memory: Memory) -> list[Window]:
    """The newest hours, the next slice of older ones, and those that differed; moves the slice."""
    recent = max(start, floor_hour(end - RECENT))
    windows = [Window(recent, end)]
    if start < recent:
        upper = min(datetime.fromisoformat(memory.older), recent) if memory.older else recent
        upper = upper if upper > start else recent
        lower = max(start, upper - SLICE)
        windows.append(Window(lower, upper))
        memory.older = lower.isoformat()
    hours = (datetime.fromisoformat(hour) for hour in memory.open)
    return [*windows, *contiguous((h for h in hours if h < recent), most=MOST_HOURS)]


def publication_automation(partitions: Partitions) -> dg.Definitions:
    """The jobs that repair the indices, and the sensor that requests them."""
    checks = dg.AssetSelection.checks(*CHECK_KEYS)
    publish = dg.define_asset_job(
        "publish",
        selection=dg.AssetSelection.assets("availability_index") - checks,
        description="Publishes hours to Elasticsearch again.",
    )
    publish_stations = dg.define_asset_job(
        "publish_stations",
        selection=dg.AssetSelection.assets("stations_index") - checks,
        description="Publishes the stations to Elasticsearch again.",
    )

    @dg.sensor(
        jobs=[publish, publish_stations, audit_index, rebuild_index],
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Repairs what Elasticsearch missed, lost, or was changed by another hand.",
    )
    def publication(
        context: dg.SensorEvaluationContext,
        warehouse: WarehouseResource,
        search: SearchResource,
        clock: Clock,
    ) -> dg.SensorResult:
        memory, now = Memory.read(context.cursor), clock.now()
        start = partitions.hourly.start.astimezone(UTC)
        windows = windows_to_compare(start, floor_hour(now) + HOUR, memory)
        look = _Look(context.instance, now)
        found = look.at(warehouse, search, windows)
        memory.open = [hour.isoformat() for hour in sorted(found[0].differing)]
        events, shown = [], _shown_verdicts(context.instance)
        for publication, one in zip((AVAILABILITY, STATES), found, strict=True):
            name, verdict = publication.projection.name, json.dumps(one.metadata, sort_keys=True)
            if memory.verdicts.get(name) != verdict or shown.get(name) is not one.agrees:
                memory.verdicts[name] = verdict
                events.append(evaluation(publication, one))
        requests = list(look.requests(found))[:MOST_REQUESTS]
        return dg.SensorResult(
            run_requests=requests,
            asset_events=events,
            cursor=memory.text(),
            skip_reason=None if requests else _in_words(found),
        )

    return dg.Definitions(
        jobs=[publish, publish_stations, audit_index, rebuild_index], sensors=[publication]
    )


class _Look:
    """One evaluation: what differs, apart from what runs are writing now."""

    def __init__(self, instance: dg.DagsterInstance, now: datetime) -> None:
        self._instance, self._now = instance, now
        self._due: list[tuple[str, Window | None]] = []

    def at(
        self, warehouse: WarehouseResource, search: SearchResource, windows: list[Window]
    ) -> tuple[Standing, Standing]:
        """What differs in the hours of `belib-availability`, and in `belib-stations`."""
        store = warehouse.connect()
        try:
            index = search.connect()
        except SearchError as error:
            # Their aliases are not known before the store is; the names tell them apart.
            return (
                Standing(AVAILABILITY.projection.name, problem=str(error)),
                Standing(STATES.projection.name, problem=str(error)),
            )
        publishers = [Publisher(p, store, index, self._now) for p in (AVAILABILITY, STATES)]
        # Before and after: a run that wrote rows in between is active at one of both times.
        busy, states_busy = self._busy_hours(), self._is_writing_states()
        hours, states = (standing(publisher, windows) for publisher in publishers)
        busy, states_busy = busy | self._busy_hours(), states_busy or self._is_writing_states()
        if not hours.problem:
            self._due = [due for publisher in publishers for due in self._due_of(publisher)]
        settled = {at: content for at, content in hours.differing.items() if at not in busy}
        return replace(hours, differing=settled), (
            replace(states, differing={}) if states_busy else states
        )

    def requests(self, found: tuple[Standing, Standing]) -> Iterator[dg.RunRequest]:
        """The runs that repair it: whole months one at a time, hours by ranges."""
        hours, states = found
        if hours.problem or states.problem:
            return
        if not self._is_active("rebuild_index"):
            for month in hours.outdated[-1:]:  # the newest first
                yield self._month_request("rebuild_index", AVAILABILITY.projection.name, month, "")
        if not self._is_active("audit_index"):
            yield from self._audits(found)
        for window in reversed(contiguous(hours.differing, most=MOST_HOURS)):  # newest first
            request = range_request(window)
            yield dg.RunRequest(
                run_key=self._key(f"{window}", (hours.differing[h] for h in window.hours)),
                job_name="publish",
                partition_key=request.partition_key,
                tags=request.tags,
            )
        if states.differing:
            key = self._key(states.alias, states.differing.values())
            yield dg.RunRequest(run_key=key, job_name="publish_stations")

    def _audits(self, found: tuple[Standing, Standing]) -> Iterator[dg.RunRequest]:
        doubted = [
            (publication, name, reason)
            for publication, one in zip((AVAILABILITY, STATES), found, strict=True)
            for name, reason in sorted(one.doubts.items(), reverse=True)
        ]
        for publication, name, reason in doubted:
            part = name.removeprefix(f"{found[0].alias}-").partition("-")[0]
            month = (
                month_of(datetime.strptime(part, "%Y.%m").replace(tzinfo=UTC))
                if publication is AVAILABILITY
                else None
            )
            yield self._month_request("audit_index", publication.projection.name, month, reason)
        if not doubted:
            for index, month in self._due[:1]:
                yield self._month_request("audit_index", index, month, "round")

    def _due_of(self, publisher: Publisher) -> Iterator[tuple[str, Window | None]]:
        """Indices whose last audit of everything was a week ago, the longest waiting first."""
        projection = publisher.publication.projection
        with publisher.warehouse.publication(publisher.alias) as ledger:
            known = ledger.indices().values()
        never = datetime.min.replace(tzinfo=UTC)
        waiting = sorted(known, key=lambda index: index.audited_at or never)
        for index in waiting:
            is_due = (index.audited_at or never) < self._now - ROUND
            if is_due and index.name.endswith(f"-{projection.generation}"):
                yield projection.name, publisher.search.month_of(projection, index.name)

    def _month_request(
        self, job: str, index: str, month: Window | None, reason: str
    ) -> dg.RunRequest:
        text = f"{month.start:{_MONTH}}" if month else ""
        (op,) = (audit_index if job == "audit_index" else rebuild_index).nodes
        return dg.RunRequest(
            run_key=self._key(f"{job} {index} {text}", [reason]),
            job_name=job,
            run_config={"ops": {op.name: {"config": {"index": index, "month": text}}}},
        )

    def _key(self, what: str, hashes: Iterable[str | None]) -> str:
        """Another one when it differs in another way, or after ten minutes.

        Dagster remembers a run key for ever, also that of a failed run.
        """
        digest = hashlib.sha256(" ".join(h or "-" for h in hashes).encode()).hexdigest()[:16]
        turn = int(self._now.timestamp() // RETRY.total_seconds())
        return f"{what} {digest} {turn}"

    def _busy_hours(self) -> set[datetime]:
        return starts_of_active_runs(self._instance, self._now, Grain.HOUR)

    def _is_writing_states(self) -> bool:
        return any(run.job_name in _STATES_JOBS for run in self._active_runs())

    def _is_active(self, job: str) -> bool:
        return any(run.job_name == job for run in self._active_runs())

    def _active_runs(self) -> Iterable[dg.DagsterRun]:
        filters = dg.RunsFilter(statuses=ACTIVE, updated_after=self._now - LONGEST_SILENCE)
        return self._instance.get_runs(filters=filters)


def _shown_verdicts(instance: dg.DagsterInstance) -> dict[str, bool]:
    """Whether the check of each index passed when it was last told, by whomever."""
    found = instance.event_log_storage.get_latest_asset_check_execution_by_key(list(CHECK_KEYS))
    name_of = {key: name for name, key in ASSETS.items()}
    return {
        name_of[key.asset_key]: record.status.value == SUCCEEDED for key, record in found.items()
    }


def _in_words(found: tuple[Standing, Standing]) -> str:
    problems = [one.problem for one in found if one.problem]
    if problems:
        return str(problems[0])
    if all(one.agrees for one in found):
        return "readers see what PostgreSQL holds"
    return "what differs is being repaired"
