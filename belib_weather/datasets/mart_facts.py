"""Marts made from facts alone: what they have in common, and the facts that they are made from.

What belongs here: scopes, sums, the columns of a fact. What does not: the marts, each in a module
of its own (`occupancy_profile`, `saturation`, `weather_association`). Rules: docs/metrics.md.
"""

import dataframely as dy

from belib_weather.datasets import columns as c
from belib_weather.datasets.availability import AvailabilityAtStation
from belib_weather.datasets.figures import POINT_SECONDS

SCOPES = ("station", "arrondissement", "city")
STATION, ARRONDISSEMENT, CITY = SCOPES
STATION_SECONDS = ("any_observed_seconds", "any_available_seconds", "full_seconds")
SUMS = (*POINT_SECONDS, *STATION_SECONDS)
"""Columns of a fact that the marts add up."""


def sum_of(description: str, of: str = "point-seconds") -> dy.Int64:
    """A sum of seconds, never negative."""
    return dy.Int64(min=0, metadata=c.unit(of), description=description)


class FactOfAMart(dy.Schema):
    """The columns of a fact that the marts are made from."""

    station_id = AvailabilityAtStation.station_id
    hour = AvailabilityAtStation.hour
    charge_points = AvailabilityAtStation.charge_points
    available_seconds = AvailabilityAtStation.available_seconds
    occupied_seconds = AvailabilityAtStation.occupied_seconds
    reserved_seconds = AvailabilityAtStation.reserved_seconds
    out_of_order_seconds = AvailabilityAtStation.out_of_order_seconds
    planned_seconds = AvailabilityAtStation.planned_seconds
    removed_seconds = AvailabilityAtStation.removed_seconds
    unknown_seconds = AvailabilityAtStation.unknown_seconds
    stale_seconds = AvailabilityAtStation.stale_seconds
    unobserved_seconds = AvailabilityAtStation.unobserved_seconds
    any_observed_seconds = AvailabilityAtStation.any_observed_seconds
    any_available_seconds = AvailabilityAtStation.any_available_seconds
    full_seconds = AvailabilityAtStation.full_seconds
    is_provisional = AvailabilityAtStation.is_provisional
    source = AvailabilityAtStation.source
    weather_source = AvailabilityAtStation.weather_source
    temperature_c = AvailabilityAtStation.temperature_c
    precipitation_mm = AvailabilityAtStation.precipitation_mm
    local_date = AvailabilityAtStation.local_date
    local_hour = AvailabilityAtStation.local_hour
    local_weekday = AvailabilityAtStation.local_weekday
    arrondissement = AvailabilityAtStation.arrondissement
