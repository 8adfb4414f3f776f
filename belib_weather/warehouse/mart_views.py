"""Queries of the views over marts: their rows in plain names, with the station beside them.

What belongs here: queries. What does not: what columns mean (`datasets.marts`), and the list of
views (`views`).
"""

from typing import Any

import sqlalchemy as sa

from belib_weather.datasets.marts import STATION
from belib_weather.warehouse.tables import (
    OCCUPANCY_PROFILE,
    SATURATION,
    STATIONS,
    WEATHER_ASSOCIATION,
)


def best_hours_of_station() -> sa.Select[tuple[object, ...]]:
    """The hours of the week at every station, in the order of their estimated chance."""
    profile, station = OCCUPANCY_PROFILE.sql.alias("p").c, STATIONS.sql.alias("s").c
    is_now = sa.and_(station.station_id == profile.area, station.valid_to.is_(None))
    best_first = (profile.estimated_chance.desc(), profile.local_weekday, profile.local_hour)
    return (
        sa.select(
            profile.area.label("station_id"),
            station.station_name,
            station.address,
            profile.arrondissement,
            station.power_kw,
            profile.local_weekday,
            profile.local_hour,
            sa.func.row_number()
            .over(partition_by=profile.area, order_by=best_first)
            .label("place_in_week"),
            profile.estimated_chance.label("chance"),
            profile.estimated_chance_low.label("chance_at_least"),
            profile.estimated_chance_high.label("chance_at_most"),
            profile.days_observed,
            profile.last_date,
            profile.source,
        )
        .select_from(profile.area.table.outerjoin(station.station_id.table, is_now))
        .where(profile.scope == sa.literal_column(f"'{STATION}'"))
        .where(profile.estimated_chance.is_not(None))
    )


def full_stations_by_week() -> sa.Select[tuple[object, ...]]:
    """How full every station was, in hours of each week."""
    week, station = SATURATION.sql.alias("w").c, STATIONS.sql.alias("s").c
    is_now = sa.and_(station.station_id == week.area, station.valid_to.is_(None))
    return (
        sa.select(
            week.area.label("station_id"),
            week.week,
            station.station_name,
            station.address,
            week.arrondissement,
            week.charge_points,
            week.days_observed,
            _hours(week.any_observed_seconds).label("hours_observed"),
            _hours(week.full_seconds).label("hours_full"),
            _hours(week.without_available_seconds).label("hours_without_a_free_point"),
            week.saturation,
            week.points_in_service,
            week.occupied_hours_per_point_day,
            week.fullest_hours,
            week.source,
        )
        .select_from(week.area.table.outerjoin(station.station_id.table, is_now))
        .where(week.scope == sa.literal_column(f"'{STATION}'"))
    )


def weather_and_occupancy() -> sa.Select[tuple[object, ...]]:
    """The differences that may be said, in percentage points."""
    found = WEATHER_ASSOCIATION.sql.alias("a").c
    hundred: sa.ColumnElement[int] = sa.literal_column("100")
    return sa.select(
        found.scope,
        found.area,
        found.condition.label("weather"),
        found.compared_with,
        (found.difference * hundred).label("points_of_occupancy"),
        (found.difference_low * hundred).label("at_least"),
        (found.difference_high * hundred).label("at_most"),
        found.standing,
        found.hours,
        found.days,
        found.days_used,
        found.source,
    ).where(found.difference.is_not(None))


def _hours(seconds: sa.ColumnElement[int]) -> sa.ColumnElement[Any]:
    return sa.cast(seconds, sa.Double) / sa.literal_column("3600", sa.Double)
