"""Daily maintenance: Dagster's own records stay bounded, and no status is lost.

A tick writes about 150 event rows, 0.2 MB: 22 GB a year if nothing were deleted. What belongs here:
the job, its schedule, and old compute logs. What does not: which rows may go
(`event_log_retention`), and our own data, which is never pruned.
Concept: https://docs.dagster.io/deployment/oss/oss-instance-configuration
"""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg
import sqlalchemy as sa
from dagster_postgres.event_log import PostgresEventLogStorage

from belib_weather.automation.event_log_retention import delete_before
from belib_weather.resources import Clock

RETENTION = timedelta(days=14)


def delete_compute_logs(folder: Path, before: datetime) -> int:
    """Delete the compute logs of runs that ended earlier; returns the number of runs."""
    old = [
        logs for logs in folder.glob("*/compute_logs") if logs.stat().st_mtime < before.timestamp()
    ]
    for logs in old:
        shutil.rmtree(logs)
        if not any(logs.parent.iterdir()):
            logs.parent.rmdir()
    return len(old)


@dg.op
def delete_old_records(context: dg.OpExecutionContext, clock: Clock) -> None:
    """Delete events, check executions, runs and compute logs older than two weeks."""
    before = clock.now() - RETENTION
    storage = context.instance.event_log_storage
    if isinstance(storage, PostgresEventLogStorage):
        engine = sa.create_engine(storage.postgres_url)
        try:
            deleted = delete_before(engine, before)
        finally:
            engine.dispose()
        context.log.info(f"deleted: {deleted}")
    else:
        context.log.warning("Dagster's records are not in PostgreSQL: none were deleted")
    runs = delete_compute_logs(Path(context.instance.storage_directory()), before)
    context.log.info(f"deleted the compute logs of {runs} runs")


@dg.job(executor_def=dg.in_process_executor)
def maintenance() -> None:
    """Deletes old rows of Dagster's event log and old compute logs, and no status."""
    delete_old_records()


def maintenance_automation() -> dg.Definitions:
    """The maintenance job, daily at 03:40 UTC."""
    schedule = dg.ScheduleDefinition(
        name="maintenance_daily",
        job=maintenance,
        cron_schedule="40 3 * * *",
        description="Every night at a quiet hour.",
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    return dg.Definitions(jobs=[maintenance], schedules=[schedule])
