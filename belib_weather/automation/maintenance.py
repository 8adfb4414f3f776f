"""Daily maintenance: Dagster's own records stay bounded, and no status is lost.

A tick writes about 55 event rows, 0.1 MB: 11 GB a year. What belongs here: the job, its schedule,
and old compute logs. What does not: which rows may go (`event_log_retention`),
and our own data, which is never pruned.
Concept: https://docs.dagster.io/deployment/oss/oss-instance-configuration
"""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg
import sqlalchemy as sa
from dagster_postgres.event_log import PostgresEventLogStorage

from belib_weather.automation.event_log_retention import forget_before
from belib_weather.resources import Clock

KEPT = timedelta(days=14)


def forget_compute_logs(folder: Path, before: datetime) -> int:
    """Remove the compute logs of runs that ended earlier; gives the number of runs."""
    old = [
        logs for logs in folder.glob("*/compute_logs") if logs.stat().st_mtime < before.timestamp()
    ]
    for logs in old:
        shutil.rmtree(logs)
        if not any(logs.parent.iterdir()):
            logs.parent.rmdir()
    return len(old)


@dg.op
def forget_old_records(context: dg.OpExecutionContext, clock: Clock) -> None:
    """Delete events, check executions, runs and compute logs older than two weeks."""
    before = clock.now() - KEPT
    storage = context.instance.event_log_storage
    if isinstance(storage, PostgresEventLogStorage):
        engine = sa.create_engine(storage.postgres_url)
        try:
            deleted = forget_before(engine, before)
        finally:
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


def maintenance_automation() -> dg.Definitions:
    """The maintenance job, daily at 03:40 UTC."""
    schedule = dg.ScheduleDefinition(
        name="maintenance_daily",
        job=maintenance,
        cron_schedule="40 3 * * *",
        description="Every night, when few people charge or look.",
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    return dg.Definitions(jobs=[maintenance], schedules=[schedule])
