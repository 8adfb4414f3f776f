"""Retention of Dagster's records: which rows may be deleted, in batches of one transaction each.

What belongs here: the deletions from Dagster's own tables in PostgreSQL. What does not: when
they run (`maintenance`), and our own data, which is never pruned here.

Rows that a status is read from are never deleted: of each asset and partition the newest event of
every kind in `NEWEST_OF_EACH` and the newest attempt that no materialization followed (it and its
run show a failed partition); of each check and partition the newest execution and the newest
completed one. All other rows are history.
"""

from datetime import UTC, datetime

import dagster as dg
import sqlalchemy as sa

from belib_weather.dagster_internals import CHECK_EXECUTIONS, EVENT_TAGS, EVENTS, PLANNED, RUNS

NEWER = EVENTS.alias("newer")
TAGS, CHECKS = EVENT_TAGS, CHECK_EXECUTIONS
FINISHED = [
    status.value
    for status in (
        dg.DagsterRunStatus.SUCCESS,
        dg.DagsterRunStatus.FAILURE,
        dg.DagsterRunStatus.CANCELED,
    )
]

BATCH = 5_000
"""Rows looked at or deleted in one transaction: a fraction of a second, and few row locks."""

MATERIALIZATION = dg.DagsterEventType.ASSET_MATERIALIZATION.value
NEWEST_OF_EACH = (
    MATERIALIZATION,
    dg.DagsterEventType.ASSET_OBSERVATION.value,
    dg.DagsterEventType.FRESHNESS_STATE_CHANGE.value,
)
ATTEMPT = dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED.value

_VACUUM = sa.text(
    "VACUUM (ANALYZE) event_logs, asset_event_tags, asset_check_executions, runs, run_tags"
)


def delete_before(engine: sa.Engine, before: datetime) -> dict[str, int]:
    """Delete what is older than `before` and holds no status; returns the deleted rows by kind.

    It may be interrupted at any time: the next run deletes what is left.
    """
    instant = before.astimezone(UTC).replace(tzinfo=None)  # Dagster stores naive UTC
    deleted = {
        "events": _delete_events(engine, instant),
        "event tags": _delete(engine, TAGS, _orphaned_tags(instant)),
        "check executions": _delete(engine, CHECKS, _superseded_checks(instant)),
        "runs": _delete(engine, RUNS, _runs_without_records(instant)),
    }
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(_VACUUM)
    return deleted


def _delete_events(engine: sa.Engine, before: datetime) -> int:
    """Walk the old events once, in the order of their ids, and delete those without a status."""
    old = EVENTS.c.timestamp < before
    deleted, after = 0, 0
    while True:
        batch = sa.select(EVENTS.c.id).where(EVENTS.c.id > after, old).order_by(EVENTS.c.id)
        with engine.begin() as connection:
            last = connection.scalar(sa.select(sa.func.max(batch.limit(BATCH).subquery().c.id)))
            if last is None:
                return deleted
            deleted += connection.execute(
                sa.delete(EVENTS).where(
                    EVENTS.c.id > after, EVENTS.c.id <= last, old, sa.not_(_is_status_event())
                )
            ).rowcount
        after = last


def _is_status_event() -> sa.ColumnElement[bool]:
    """True for an event from which a status of its asset or partition is read."""
    kind, newer_kind = EVENTS.c.dagster_event_type, NEWER.c.dagster_event_type
    return sa.and_(
        EVENTS.c.asset_key.is_not(None),
        sa.or_(
            kind.in_(NEWEST_OF_EACH) & ~_followed_by(newer_kind == kind),
            (kind == ATTEMPT) & ~_followed_by(newer_kind.in_((ATTEMPT, MATERIALIZATION))),
        ),
    )


def _followed_by(is_of_kind: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """True where a newer event of the kind exists for the same asset and partition.

    Null partitions have a query of their own: no index serves `IS NOT DISTINCT FROM`.
    """
    found = sa.select(NEWER.c.id).where(
        NEWER.c.asset_key == EVENTS.c.asset_key, NEWER.c.id > EVENTS.c.id, is_of_kind
    )
    unpartitioned = NEWER.c.partition.is_(None) & EVENTS.c.partition.is_(None)
    return sa.or_(
        found.where(NEWER.c.partition == EVENTS.c.partition).correlate(EVENTS).exists(),
        found.where(unpartitioned).correlate(EVENTS).exists(),
    )


def _orphaned_tags(before: datetime) -> sa.Select[int]:
    event = sa.select(EVENTS.c.id).where(EVENTS.c.id == TAGS.c.event_id)
    return sa.select(TAGS.c.id).where(TAGS.c.event_timestamp < before, ~event.exists())


def _superseded_checks(before: datetime) -> sa.Select[int]:
    """Executions older than the newest completed one, or planned and older than the newest."""
    is_planned = CHECKS.c.execution_status == PLANNED
    same = (CHECKS.c.asset_key, CHECKS.c.check_name, CHECKS.c.partition)
    ranked = sa.select(
        CHECKS.c.id,
        CHECKS.c.create_timestamp,
        is_planned.label("is_planned"),
        sa.func.max(CHECKS.c.id).over(partition_by=same).label("newest"),
        sa.func.max(CHECKS.c.id).filter(~is_planned).over(partition_by=same).label("completed"),
    ).subquery()
    return sa.select(ranked.c.id).where(
        ranked.c.create_timestamp < before,
        sa.or_(
            ranked.c.id < ranked.c.completed, ranked.c.is_planned & (ranked.c.id < ranked.c.newest)
        ),
    )


def _runs_without_records(before: datetime) -> sa.Select[int]:
    """Finished runs without an event or check execution that stays (their tags go with them)."""
    event = sa.select(EVENTS.c.id).where(EVENTS.c.run_id == RUNS.c.run_id)
    execution = sa.select(CHECKS.c.id).where(CHECKS.c.run_id == RUNS.c.run_id)
    return sa.select(RUNS.c.id).where(
        RUNS.c.update_timestamp < before,
        RUNS.c.status.in_(FINISHED),
        ~event.exists(),
        ~execution.exists(),
    )


def _delete(engine: sa.Engine, table: sa.Table, ids: sa.Select[int]) -> int:
    """Delete the rows of a table that a query names, a batch at a time."""
    statement = sa.delete(table).where(table.c.id.in_(ids.limit(BATCH)))
    deleted = 0
    while True:
        with engine.begin() as connection:
            rows = connection.execute(statement).rowcount
        deleted += rows
        if rows < BATCH:
            return deleted
