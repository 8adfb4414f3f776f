"""The names of the exported files; docs/exports.md describes them to readers.

What belongs here: where the rows of a table, or of a date, are. What does not: what is in the
files.
"""

import re
from collections.abc import Iterable
from datetime import date

from belib_weather.exports.tables import ExportedTable

_CSV = re.compile(r"(\d{4}-\d\d-\d\d)\.csv")
_MONTH = re.compile(r"month=(\d{4}-\d\d)")
_DATE_OF_OLD = re.compile(r"local_date=(\d{4}-\d\d)-\d\d")


def csv_folder(table: ExportedTable) -> str:
    """The folder of the CSV files by date."""
    return f"{table.folder or table.name}/csv"


def csv_name(table: ExportedTable, day: date | None = None) -> str:
    """The CSV file of a date in Paris, or of the whole table."""
    return f"{table.name}.csv" if day is None else f"{csv_folder(table)}/{day:%Y-%m-%d}.csv"


def parquet_folder(table: ExportedTable) -> str:
    """The folder of the Parquet files by month."""
    return f"{table.folder or table.name}/parquet"


def parquet_name(table: ExportedTable, month: date | None = None) -> str:
    """The Parquet file of a date's month, in Hive's partition style, or of the whole table."""
    if month is None:
        return f"{table.name}.parquet"
    return f"{parquet_folder(table)}/month={month:%Y-%m}/part.parquet"


def parquet_schema_name(table: ExportedTable) -> str:
    """The Table Schema of the Parquet files of a table."""
    return f"schemas/{table.name}.parquet.json"


def dates_among(names: Iterable[str]) -> list[date]:
    """The dates of the CSV files among some file names, in order; other files are ignored."""
    found = (_CSV.fullmatch(name) for name in names)
    return sorted(date.fromisoformat(match[1]) for match in found if match)


def months_among(names: Iterable[str]) -> list[date]:
    """The months, as their first dates, among the names in a Parquet folder, in order."""
    found = (_MONTH.fullmatch(name) for name in names)
    return sorted(date.fromisoformat(f"{match[1]}-01") for match in found if match)


def folders_of_dates(names: Iterable[str], month: date) -> list[str]:
    """The folders of a month's dates, which an older version wrote in place of its one file."""
    found = ((name, _DATE_OF_OLD.fullmatch(name)) for name in names)
    return [name for name, match in found if match and match[1] == f"{month:%Y-%m}"]
