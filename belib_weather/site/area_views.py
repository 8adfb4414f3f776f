"""What the pages of the arrondissements show, in no language yet: supply, demand, saturation.

What belongs here: figures by arrondissement, and their ranks. What does not: words
(`arrondissement`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from belib_weather.datasets.figures import SHARE_AVAILABLE
from belib_weather.datasets.marts import ARRONDISSEMENT, CITY
from belib_weather.site.data import SiteData
from belib_weather.site.station_views import HourOfWeek, Row

_NOW = SHARE_AVAILABLE.now()
EVENING = 21
"""Hour of the evening for which usual free points are shown, as on the home page."""


@dataclass(frozen=True)
class AreaView:
    """Everything on an arrondissement's page.

    Attributes:
        number: of the arrondissement.
        name: of the arrondissement, such as Louvre; None where its outline is not known.
        now: stations, points and what is free of them, at the newest snapshot.
        stations: `StationState` rows, by address.
        powers: points by rated power (kW, null where unknown), the strongest first.
        week: the row of `saturation` of the newest whole week; None without one.
        rank: places by figure among the arrondissements, 1 is the highest; of how many.
        occupancy: by hour of the week.
        chance: of a free point at one of its stations, by hour of the week.
        free_tonight: points usually free at EVENING today; None where it was not observed.
    """

    number: int
    name: str | None
    now: Row
    stations: Sequence[Row]
    powers: Sequence[tuple[float | None, int]]
    week: Row | None
    rank: Mapping[str, tuple[int, int]]
    occupancy: Mapping[HourOfWeek, float]
    chance: Mapping[HourOfWeek, float]
    free_tonight: float | None


RANKED = ("saturation", "occupied_hours_per_point_day", "points_in_service")


def area_views(data: SiteData) -> list[AreaView]:
    """The view of every arrondissement with a station, in the order of their numbers."""
    states = data.states.drop_nulls("arrondissement")
    now = _now(states)
    stations = states.sort("address", "station_id", nulls_last=True).partition_by(
        "arrondissement", as_dict=True
    )
    powers = _powers(data.points)
    weeks = newest_weeks(data.saturation, data.period.today)
    ranks = _ranks(weeks)
    hours = _hours(data.profile, ARRONDISSEMENT)
    names = dict(data.outlines.select("arrondissement", "name").iter_rows())
    return [
        AreaView(
            number,
            names.get(number),
            now[number],
            stations[number,].to_dicts(),
            powers.get(number, []),
            weeks.get(f"{number}"),
            ranks.get(f"{number}", {}),
            *_of_hours(hours.get(f"{number}"), data.period.today),
        )
        for number in sorted(now)
    ]


def city_hours(data: SiteData) -> tuple[dict[HourOfWeek, float], dict[HourOfWeek, float]]:
    """Occupancy and chance of a free point in the whole city, by hour of the week."""
    found = next(iter(_hours(data.profile, CITY).values()), None)
    occupancy, chance, _ = _of_hours(found, data.period.today)
    return occupancy, chance


def newest_weeks(saturation: pl.DataFrame, today: date) -> dict[str, Row]:
    """The row of each arrondissement in the newest week that is over, or else that runs."""
    areas = saturation.filter(pl.col("scope").cast(pl.String) == ARRONDISSEMENT)
    over = areas.filter(pl.col("week").dt.offset_by("7d") <= today)
    chosen = areas if over.is_empty() else over
    newest = chosen.filter(pl.col("week") == pl.col("week").max())
    return {row["area"]: row for row in newest.iter_rows(named=True)}


def _now(states: pl.DataFrame) -> dict[int, Row]:
    sums = states.group_by("arrondissement").agg(
        pl.len().alias("stations"),
        (pl.col("available") > 0).sum().alias("stations_free"),
        pl.col("charge_points", *_NOW.denominator).cast(pl.Int64).sum(),
    )
    found = sums.with_columns(_NOW.of_sums().alias("share_available"))
    return {row["arrondissement"]: row for row in found.iter_rows(named=True)}


def _powers(points: pl.DataFrame) -> dict[int, list[tuple[float | None, int]]]:
    counted = (
        points.filter(pl.col("valid_to").is_null() & pl.col("arrondissement").is_not_null())
        .group_by("arrondissement", "power_kw")
        .len()
        .sort("power_kw", descending=True, nulls_last=True)
    )
    found: dict[int, list[tuple[float | None, int]]] = {}
    for number, power, count in counted.iter_rows():
        found.setdefault(number, []).append((power, count))
    return found


def _ranks(weeks: Mapping[str, Row]) -> dict[str, dict[str, tuple[int, int]]]:
    found: dict[str, dict[str, tuple[int, int]]] = {area: {} for area in weeks}
    for name in RANKED:
        known = {area: row[name] for area, row in weeks.items() if row[name] is not None}
        for area, value in known.items():
            place = 1 + sum(other > value for other in known.values())
            found[area][name] = (place, len(known))
    return found


def _hours(profile: pl.DataFrame, scope: str) -> dict[str, pl.DataFrame]:
    rows = profile.filter(pl.col("scope").cast(pl.String) == scope)
    return {str(area): rows for (area,), rows in rows.partition_by("area", as_dict=True).items()}


def _of_hours(
    rows: pl.DataFrame | None, today: date
) -> tuple[dict[HourOfWeek, float], dict[HourOfWeek, float], float | None]:
    """Occupancy, chance, and points usually free this evening."""
    if rows is None:
        return {}, {}, None
    occupancy: dict[HourOfWeek, float] = {}
    chance: dict[HourOfWeek, float] = {}
    tonight = None
    names = ("occupancy", "chance_of_a_free_point", "available_seconds", "days_observed")
    for weekday, hour, used, free, seconds, days in rows.select(
        "local_weekday", "local_hour", *names
    ).iter_rows():
        if used is not None:
            occupancy[weekday, hour] = used
        if free is not None:
            chance[weekday, hour] = free
        if (weekday, hour) == (today.isoweekday(), EVENING) and days:
            tonight = seconds / 3600 / days
    return occupancy, chance, tonight
