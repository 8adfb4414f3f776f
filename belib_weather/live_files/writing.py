"""All live files of one present, by name.

What belongs here: which module writes which file. What does not: writing them to a folder.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Self

from belib_weather.live_files.catalog import (
    CURRENT,
    DATEX2_STATUS,
    DATEX2_TABLE,
    DESCRIPTION,
    GEOJSON,
    IRVE_DYNAMIQUE,
    IRVE_STATIQUE,
    OCPI_LOCATIONS,
    LiveFile,
)
from belib_weather.live_files.csv_file import CsvFile, csv_file
from belib_weather.live_files.current_v1 import current_json
from belib_weather.live_files.datex2_afir_status_1_0_0 import datex2_status
from belib_weather.live_files.datex2_afir_table_1_0_0 import datex2_table
from belib_weather.live_files.irve_dynamique_2_3_1 import IrveDynamique, irve_dynamique
from belib_weather.live_files.irve_statique_2_3_1 import IrveStatique, irve_statique
from belib_weather.live_files.ocpi_2_2_1 import ocpi_locations
from belib_weather.live_files.openapi_3_1 import openapi
from belib_weather.live_files.present import Present, credit_lines
from belib_weather.live_files.stations_geojson_v1 import stations_geojson


@dataclass(frozen=True)
class LiveFiles:
    """Live files.

    Attributes:
        bodies: by file name.
        left_out: per file, rows that its format refuses, by the rule that they break.
    """

    bodies: Mapping[str, bytes]
    left_out: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def plus(self, other: Self) -> "LiveFiles":
        """Both."""
        return LiveFiles({**self.bodies, **other.bodies}, {**self.left_out, **other.left_out})


MAKERS: dict[str, Callable[[Present], LiveFiles]] = {
    CURRENT.name: lambda now: _one(CURRENT, current_json(now)),
    GEOJSON.name: lambda now: _one(GEOJSON, stations_geojson(now)),
    DATEX2_STATUS.name: lambda now: _one(DATEX2_STATUS, datex2_status(now)),
    DATEX2_TABLE.name: lambda now: _one(DATEX2_TABLE, datex2_table(now)),
    OCPI_LOCATIONS.name: lambda now: _one(OCPI_LOCATIONS, ocpi_locations(now)),
    DESCRIPTION.name: lambda now: _one(DESCRIPTION, openapi(credit_lines(now.sources))),
    IRVE_DYNAMIQUE.name: lambda now: _table(
        IRVE_DYNAMIQUE, csv_file(irve_dynamique(now), IrveDynamique)
    ),
}
"""The function for each file that changes with every poll, and for their description: separate,
so that a failure costs one file alone."""


def static_file(static: bytes) -> LiveFiles:
    """The file of the equipment.

    Args:
        static: body of an export of the static dataset.
    """
    return _table(IRVE_STATIQUE, csv_file(irve_statique(static), IrveStatique))


def _one(file: LiveFile, body: bytes) -> LiveFiles:
    return LiveFiles({file.name: body})


def _table(file: LiveFile, table: CsvFile) -> LiveFiles:
    return LiveFiles({file.name: table.body}, {file.name: table.left_out} if table.left_out else {})
