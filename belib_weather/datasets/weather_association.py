"""What goes with the weather: differences in occupancy, and which may be said."""

import dataframely as dy

from belib_weather.datasets import columns as c
from belib_weather.datasets import figures as f
from belib_weather.datasets.mart_facts import ARRONDISSEMENT, CITY, sum_of

AREAS_OF_WEATHER = (ARRONDISSEMENT, CITY)
STANDINGS = ("reported", "provisional", "withheld")
REPORTED, PROVISIONAL, WITHHELD = STANDINGS
REASONS = (
    "fewer than 28 days",
    "outside the temperatures seen",
    "too few days at this temperature",
    "too few days at the reference",
    "too few hours or days of it",
)
TOO_SHORT, OUTSIDE, FEW_DAYS, FEW_AT_REFERENCE, FEW_HOURS = REASONS
PRECIPITATIONS = ("below 1 mm", "1 mm or more")


def _difference(description: str) -> dy.Float64:
    return dy.Float64(
        nullable=True, min=-1, max=1, metadata=c.unit("share"), description=description
    )


class WeatherAssociation(dy.Schema):
    """How occupancy differs with the weather, at the same hour of the week and in the same week.

    Grain: area × condition. An association, not an effect: whatever else comes with the weather is
    in it. `difference` is null where too little was seen to say; the reason stands beside it.
    """

    scope = dy.Enum(AREAS_OF_WEATHER, primary_key=True, description="What the area is.")
    area = dy.String(
        primary_key=True, min_length=1, description="Number of the arrondissement, or the city."
    )
    condition = dy.String(
        primary_key=True, description="The weather: `5 °C`, `precipitation of 1 mm or more`."
    )
    temperature_c = dy.Float64(
        nullable=True,
        metadata=c.unit("°C"),
        description="Temperature of the condition; null of precipitation.",
    )
    precipitation = dy.Enum(
        PRECIPITATIONS,
        nullable=True,
        description="Precipitation in the hour of the condition; null of temperatures.",
    )
    compared_with = dy.String(
        description="The weather that it is compared with: `dry`, or a temperature."
    )
    standing = dy.Enum(
        STANDINGS,
        description="provisional: from fewer than 90 days; withheld: too little was seen to say.",
    )
    reason = dy.Enum(REASONS, nullable=True, description="Why it is withheld; null where not.")
    difference = _difference("Occupancy in this weather minus occupancy in the other: 0.01 is 1 %.")
    difference_low = _difference("Lower end of its 95 % interval.")
    difference_high = _difference("Upper end of its 95 % interval.")
    hours = c.count("Hours in this weather; of a temperature those within 2.5 °C.")
    days = c.count("Dates in Paris with such an hour.")
    occupancy = c.figure(f.OCCUPANCY)
    occupied_seconds = sum_of("Seconds occupied, in all hours used.")
    in_service_seconds = sum_of("Seconds available, occupied or reserved, in all hours used.")
    hours_used = c.count("Hours of the area with occupancy and weather, whatever the weather.")
    days_used = c.count("Dates in Paris with such an hour.")
    weeks_used = c.count("Weeks in Paris with such an hour: the blocks of the bootstrap.")
    first_date = dy.Date(description="First of these dates.")
    last_date = dy.Date(description="Last of these dates.")
    source = c.source("the snapshots and the weather of the period")


class WeatherAndOccupancy(dy.Schema):
    """What goes with cold, heat and rain, in percentage points of occupancy, where it can be said.

    One row per area and condition, from `weather_association`, without what is withheld.
    """

    scope = WeatherAssociation.scope
    area = WeatherAssociation.area
    weather = dy.String(primary_key=True, description="The weather.")
    compared_with = WeatherAssociation.compared_with
    points_of_occupancy = dy.Float64(
        metadata=c.unit("percentage points"), description="Difference in occupancy."
    )
    at_least = dy.Float64(
        metadata=c.unit("percentage points"), description="Lower end of its 95 % interval."
    )
    at_most = dy.Float64(
        metadata=c.unit("percentage points"), description="Upper end of its 95 % interval."
    )
    standing = WeatherAssociation.standing
    hours = WeatherAssociation.hours
    days = WeatherAssociation.days
    days_used = WeatherAssociation.days_used
    source = WeatherAssociation.source
