"""The data of each arrondissement's page as files beside it: JSON, and its hours as CSV."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from belib_weather.site import paths
from belib_weather.site.area_views import AreaView
from belib_weather.site.data import SiteData
from belib_weather.site.data_files import (
    HOURS,
    SUMMED,
    credit_of,
    data_files,
    data_paths,
    rounded,
)
from belib_weather.site.folder import File
from belib_weather.site.station_views import HourOfWeek


class AreaFiles:
    """Makes `arrondissement.json` and `hours.csv` of arrondissements.

    Args:
        data: what the pages are made from.
    """

    def __init__(self, data: SiteData) -> None:
        self._credit = credit_of(data)
        hours = (
            data.facts.drop_nulls("arrondissement")
            .group_by("arrondissement", "hour")
            .agg(
                pl.len().alias("stations"),
                pl.col(SUMMED).cast(pl.Int64).sum(),
                pl.col("is_provisional").any(),
            )
            .sort("arrondissement", "hour")
            .select("arrondissement", "hour", "stations", *HOURS[1:])
        )
        self._hours = hours.partition_by("arrondissement", as_dict=True, include_key=False)
        self._empty = hours.clear().drop("arrondissement")

    def of(self, view: AreaView) -> list[File]:
        """The files of an arrondissement."""
        hours = self._hours.get((view.number,), self._empty)
        return data_files(area_paths(view.number), {**self._credit, **_of(view)}, hours)


def area_paths(number: int) -> list[str]:
    """Paths of the files of an arrondissement."""
    return data_paths(paths.arrondissement(number), "arrondissement.json")


def _of(view: AreaView) -> dict[str, Any]:
    return {
        "arrondissement": view.number,
        "name": view.name,
        "now": view.now,
        "free_points_usual_this_evening": rounded(view.free_tonight),
        "points_by_power": [{"power_kw": power, "points": n} for power, n in view.powers],
        "week": view.week,
        "rank": {name: {"place": place, "of": count} for name, (place, count) in view.rank.items()},
        "hours_of_the_week": _hours_of_the_week(view.occupancy, view.chance),
        "stations": [station["station_id"] for station in view.stations],
    }


def _hours_of_the_week(
    occupancy: Mapping[HourOfWeek, float], chance: Mapping[HourOfWeek, float]
) -> list[dict[str, Any]]:
    return [
        {
            "weekday": at[0],
            "hour": at[1],
            "occupancy": rounded(occupancy.get(at)),
            "chance_of_a_free_point": rounded(chance.get(at)),
        }
        for at in sorted({*occupancy, *chance})
    ]
