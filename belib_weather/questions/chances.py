"""The chance of a free point at stations at an instant: now as seen, later from the usual week.

What belongs here: which figure is given for which instant. What does not: how it is estimated
(`transform.occupancy_profile`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from belib_weather.datasets.marts import STATION
from belib_weather.questions.answers import PARIS
from belib_weather.questions.tool import Warehoused
from belib_weather.warehouse.tables import OCCUPANCY_PROFILE

USUAL = "the usual week"
AS_SEEN = timedelta(minutes=10)
"""An instant this near is answered by the state now."""


@dataclass(frozen=True)
class Chance:
    """Chance that some point is free, in percent, with its 90 % interval and sample.

    Attributes:
        percent: of 0 to 100.
        low: lower end of its interval.
        high: upper end of its interval.
        days_observed: dates on which the hour was observed.
        first: first date of the period.
        last: last date of the period.
    """

    percent: float | None
    low: float | None
    high: float | None
    days_observed: int
    first: date
    last: date


def usual_chances(
    data: Warehoused, at: datetime, stations: Sequence[str] | None = None
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
        percent_of(row["estimated_chance_low"]),
        percent_of(row["estimated_chance_high"]),
        row["days_observed"],
        row["first_date"],
        row["last_date"],
    )


def percent_of(share: float | None) -> float | None:
    """A share in percent, to a tenth."""
    return None if share is None else round(100 * share, 1)
