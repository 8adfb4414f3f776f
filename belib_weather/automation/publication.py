"""What Elasticsearch missed or lost is published again automatically.

A sensor compares states every minute: what PostgreSQL holds with what Elasticsearch acknowledged,
and how its indices are with how we left them. So an outage, a killed run, a restored copy, a
deleted index and a document edited by hand are found, each by the next evaluation.
Concept: docs/decisions/published-is-remembered.md
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import islice

import dagster as dg

from belib_weather.assets.publication_checks import ASSETS, CHECK_KEYS, evaluation
from belib_weather.assets.publication_differences import Differences, find_differences
from belib_weather.assets.publisher import (
    AVAILABILITY,
    EPISODES,
    FEED,
    MARTS,
    OF_FORECASTS,
    OF_OUTAGES,
    OF_SCORES,
    PUBLICATIONS,
    STATES,
    Publisher,
)
from belib_weather.automation.index_jobs import MONTH, audit_index, rebuild_index
from belib_weather.automation.late_data import active_runs, starts_of_active_runs
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
"""A repair that failed is requested again after this time."""
MOST_HOURS = 168
MOST_REQUESTS = 8
BY_THE_HOUR, STATIONS, POLLED, SEGMENTS = (
    p.projection.name for p in (AVAILABILITY, STATES, FEED, EPISODES)
)
"""Names of the indices: that of partitions, and those whose asset has none."""
_OUTAGES = OF_OUTAGES.projection.name
_FORECASTS, _SCORES = OF_FORECASTS.projection.name, OF_SCORES.projection.name
_BY_SLICES = (BY_THE_HOUR, SEGMENTS, _OUTAGES)
"""Too many rows to compare them all at every evaluation."""
_PUBLISHING = {
    BY_THE_HOUR: "publish",
    SEGMENTS: "publish_episodes",
    STATIONS: "publish_stations",
    POLLED: "publish_feed",
    **{p.projection.name: f"publish_{p.projection.name}" for p in MARTS},
}
"""The job that publishes what differs, by index."""
_WRITERS = {
    SEGMENTS: frozenset({Lane.EPISODES.value, "remake_episodes", _PUBLISHING[SEGMENTS]}),
    STATIONS: frozenset({Lane.LIVE.value, Lane.STATIC.value, "remake", _PUBLISHING[STATIONS]}),
    POLLED: frozenset({Lane.FEED.value, _PUBLISHING[POLLED]}),
    _OUTAGES: frozenset({Lane.EPISODES.value, "remake_episodes", _PUBLISHING[_OUTAGES]}),
    **{
        p.projection.name: frozenset({Lane.MARTS.value, _PUBLISHING[p.projection.name]})
        for p in MARTS
        if p is not OF_OUTAGES
    },
    _FORECASTS: frozenset({Lane.FORECASTS.value, _PUBLISHING[_FORECASTS]}),
    _SCORES: frozenset({Lane.FORECAST_SCORES.value, _PUBLISHING[_SCORES]}),
}
"""Jobs that publish what they write: while one runs, the sensor leaves differences to it."""
Found = Mapping[str, Differences]
"""What differs, by index."""


@dataclass
class PublicationCursor:
    """The sensor's cursor.

    Attributes:
        older: end of the next slice of older hours.
        open: older hours that differed, compared again until they agree.
        verdicts: what differed when the check of each index was last reported.
    """

    older: str = ""
    open: list[str] = field(default_factory=list)
    verdicts: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, cursor: str | None) -> "PublicationCursor":
        """From a cursor."""
        return cls(**json.loads(cursor)) if cursor else cls()

    def text(self) -> str:
        """The cursor."""
        return json.dumps(asdict(self))


def windows_to_compare(start: datetime, end: datetime, cursor: PublicationCursor) -> list[Window]:
    """The newest hours, the next slice of older ones, and those that differed; moves the slice."""
    recent = max(start, floor_hour(end - RECENT))
    windows = [Window(recent, end)]
    if start < recent:
        upper = min(datetime.fromisoformat(cursor.older), recent) if cursor.older else recent
        upper = upper if upper > start else recent
        lower = max(start, upper - SLICE)
        windows.append(Window(lower, upper))
        cursor.older = lower.isoformat()
    hours = (datetime.fromisoformat(hour) for hour in cursor.open)
    return [*windows, *contiguous((h for h in hours if h < recent), most=MOST_HOURS)]


def publication_automation(partitions: Partitions) -> dg.Definitions:
    """The jobs that repair the indices, and the sensor that requests them."""
    checks = dg.AssetSelection.checks(*CHECK_KEYS)
    repairs = [
        dg.define_asset_job(
            job,
            selection=dg.AssetSelection.assets(ASSETS[name]) - checks,
            description=f"Publishes to Elasticsearch again what differs in the index of {name}.",
        )
        for name, job in _PUBLISHING.items()
    ]

    @dg.sensor(
        jobs=[*repairs, audit_index, rebuild_index],
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Repairs what Elasticsearch missed or lost, or what others changed in it.",
    )
    def publication(
        context: dg.SensorEvaluationContext,
        warehouse: WarehouseResource,
        search: SearchResource,
        clock: Clock,
    ) -> dg.SensorResult:
        cursor, now = PublicationCursor.read(context.cursor), clock.now()
        start = partitions.hourly.start.astimezone(UTC)
        windows = windows_to_compare(start, floor_hour(now) + HOUR, cursor)
        look = _Evaluation(context.instance, now, start)
        found = look.at(warehouse, search, windows)
        open_hours = {hour for name in _BY_SLICES for hour in found[name].differing}
        cursor.open = [hour.isoformat() for hour in sorted(open_hours)]
        events, reported = [], _reported_verdicts(context.instance)
        for name, one in found.items():
            verdict = json.dumps(one.metadata, sort_keys=True)
            if cursor.verdicts.get(name) != verdict or reported.get(name) is not one.agrees:
                cursor.verdicts[name] = verdict
                events.append(evaluation(PUBLICATIONS[name], one))
        requests = list(look.requests(found))[:MOST_REQUESTS]
        return dg.SensorResult(
            run_requests=requests,
            asset_events=events,
            cursor=cursor.text(),
            skip_reason=None if requests else _skip_reason(found),
        )

    return dg.Definitions(jobs=[*repairs, audit_index, rebuild_index], sensors=[publication])


class _Evaluation:
    """One evaluation: what differs, apart from what runs are writing now."""

    def __init__(self, instance: dg.DagsterInstance, now: datetime, start: datetime) -> None:
        self._instance, self._now, self._start = instance, now, start
        self._publishers: dict[str, Publisher] = {}

    def at(
        self, warehouse: WarehouseResource, search: SearchResource, windows: list[Window]
    ) -> Found:
        """What differs in these hours of large indices, and in all of the others."""
        store = warehouse.connect()
        try:
            index = search.connect()
        except SearchError as error:
            # Their aliases are not known before the store is; the names distinguish them.
            return {name: Differences(name, problem=str(error)) for name in PUBLICATIONS}
        self._publishers = {
            name: Publisher(publication, store, index, self._now)
            for name, publication in PUBLICATIONS.items()
        }
        # Before and after: a run that wrote rows in between is active at one of both times.
        hours, written = self._busy_hours(), self._written_now()
        found = {
            name: find_differences(publisher, windows if name in _BY_SLICES else None, self._start)
            for name, publisher in self._publishers.items()
        }
        hours, written = hours | self._busy_hours(), written | self._written_now()

        def is_left(name: str, at: datetime) -> bool:
            return name in written or (name == BY_THE_HOUR and at in hours)

        return {
            name: replace(
                one,
                differing={at: c for at, c in one.differing.items() if not is_left(name, at)},
            )
            for name, one in found.items()
        }

    def requests(self, found: Found) -> Iterator[dg.RunRequest]:
        """The runs that repair it: whole months one at a time, hours by ranges."""
        if any(one.problem for one in found.values()):
            return
        if not self._is_active("rebuild_index"):
            # Of each index the newest month first.
            outdated = [(name, one.outdated[-1]) for name, one in found.items() if one.outdated]
            for name, month in outdated[:1]:
                yield self._month_request("rebuild_index", name, month, "")
        if not self._is_active("audit_index"):
            yield from self._audits(found)
        for name, one in found.items():
            yield from self._publications(name, one)

    def _publications(self, name: str, one: Differences) -> Iterator[dg.RunRequest]:
        job = _PUBLISHING[name]
        if name != BY_THE_HOUR:
            if one.differing:
                yield dg.RunRequest(
                    run_key=self._key(one.alias, one.differing.values()), job_name=job
                )
            return
        for window in reversed(contiguous(one.differing, most=MOST_HOURS)):  # newest first
            key = self._key(f"{window}", (one.differing[h] for h in window.hours))
            yield range_request(window, run_key=key, job_name=job)

    def _audits(self, found: Found) -> Iterator[dg.RunRequest]:
        doubted = [
            (name, index, reason)
            for name, one in found.items()
            for index, reason in sorted(one.doubts.items(), reverse=True)
        ]
        for name, index, reason in doubted:
            yield self._month_request("audit_index", name, self._month_of(name, index), reason)
        if not doubted:
            due = (each for name in found for each in self._due_of(name))
            for name, month in islice(due, 1):
                yield self._month_request("audit_index", name, month, "round")

    def _due_of(self, name: str) -> Iterator[tuple[str, Window | None]]:
        """Indices whose last audit of everything was a week ago, the longest waiting first."""
        publisher = self._publishers[name]
        with publisher.warehouse.publication(publisher.alias) as ledger:
            known = ledger.indices().values()
        never = datetime.min.replace(tzinfo=UTC)
        waiting = sorted(known, key=lambda index: index.audited_at or never)
        for index in waiting:
            is_due = (index.audited_at or never) < self._now - ROUND
            if is_due and index.name.endswith(f"-{publisher.publication.projection.generation}"):
                yield name, self._month_of(name, index.name)

    def _month_of(self, name: str, index: str) -> Window | None:
        publisher = self._publishers[name]
        return publisher.search.month_of(publisher.publication.projection, index)

    def _month_request(
        self, job: str, index: str, month: Window | None, reason: str
    ) -> dg.RunRequest:
        text = f"{month.start:{MONTH}}" if month else ""
        (op,) = (audit_index if job == "audit_index" else rebuild_index).nodes
        return dg.RunRequest(
            run_key=self._key(f"{job} {index} {text}", [reason]),
            job_name=job,
            run_config={"ops": {op.name: {"config": {"index": index, "month": text}}}},
        )

    def _key(self, what: str, hashes: Iterable[str | None]) -> str:
        """Another one when it differs in another way, or after ten minutes.

        Dagster never accepts a run key twice, even if its run failed.
        """
        digest = hashlib.sha256(" ".join(h or "-" for h in hashes).encode()).hexdigest()[:16]
        turn = int(self._now.timestamp() // RETRY.total_seconds())
        return f"{what} {digest} {turn}"

    def _busy_hours(self) -> set[datetime]:
        return starts_of_active_runs(self._instance, self._now, Grain.HOUR)

    def _written_now(self) -> set[str]:
        """Indices that an active run publishes."""
        jobs = {run.job_name for run in active_runs(self._instance, self._now)}
        return {name for name, writers in _WRITERS.items() if writers & jobs}

    def _is_active(self, job: str) -> bool:
        return bool(active_runs(self._instance, self._now, job_name=job))


def _reported_verdicts(instance: dg.DagsterInstance) -> dict[str, bool]:
    """Whether the last reported check of each index passed, whoever reported it."""
    found = instance.event_log_storage.get_latest_asset_check_execution_by_key(list(CHECK_KEYS))
    name_of = {key: name for name, key in ASSETS.items()}
    return {
        name_of[key.asset_key]: record.status.value == SUCCEEDED for key, record in found.items()
    }


def _skip_reason(found: Found) -> str:
    problems = [one.problem for one in found.values() if one.problem]
    if problems:
        return str(problems[0])
    if all(one.agrees for one in found.values()):
        return "readers see what PostgreSQL holds"
    return "what differs is being repaired"
