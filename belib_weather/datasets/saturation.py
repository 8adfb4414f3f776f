"""How full stations and arrondissements were, week by week."""

import dataframely as dy

from belib_weather.datasets import columns as c
from belib_weather.datasets import figures as f
from belib_weather.datasets.mart_facts import ARRONDISSEMENT, STATION, sum_of
from belib_weather.datasets.network import Station

AREAS_OF_WEEKS = (STATION, ARRONDISSEMENT)
SATURATION_RULES = 2
"""Version of the rules of saturation (docs/metrics.md): raised when results change; all weeks are
then made again."""


class Saturation(dy.Schema):
    """How full a station or an arrondissement was in a week.

    Grain: area × week in Paris, Monday to Sunday; the running week up to yesterday.
    """

    scope = dy.Enum(AREAS_OF_WEEKS, primary_key=True, description="What the area is.")
    area = dy.String(
        primary_key=True, min_length=1, description="Station id, or number of the arrondissement."
    )
    week = dy.Date(primary_key=True, description="Monday of the week, the date in Paris.")
    arrondissement = c.arrondissement()
    days_observed = c.count("Dates of the week on which the area was observed.")
    stations = c.count("Stations with facts in the week.", minimum=1)
    charge_points = c.count(
        "Charge points: of each station the most that were sighted in one hour.", minimum=1
    )
    available_seconds = sum_of("Seconds freshly reported available.")
    occupied_seconds = sum_of("Seconds freshly reported occupied.")
    reserved_seconds = sum_of("Seconds freshly reported reserved.")
    any_observed_seconds = sum_of("Some point of the station observed.", "station-seconds")
    any_available_seconds = sum_of("Some point of it freshly available.", "station-seconds")
    full_seconds = sum_of(
        "No point available, some freshly occupied or reserved.", "station-seconds"
    )
    without_available_seconds = sum_of(
        "Observed, and no point freshly available: full, out of order or silent.",
        "station-seconds",
    )
    saturation = c.figure(f.SATURATION)
    chance_of_a_free_point = c.figure(f.CHANCE_OF_A_FREE_POINT)
    points_in_service = dy.Float64(
        nullable=True,
        min=0,
        metadata=c.unit("points"),
        description=(
            "Points available, occupied or reserved, on average while their station was observed;"
            " of an arrondissement the sum over its stations. Null where none was observed."
        ),
    )
    occupied_hours_per_point_day = dy.Float64(
        nullable=True,
        min=0,
        max=24,
        metadata=c.unit("h"),
        description="Hours for which a point in service was occupied in 24 hours, on average.",
    )
    fullest_weekday = dy.Int16(
        nullable=True, min=1, max=7, description="ISO weekday of the hour with most seconds full."
    )
    fullest_hour = dy.Int16(
        nullable=True, min=0, max=23, description="That hour, in Paris; null where never full."
    )
    fullest_hours = dy.String(
        nullable=True,
        description="The three hours with most seconds full, the fullest first: `Tue 18:00, …`.",
    )
    source = c.source("the snapshots of the week")


class FullStation(dy.Schema):
    """How full a station was in a week, in hours, with its address.

    One row per station and week, from `saturation`.
    """

    station_id = dy.String(primary_key=True, min_length=1, description="Station.")
    week = Saturation.week
    station_name = Station.station_name
    address = Station.address
    arrondissement = c.arrondissement()
    charge_points = Saturation.charge_points
    days_observed = Saturation.days_observed
    hours_observed = dy.Float64(min=0, metadata=c.unit("h"), description="Hours observed.")
    hours_full = dy.Float64(
        min=0, metadata=c.unit("h"), description="Of them hours in which it was full."
    )
    hours_without_a_free_point = dy.Float64(
        min=0, metadata=c.unit("h"), description="Of them hours without a free point, full or not."
    )
    saturation = c.figure(f.SATURATION)
    points_in_service = Saturation.points_in_service
    occupied_hours_per_point_day = Saturation.occupied_hours_per_point_day
    fullest_hours = Saturation.fullest_hours
    source = Saturation.source
