"""What was polled of the feed, hour by hour, in PostgreSQL: the table, and its check.

What belongs here: which hours have rows, and rebuilding those whose inputs changed. What does not:
the computation (`transform.feed_hours`).
Why in a job of its own: docs/decisions/feed-hours-need-no-poll.md
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import dagster as dg
import dataframely as dy
import polars as pl

from belib_weather.assets.presentation import CatalogResource, Drawers, Entries
from belib_weather.assets.raw import SINGLE_RUN, raw_belib_snapshots
from belib_weather.assets.run_metadata import both_clocks, percent
from belib_weather.assets.sightings_reader import SightingsReader, chunks
from belib_weather.assets.table_metadata import table_metadata
from belib_weather.datasets.feed import FEED_RULES, FeedHour
from belib_weather.datasets.figures import TIME_OBSERVED
from belib_weather.lake import RAW_SNAPSHOTS, Lake
from belib_weather.lanes import Lane
from belib_weather.networks import NETWORK
from belib_weather.partitions import contiguous
from belib_weather.resources import Clock, FirstPartition, LakeResource, WarehouseResource
from belib_weather.transform.feed_hours import Polled, feed_inputs, hour_of
from belib_weather.transform.feed_hours import feed_hours as feed_hours_of
from belib_weather.transform.input_hashes import MARGIN
from belib_weather.vocabulary import SIMULATED
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import FEED_HOURS
from belib_weather.window import DAY, HOUR, Window, floor_hour

SOURCES = (NETWORK.realtime.source, f"{SIMULATED}{NETWORK.realtime.source}")
RECENT = timedelta(days=30)
"""Compared in every run; all of the history in the first run of a UTC day."""
SHOWN = timedelta(days=7)
"""In the catalog."""
MOST_HOURS = 168
_COMPARED = "feed_hours compared"
"""Mark of progress: the UTC day on which all of the history was compared."""
_FIRST = "feed_hours first poll"
"""Found with the history: looking through years of snapshots takes seconds."""


@dataclass(frozen=True)
class Polls:
    """The raw layer as `feed_hours` reads it, at one instant.

    Attributes:
        raw: the lake.
        begin: from here on every hour has a row.
        now: the present.
    """

    raw: Lake
    begin: datetime
    now: datetime

    def read(self, window: Window) -> Polled:
        """What was polled in a window."""
        return Polled(
            self.raw.inventory(RAW_SNAPSHOTS, window.widened(MARGIN, MARGIN)),
            self.raw.refused(SOURCES, window),
            window,
            self.now,
            self.raw.cadence_before(RAW_SNAPSHOTS, window.start),
        )

    @property
    def has_row(self) -> pl.Expr:
        """Whether an hour has a row: each since the first poll, before it where documents lie."""
        holds = (pl.col("snapshots") > 0) | (pl.col("refused") > 0)
        return ((pl.col("hour") >= self.begin) | holds) & (pl.col("hour") <= self.now)


@dg.asset(
    group_name="core",
    kinds={"postgres", "polars"},
    deps=[raw_belib_snapshots],
    tags=Lane.FEED.tags,
    metadata=table_metadata(FeedHour, FEED_HOURS.name),
    code_version=str(FEED_RULES),
    backfill_policy=SINGLE_RUN,
)
def feed_hours(
    context: dg.AssetExecutionContext,
    lake: LakeResource,
    warehouse: WarehouseResource,
    clock: Clock,
    first_partition: FirstPartition,
    catalog: CatalogResource,
) -> dg.MaterializeResult[None]:
    """What was polled in every UTC hour, also where nothing was: an outage of the collector.

    One row per hour from the first poll to now. Each run fills the hours since the last one, and
    rebuilds those whose snapshots or refused answers changed.
    """
    raw, store, now = lake.connect(), warehouse.connect(), clock.now()
    compares_all = store.state(_COMPARED) != f"{now.astimezone(UTC):%Y-%m-%d}"
    first = _first_poll(raw, None if compares_all else store.state(_FIRST), now)
    polls = Polls(raw, _first_row_hour(first, first_partition.start, now), now)
    remade, reader = 0, SightingsReader(raw)
    outdated = _outdated(store, polls, compares_all=compares_all)
    for hours in contiguous(outdated, most=MOST_HOURS):
        for chunk in chunks(raw, hours):
            remade += _rebuild(store, polls, reader, chunk)
    with store.locked(FEED_HOURS, Window.hour(floor_hour(now))) as transaction:
        transaction.set_state(_COMPARED, f"{now.astimezone(UTC):%Y-%m-%d}")
        if first:
            transaction.set_state(_FIRST, first.isoformat())
    week = store.read(FEED_HOURS, Window(floor_hour(now) - SHOWN, floor_hour(now) + HOUR))
    catalog.show(context, partial(_table, week))
    return dg.MaterializeResult(metadata=_metadata(week) | {"hours remade": remade})


def _table(hours: pl.DataFrame, draw: Drawers) -> Entries:
    return draw.feed_table(hours)


def polled_hours(raw: Lake, window: Window, now: datetime) -> dy.DataFrame[FeedHour]:
    """What was polled in a window, from raw alone; without the charge points sighted."""
    no_points = pl.DataFrame(schema={"hour": pl.Datetime("us", "UTC"), "charge_points": pl.Int32})
    return feed_hours_of(Polls(raw, window.start, now).read(window), no_points)


def points_by_hour(sightings: pl.DataFrame, window: Window) -> pl.DataFrame:
    """`hour`, `charge_points`: the distinct points sighted in each hour of a window."""
    return (
        sightings.group_by(hour_of("second").alias("hour"))
        .agg(pl.col("charge_point_id").n_unique().cast(pl.Int32).alias("charge_points"))
        .filter(pl.col("hour").is_between(window.start, window.end, closed="left"))
    )


def _first_poll(raw: Lake, known: str | None, now: datetime) -> datetime | None:
    """When the feed was first polled; beside what is known, only recent hours are looked at."""
    if known is None:
        return raw.first_attempt(RAW_SNAPSHOTS, SOURCES)
    first, recent = datetime.fromisoformat(known), now - RECENT
    if first <= recent:
        return first
    return raw.first_attempt(RAW_SNAPSHOTS, SOURCES, Window(recent, first)) or first


def _first_row_hour(first: datetime | None, start: datetime, now: datetime) -> datetime:
    """The hour from which on every hour has a row; the one after now where nothing was polled."""
    return max(start, floor_hour(first)) if first else floor_hour(now) + HOUR


def _outdated(store: Warehouse, polls: Polls, *, compares_all: bool) -> Iterator[datetime]:
    """The hours whose row differs from what it would be now, those of the future too."""
    for window in _windows_to_compare(polls, compares_all=compares_all):
        ledger = store.ledger(FEED_HOURS, window)
        inputs = feed_inputs(polls.read(window))
        due = inputs.filter(polls.has_row | pl.col("hour").is_in(ledger["hour"].implode()))
        yield from due.join(ledger, on=["hour", "input_hash"], how="anti")["hour"]


def _windows_to_compare(polls: Polls, *, compares_all: bool) -> Iterator[Window]:
    recent = floor_hour(polls.now - RECENT)
    if compares_all:
        oldest = min(polls.begin, polls.raw.oldest_captured_at(RAW_SNAPSHOTS) or polls.begin)
        start = floor_hour(oldest)
        while start < recent:
            yield Window(start, min(start + RECENT, recent))
            start += RECENT
    yield Window(recent, floor_hour(polls.now) + DAY)


def _rebuild(store: Warehouse, polls: Polls, reader: SightingsReader, chunk: Window) -> int:
    # Read under the lock: of two runs on one hour, the one that writes last has read last.
    with store.locked(FEED_HOURS, chunk) as transaction:
        polled = polls.read(chunk)
        points = points_by_hour(reader.read(chunk).good, chunk)
        rows = feed_hours_of(polled, points).filter(polls.has_row)
        transaction.replace(FEED_HOURS, rows, chunk)
        transaction.record_inputs(FEED_HOURS, feed_inputs(polled))
    return rows.height


def _metadata(hours: pl.DataFrame) -> dict[str, dg.MetadataValue | str | int | float]:
    """The running hour, and how much of the last 24 settled ones was seen."""
    settled, running = hours.filter(~pl.col("is_provisional")).tail(24), hours.tail(1)
    metadata: dict[str, dg.MetadataValue | str | int | float] = {}
    if not running.is_empty():
        metadata["newest hour"] = both_clocks(running["hour"].item())
        metadata["snapshots in it"] = running["snapshots"].item()
    if not settled.is_empty():
        sums = settled.select(pl.col("observed_seconds").sum(), pl.len().alias(TIME_OBSERVED.count))
        observed = percent(sums.select(TIME_OBSERVED.of_sums()).item()) or 0.0
        metadata[f"time observed in {settled.height} hours (%)"] = observed
    return metadata
