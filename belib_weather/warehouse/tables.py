"""The tables and views of the warehouse.

What belongs here: one declaration each. A new table goes here, and its migration is generated
from the declaration (docs/how-to/add-a-table.md). What does not: columns (`datasets`).
"""

from functools import cache

import sqlalchemy as sa

from belib_weather.datasets import (
    POINT_SECONDS,
    Arrondissement,
    AvailabilityFact,
    AvailabilityHour,
    ChargePoint,
    Station,
    StationState,
    WeatherHour,
)
from belib_weather.datasets.attributes import FeedAttributes, StaticAttributes
from belib_weather.datasets.availability import FACTS_RULES, STATION_ATTRIBUTES
from belib_weather.datasets.changes import CHANGE_RULES, PointState, StatusChange
from belib_weather.datasets.episodes import (
    EPISODE_RULES,
    POINT_ATTRIBUTES,
    KnownSegment,
    SegmentOfDownTime,
    StatusEpisode,
    StatusRun,
)
from belib_weather.datasets.feed import FEED_RULES, FeedHour
from belib_weather.datasets.forecasts import (
    FORECAST_RULES,
    AvailabilityForecast,
    ForecastOfStation,
    ForecastScore,
    WeatherForecast,
)
from belib_weather.datasets.marts import FactOfAMart
from belib_weather.datasets.network import DIMENSION_RULES
from belib_weather.datasets.occupancy_profile import BestHour, OccupancyProfile
from belib_weather.datasets.outages import OUTAGE_RULES, Outage
from belib_weather.datasets.reliability import (
    RELIABILITY_RULES,
    ReliabilityOfStation,
    StationReliability,
    TimeToRepair,
)
from belib_weather.datasets.saturation import SATURATION_RULES, FullStation, Saturation
from belib_weather.datasets.weather import WEATHER_RULES
from belib_weather.datasets.weather_association import WeatherAndOccupancy, WeatherAssociation
from belib_weather.warehouse.forecast_tables import FORECAST_MODELS, PACKED_FORECASTS
from belib_weather.warehouse.ledger import INPUT_LEDGER
from belib_weather.warehouse.publication import PUBLICATION_LEDGER, PUBLISHED_INDICES
from belib_weather.warehouse.state import PLATFORM_STATE
from belib_weather.warehouse.table import Partitioning, Relation, Table
from belib_weather.warehouse.versions import Versions
from belib_weather.window import Grain

ARRONDISSEMENTS = Table(name="arrondissements", dataset=Arrondissement)
AVAILABILITY_FACTS = Table(
    name="availability_facts",
    dataset=AvailabilityFact,
    time_column="hour",
    partitioning=Partitioning.MONTHLY,
    lock_grain=Grain.HOUR,
    checks={
        "seconds_add_up": f"{' + '.join(POINT_SECONDS)} = charge_points * 3600",
        "station_seconds_nest": "any_available_seconds + full_seconds <= any_observed_seconds",
        "station_seconds_fit_the_hour": "any_observed_seconds <= 3600",
        "seconds_are_not_negative": (
            f"least({', '.join((*POINT_SECONDS, 'any_available_seconds', 'full_seconds'))}) >= 0"
        ),
    },
    indexes={"availability_facts_by_hour": ("hour",)},
    rules=FACTS_RULES,
)
AVAILABILITY_FORECASTS = Table(
    name="availability_forecasts",
    dataset=AvailabilityForecast,
    time_column="origin",
    partitioning=Partitioning.MONTHLY,
    lock_grain=Grain.HOUR,
    checks={"forecasts_are_of_the_future": "target > origin"},
)
CHARGE_POINTS = Table(
    name="charge_points",
    dataset=ChargePoint,
    indexes={"charge_points_by_station": ("station_id",)},
    rules=DIMENSION_RULES,
)
CHARGE_POINT_VERSIONS = Versions(CHARGE_POINTS, "charge_point_id", POINT_ATTRIBUTES)
"""What is joined to the segments in the index."""
FEED_ATTRIBUTES = Table(
    name="feed_attributes",
    dataset=FeedAttributes,
    time_column="first_day",
    rules=DIMENSION_RULES,
)
"""Its ledger has an entry per UTC day; it is locked with `CHARGE_POINTS`."""
FEED_HOURS = Table(
    name="feed_hours",
    dataset=FeedHour,
    time_column="hour",
    lock_grain=Grain.DAY,
    rules=FEED_RULES,
    is_exported=True,
)
FORECAST_SCORES = Table(
    name="forecast_scores", dataset=ForecastScore, rules=FORECAST_RULES, is_exported=True
)
OCCUPANCY_PROFILE = Table(name="occupancy_profile", dataset=OccupancyProfile, is_exported=True)
OUTAGES = Table(
    name="outages",
    dataset=Outage,
    time_column="started_at",
    indexes={"outages_by_station": ("station_id", "started_at")},
    rules=OUTAGE_RULES,
    is_exported=True,
)
POINT_STATES = Table(name="point_states", dataset=PointState)
"""Locked with `STATION_STATES`."""
SATURATION = Table(name="saturation", dataset=Saturation, rules=SATURATION_RULES, is_exported=True)
STATIC_ATTRIBUTES = Table(
    name="static_attributes",
    dataset=StaticAttributes,
    time_column="first_day",
    rules=DIMENSION_RULES,
)
"""As `FEED_ATTRIBUTES`."""
STATION_RELIABILITY = Table(
    name="station_reliability",
    dataset=StationReliability,
    rules=RELIABILITY_RULES,
    is_exported=True,
)
STATION_STATES = Table(name="station_states", dataset=StationState)
STATIONS = Table(name="stations", dataset=Station, rules=DIMENSION_RULES)
STATION_VERSIONS = Versions(STATIONS, "station_id", STATION_ATTRIBUTES)
"""What is joined to the facts: in the view, in the index, in the exports."""
STATUS_CHANGES = Table(
    name="status_changes",
    dataset=StatusChange,
    time_column="seen_at",
    indexes={
        "status_changes_by_position": ("position",),
        "status_changes_by_station": ("station_id", "position"),
    },
    rules=CHANGE_RULES,
)
"""The outbox; locked with `STATION_STATES`."""
STATUS_EPISODES = Table(
    name="status_episodes",
    dataset=StatusEpisode,
    time_column="started_at",
    partitioning=Partitioning.MONTHLY,
    lock_grain=Grain.DAY,
    checks={
        "seconds_are_those_between_the_ends": "ended_at - started_at = seconds * '1s'::interval"
    },
    indexes={
        "status_episodes_by_begin": ("started_at",),
        "status_episodes_by_station": ("station_id", "started_at"),
    },
    rules=EPISODE_RULES,
)
TIME_TO_REPAIR = Table(
    name="time_to_repair", dataset=TimeToRepair, rules=RELIABILITY_RULES, is_exported=True
)
WEATHER_ASSOCIATION = Table(
    name="weather_association", dataset=WeatherAssociation, is_exported=True
)
WEATHER_FORECASTS = Table(
    name="weather_forecasts",
    dataset=WeatherForecast,
    time_column="issued_at",
    partitioning=Partitioning.MONTHLY,
    lock_grain=Grain.DAY,
    rules=FORECAST_RULES,
)
WEATHER_HOURS = Table(
    name="weather_hours",
    dataset=WeatherHour,
    time_column="hour",
    lock_grain=Grain.DAY,
    rules=WEATHER_RULES,
    is_exported=True,
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        ARRONDISSEMENTS,
        AVAILABILITY_FACTS,
        AVAILABILITY_FORECASTS,
        CHARGE_POINTS,
        FEED_ATTRIBUTES,
        FEED_HOURS,
        FORECAST_SCORES,
        OCCUPANCY_PROFILE,
        OUTAGES,
        POINT_STATES,
        SATURATION,
        STATIC_ATTRIBUTES,
        STATION_RELIABILITY,
        STATION_STATES,
        STATIONS,
        STATUS_CHANGES,
        STATUS_EPISODES,
        TIME_TO_REPAIR,
        WEATHER_ASSOCIATION,
        WEATHER_FORECASTS,
        WEATHER_HOURS,
    )
}
AVAILABILITY_HOURS = Relation(
    name="availability_hours", dataset=AvailabilityHour, time_column="hour"
)
"""The facts with their station as it was on the UTC day of the hour, and figures."""

FACTS_OF_MARTS = Relation(name="availability_hours", dataset=FactOfAMart, time_column="hour")
"""The same, with the columns that the marts need alone."""
BEST_HOURS_OF_STATION = Relation(name="best_hours_of_station", dataset=BestHour)
FORECAST_OF_STATIONS = Relation(
    name="forecast_of_stations", dataset=ForecastOfStation, time_column="target"
)
"""The rows of `AVAILABILITY_FORECASTS` of the newest origin."""
KNOWN_SEGMENTS = Relation(name="status_episodes", dataset=KnownSegment, time_column="started_at")
"""The columns of `STATUS_EPISODES` that forecasts need alone."""
SEGMENTS_OF_DOWN_TIME = Relation(
    name="status_episodes", dataset=SegmentOfDownTime, time_column="started_at"
)
"""The columns of `STATUS_EPISODES` that outages and reliability need alone."""
FULL_STATIONS_BY_WEEK = Relation(name="full_stations_by_week", dataset=FullStation)
WEATHER_AND_OCCUPANCY = Relation(name="weather_and_occupancy", dataset=WeatherAndOccupancy)

RELIABILITY_OF_STATIONS = Relation(name="reliability_of_stations", dataset=ReliabilityOfStation)
"""The rows of `STATION_RELIABILITY` with shares and places."""
STATUS_RUNS = Relation(name="status_runs", dataset=StatusRun, time_column="started_at")
"""The segments of `STATUS_EPISODES`, glued over midnights."""

VIEWS: dict[str, Relation] = {
    view.name: view
    for view in (
        AVAILABILITY_HOURS,
        BEST_HOURS_OF_STATION,
        FORECAST_OF_STATIONS,
        FULL_STATIONS_BY_WEEK,
        RELIABILITY_OF_STATIONS,
        STATUS_RUNS,
        WEATHER_AND_OCCUPANCY,
    )
}
"""Their queries are in `views`."""

RELATIONS: dict[str, Relation] = {**TABLES, **VIEWS}
"""Tables and views: everything that can be read."""


@cache
def metadata() -> sa.MetaData:
    """Every table of the schema, those of the warehouse itself included."""
    every = sa.MetaData()
    ours = (
        FORECAST_MODELS,
        INPUT_LEDGER,
        PACKED_FORECASTS,
        PLATFORM_STATE,
        PUBLICATION_LEDGER,
        PUBLISHED_INDICES,
    )
    for table in (*(table.sql for table in TABLES.values()), *ours):
        table.to_metadata(every)
    return every
