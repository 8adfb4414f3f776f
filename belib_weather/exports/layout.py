"""The names of the exported files; docs/exports.md describes them to readers.

What belongs here: where the rows of a table, or of a date, are. What does not: what is in the
files.
"""

import re
from collections.abc import Iterable
from datetime import date

from belib_weather.exports.tables import ExportedTable

_CSV = re.compile(r"(\d{4}-\d\d-\d\d)\.csv")


def csv_folder(table: ExportedTable) -> str:
    """The folder of the CSV files by date."""
    return f"{table.folder or table.name}/csv"


def csv_name(table: ExportedTable, day: date | None = None) -> str:
    """The CSV file of a date in Paris, or of the whole table."""
    return f"{table.name}.csv" if day is None else f"{csv_folder(table)}/{day:%Y-%m-%d}.csv"


def parquet_name(table: ExportedTable, day: date | None = None) -> str:
    """The Parquet file of a date in Paris, in Hive's partition style, or of the whole table."""
    if day is None:
        return f"{table.name}.parquet"
    folder = table.folder or table.name
    return f"{folder}/parquet/{table.date_column}={day:%Y-%m-%d}/part.parquet"


def parquet_schema_name(table: ExportedTable) -> str:
    """The Table Schema of the Parquet files of a table."""
    return f"schemas/{table.name}.parquet.json"


def dates_among(names: Iterable[str]) -> list[date]:
    """The dates of the CSV files among some file names, in order; other files are ignored."""
    found = (_CSV.fullmatch(name) for name in names)
    return sorted(date.fromisoformat(match[1]) for match in found if match)
