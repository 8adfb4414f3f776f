"""Writing the export: the rows of a date, the stations, and the documentation files.

What belongs here: which files there are. What does not: their bytes (`encoding`, `package`) and
where they go (`folder`).
"""

import io
import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import jinja2
import polars as pl

from belib_weather.credits import DATABASE_LICENSE
from belib_weather.dates import month_of
from belib_weather.exports.checksums import checksums, write_checksums
from belib_weather.exports.dictionary import data_dictionary, parquet_schema
from belib_weather.exports.encoding import csv_of, parquet_of
from belib_weather.exports.folder import ExportFolder
from belib_weather.exports.geoparquet import GEOPARQUET_NAME, geoparquet_of
from belib_weather.exports.layout import (
    csv_folder,
    csv_name,
    dates_among,
    folders_of_dates,
    months_among,
    parquet_folder,
    parquet_name,
    parquet_schema_name,
)
from belib_weather.exports.package import PACKAGE_NAME, SIMULATED_NOTE, Package, as_json
from belib_weather.exports.tables import (
    ALWAYS_EXPORTED,
    AVAILABILITY_FILES,
    IS_SIMULATED,
    SOURCE_COLUMNS,
    STATION_FILES,
    ExportedTable,
)
from belib_weather.vocabulary import SIMULATED

CITATION_NAME = "CITATION.cff"
_OF_PUBLISHER = re.compile(r"^(?:doi|repository|url): .+$", re.MULTILINE)
_TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("belib_weather.exports"),
    autoescape=jinja2.select_autoescape(),
    undefined=jinja2.StrictUndefined,
    keep_trailing_newline=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
# A JSON string or list is a YAML one, whatever it holds.
_TEMPLATES.filters["quoted"] = partial(json.dumps, ensure_ascii=False)


@dataclass(frozen=True)
class Written:
    """What was written: rows, files, and their size in bytes."""

    rows: int
    files: int
    bytes: int


def write_month(
    folder: ExportFolder,
    table: ExportedTable,
    month: date,
    rows: pl.DataFrame,
    days: Collection[date],
) -> dict[date, Written]:
    """Replace the CSV files of some dates and the Parquet file of their month.

    The Parquet file has the rows of these dates and of those that have a CSV file already.

    Args:
        folder: the export.
        table: exported by date.
        month: any of its dates.
        rows: all rows of the month.
        days: the dates to write; one without rows loses its file.

    Returns:
        What was written in CSV, by date.
    """
    day_of = pl.col(table.date_column or "")
    rows = _exported(table, rows)
    exported = {*dates_among(folder.names(csv_folder(table))), *days}
    _write_parquet(folder, table, month, rows.filter(day_of.is_in(list(exported))))
    for old in folders_of_dates(folder.names(parquet_folder(table)), month):
        folder.remove_folder(f"{parquet_folder(table)}/{old}")
    return {day: _write_csv(folder, table, day, rows.filter(day_of == day)) for day in sorted(days)}


def remove_dates(folder: ExportFolder, tables: Iterable[ExportedTable], before: date) -> list[date]:
    """Remove the rows of dates before a date; returns the dates. `describe` the rest then."""
    removed: set[date] = set()
    for table in tables:
        old_dates = [day for day in dates_among(folder.names(csv_folder(table))) if day < before]
        for day in old_dates:
            folder.remove(csv_name(table, day))
        for month in sorted({month_of(day) for day in old_dates}):
            if (body := folder.read(parquet_name(table, month))) is not None:
                rows = pl.read_parquet(io.BytesIO(body))
                newer = rows.filter(pl.col(table.date_column or "") >= before)
                _write_parquet(folder, table, month, newer)
        removed.update(old_dates)
    return sorted(removed)


def _write_parquet(
    folder: ExportFolder, table: ExportedTable, month: date, rows: pl.DataFrame
) -> None:
    if rows.is_empty():
        folder.remove(parquet_name(table, month))
    else:
        folder.write(parquet_name(table, month), parquet_of(rows))


def _write_csv(
    folder: ExportFolder, table: ExportedTable, day: date, rows: pl.DataFrame
) -> Written:
    if rows.is_empty():
        folder.remove(csv_name(table, day))
        return Written(0, 0, 0)
    return Written(rows.height, 1, folder.write(csv_name(table, day), csv_of(rows)))


def write_table(folder: ExportFolder, table: ExportedTable, rows: pl.DataFrame) -> Written:
    """Replace the files of a table that is exported whole."""
    ordered = _exported(table, rows)
    sizes = [
        folder.write(parquet_name(table), parquet_of(ordered)),
        folder.write(csv_name(table), csv_of(ordered)),
    ]
    if table is STATION_FILES:
        sizes.append(folder.write(GEOPARQUET_NAME, geoparquet_of(ordered)))
    return Written(ordered.height, len(sizes), sum(sizes))


def current_stations(stations: pl.DataFrame, states: pl.DataFrame) -> pl.DataFrame:
    """The rows of `STATION_FILES`.

    Args:
        stations: all versions (`Station`).
        states: the stations at the newest snapshot (`StationState`), for its source.
    """
    return with_source(stations.filter(pl.col("valid_to").is_null()), states)


def with_source(rows: pl.DataFrame, states: pl.DataFrame) -> pl.DataFrame:
    """Rows without a source of their own, with that of the newest snapshot.

    Args:
        rows: versions of stations or charge points.
        states: the stations at the newest snapshot (`StationState`).
    """
    source = states["source"][0] if states.height else None  # one snapshot, so the same in all
    return rows.with_columns(pl.lit(source, pl.String).alias("source"))


def describe(
    folder: ExportFolder,
    changed: Iterable[date],
    tables: tuple[ExportedTable, ...] = ALWAYS_EXPORTED,
) -> Package:
    """Write what goes with the files: read-me, citation, data dictionary and data package.

    Args:
        folder: the export, its other files in place.
        changed: the dates written since; what is known of the others is kept.
        tables: all that is exported.
    """
    listed = folder.read(PACKAGE_NAME)
    known = dict(Package.from_json(listed).sources) if listed else {}
    for day in changed:
        known.pop(day, None)
    dates = {
        table: dates_among(folder.names(csv_folder(table)))
        for table in tables
        if table.date_column is not None
    }
    package = Package(
        {
            day: known[day] if day in known else _sources(folder, day)
            for day in dates[AVAILABILITY_FILES]
        },
        {table.name: days for table, days in dates.items()},
        {table.name: months_among(folder.names(parquet_folder(table))) for table in dates},
        tables,
    )
    package = replace(package, digests=checksums(folder, package.files))
    documentation = {
        "README.md": _render("README.md", package),
        CITATION_NAME: _render(CITATION_NAME, package, publisher_lines=_lines_of_publisher(folder)),
        "DATA_DICTIONARY.md": _render("DATA_DICTIONARY.md", package),
        "data_dictionary.csv": csv_of(data_dictionary(tables)),
        **{parquet_schema_name(table): as_json(parquet_schema(table)) for table in tables},
        # The last: the next run reads the sources of the dates from it.
        PACKAGE_NAME: package.to_json(),
    }
    for name, body in documentation.items():
        folder.write(name, body)
    write_checksums(folder, {**package.digests, **checksums(folder, documentation)})
    return package


def _lines_of_publisher(folder: ExportFolder) -> list[str]:
    """The lines of the citation that the publisher wrote: its DOI and its address."""
    return _OF_PUBLISHER.findall((folder.read(CITATION_NAME) or b"").decode(errors="replace"))


def _exported(table: ExportedTable, rows: pl.DataFrame) -> pl.DataFrame:
    is_simulated = pl.any_horizontal(pl.col(table.sources).str.contains(SIMULATED).fill_null(False))
    marked = rows.with_columns(
        pl.when(pl.col("source").is_not_null()).then(is_simulated).alias(IS_SIMULATED)
    )
    return marked.select(list(table.columns)).sort(table.key)


def _sources(folder: ExportFolder, day: date) -> tuple[str, ...]:
    body = folder.read(csv_name(AVAILABILITY_FILES, day)) or b""
    rows = pl.read_csv(body, columns=list(SOURCE_COLUMNS), infer_schema=False)
    return tuple(sorted({name for column in rows for name in column.drop_nulls().unique()}))


def _render(name: str, package: Package, publisher_lines: Collection[str] = ()) -> bytes:
    text = _TEMPLATES.get_template(f"{name}.j2").render(
        package=package,
        simulated_note=SIMULATED_NOTE,
        tables=package.tables,
        other_tables=[table for table in package.tables if table not in ALWAYS_EXPORTED],
        columns=data_dictionary(package.tables).to_dicts(),
        license=DATABASE_LICENSE,
        publisher_lines=publisher_lines,
    )
    return text.encode()
