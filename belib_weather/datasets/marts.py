"""Marts: answers made from facts alone, by station, by arrondissement and for the whole city.

Sums are beside each share, so that anyone can compute it again, or for several rows at once.
Definitions: docs/metrics.md.
"""

import dataframely as dy

from belib_weather.datasets import columns as c
from belib_weather.datasets import figures as f
from belib_weather.datasets.availability import AvailabilityAtStation
from belib_weather.datasets.figures import POINT_SECONDS
from belib_weather.datasets.network import Station

SCOPES = ("station", "arrondissement", "city")
STATION, ARRONDISSEMENT, CITY = SCOPES
STATION_SECONDS = ("any_observed_seconds", "any_available_seconds", "full_seconds")
SUMS = (*POINT_SECONDS, *STATION_SECONDS)
"""Columns of a fact that the marts add up."""


def _sum(description: str, of: str = "point-seconds") -> dy.Int64:
    return dy.Int64(min=0, metadata=c.unit(of), description=description)


def _chance(description: str) -> dy.Float64:
    return dy.Float64(nullable=True, min=0, max=1, metadata=c.unit("1"), description=description)


def _area() -> dy.String:
    return dy.String(
        primary_key=True,
        min_length=1,
        description="Station id, number of the arrondissement, or name of the city.",
    )


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
    temperature_c = AvailabilityAtStation.temperature_c
    precipitation_mm = AvailabilityAtStation.precipitation_mm
    local_date = AvailabilityAtStation.local_date
    local_hour = AvailabilityAtStation.local_hour
    local_weekday = AvailabilityAtStation.local_weekday
    arrondissement = AvailabilityAtStation.arrondissement


class _HourOfTheWeek(dy.Schema):
    """An area in an hour of the week."""

    scope = dy.Enum(SCOPES, primary_key=True, description="What the area is.")
    area = _area()
    local_weekday = dy.Int16(
        primary_key=True, min=1, max=7, description="ISO weekday in Paris, 1 is Monday."
    )
    local_hour = dy.Int16(
        primary_key=True, min=0, max=23, description="Hour of the day in Paris, 0-23."
    )
    arrondissement = c.arrondissement()
    weeks = c.count("Weeks before the day on which it was made: the period at most.", minimum=1)
    first_date = dy.Date(description="First date in Paris with facts in the period.")
    last_date = dy.Date(description="Last date in Paris with facts in the period.")
    days_observed = c.count("Dates in Paris on which the area was observed in this hour.")


class _Sums(dy.Schema):
    """Sums of facts, with figures: each the ratio of the row's own sums."""

    available_seconds = _sum("Seconds freshly reported available.")
    occupied_seconds = _sum("Seconds freshly reported occupied.")
    reserved_seconds = _sum("Seconds freshly reported reserved.")
    out_of_order_seconds = _sum("Seconds freshly reported out of order.")
    planned_seconds = _sum("Seconds freshly reported planned (not yet in service).")
    removed_seconds = _sum("Seconds freshly reported removed.")
    unknown_seconds = _sum("Seconds freshly reported unknown.")
    stale_seconds = _sum("Observed seconds under a record older than 26 h, whatever its status.")
    unobserved_seconds = _sum("Seconds that were not observed, within hours that were polled.")
    any_observed_seconds = _sum("Some point of the station observed.", "station-seconds")
    any_available_seconds = _sum("Some point of it freshly available.", "station-seconds")
    full_seconds = _sum("No point available, some freshly occupied or reserved.", "station-seconds")
    share_available = c.figure(f.SHARE_AVAILABLE)
    occupancy = c.figure(f.OCCUPANCY)
    chance_of_a_free_point = c.figure(f.CHANCE_OF_A_FREE_POINT)
    saturation = c.figure(f.SATURATION)


class OccupancyProfile(_HourOfTheWeek, _Sums):
    """A typical hour of the week over the last weeks: what was seen, and an estimated chance.

    Grain: area × weekday × hour of the clock in Paris; for every station, each hour of the week
    that was observed anywhere in the city. The estimate is of stations alone. It joins what was
    seen in that hour with what is expected of it: the station's own level, shifted as the city is
    in that hour of the week. A day counts as one trial.
    """

    estimated_chance = _chance(
        "Chance of a free point in this hour of a coming week; null but for stations."
    )
    estimated_chance_low = _chance("Lower end of its 90 % interval.")
    estimated_chance_high = _chance("Upper end of its 90 % interval.")
    expected_chance = _chance("What is expected before the hour itself is looked at (the prior).")
    expected_chance_days = dy.Float64(
        nullable=True,
        min=0,
        metadata=c.unit("days"),
        description="How many observed days that expectation counts as, the same for all hours.",
    )
    level_from = dy.Enum(
        SCOPES,
        nullable=True,
        description=(
            "Whose level is expected: the station's own; with fewer than 3 observed days that of"
            " its arrondissement, or of the city where that is unknown."
        ),
    )


class BestHour(dy.Schema):
    """The hours of the week at a station, the best to find a free point first.

    One row per station and hour of the week, from `occupancy_profile`.
    """

    station_id = dy.String(primary_key=True, min_length=1, description="Station.")
    station_name = Station.station_name
    address = Station.address
    arrondissement = c.arrondissement()
    power_kw = Station.power_kw
    local_weekday = dy.Int16(
        primary_key=True, min=1, max=7, description="ISO weekday in Paris, 1 is Monday."
    )
    local_hour = dy.Int16(
        primary_key=True, min=0, max=23, description="Hour of the day in Paris, 0-23."
    )
    place_in_week = dy.Int64(
        min=1, description="1 is the hour of the week with the best chance at this station."
    )
    chance = _chance("Estimated chance of a free point.")
    chance_at_least = _chance("Lower end of its 90 % interval.")
    chance_at_most = _chance("Upper end of its 90 % interval.")
    days_observed = c.count("Dates on which the station was observed in this hour.")
    last_date = dy.Date(description="Last date in Paris that it rests on.")


AREAS_OF_WEEKS = (STATION, ARRONDISSEMENT)
SATURATION_RULES = 1
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
    available_seconds = _sum("Seconds freshly reported available.")
    occupied_seconds = _sum("Seconds freshly reported occupied.")
    reserved_seconds = _sum("Seconds freshly reported reserved.")
    any_observed_seconds = _sum("Some point of the station observed.", "station-seconds")
    any_available_seconds = _sum("Some point of it freshly available.", "station-seconds")
    full_seconds = _sum("No point available, some freshly occupied or reserved.", "station-seconds")
    without_available_seconds = _sum(
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
    occupied_seconds = _sum("Seconds occupied, in all hours used.")
    in_service_seconds = _sum("Seconds available, occupied or reserved, in all hours used.")
    hours_used = c.count("Hours of the area with occupancy and weather, whatever the weather.")
    days_used = c.count("Dates in Paris with such an hour.")
    weeks_used = c.count("Weeks in Paris with such an hour: the blocks of the bootstrap.")
    first_date = dy.Date(description="First of these dates.")
    last_date = dy.Date(description="Last of these dates.")


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
