"""The take-away: the facts as CSV and Parquet files, with a data dictionary and a citation.

What belongs here: files under a folder or in an object store. What does not: reckoning, reading
PostgreSQL, and Dagster. What the files are is told to readers in docs/exports.md.
Concept: https://datapackage.org/standard/data-package/
"""

from belib_weather.exports.errors import ExportDriverMissing, ExportError
from belib_weather.exports.folder import ExportFolder
from belib_weather.exports.publication import Written, describe, write_date, write_stations

__all__ = [
    "ExportDriverMissing",
    "ExportError",
    "ExportFolder",
    "Written",
    "describe",
    "write_date",
    "write_stations",
]
