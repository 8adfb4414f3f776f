"""Reading the numbers for a monitor, each store on its own.

What belongs here: which store gives which number. What does not: when (`automation.monitor`), how
numbers are declared and written (`metrics`), and Dagster.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import polars as pl
import psutil

from belib_weather.assets.late_hours import differing_hours
from belib_weather.assets.polling import LastPoll
from belib_weather.assets.publisher import PUBLICATIONS
from belib_weather.lake import Lake, LakeError, Spool
from belib_weather.lake.schema import QUARANTINE, RAW_SNAPSHOTS, RAW_WEATHER
from belib_weather.metrics import declared as m
from belib_weather.search import SearchError, SearchStore
from belib_weather.warehouse import Warehouse, WarehouseError
from belib_weather.warehouse.tables import FEED_HOURS
from belib_weather.window import DAY, HOUR, Window, floor_hour

LATE_DAYS, WAITING_DAYS = 30, 7
_STORE_ERRORS = (LakeError, WarehouseError, SearchError)
_REMAINING = "x-ratelimit-remaining"


class Value(NamedTuple):
    """One value of a metric."""

    metric: m.Metric
    labels: tuple[str, ...]
    value: float


@dataclass(frozen=True)
class Sources:
    """Where the numbers come from.

    Attributes:
        lake, warehouse, search: open a store; raise its error when it does not answer.
        dagster: the database of Dagster's records; None where it is none of PostgreSQL.
        spool: what MongoDB does not hold yet.
        prefix: of the aliases.
        home: folder of the mode.
        folders: whose sizes are read, by name.
        cadence: between two polls.
        start: of the partitions.
    """

    lake: Callable[[], Lake]
    warehouse: Callable[[], Warehouse]
    search: Callable[[], SearchStore]
    dagster: Callable[[], Warehouse] | None
    spool: Spool
    prefix: str
    home: Path
    folders: dict[str, Path]
    cadence: timedelta
    start: datetime


def read_numbers(sources: Sources, now: datetime) -> m.Numbers:
    """Read every available number; a store that does not answer costs its own numbers."""
    numbers: dict[m.Metric, dict[tuple[str, ...], float]] = {}
    parts: list[tuple[str, Callable[[], Iterable[Value]]]] = [
        ("", lambda: _local(sources, now)),
        ("mongodb", lambda: _lake(sources.lake(), now)),
        ("postgresql", lambda: _warehouse(sources, now)),
        ("elasticsearch", lambda: _search(sources.search())),
        ("", lambda: _late(sources, now)),
    ]
    if sources.dagster is not None:
        parts.append(("dagster", lambda: _dagster(sources)))
    for store, read in parts:
        try:
            found, is_away = list(read()), 0
        except _STORE_ERRORS:
            found, is_away = [], 1
        if store:
            found.append(Value(m.UNREACHABLE, (store,), is_away))
        for metric, labels, value in found:
            numbers.setdefault(metric, {})[labels] = value
    return numbers


def _local(sources: Sources, now: datetime) -> Iterator[Value]:
    yield Value(m.WRITTEN, (), now.timestamp())
    yield Value(m.CADENCE, (), sources.cadence.total_seconds())
    yield Value(m.SPOOLED, (), len(sources.spool.waiting()) + len(sources.spool.refused()))
    if last := LastPoll.read(sources.spool):
        yield Value(m.LAST_POLL_AT, (), last.at.timestamp())
    there = next(p for p in (sources.home, *sources.home.parents) if p.exists())
    yield Value(m.DISK_FREE, (), psutil.disk_usage(str(there)).free)
    for name, folder in sources.folders.items():
        yield Value(m.STORED, ("files", name), _bytes_of(folder))


def _lake(lake: Lake, now: datetime) -> Iterator[Value]:
    newest = lake.newest_captured_at(RAW_SNAPSHOTS)
    if newest is not None:
        yield Value(m.NEWEST_AT, (), newest.timestamp())
        yield Value(m.NEWEST_AGE, (), max(0.0, (now - newest).total_seconds()))
    for name, documents, size in lake.stats().iter_rows():
        yield Value(m.STORED, ("mongodb", name), size)
        if name == QUARANTINE:
            yield Value(m.QUARANTINED, (), documents)
    for collection in (RAW_SNAPSHOTS, RAW_WEATHER):
        document = next(lake.newest_first(collection, on_damaged=lambda _: None), None)
        left = (document.response.get("headers") or {}).get(_REMAINING, "") if document else ""
        if document and left.strip().isdecimal():
            yield Value(m.QUOTA, (document.source,), int(left))


def _warehouse(sources: Sources, now: datetime) -> Iterator[Value]:
    warehouse = sources.warehouse()
    yield Value(m.STORED, ("postgresql", "belib"), warehouse.bytes())
    hours = warehouse.read(FEED_HOURS, Window(floor_hour(now) - 2 * DAY, floor_hour(now)))
    day = hours.filter(~pl.col("is_provisional")).tail(24)
    missed = (pl.col("expected_snapshots") - pl.col("snapshots")).clip(0).sum()
    sums = day.select(pl.col("snapshots").sum(), pl.col("refused").sum(), missed.alias("missed"))
    for outcome, column in (("taken", "snapshots"), ("missed", "missed"), ("refused", "refused")):
        yield Value(m.POLLS, (outcome,), sums[column].item())
    window = Window(floor_hour(now) - WAITING_DAYS * DAY, floor_hour(now) + HOUR)
    for name, publication in PUBLICATIONS.items():
        projection = publication.projection
        with warehouse.publication(f"{sources.prefix}-{projection.name}") as ledger:
            recent = window if projection.time_column else None
            yield Value(m.WAITING, (name,), ledger.waiting(publication.content, recent))


def _search(search: SearchStore) -> Iterator[Value]:
    sizes = search.sizes().group_by("alias").agg(pl.col("bytes").sum())
    for alias, size in sizes.select("alias", "bytes").iter_rows():
        yield Value(m.STORED, ("elasticsearch", alias), size)


def _late(sources: Sources, now: datetime) -> Iterator[Value]:
    """Hours that differ, without the running one: the next tick builds it anyway."""
    end = floor_hour(now)
    start = max(sources.start, end - LATE_DAYS * DAY)
    if start < end:
        late = differing_hours(sources.lake(), sources.warehouse(), Window(start, end))
        yield Value(m.DIFFERING, (), late.height)


def _dagster(sources: Sources) -> Iterator[Value]:
    if sources.dagster is not None:
        yield Value(m.STORED, ("postgresql", "dagster"), sources.dagster().bytes())


def _bytes_of(folder: Path) -> int:
    """Size of the files in a folder; files that vanish meanwhile do not count."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue
    return total
