"""The report: when to charge, as a page for everyone.

What belongs here: from PostgreSQL to the report's folder. What does not: the page (`report`).
"""

import base64
from typing import TYPE_CHECKING

import dagster as dg
from pydantic import Field

from belib_weather.assets.facts import availability_facts
from belib_weather.assets.feed import feed_hours
from belib_weather.assets.problems import Problems
from belib_weather.assets.raw import SINGLE_RUN
from belib_weather.assets.run_metadata import both_clocks, kilobytes
from belib_weather.assets.station_states import station_states
from belib_weather.lanes import Lane
from belib_weather.resources import Clock, ReportResource, SiteResource, WarehouseResource
from belib_weather.warehouse import Lock
from belib_weather.warehouse.tables import AVAILABILITY_HOURS, FEED_HOURS, STATION_STATES

if TYPE_CHECKING:
    from belib_weather.report.files import Written

GROUP = "views"
_LOCK = Lock("availability_report")


class ReportConfig(dg.Config):
    """What the report is over."""

    days: int = Field(7, ge=1, le=92, description="Complete days in Paris before today.")


@dg.asset(
    group_name=GROUP,
    kinds={"html", "postgres"},
    deps=[availability_facts, station_states, feed_hours],
    tags=Lane.REPORT.tags,
    backfill_policy=SINGLE_RUN,
)
def availability_report(
    context: dg.AssetExecutionContext,
    config: ReportConfig,
    warehouse: WarehouseResource,
    report: ReportResource,
    site_folder: SiteResource,
    clock: Clock,
) -> dg.MaterializeResult[None]:
    """The page that says when to charge: a week up to now, in English and in French.

    One HTML file per language that needs no network, and every picture as PNG beside it; the same
    pages on the site, below `/report/`.
    """
    from belib_weather.panels.i18n import Language  # noqa: PLC0415 - as the report's
    from belib_weather.report import Period, report_of  # noqa: PLC0415 - Altair takes a second
    from belib_weather.report.files import write  # noqa: PLC0415 - the same

    store, problems = warehouse.connect(), Problems()
    # Locked until the files are written: an older report cannot overwrite a newer one.
    with store.locked(_LOCK):
        period = Period.of(config.days, clock.now())
        facts = store.read(AVAILABILITY_HOURS, period.window)
        feed = store.read(FEED_HOURS, period.window)
        content = report_of(facts, store.read(STATION_STATES), feed, period)
        written = write(report.folder, content, site_folder.folder, site_folder.url, problems.of)
    if content.is_simulated:
        context.log.warning("the report shows simulated data, and says so")
    problems.raise_if_any(
        f"These pages and pictures stay as they were in {report.folder} and {site_folder.folder};"
        " all others are written. The next run writes them once the cause is gone: if the file can"
        " be written, it is a value that the page does not expect, or a fault in"
        " belib_weather/report"
    )
    english, french = written.pages[Language.ENGLISH], written.pages[Language.FRENCH]
    return dg.MaterializeResult(
        metadata={
            "report": dg.MetadataValue.path(str(english)),
            "rapport": dg.MetadataValue.path(str(french)),
            "at a glance": dg.MetadataValue.md(_catalog_preview(written)),
            "from": both_clocks(period.start),
            "to": both_clocks(period.now),
            "hours": content.hours,
            "stations": content.stations,
            "simulated": content.is_simulated,
            "size (kB)": kilobytes(written.bytes),
        }
    )


def _catalog_preview(written: "Written") -> str:
    """The answer and the calendar, for the catalog."""
    from belib_weather.panels.i18n import Language  # noqa: PLC0415 - as the report's
    from belib_weather.report.images import CALENDAR  # noqa: PLC0415 - Altair takes a second

    drawing = written.drawings[Language.ENGLISH].get(CALENDAR)
    if drawing is None:
        return written.answer
    picture = base64.b64encode(drawing.small_png()).decode()
    return f"{written.answer}\n\n![{CALENDAR}](data:image/png;base64,{picture})"
