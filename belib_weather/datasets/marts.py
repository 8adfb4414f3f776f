"""Marts made from facts alone, each declared in a module of its own, under one name."""

from belib_weather.datasets.mart_facts import (
    ARRONDISSEMENT,
    CITY,
    SCOPES,
    STATION,
    STATION_SECONDS,
    SUMS,
    FactOfAMart,
)
from belib_weather.datasets.occupancy_profile import BestHour, OccupancyProfile
from belib_weather.datasets.saturation import FullStation, Saturation
from belib_weather.datasets.weather_association import (
    WITHHELD,
    WeatherAndOccupancy,
    WeatherAssociation,
)

__all__ = [
    "ARRONDISSEMENT",
    "CITY",
    "SCOPES",
    "STATION",
    "STATION_SECONDS",
    "SUMS",
    "WITHHELD",
    "BestHour",
    "FactOfAMart",
    "FullStation",
    "OccupancyProfile",
    "Saturation",
    "WeatherAndOccupancy",
    "WeatherAssociation",
]
