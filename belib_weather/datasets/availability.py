"""Availability of a station in an hour: the facts, and the same with attributes and figures."""

import dataframely as dy
import polars as pl

from belib_weather.datasets import columns as c
from belib_weather.datasets import figures as f
from belib_weather.datasets.figures import POINT_SECONDS
from belib_weather.datasets.network import Station

FACTS_RULES = 2
"""Version of the rules that make these rows (docs/metrics.md): raised when results change."""


class AvailabilityFact(dy.Schema):
    """Availability of a station in a UTC hour, exact to the second, with the hour's weather.

    Grain: station × UTC hour, one row where at least one point of the station was sighted.
    Invariant: the status seconds, `stale_seconds` and `unobserved_seconds` add up to
    `charge_points` × 3600.
    """

    station_id = dy.String(primary_key=True, min_length=1, description="Station.")
    hour = c.hour("Start of the UTC hour.")
    source = dy.String(description="Raw source of the snapshots that the row rests on.")
    charge_points = c.count("Charge points of the station sighted in the hour.", minimum=1)
    snapshots = c.count("Distinct seconds in which the station was sighted.", minimum=1)
    available_seconds = c.seconds("Seconds freshly reported available.")
    occupied_seconds = c.seconds("Seconds freshly reported occupied (plugged in, charging or not).")
    reserved_seconds = c.seconds("Seconds freshly reported reserved.")
    out_of_order_seconds = c.seconds("Seconds freshly reported out of order.")
    planned_seconds = c.seconds("Seconds freshly reported planned (not yet in service).")
    removed_seconds = c.seconds("Seconds freshly reported removed.")
    unknown_seconds = c.seconds("Seconds freshly reported unknown.")
    stale_seconds = c.seconds(
        "Observed seconds under a record older than 26 h, whatever its status."
    )
    unobserved_seconds = c.seconds("Seconds between polls too far apart, or before or after them.")
    any_observed_seconds = c.seconds("Some point observed.", maximum=3600, of="s")
    any_available_seconds = c.seconds("Some point freshly available.", maximum=3600, of="s")
    full_seconds = c.seconds(
        "No point available, some freshly occupied or reserved.", maximum=3600, of="s"
    )
    is_provisional = dy.Bool(
        description="True while raw holds no snapshot at or after the end of the hour."
    )
    temperature_c = c.temperature()
    wind_speed_kmh = c.wind_speed()
    precipitation_mm = c.precipitation()
    weather_code = c.weather_code()
    weather_class = c.weather_class()
    weather_source = dy.String(nullable=True, description="Source of the weather; null if missing.")
    local_date = dy.Date(description="Calendar date in Paris at the start of the hour.")
    local_hour = dy.Int16(min=0, max=23, description="Hour of the day in Paris, 0-23.")
    local_weekday = dy.Int16(min=1, max=7, description="ISO weekday in Paris, 1 is Monday.")

    @dy.rule()
    def seconds_add_up(cls) -> pl.Expr:
        """Every second of every charge point is counted, once."""
        return pl.sum_horizontal(POINT_SECONDS) == pl.col("charge_points") * 3600

    @dy.rule()
    def station_seconds_nest(cls) -> pl.Expr:
        """Available and full exclude each other and are both observed."""
        return pl.col("any_available_seconds") + pl.col("full_seconds") <= pl.col(
            "any_observed_seconds"
        )


class AvailabilityAtStation(AvailabilityFact):
    """A fact with its station as it was on the UTC day of the hour."""

    station_name = Station.station_name
    address = Station.address
    arrondissement = Station.arrondissement
    latitude = Station.latitude
    longitude = Station.longitude
    power_kw = Station.power_kw


STATION_ATTRIBUTES = tuple(
    name
    for name in AvailabilityAtStation.column_names()
    if name not in AvailabilityFact.column_names()
)
"""Columns that are joined to a fact."""


class AvailabilityHour(AvailabilityAtStation):
    """Availability of a station in a UTC hour, with its weather, its station that day, and figures.

    A figure is a ratio of the row's own seconds, null where its denominator is 0. Of several rows
    take the ratio of the sums, never the mean of these figures.
    """

    share_available = c.figure(f.SHARE_AVAILABLE)
    occupancy = c.figure(f.OCCUPANCY)
    coverage = c.figure(f.COVERAGE, nullable=False)
    chance_of_a_free_point = c.figure(f.CHANCE_OF_A_FREE_POINT)
    saturation = c.figure(f.SATURATION)
