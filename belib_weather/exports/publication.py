"""Writing the export: the rows of a date, the stations, and the papers that go with them.

What belongs here: which files there are. What does not: their bytes (`encoding`, `package`) and
where they go (`folder`).
"""

import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial

import jinja2
import polars as pl

from belib_weather.credits import DATABASE_LICENSE
from belib_weather.exports.dictionary import AVAILABILITY, STATIONS, TABLES, data_dictionary
from belib_weather.exports.encoding import csv_of, parquet_of
from belib_weather.exports.folder import ExportFolder
from belib_weather.exports.layout import CSV_FOLDER, csv_name, dates_among, parquet_name
from belib_weather.exports.package import PACKAGE_NAME, SIMULATED_NOTE, Package

SOURCE_COLUMNS = ("source", "weather_source")
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


def write_date(folder: ExportFolder, day: date, rows: pl.DataFrame) -> Written:
    """Replace the files of a date by its rows (`AvailabilityHour`); without rows, remove them.

    The date is in the Parquet file's path and so, as Hive has it, not in the file.
    """
    if rows.is_empty():
        # The CSV file first: a date is exported as long as it has one.
        folder.remove(csv_name(day))
        folder.remove(parquet_name(day))
        return Written(0, 0, 0)
    ordered = rows.select(list(AVAILABILITY.columns)).sort(AVAILABILITY.key)
    sizes = [
        folder.write(parquet_name(day), parquet_of(ordered.drop("local_date"))),
        folder.write(csv_name(day), csv_of(ordered)),
    ]
    return Written(rows.height, len(sizes), sum(sizes))


def write_stations(folder: ExportFolder, stations: pl.DataFrame, states: pl.DataFrame) -> Written:
    """Replace the files of the current stations.

    Args:
        folder: the export.
        stations: all versions (`Station`).
        states: the stations at the newest snapshot (`StationState`), for its source.
    """
    source = states["source"][0] if states.height else None  # one snapshot, so the same in all
    current = stations.filter(pl.col("valid_to").is_null()).with_columns(
        pl.lit(source, pl.String).alias("source")
    )
    ordered = current.select(list(STATIONS.columns)).sort(STATIONS.key)
    sizes = [
        folder.write("stations.parquet", parquet_of(ordered)),
        folder.write("stations.csv", csv_of(ordered)),
    ]
    return Written(ordered.height, len(sizes), sum(sizes))


def describe(folder: ExportFolder, changed: Iterable[date]) -> Package:
    """Write what goes with the files: read-me, citation, data dictionary and data package.

    Args:
        folder: the export, its other files in place.
        changed: the dates written since; what is known of the others is kept.
    """
    listed = folder.read(PACKAGE_NAME)
    known = dict(Package.from_json(listed).sources) if listed else {}
    for day in changed:
        known.pop(day, None)
    package = Package(
        {
            day: known[day] if day in known else _sources(folder, day)
            for day in dates_among(folder.names(CSV_FOLDER))
        }
    )
    dictionary = data_dictionary()
    papers = {
        "README.md": _render("README.md", package),
        "CITATION.cff": _render("CITATION.cff", package),
        "DATA_DICTIONARY.md": _render("DATA_DICTIONARY.md", package),
        "data_dictionary.csv": csv_of(dictionary),
        # The last: what is known of the dates rests on it.
        PACKAGE_NAME: package.to_json(),
    }
    for name, body in papers.items():
        folder.write(name, body)
    return package


def _sources(folder: ExportFolder, day: date) -> tuple[str, ...]:
    body = folder.read(parquet_name(day)) or b""
    rows = pl.read_parquet(io.BytesIO(body), columns=list(SOURCE_COLUMNS))
    return tuple(sorted({name for column in rows for name in column.drop_nulls().unique()}))


def _render(name: str, package: Package) -> bytes:
    text = _TEMPLATES.get_template(f"{name}.j2").render(
        package=package,
        simulated_note=SIMULATED_NOTE,
        tables=TABLES,
        columns=data_dictionary().to_dicts(),
        license=DATABASE_LICENSE,
    )
    return text.encode()
