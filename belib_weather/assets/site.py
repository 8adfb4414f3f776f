"""The site: a page for every station, for everyone with a browser.

What belongs here: from PostgreSQL to the folder of the site. What does not: the pages (`site`).
"""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg
import polars as pl

from belib_weather.assets.availability_forecasts import availability_forecasts
from belib_weather.assets.dimensions import charge_points, stations
from belib_weather.assets.facts import availability_facts
from belib_weather.assets.feed import feed_hours
from belib_weather.assets.forecast_scores import forecast_scores
from belib_weather.assets.occupancy_profile import occupancy_profile
from belib_weather.assets.outages import outages
from belib_weather.assets.outlines import arrondissements
from belib_weather.assets.problems import Problems
from belib_weather.assets.raw import SINGLE_RUN
from belib_weather.assets.report import GROUP
from belib_weather.assets.run_metadata import both_clocks, kilobytes
from belib_weather.assets.saturation import saturation
from belib_weather.assets.station_reliability import station_reliability
from belib_weather.assets.station_states import station_states
from belib_weather.assets.weather import weather_hours
from belib_weather.assets.weather_association import weather_association
from belib_weather.assets.weather_forecasts import weather_forecasts
from belib_weather.lanes import Lane
from belib_weather.resources import Clock, SiteResource, WarehouseResource
from belib_weather.warehouse import Lock, Warehouse
from belib_weather.warehouse.tables import (
    ARRONDISSEMENTS,
    CHARGE_POINTS,
    FACTS_OF_MARTS,
    FEED_HOURS,
    FORECAST_OF_STATIONS,
    FORECAST_SCORES,
    OCCUPANCY_PROFILE,
    OUTAGES,
    RELIABILITY_OF_STATIONS,
    SATURATION,
    STATION_STATES,
    STATIONS,
    WEATHER_ASSOCIATION,
    WEATHER_FORECASTS,
    WEATHER_HOURS,
)
from belib_weather.window import DAY, HOUR, Window

if TYPE_CHECKING:
    from belib_weather.site.data import SiteData

_LOCK = Lock("site")
_SHOWN = [
    station_states,
    stations,
    charge_points,
    availability_facts,
    occupancy_profile,
    station_reliability,
    outages,
    saturation,
    feed_hours,
    weather_association,
    weather_hours,
    arrondissements,
    availability_forecasts,
    forecast_scores,
    weather_forecasts,
]


@dg.asset(
    group_name=GROUP,
    kinds={"html", "postgres"},
    deps=_SHOWN,
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

    Static files for any web server; every page states the time of its data. A page that cannot be
    made stays as it was, and the run says which.
    """
    from belib_weather.site.folder import write  # noqa: PLC0415 - a poll needs no pages
    from belib_weather.site.pages import build_site  # noqa: PLC0415 - the same

    store, problems = warehouse.connect(), Problems()
    # Locked until the files are written: an older site cannot overwrite a newer one.
    with store.locked(_LOCK):
        data = _read(store, clock.now(), site_folder.folder)
        site_build = build_site(data, site_folder.url, problems.of)
        written = write(site_folder.folder, site_build.files, site_build.failed_paths, problems.of)
    if data.is_simulated:
        context.log.warning("the site shows simulated data, and says so")
    problems.raise_if_any(
        f"These pages, and those that need these parts, stay as they were in {site_folder.folder};"
        " all others are written. The next run writes them once the cause is gone: if the file can"
        " be written, it is a value that the page does not expect, or a fault in belib_weather/site"
    )
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


def _read(store: Warehouse, now: datetime, folder: Path) -> "SiteData":
    """Everything that the pages show."""
    from belib_weather.site import paths  # noqa: PLC0415 - as the pages
    from belib_weather.site.city_weather import weather_ahead  # noqa: PLC0415 - as the pages
    from belib_weather.site.data import Period, SiteData  # noqa: PLC0415 - the same

    period = Period(now)
    issued = store.read(WEATHER_FORECASTS, Window(now - DAY, now + HOUR))
    return SiteData(
        now=now,
        states=store.read(STATION_STATES),
        stations=store.read(STATIONS),
        points=store.read(CHARGE_POINTS),
        facts=store.read(FACTS_OF_MARTS, period.past),
        profile=store.read(OCCUPANCY_PROFILE),
        reliability=store.read(RELIABILITY_OF_STATIONS),
        outages=store.read(OUTAGES, period.outages),
        saturation=store.read(SATURATION),
        feed=store.read(FEED_HOURS, period.past),
        forecasts=store.read(FORECAST_OF_STATIONS),
        scores=store.read(FORECAST_SCORES),
        weather=store.read(WEATHER_ASSOCIATION),
        weather_hours=weather_ahead(
            store.read(WEATHER_HOURS, period.weather),
            issued.filter(pl.col("hour").is_between(period.weather.start, period.weather.end)),
        ),
        outlines=store.read(ARRONDISSEMENTS),
        has_report=(folder / paths.file_of(paths.REPORT)).exists(),
    )
