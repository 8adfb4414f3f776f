"""Daily maintenance: Dagster's own records stay bounded, and no status is lost.

A tick writes about 55 event rows, 0.1 MB: 11 GB a year. What belongs here: forgetting old
events, runs and compute logs. What does not: our own data, which is never pruned here.
Concept: https://docs.dagster.io/deployment/oss/oss-instance-configuration
"""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import sqlalchemy as sa
from dagster_postgres.event_log import PostgresEventLogStorage

KEPT = timedelta(days=14)
BATCH = 20_000
"""Rows deleted at a time, so that nobody waits for a long transaction."""

_STATES = "('ASSET_MATERIALIZATION', 'ASSET_OBSERVATION', 'FRESHNESS_STATE_CHANGE')"

DELETIONS: dict[str, str] = {
    # The newest event of each kind, asset and partition carries a status; the rest is history.
    "events": f"""
        DELETE FROM event_logs WHERE id IN (
            SELECT e.id FROM event_logs AS e
            WHERE e.timestamp < :before AND NOT (
                e.asset_key IS NOT NULL AND e.dagster_event_type IN {_STATES}
                AND NOT EXISTS (
                    SELECT FROM event_logs AS newer
                    WHERE newer.asset_key = e.asset_key
                      AND newer.dagster_event_type = e.dagster_event_type
                      AND newer.partition IS NOT DISTINCT FROM e.partition
                      AND newer.id > e.id))
            LIMIT :most)
    """,  # noqa: S608 - constants of this module
    "event tags": """
        DELETE FROM asset_event_tags WHERE id IN (
            SELECT t.id FROM asset_event_tags AS t
            WHERE t.event_timestamp < :before
              AND NOT EXISTS (SELECT FROM event_logs AS e WHERE e.id = t.event_id)
            LIMIT :most)
    """,
    "superseded check executions": """
        DELETE FROM asset_check_executions WHERE id IN (
            SELECT c.id FROM asset_check_executions AS c
            WHERE c.create_timestamp < :before AND EXISTS (
                SELECT FROM asset_check_executions AS newer
                WHERE newer.asset_key = c.asset_key AND newer.check_name = c.check_name
                  AND newer.partition IS NOT DISTINCT FROM c.partition
                  AND newer.id > c.id)
            LIMIT :most)
    """,
    # A run that still has an event is needed to tell where that event came from.
    "runs": """
        DELETE FROM runs WHERE id IN (
            SELECT r.id FROM runs AS r
            WHERE r.update_timestamp < :before AND r.status IN ('SUCCESS', 'FAILURE', 'CANCELED')
              AND NOT EXISTS (SELECT FROM event_logs AS e WHERE e.run_id = r.run_id)
              AND NOT EXISTS (SELECT FROM asset_check_executions AS c WHERE c.run_id = r.run_id)
            LIMIT :most)
    """,
}
TABLES = ("event_logs", "asset_event_tags", "asset_check_executions", "runs", "run_tags")


def forget_before(engine: sa.Engine, before: datetime) -> dict[str, int]:
    """Delete what is older and tells no status; gives the rows deleted by kind."""
    deleted = dict.fromkeys(DELETIONS, 0)
    instant = before.astimezone(UTC).replace(tzinfo=None)  # Dagster stores naive UTC
    for kind, statement in DELETIONS.items():
        while True:
            with engine.begin() as connection:
                rows = connection.execute(
                    sa.text(statement), {"before": instant, "most": BATCH}
                ).rowcount
            deleted[kind] += rows
            if rows < BATCH:
                break
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in TABLES:
            connection.execute(sa.text(f"VACUUM (ANALYZE) {table}"))
    return deleted


def forget_compute_logs(folder: Path, before: datetime) -> int:
    """Remove the compute logs of runs that ended earlier; gives the number of runs."""
    old = [
        logs.parent
        for logs in folder.glob("*/compute_logs")
        if logs.stat().st_mtime < before.timestamp()
    ]
    for run in old:
        shutil.rmtree(run)
    return len(old)


@dg.op
def forget_old_records(context: dg.OpExecutionContext) -> None:
    """Delete events, check executions, runs and compute logs older than two weeks."""
    before = datetime.now(UTC) - KEPT
    storage = context.instance.event_log_storage
    if isinstance(storage, PostgresEventLogStorage):
        engine = sa.create_engine(storage.postgres_url)
        deleted = forget_before(engine, before)
        engine.dispose()
        context.log.info(f"deleted: {deleted}")
    else:
        context.log.warning("Dagster's records are not in PostgreSQL; they were left alone")
    runs = forget_compute_logs(Path(context.instance.storage_directory()), before)
    context.log.info(f"compute logs of {runs} runs removed")


@dg.job(executor_def=dg.in_process_executor)
def maintenance() -> None:
    """Keeps Dagster's event log and compute logs bounded without losing a status."""
    forget_old_records()


def maintenance_automation() -> tuple[list[dg.JobDefinition], list[dg.ScheduleDefinition]]:
    """The maintenance job, daily at 03:40 UTC."""
    schedule = dg.ScheduleDefinition(
        name="maintenance_daily",
        job=maintenance,
        cron_schedule="40 3 * * *",
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    return [maintenance], [schedule]
