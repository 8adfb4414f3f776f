"""Retention: deletes what the settings keep for some days only, and nothing else.

That is bodies of refused answers, and files of old dates in the exports. Without a setting both
are kept without limit.
The outbox of changes is kept for 35 days.
Raw documents are never deleted: everything is made from them. What belongs here: the job and its
schedule. What does not: Dagster's own records (`maintenance`).
"""

from datetime import timedelta

import dagster as dg

from belib_weather.assets.export_ledger import delete_records
from belib_weather.assets.exports import BY_DATE, EXPORTED, OTHER_FILES
from belib_weather.assets.late_changes import KEPT
from belib_weather.resources import (
    Clock,
    ExportsResource,
    LakeResource,
    Retention,
    WarehouseResource,
)
from belib_weather.warehouse.tables import STATION_STATES


@dg.op
def delete_bodies_of_quarantine(
    context: dg.OpExecutionContext, lake: LakeResource, retention: Retention, clock: Clock
) -> None:
    """Delete the bodies of answers that were refused long ago; the time and the reason stay."""
    if retention.quarantine_days is None:
        context.log.info("BELIB_QUARANTINE_DAYS is not set: bodies are kept")
        return
    before = clock.now() - timedelta(retention.quarantine_days)
    emptied = lake.connect().delete_quarantined_bodies(before)
    context.log.info(f"deleted {emptied} bodies of answers refused before {before:%Y-%m-%d}")


@dg.op
def remove_old_exports(
    context: dg.OpExecutionContext,
    warehouse: WarehouseResource,
    exports: ExportsResource,
    retention: Retention,
    clock: Clock,
) -> None:
    """Remove the files of old dates, then describe what is left."""
    if retention.exports_days is None:
        context.log.info("BELIB_EXPORTS_DAYS is not set: files of every date are kept")
        return
    from belib_weather.exports.publication import (  # noqa: PLC0415 - no tick needs fsspec
        describe,
        remove_dates,
    )

    store, folder = warehouse.connect(), exports.connect()
    first = retention.oldest_exported(clock.now().date())
    with store.locked(OTHER_FILES):
        removed = remove_dates(folder, BY_DATE, first)
        if removed:
            describe(folder, removed, EXPORTED)
    delete_records(store, folder.address, removed)
    context.log.info(f"removed the files of {len(removed)} dates before {first}")


@dg.op
def delete_old_changes(
    context: dg.OpExecutionContext, warehouse: WarehouseResource, clock: Clock
) -> None:
    """Delete changes of points and stations that were seen long ago; episodes have them too."""
    with warehouse.connect().locked(STATION_STATES) as transaction:
        deleted = transaction.delete_changes(clock.now() - KEPT)
    context.log.info(f"deleted {deleted} changes seen more than {KEPT.days} days ago")


@dg.job(name="retention", executor_def=dg.in_process_executor)
def retention_job() -> None:
    """Deletes what BELIB_QUARANTINE_DAYS, BELIB_EXPORTS_DAYS and the outbox no longer keep."""
    delete_bodies_of_quarantine()
    remove_old_exports()
    delete_old_changes()


def retention_automation() -> dg.Definitions:
    """The retention job, daily at 03:50 UTC."""
    schedule = dg.ScheduleDefinition(
        name="retention_daily",
        job=retention_job,
        cron_schedule="50 3 * * *",
        description="Every night at a quiet hour.",
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    return dg.Definitions(jobs=[retention_job], schedules=[schedule])
