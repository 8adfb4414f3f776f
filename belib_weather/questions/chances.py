"""The chance of a free point at stations at an instant: from the forecast, else the usual week.

What belongs here: which figure is given for which instant. What does not: how it is estimated
(`transform.occupancy_profile`, `forecast`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from belib_weather.datasets.marts import STATION
from belib_weather.questions.answers import PARIS
from belib_weather.questions.tool import WarehouseReader
from belib_weather.warehouse.tables import FORECAST_OF_STATIONS, OCCUPANCY_PROFILE

USUAL = "the usual week"
FORECAST = "the forecast"
NEAREST = timedelta(minutes=30)
"""How far the target of a forecast may be from the requested instant."""
FRESH = timedelta(hours=3)
"""How old the origin of a forecast may be."""
AS_SEEN = timedelta(minutes=10)
"""An instant this near is answered by the state now."""


@dataclass(frozen=True)
class Chance:
    """Chance that some point is free, in percent, with its uncertainty where known.

    Attributes:
        percent: of 0 to 100.
        basis: the forecast with its model and origin, or the usual week.
        low: lower end of its 90 % interval; of the usual week.
        high: upper end of its 90 % interval; of the usual week.
        days_observed: dates on which the hour was observed; of the usual week.
        first: first date of the period; of the usual week.
        points: expected free points; of the forecast.
        points_low: lower end of their 80 % interval; of the forecast.
        points_high: upper end of their 80 % interval; of the forecast.
    """

    percent: float | None
    basis: str = USUAL
    low: float | None = None
    high: float | None = None
    days_observed: int | None = None
    first: date | None = None
    points: float | None = None
    points_low: int | None = None
    points_high: int | None = None


def chances(data: WarehouseReader, at: datetime, stations: Sequence[str]) -> dict[str, Chance]:
    """The chance at each station: forecast where there is one, else the usual one."""
    return usual_chances(data, at, stations) | _forecast(data, at, stations)


def _forecast(data: WarehouseReader, at: datetime, stations: Sequence[str]) -> dict[str, Chance]:
    view = FORECAST_OF_STATIONS.columns.c
    found = data.rows(
        sa.select(*view)
        .where(view.station_id.in_(stations), view.origin > data.now() - FRESH)
        .where(view.target >= at - NEAREST, view.target <= at + NEAREST)
    )
    farthest_first = sorted(found, key=lambda row: abs(row["target"] - at), reverse=True)
    return {
        row["station_id"]: Chance(
            percent_of(row["chance_free"]),
            f"{FORECAST} of {row['origin'].astimezone(PARIS):%Y-%m-%d %H:%M} by {row['model']}",
            points=round(row["expected_free_points"], 1),
            points_low=row["free_points_low"],
            points_high=row["free_points_high"],
        )
        for row in farthest_first
    }


def usual_chances(
    data: WarehouseReader, at: datetime, stations: Sequence[str] | None = None
) -> dict[str, Chance]:
    """The usual chance of each station in the hour of the week that holds an instant."""
    local = at.astimezone(PARIS)
    profile = OCCUPANCY_PROFILE.columns.c
    query = sa.select(*profile).where(
        profile.scope == STATION,
        profile.local_weekday == local.isoweekday(),
        profile.local_hour == local.hour,
    )
    if stations is not None:
        query = query.where(profile.area.in_(stations))
    return {row["area"]: chance_of(row) for row in data.rows(query)}


def chance_of(row: dict[str, Any]) -> Chance:
    """The estimate in a row of `occupancy_profile`."""
    return Chance(
        percent_of(row["estimated_chance"]),
        low=percent_of(row["estimated_chance_low"]),
        high=percent_of(row["estimated_chance_high"]),
        days_observed=row["days_observed"],
        first=row["first_date"],
    )


def percent_of(share: float | None) -> float | None:
    """A share in percent, to a tenth."""
    return None if share is None else round(100 * share, 1)
