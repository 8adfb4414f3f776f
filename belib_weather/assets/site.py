"""The site: a page for every station, for everyone with a browser.

What belongs here: from PostgreSQL to the folder of the site. What does not: the pages (`site`).
"""

import dagster as dg

from belib_weather.assets.raw import SINGLE_RUN
from belib_weather.assets.report import GROUP
from belib_weather.assets.run_metadata import both_clocks, kilobytes
from belib_weather.assets.station_states import station_states
from belib_weather.lanes import Lane
from belib_weather.resources import Clock, SiteResource, WarehouseResource
from belib_weather.warehouse import Lock
from belib_weather.warehouse.tables import STATION_STATES

_LOCK = Lock("site")


@dg.asset(
    group_name=GROUP,
    kinds={"html", "postgres"},
    deps=[station_states],
    tags=Lane.SITE.tags,
    backfill_policy=SINGLE_RUN,
)
def site(
    context: dg.AssetExecutionContext,
    warehouse: WarehouseResource,
    site_folder: SiteResource,
    clock: Clock,
) -> dg.MaterializeResult[None]:
    """Pages for everyone, in French and in English: a page for every station.

    Static files for any web server; every page states the time of its data.
    """
    from belib_weather.site.data import SiteData  # noqa: PLC0415 - no poll rests on pages
    from belib_weather.site.folder import write  # noqa: PLC0415 - the same
    from belib_weather.site.pages import files_of  # noqa: PLC0415 - the same

    store = warehouse.connect()
    # Locked until the files are written: an older site cannot overwrite a newer one.
    with store.locked(_LOCK):
        data = SiteData(now=clock.now(), states=store.read(STATION_STATES))
        written = write(site_folder.folder, files_of(data, site_folder.url))
    if data.is_simulated:
        context.log.warning("the site shows simulated data, and says so")
    return dg.MaterializeResult(
        metadata={
            "folder": dg.MetadataValue.path(site_folder.path),
            "seen": both_clocks(data.seen_at) if data.seen_at else "no snapshot yet",
            "stations": data.states.height,
            "files": written.files,
            "files changed": written.changed,
            "files removed": written.removed,
            "size (kB)": kilobytes(written.bytes),
            "simulated": data.is_simulated,
        }
    )
