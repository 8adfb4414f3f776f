"""Every table of the platform, declared once: columns, types, units, descriptions, constraints.

From these declarations come the polars check (dataframely's `validate`), the SQLAlchemy table
(`warehouse`), the Elasticsearch mapping (`search.projections`) and the column schema shown
in the Dagster catalog (`assets.table_metadata`). A column's `unit` is in its metadata, its meaning
in `description`; the rules are those of docs/metrics.md.

What belongs here: the shape of stored data. What does not: how it is computed or stored.
"""

from belib_weather.datasets.availability import (
    AvailabilityAtStation,
    AvailabilityFact,
    AvailabilityHour,
)
from belib_weather.datasets.figures import POINT_SECONDS, STATUS_SECONDS
from belib_weather.datasets.network import Arrondissement, ChargePoint, Station, StationState
from belib_weather.datasets.weather import WeatherHour

__all__ = [
    "POINT_SECONDS",
    "STATUS_SECONDS",
    "Arrondissement",
    "AvailabilityAtStation",
    "AvailabilityFact",
    "AvailabilityHour",
    "ChargePoint",
    "Station",
    "StationState",
    "WeatherHour",
]
