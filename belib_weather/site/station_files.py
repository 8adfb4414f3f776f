"""The data of each station's page as files beside it: JSON, and the hours of past weeks as CSV."""

from typing import Any

from belib_weather.site import paths
from belib_weather.site.data import SiteData
from belib_weather.site.data_files import (
    HOURS,
    credit_of,
    data_files,
    data_paths,
    rounded,
    without,
)
from belib_weather.site.folder import File
from belib_weather.site.station_views import Day, StationView, Usual


class StationFiles:
    """Makes `station.json` and `hours.csv` of stations.

    Args:
        data: what the pages are made from.
    """

    def __init__(self, data: SiteData) -> None:
        self._credit = credit_of(data)
        self._hours = {
            station: of_station
            for (station,), of_station in data.facts.select("station_id", *HOURS)
            .sort("hour")
            .partition_by("station_id", as_dict=True, include_key=False)
            .items()
        }
        self._empty = data.facts.select(HOURS).clear()

    def of(self, view: StationView) -> list[File]:
        """The files of a station."""
        hours = self._hours.get(view.id, self._empty)
        return data_files(station_paths(view.id), {**self._credit, **_of(view)}, hours)


def station_paths(station_id: str) -> list[str]:
    """Paths of the files of a station."""
    return data_paths(paths.station(station_id), "station.json")


def _of(view: StationView) -> dict[str, Any]:
    return {
        "now": view.state,
        "points": [without(row, "station_id", "valid_to") for row in view.points],
        "usual": [_usual(at, usual) for at, usual in sorted(view.usual.items())],
        "days": [_day(day) for day in view.days],
        "share_observed": view.coverage,
        "outages": [without(row, "station_id", "kind", "local_date") for row in view.outages],
        "reliability": {"week": view.week, "month": view.month},
    }


def _usual(at: tuple[int, int], usual: Usual) -> dict[str, Any]:
    return {
        "weekday": at[0],
        "hour": at[1],
        "chance": rounded(usual.chance),
        "chance_low": rounded(usual.low),
        "chance_high": rounded(usual.high),
        "days_observed": usual.days,
    }


def _day(day: Day) -> dict[str, Any]:
    shares = ("free", "in_use", "out", "not_in_service", "unobserved", "chance")
    return {
        "date": day.date,
        **{name: rounded(getattr(day, name)) for name in shares},
        "hours": day.hours,
    }
