"""The site: a page for every station, for everyone with a browser.

What belongs here: from PostgreSQL to the folder of the site. What does not: the pages (`site`).
"""

import dagster as dg

from belib_weather.assets.dimensions import stations
from belib_weather.assets.occupancy_profile import occupancy_profile
from belib_weather.assets.outlines import arrondissements
from belib_weather.assets.raw import SINGLE_RUN
from belib_weather.assets.report import GROUP
from belib_weather.assets.run_metadata import both_clocks, kilobytes
from belib_weather.assets.station_states import station_states
from belib_weather.assets.weather import weather_hours
from belib_weather.assets.weather_association import weather_association
from belib_weather.lanes import Lane
from belib_weather.resources import Clock, SiteResource, WarehouseResource
from belib_weather.warehouse import Lock
from belib_weather.warehouse.tables import (
    ARRONDISSEMENTS,
    OCCUPANCY_PROFILE,
    STATION_STATES,
    STATIONS,
    WEATHER_ASSOCIATION,
    WEATHER_HOURS,
)
from belib_weather.window import DAY, Window, floor_hour

_LOCK = Lock("site")


@dg.asset(
    group_name=GROUP,
    kinds={"html", "postgres"},
    deps=[
        station_states,
        stations,
        occupancy_profile,
        weather_association,
        weather_hours,
        arrondissements,
    ],
    tags=Lane.SITE.tags,
    backfill_policy=SINGLE_RUN,
)
def site(
    context: dg.AssetExecutionContext,
    warehouse: WarehouseResource,
    site_folder: SiteResource,
    clock: Clock,
) -> dg.MaterializeResult[None]:
    """Pages for everyone, in French and in English: where to charge, and a page for every station.

    Static files for any web server; every page states the time of its data.
    """
    from belib_weather.site.data import SiteData  # noqa: PLC0415 - no poll rests on pages
    from belib_weather.site.folder import write  # noqa: PLC0415 - the same
    from belib_weather.site.pages import files_of  # noqa: PLC0415 - the same

    store = warehouse.connect()
    # Locked until the files are written: an older site cannot overwrite a newer one.
    with store.locked(_LOCK):
        now = clock.now()
        ahead = Window(floor_hour(now), floor_hour(now) + 3 * DAY)
        data = SiteData(
            now=now,
            states=store.read(STATION_STATES),
            stations=store.read(STATIONS),
            profile=store.read(OCCUPANCY_PROFILE),
            weather=store.read(WEATHER_ASSOCIATION),
            weather_hours=store.read(WEATHER_HOURS, ahead),
            outlines=store.read(ARRONDISSEMENTS),
        )
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
