"""The names of the exported files; docs/exports.md tells them to readers.

What belongs here: where a date's rows are. What does not: what is in the files.
"""

import re
from collections.abc import Iterable
from datetime import date

CSV_FOLDER = "availability/csv"
_CSV = re.compile(r"(\d{4}-\d\d-\d\d)\.csv")


def csv_name(day: date) -> str:
    """The CSV file of a date in Paris."""
    return f"{CSV_FOLDER}/{day:%Y-%m-%d}.csv"


def parquet_name(day: date) -> str:
    """The Parquet file of a date in Paris, in Hive's partition style."""
    return f"availability/parquet/local_date={day:%Y-%m-%d}/part.parquet"


def dates_among(names: Iterable[str]) -> list[date]:
    """The dates of the CSV files among some file names, in order; other files are passed over."""
    found = (_CSV.fullmatch(name) for name in names)
    return sorted(date.fromisoformat(match[1]) for match in found if match)
