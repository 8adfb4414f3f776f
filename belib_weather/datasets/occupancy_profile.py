"""The typical week of a station, an arrondissement and the city, and its best hours."""

import dataframely as dy

from belib_weather.datasets import columns as c
from belib_weather.datasets import figures as f
from belib_weather.datasets.mart_facts import SCOPES, sum_of
from belib_weather.datasets.network import Station


def _chance(description: str) -> dy.Float64:
    return dy.Float64(nullable=True, min=0, max=1, metadata=c.unit("1"), description=description)


def _area() -> dy.String:
    return dy.String(
        primary_key=True,
        min_length=1,
        description="Station id, number of the arrondissement, or name of the city.",
    )


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

    available_seconds = sum_of("Seconds freshly reported available.")
    occupied_seconds = sum_of("Seconds freshly reported occupied.")
    reserved_seconds = sum_of("Seconds freshly reported reserved.")
    out_of_order_seconds = sum_of("Seconds freshly reported out of order.")
    planned_seconds = sum_of("Seconds freshly reported planned (not yet in service).")
    removed_seconds = sum_of("Seconds freshly reported removed.")
    unknown_seconds = sum_of("Seconds freshly reported unknown.")
    stale_seconds = sum_of("Observed seconds under a record older than 26 h, whatever its status.")
    unobserved_seconds = sum_of("Seconds that were not observed, within hours that were polled.")
    any_observed_seconds = sum_of("Some point of the station observed.", "station-seconds")
    any_available_seconds = sum_of("Some point of it freshly available.", "station-seconds")
    full_seconds = sum_of(
        "No point available, some freshly occupied or reserved.", "station-seconds"
    )
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
    source = c.source("the snapshots of the period")


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
    source = OccupancyProfile.source
