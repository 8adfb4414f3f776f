"""Jobs that compare a month of an index with PostgreSQL, or write it again.

What belongs here: what these jobs do. What does not: who asks for them (`publication`), and how an
index is compared and published (`assets.publication_audit`).
"""

from datetime import UTC, datetime

import dagster as dg

from belib_weather.assets.publication_audit import audit, month_of, rebuild
from belib_weather.assets.publisher import AVAILABILITY, PUBLICATIONS, Publisher
from belib_weather.resources import Clock, SearchResource, WarehouseResource
from belib_weather.window import Window

MONTH = "%Y-%m"


class IndexMonth(dg.Config):
    """What to audit or rebuild.

    Attributes:
        index: name of its alias without the prefix, such as `availability` or `outages`.
        month: `2026-11`; empty for an index without months.
    """

    index: str = AVAILABILITY.projection.name
    month: str = ""

    @property
    def window(self) -> Window | None:
        """The month; None for an index without months."""
        if not self.month:
            return None
        return month_of(datetime.strptime(self.month, MONTH).replace(tzinfo=UTC))

    def publisher(
        self, warehouse: WarehouseResource, search: SearchResource, clock: Clock
    ) -> Publisher:
        """The publisher of the index."""
        return Publisher(
            PUBLICATIONS[self.index], warehouse.connect(), search.connect(), clock.now()
        )


@dg.op
def compare_by_value(
    context: dg.OpExecutionContext,
    config: IndexMonth,
    warehouse: WarehouseResource,
    search: SearchResource,
    clock: Clock,
) -> None:
    """Compare the documents of a month with the rows of PostgreSQL; publish hours that differ."""
    publisher = config.publisher(warehouse, search, clock)
    done = audit(publisher, config.window, anyway=True)
    context.log.info(f"{config.index} {config.month}: compared {done.compared} hours")
    if done.repaired or done.strays:
        first = ", ".join(f"{at:%Y-%m-%dT%H:%MZ}" for at in done.repaired[:10])
        context.log.warning(
            f"{config.index} {config.month} ({done.reason}): published {len(done.repaired)} hours "
            f"again, first {first}; removed {done.strays} documents of no hour"
        )


@dg.op
def write_month_anew(
    context: dg.OpExecutionContext,
    config: IndexMonth,
    warehouse: WarehouseResource,
    search: SearchResource,
    clock: Clock,
) -> None:
    """Write the documents of a month with the present mapping, then show them to readers."""
    month = config.window
    if month is None:
        raise dg.Failure("give the month, such as 2026-11")
    publisher = config.publisher(warehouse, search, clock)
    context.log.info(f"{config.month}: {rebuild(publisher, month)} documents, now shown to readers")


@dg.job(executor_def=dg.in_process_executor)
def audit_index() -> None:
    """Compares a month of an index with PostgreSQL by value, and publishes what differs."""
    compare_by_value()


@dg.job(executor_def=dg.in_process_executor)
def rebuild_index() -> None:
    """Writes a month of an index again after its mapping changed; readers see it when complete."""
    write_month_anew()
