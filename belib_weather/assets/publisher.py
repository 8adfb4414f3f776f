"""Publishing what PostgreSQL holds to Elasticsearch, and recording what was acknowledged.

One publisher of a month at a time: its lock is held from reading the rows until the ledger is
written, so that stale data cannot overwrite newer data, and operations of other programs show in
their numbers. A run that is killed at any step leaves the ledger behind what PostgreSQL holds, or
the index ahead of what the ledger knows; both are found (`publication_audit`).

What belongs here: one publication. What does not: the requests (`search`), and what starts it
(`automation`). Concept: docs/decisions/published-is-remembered.md
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from belib_weather.search import Published, SearchStore
from belib_weather.search.documents import availability_documents, episode_documents
from belib_weather.search.encoding import document_ids
from belib_weather.search.forecast_documents import forecast_documents, score_documents
from belib_weather.search.indices import months_of
from belib_weather.search.mart_documents import (
    outage_documents,
    profile_documents,
    reliability_documents,
    repair_documents,
    saturation_documents,
    weather_documents,
)
from belib_weather.search.operations import IndexState, Operations
from belib_weather.search.projections import (
    AVAILABILITY_INDEX,
    EPISODES_INDEX,
    FEED_INDEX,
    FORECAST_SCORES_INDEX,
    FORECASTS_INDEX,
    OUTAGES_INDEX,
    PROFILES_INDEX,
    RELIABILITY_INDEX,
    REPAIR_INDEX,
    SATURATION_INDEX,
    STATIONS_INDEX,
    WEATHER_INDEX,
    Projection,
)
from belib_weather.warehouse import Lock, Warehouse, WarehouseTransaction
from belib_weather.warehouse.publication import (
    WHOLE,
    Content,
    PublicationLedger,
    PublishedIndex,
)
from belib_weather.warehouse.table import Relation
from belib_weather.warehouse.tables import (
    AVAILABILITY_FACTS,
    CHARGE_POINT_VERSIONS,
    CHARGE_POINTS,
    FEED_HOURS,
    FORECAST_OF_STATIONS,
    FORECAST_SCORES,
    OCCUPANCY_PROFILE,
    OUTAGES,
    RELIABILITY_OF_STATIONS,
    SATURATION,
    STATION_RELIABILITY,
    STATION_STATES,
    STATION_VERSIONS,
    STATIONS,
    STATUS_EPISODES,
    TIME_TO_REPAIR,
    WEATHER_ASSOCIATION,
)
from belib_weather.window import DAY, HOUR, Window

EVERYTHING = -1
"""`suspected_from` of an index of which any document may be wrong."""


@dataclass(frozen=True)
class Publication:
    """The source of one index.

    Attributes:
        projection: the index.
        content: what PostgreSQL hashes.
        read: the rows of a window, or all of them.
    """

    projection: Projection
    content: Content
    read: Callable[[WarehouseTransaction, Window | None], pl.DataFrame]


@dataclass(frozen=True)
class Acknowledged:
    """What Elasticsearch acknowledged, and the rows of each hour (`WHOLE` where there is none)."""

    published: Published
    rows: dict[datetime, int]


def _availability(transaction: WarehouseTransaction, window: Window | None) -> pl.DataFrame:
    facts = transaction.read(AVAILABILITY_FACTS, window)
    return availability_documents(facts, transaction.read(STATIONS))


def _episodes(transaction: WarehouseTransaction, window: Window | None) -> pl.DataFrame:
    episodes = transaction.read(STATUS_EPISODES, window)
    return episode_documents(episodes, transaction.read(CHARGE_POINTS))


def _states(transaction: WarehouseTransaction, _: Window | None) -> pl.DataFrame:
    return transaction.read(STATION_STATES)


def _feed(transaction: WarehouseTransaction, window: Window | None) -> pl.DataFrame:
    return transaction.read(FEED_HOURS, window)


def _outages(transaction: WarehouseTransaction, window: Window | None) -> pl.DataFrame:
    return outage_documents(transaction.read(OUTAGES, window), transaction.read(STATIONS))


def _reliability(transaction: WarehouseTransaction, _: Window | None) -> pl.DataFrame:
    shares, sums = (transaction.read(t) for t in (RELIABILITY_OF_STATIONS, STATION_RELIABILITY))
    return reliability_documents(shares, sums, transaction.read(STATIONS))


def _weather(transaction: WarehouseTransaction, _: Window | None) -> pl.DataFrame:
    return weather_documents(transaction.read(WEATHER_ASSOCIATION))


def _scores(transaction: WarehouseTransaction, _: Window | None) -> pl.DataFrame:
    return score_documents(transaction.read(FORECAST_SCORES))


def _with_stations(
    projection: Projection,
    table: Relation,
    documents: Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame],
) -> Publication:
    """A table without partitions, whose rows may be of a station: joined as it is now."""

    def read(transaction: WarehouseTransaction, _: Window | None) -> pl.DataFrame:
        return documents(transaction.read(table), transaction.read(STATIONS))

    return Publication(projection, Content(table, beside=STATIONS), read)


AVAILABILITY = Publication(
    AVAILABILITY_INDEX, Content(AVAILABILITY_FACTS, STATION_VERSIONS), _availability
)
EPISODES = Publication(EPISODES_INDEX, Content(STATUS_EPISODES, CHARGE_POINT_VERSIONS), _episodes)
STATES = Publication(STATIONS_INDEX, Content(STATION_STATES), _states)
FEED = Publication(FEED_INDEX, Content(FEED_HOURS), _feed)
OF_OUTAGES = Publication(OUTAGES_INDEX, Content(OUTAGES, STATION_VERSIONS), _outages)
OF_RELIABILITY = Publication(
    RELIABILITY_INDEX, Content(STATION_RELIABILITY, beside=STATIONS), _reliability
)
OF_REPAIR = _with_stations(REPAIR_INDEX, TIME_TO_REPAIR, repair_documents)
OF_PROFILES = _with_stations(PROFILES_INDEX, OCCUPANCY_PROFILE, profile_documents)
OF_SATURATION = _with_stations(SATURATION_INDEX, SATURATION, saturation_documents)
OF_WEATHER = Publication(WEATHER_INDEX, Content(WEATHER_ASSOCIATION), _weather)
OF_FORECASTS = _with_stations(FORECASTS_INDEX, FORECAST_OF_STATIONS, forecast_documents)
OF_SCORES = Publication(FORECAST_SCORES_INDEX, Content(FORECAST_SCORES), _scores)
MARTS = (
    *(OF_OUTAGES, OF_RELIABILITY, OF_REPAIR, OF_PROFILES, OF_SATURATION, OF_WEATHER),
    *(OF_FORECASTS, OF_SCORES),
)
"""Published when the job that makes their tables ends, and only what differs."""
PUBLICATIONS = {p.projection.name: p for p in (AVAILABILITY, STATES, FEED, EPISODES, *MARTS)}


def days_of(window: Window) -> Iterator[Window]:
    """The window by UTC days, so that a long range stays in bounded memory."""
    for midnight in window.days:
        yield Window(max(window.start, midnight), min(window.end, midnight + DAY))


class Publisher:
    """Publishes one index; `now` is recorded with audits."""

    def __init__(
        self, publication: Publication, warehouse: Warehouse, search: SearchStore, now: datetime
    ) -> None:
        self.publication, self.warehouse, self.search = publication, warehouse, search
        self.now = now
        self.alias = search.alias(publication.projection)

    def publish(self, window: Window | None) -> Acknowledged:
        """Make the documents of a window (within one UTC month), or all, those of PostgreSQL.

        Raises:
            SearchError: Elasticsearch failed; the ledger is as it was.
            WarehouseError: PostgreSQL failed.
        """
        with self.locked(window) as transaction:
            return self.publish_within(transaction, window)

    def publish_within(
        self, transaction: WarehouseTransaction, window: Window | None
    ) -> Acknowledged:
        """As `publish`, in a transaction that holds the month's lock."""
        projection, ledger = self.publication.projection, self.ledger(transaction)
        # Before the rows: the ledger is never newer than what was published.
        content = ledger.content(self.publication.content, window)
        frame = self.publication.read(transaction, window)
        published = self.search.publish(projection, frame, window)
        ledger.acknowledge(content, window, refused_by_hour(projection, frame, published))
        for name, operations in published.operations.items():
            self.note(ledger, name, operations)
        return Acknowledged(published, dict(content.select("start", "documents").iter_rows()))

    def publish_differing(self) -> Published:
        """Publish the hours whose rows are not those that were acknowledged.

        One publication a month, from the first to the last of them: for few rows an hour.

        Raises:
            SearchError: Elasticsearch failed; months before it are published.
            WarehouseError: PostgreSQL failed.
        """
        differing = self._differing()
        months = differing.group_by(pl.col("start").dt.truncate("1mo").alias("month"))
        spans = months.agg(first=pl.col("start").min(), last=pl.col("start").max()).sort("month")
        published = Published()
        for first, last in spans.select("first", "last").iter_rows():
            published += self.publish(Window(first, last + HOUR)).published
        return published

    def publish_differing_days(self) -> Published:
        """As `publish_differing`, for many rows an hour: whole UTC days, one at a time."""
        published = Published()
        for day in self._differing()["start"].dt.truncate("1d").unique().sort():
            published += self.publish(Window.day(day)).published
        return published

    def publish_differences(self) -> Published:
        """As `publish_differing_days`; what has no time as a whole, unless nothing differs."""
        if self.publication.projection.time_column is not None:
            return self.publish_differing_days()
        return Published() if self._differing().is_empty() else self.publish(None).published

    def _differing(self) -> pl.DataFrame:
        with self.warehouse.publication(self.alias) as ledger:
            return ledger.differing(self.publication.content, None)

    def note(self, ledger: PublicationLedger, name: str, operations: Operations) -> None:
        """Record how our operations left a physical index."""
        known = ledger.indices().get(name)
        if known is not None:
            ledger.save(record_after_operations(known, operations))
        elif operations.count:
            state = self.search.states(self.publication.projection)[name]
            is_ours = operations.follow(EVERYTHING) and state.max_seq_no == operations.last
            found = record_of_state(state, self.alias)
            ledger.save(
                replace(found, audited_at=self.now)
                if is_ours
                else replace(found, suspicion=UNKNOWN, suspected_from=EVERYTHING)
            )

    def locked(self, window: Window | None) -> AbstractContextManager[WarehouseTransaction]:
        """A transaction that alone publishes the month of the window."""
        return self.warehouse.locked(self.lock(window))

    def lock(self, window: Window | None) -> Lock:
        """The lock of the month that the window lies in.

        Raises:
            ValueError: it lies in two.
        """
        if window is None:
            return Lock(self.alias)
        month, *others = months_of(window)
        if others:
            raise ValueError(f"{window} lies in several months: publish day by day")
        return Lock(f"{self.alias} {month.start:%Y-%m}")

    def ledger(self, transaction: WarehouseTransaction) -> PublicationLedger:
        """The ledger of the index."""
        return transaction.publication(self.alias)


UNKNOWN = "written before there was a ledger, or by another installation"


def record_of_state(state: IndexState, alias: str) -> PublishedIndex:
    """The record of an index in this state."""
    return PublishedIndex(state.name, alias, state.uuid, state.history_uuid, state.max_seq_no)


def record_after_operations(known: PublishedIndex, operations: Operations) -> PublishedIndex:
    """How our operations left an index that was in the state `known`, by our record.

    Numbers that are not the next ones come from another program, or from a run that was killed.
    """
    if operations.first is None:
        return known
    left = replace(known, max_seq_no=operations.last)
    if operations.follow(known.max_seq_no):
        return left
    if operations.first <= known.max_seq_no:
        reason = f"began again at operation {operations.first} after {known.max_seq_no}"
        return record_to_audit(left, reason, EVERYTHING)
    reason = f"of the operations {known.max_seq_no + 1} to {operations.last} some are not ours"
    return record_to_audit(left, reason, known.max_seq_no)


def record_to_audit(index: PublishedIndex, reason: str, since: int) -> PublishedIndex:
    """The record of an index that must be audited; an earlier start of the audit stays."""
    if index.suspected_from is not None:
        since = min(since, index.suspected_from)
    return replace(index, suspicion=reason, suspected_from=since)


def record_after_inspection(
    known: PublishedIndex | None, state: IndexState, alias: str
) -> PublishedIndex:
    """The record of an index in the state found, with the reason for an audit, if any."""
    found = record_of_state(state, alias)
    if known is None:
        return record_to_audit(found, UNKNOWN, EVERYTHING)
    found = replace(
        found,
        suspicion=known.suspicion,
        suspected_from=known.suspected_from,
        audited_at=known.audited_at,
    )
    if state.uuid != known.uuid:
        return record_to_audit(
            found, f"another index under the same name ({state.uuid})", EVERYTHING
        )
    if state.history_uuid != known.history_uuid:
        return record_to_audit(found, f"restored from a copy ({state.history_uuid})", EVERYTHING)
    if state.max_seq_no < known.max_seq_no:
        reason = f"went back from operation {known.max_seq_no} to {state.max_seq_no}"
        return record_to_audit(found, reason, EVERYTHING)
    if state.max_seq_no > known.max_seq_no:
        reason = f"the operations {known.max_seq_no + 1} to {state.max_seq_no} are not ours"
        return record_to_audit(found, reason, known.max_seq_no)
    return found


def hours_of(frame: pl.DataFrame, projection: Projection) -> list[datetime]:
    """The UTC hour of each row."""
    return frame[projection.time].dt.truncate("1h").to_list()


def refused_by_hour(
    projection: Projection, frame: pl.DataFrame, published: Published
) -> dict[datetime, dict[str, str]]:
    """Refused documents, by the hour of their rows: ids and reasons."""
    if not published.refusals:
        return {}
    ids = document_ids(frame, projection).to_list()
    hours = hours_of(frame, projection) if projection.time_column else []
    start_of = dict(zip(ids, hours or [WHOLE] * len(ids), strict=True))
    refused: dict[datetime, dict[str, str]] = {}
    for refusal in published.refusals:
        refused.setdefault(start_of[refusal.document_id], {})[refusal.document_id] = refusal.reason
    return refused
