"""The exports every morning: yesterday, and every earlier date whose facts changed since.

The schedule compares states: the fingerprint of the facts that a date's files were written from
with that of the present facts. So an import, late snapshots and revised weather reach the files,
however old they are, and a morning that was missed is repaired by the next.
Concept: https://docs.dagster.io/guides/automate/schedules
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time

import dagster as dg

from belib_weather.assets.export_ledger import outdated_dates
from belib_weather.automation.live import RANGE_END, RANGE_START, in_lane
from belib_weather.automation.run_queue import RETRIED
from belib_weather.lanes import Lane
from belib_weather.partitions import Partitions, contiguous, day_key
from belib_weather.resources import ExportsResource, Retention, WarehouseResource
from belib_weather.window import DAY, Grain, Window

MOST_DAYS = 31
"""Longest range of one run."""


def requests_for(days: Iterable[datetime]) -> Iterator[dg.RunRequest]:
    """One request per range of UTC days without gaps.

    A schedule needs run keys to distinguish the requests of one morning.
    """
    for window in contiguous(days, most=MOST_DAYS, grain=Grain.DAY):
        first, last = day_key(window.start), day_key(window.end - DAY)
        yield dg.RunRequest(run_key=first, tags={RANGE_START: first, RANGE_END: last})


def exports_automation(
    partitions: Partitions,
) -> dg.Definitions:
    """The exports job and its schedule."""
    job = dg.define_asset_job(
        Lane.EXPORTS.value,
        selection=in_lane(Lane.EXPORTS),
        tags=RETRIED,
        description="Writes the facts of whole days to files.",
    )

    @dg.schedule(
        job=job,
        cron_schedule="25 6 * * *",
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Yesterday, and every earlier day whose facts changed since its files.",
    )
    def exports_daily(
        context: dg.ScheduleEvaluationContext,
        warehouse: WarehouseResource,
        exports: ExportsResource,
        retention: Retention,
    ) -> list[dg.RunRequest] | dg.SkipReason:
        start = partitions.daily.start.astimezone(UTC)
        today = context.scheduled_execution_time.astimezone(UTC).date()
        midnight = datetime.combine(today, time(), UTC)
        if midnight <= start:
            return dg.SkipReason("the first day is not over yet")
        *earlier, yesterday = Window(start, midnight).days
        address = exports.connect().address
        first = max(start.date(), retention.oldest_exported(today))
        outdated = outdated_dates(warehouse.connect(), address, first, yesterday.date())
        return list(requests_for([*(d for d in earlier if d.date() in outdated), yesterday]))

    return dg.Definitions(jobs=[job], schedules=[exports_daily])
