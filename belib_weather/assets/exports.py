"""Exports: the facts as files, for researchers and apps.

What belongs here: from PostgreSQL to files, by date and month. What does not: the files themselves
(`exports`).
"""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

import dagster as dg
import polars as pl

from belib_weather.assets.episodes import status_episodes
from belib_weather.assets.export_ledger import fingerprints, record
from belib_weather.assets.facts import availability_facts
from belib_weather.assets.raw import SINGLE_RUN
from belib_weather.assets.run_metadata import kilobytes
from belib_weather.assets.table_metadata import column_schema
from belib_weather.assets.weather_forecasts import weather_forecasts
from belib_weather.dates import dates_of, month_of, window_of_dates, window_of_month
from belib_weather.exports.tables import (
    ALWAYS_EXPORTED,
    AVAILABILITY_FILES,
    EPISODE_FILES,
    NEWEST_SOURCE,
    STATION_FILES,
    WEATHER_FORECAST_FILES,
    ExportedTable,
)
from belib_weather.lanes import Lane
from belib_weather.partitions import DAILY, day_key, window_of
from belib_weather.resources import ExportsResource, WarehouseResource
from belib_weather.warehouse import Lock, Warehouse
from belib_weather.warehouse.tables import RELATIONS, STATION_STATES, TABLES

if TYPE_CHECKING:
    from belib_weather.exports.folder import ExportFolder
    from belib_weather.exports.publication import Written

GROUP = "exports"
OTHER_FILES = Lock("open_exports files")
DAY_AND_NEIGHBOURS = dg.TimeWindowPartitionMapping(start_offset=-1, end_offset=1)
"""A UTC day touches two dates in Paris, which begin and end in the days beside it."""
EXPORTED = (
    *ALWAYS_EXPORTED,
    EPISODE_FILES,
    WEATHER_FORECAST_FILES,
    *NEWEST_SOURCE,
    *(ExportedTable(t.name, t.dataset) for t in TABLES.values() if t.is_exported),
)
BY_DATE = [table for table in EXPORTED if table.date_column is not None]
WHOLE = [table for table in EXPORTED if table.date_column is None]
"""Each is written by the asset that its table is named after."""


@dg.asset(
    group_name=GROUP,
    kinds={"csv", "parquet"},
    deps=[
        dg.AssetDep(availability_facts, partition_mapping=DAY_AND_NEIGHBOURS),
        dg.AssetDep(status_episodes, partition_mapping=DAY_AND_NEIGHBOURS),
        dg.AssetDep(weather_forecasts, partition_mapping=DAY_AND_NEIGHBOURS),
        *sorted({table.source_table for table in WHOLE}),
    ],
    partitions_def=DAILY,
    tags=Lane.EXPORTS.tags,
    metadata={"dagster/column_schema": column_schema(AVAILABILITY_FILES.dataset)},
    backfill_policy=SINGLE_RUN,
)
def open_exports(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource, exports: ExportsResource
) -> dg.MaterializeResult[None]:
    """Facts, with stations and figures, episodes and forecasts of the weather, by date in Paris.

    CSV by the date, Parquet by month; beside them outages, stations, charge points, weather, feed
    hours and scores of forecasts as whole files, a data dictionary, a citation, and a data package.
    A partition writes the dates that its UTC day touches, whole, and the Parquet files of their
    months; the same rows give the same bytes.
    """
    from belib_weather.exports.publication import (  # noqa: PLC0415 - no tick needs fsspec
        describe,
        write_table,
    )

    window, store, folder = window_of(context), warehouse.connect(), exports.connect()
    dates = dates_of(window)
    facts: dict[dt.date, Written] = {}
    written_from: dict[dt.date, str] = {}
    for month in sorted({month_of(date) for date in dates}):
        of_month = [date for date in dates if month_of(date) == month]
        written, fingerprints_of_dates = _write_month(store, folder, of_month)
        facts.update(written)
        written_from.update(fingerprints_of_dates)
    with store.locked(OTHER_FILES):
        whole = {table.name: write_table(folder, table, _rows(store, table)) for table in WHOLE}
        package = describe(folder, dates, EXPORTED)
    record(store, folder.address, written_from)
    if package.simulated_dates:
        context.log.warning(f"{folder.address} holds simulated rows; its README says so")
    rows = {name: files.rows for name, files in whole.items()}
    for day in window.days:
        # The figures are of this date; those of the one before and after are of theirs.
        metadata = {**_figures(day.date(), facts[day.date()]), **rows, "path": _link(folder)}
        context.add_asset_metadata(metadata, partition_key=day_key(day))
    return dg.MaterializeResult()


def _write_month(
    store: Warehouse, folder: "ExportFolder", dates: list[dt.date]
) -> "tuple[Mapping[dt.date, Written], Mapping[dt.date, str]]":
    """The files of some dates of one month in Paris, and the fingerprints of what they hold."""
    from belib_weather.exports.publication import write_month  # noqa: PLC0415 - as above

    month = month_of(dates[0])
    # Locked until the files are written: stale rows cannot overwrite newer ones.
    with store.locked(Lock(f"open_exports {month:%Y-%m}")):
        # Before the rows, so that facts built in between count as not written yet.
        written_from = fingerprints(store, window_of_dates(dates))
        written = {
            table: write_month(
                folder,
                table,
                month,
                store.read(RELATIONS[table.source_table], window_of_month(month)),
                dates,
            )
            for table in BY_DATE
        }
    return written[AVAILABILITY_FILES], written_from


def _figures(date: dt.date, files: "Written") -> dict[str, str | int | float]:
    return {
        "dagster/partition_row_count": files.rows,
        "date in Paris": f"{date:%Y-%m-%d}",
        "files": files.files,
        "size (kB)": kilobytes(files.bytes),
    }


def _rows(store: Warehouse, table: ExportedTable) -> pl.DataFrame:
    from belib_weather.exports import publication  # noqa: PLC0415 - as above

    rows = store.read(RELATIONS[table.source_table])
    if table is STATION_FILES:
        return publication.current_stations(rows, store.read(STATION_STATES))
    if table in NEWEST_SOURCE:
        return publication.with_source(rows, store.read(STATION_STATES))
    return rows


def _link(folder: "ExportFolder") -> dg.PathMetadataValue | dg.UrlMetadataValue:
    if folder.is_local:
        return dg.MetadataValue.path(folder.address)
    return dg.MetadataValue.url(folder.address)
