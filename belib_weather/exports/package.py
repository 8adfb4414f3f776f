"""The data package: the dates in the folder, their sources, and how to read them.

What belongs here: `datapackage.json`, written and read back. What does not: the files it lists.
Concept: https://datapackage.org/standard/data-package/
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import version
from typing import Any

from belib_weather.credits import (
    BELIB,
    DATABASE_LICENSE,
    Credit,
    License,
    are_simulated,
    credits_of,
)
from belib_weather.exports.dictionary import table_schema
from belib_weather.exports.encoding import FORMULA
from belib_weather.exports.errors import ExportError
from belib_weather.exports.geoparquet import GEOPARQUET_NAME
from belib_weather.exports.layout import csv_name, parquet_name, parquet_schema_name
from belib_weather.exports.tables import (
    ALWAYS_EXPORTED,
    AVAILABILITY_FILES,
    STATION_FILES,
    ExportedTable,
)

PACKAGE_NAME = "datapackage.json"
WEATHER = "weather_hours"
SIMULATED_NOTE = (
    "SIMULATED DATA: rows whose source begins with `simulator:` were made by a program."
    " They are no observations of Paris; do not publish or cite them as such."
)
CSV_NOTE = (
    "A text that a spreadsheet would take for a formula has an apostrophe in front: of what matches"
    f" {FORMULA} behind a first apostrophe, take that apostrophe away."
)


@dataclass(frozen=True)
class Package:
    """What is in the folder.

    Attributes:
        sources: the raw sources of the rows of availability, by date in Paris.
        dates_of: the dates of each table that is exported by date, by its name.
        months_of: the months of the same, as their first dates.
        tables: all that is exported.
        digests: the SHA-256 of the files, by name.
    """

    sources: Mapping[date, tuple[str, ...]]
    dates_of: Mapping[str, Sequence[date]] = field(default_factory=dict)
    months_of: Mapping[str, Sequence[date]] = field(default_factory=dict)
    tables: tuple[ExportedTable, ...] = ALWAYS_EXPORTED
    digests: Mapping[str, str] = field(default_factory=dict)

    @property
    def dates(self) -> list[date]:
        """The exported dates in Paris, in order."""
        return sorted(self.sources)

    @property
    def simulated_dates(self) -> list[date]:
        """The dates with simulated rows, in order."""
        return [day for day in self.dates if are_simulated(self.sources[day])]

    @property
    def credits(self) -> list[Credit]:
        """The credits due for these rows."""
        return credits_of(name for names in self.sources.values() for name in names)

    @property
    def title(self) -> str:
        """The title to cite."""
        mark = " (SIMULATED)" if self.simulated_dates else ""
        return f"Availability of Belib charging stations in Paris by the hour, with weather{mark}"

    @property
    def version(self) -> str:
        """The platform's version and the newest date: the same files, the same version."""
        platform = version("belib-weather")
        return f"{platform}+{self.dates[-1]}" if self.dates else platform

    def to_json(self) -> bytes:
        """The descriptor; `simulated` and `sourcesByDate` are properties of our own."""
        descriptor = {
            "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
            "name": "belib-weather-exports",
            "title": self.title,
            "description": SIMULATED_NOTE if self.simulated_dates else AVAILABILITY_FILES.title,
            "version": self.version,
            "licenses": [_license(DATABASE_LICENSE)],
            "sources": [{"title": c.line, "path": c.url} for c in self.credits],
            "contributors": [{"title": "belib_weather contributors"}],
            "simulated": bool(self.simulated_dates),
            "resources": [*self._resources(), *self._maps()],
            "sourcesByDate": {f"{day}": self.sources[day] for day in self.dates},
        }
        return as_json(descriptor)

    @property
    def files(self) -> list[str]:
        """The names of the files with data."""
        paths = [resource["path"] for resource in (*self._resources(), *_maps(self.tables))]
        return [name for path in paths for name in ([path] if isinstance(path, str) else path)]

    def _resources(self) -> Iterator[dict[str, Any]]:
        for table in self.tables:
            days, months = self._parts(table)
            for resource in _resources(table, days, months):
                yield self._with_hash({**resource, "licenses": self._licenses(table)})

    def _maps(self) -> Iterator[dict[str, Any]]:
        yield from map(self._with_hash, _maps(self.tables))

    def _with_hash(self, resource: dict[str, Any]) -> dict[str, Any]:
        path = resource["path"]
        name = path if isinstance(path, str) else path[0] if len(path) == 1 else ""
        digest = self.digests.get(name)
        return {**resource, "hash": f"sha256:{digest}"} if digest else resource

    def _parts(self, table: ExportedTable) -> tuple[Sequence[date | None], Sequence[date | None]]:
        if table.date_column is None:
            return [None], [None]
        return self.dates_of.get(table.name, ()), self.months_of.get(table.name, ())

    def _licenses(self, table: ExportedTable) -> list[dict[str, str]]:
        """Of the weather those of its sources, of all else that of the Belib data."""
        weather = [credit for credit in self.credits if credit is not BELIB]
        if table.name != WEATHER or not weather:
            return [_license(DATABASE_LICENSE)]
        return [
            _license(c.license) if c.license else {"path": c.url, "title": c.line} for c in weather
        ]

    @classmethod
    def from_json(cls, body: bytes) -> "Package":
        """Read a descriptor back.

        Raises:
            ExportError: it was not written by this release.
        """
        try:
            listed = json.loads(body)["sourcesByDate"]
            return cls({date.fromisoformat(day): tuple(names) for day, names in listed.items()})
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ExportError(
                f"{PACKAGE_NAME} in the export folder is not one of ours: {error!r}."
                " Move it away; it is written again from the files."
            ) from error


def as_json(document: dict[str, Any]) -> bytes:
    """A JSON document as the bytes of a file."""
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def _license(terms: License) -> dict[str, str]:
    return {"name": terms.spdx, "path": terms.url, "title": terms.name}


def _maps(tables: Collection[ExportedTable]) -> Iterator[dict[str, Any]]:
    """What is drawn rather than read as a table."""
    if STATION_FILES in tables:
        yield {
            "name": "stations_geo",
            "title": f"{STATION_FILES.title} GeoParquet, to draw.",
            "type": "file",
            "path": GEOPARQUET_NAME,
            "format": "parquet",
            "mediatype": "application/vnd.apache.parquet",
            "licenses": [_license(DATABASE_LICENSE)],
        }


def _resources(
    table: ExportedTable, days: Sequence[date | None], months: Sequence[date | None]
) -> Iterator[dict[str, Any]]:
    """A table's files of both kinds; none while it has no file, as the standard wants it.

    Args:
        table: what is exported.
        days: the dates of its CSV files; None stands for the one file of a whole table.
        months: the months of its Parquet files; None as before.
    """
    if not days:
        return
    yield {
        "name": table.name,
        "title": table.title,
        "description": CSV_NOTE,
        "type": "table",
        "profile": "tabular-data-resource",  # for readers of the standard's first version
        "path": [csv_name(table, day) for day in days],
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": table_schema(table),
    }
    # Parts of a Parquet table cannot be read one behind the other, as the standard reads a list.
    for month in months:
        yield {
            "name": f"{table.name}_parquet{f'_{month:%Y-%m}' if month else ''}",
            "title": table.title,
            "type": "table",
            "profile": "tabular-data-resource",
            "path": parquet_name(table, month),
            "format": "parquet",
            "mediatype": "application/vnd.apache.parquet",
            "schema": parquet_schema_name(table),
        }
