"""The data of each station's page as files beside it: JSON, and the hours of past weeks as CSV."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import polars as pl

from belib_weather.credits import DATABASE_LICENSE
from belib_weather.datasets.figures import POINT_SECONDS
from belib_weather.datasets.marts import STATION_SECONDS
from belib_weather.site import paths
from belib_weather.site.data import SiteData
from belib_weather.site.folder import File
from belib_weather.site.station_views import Day, StationView, Usual

_HOURS = ("hour", "charge_points", *POINT_SECONDS, *STATION_SECONDS, "is_provisional")


class StationFiles:
    """Makes `station.json` and `hours.csv` of stations.

    Args:
        data: what the pages are made from.
    """

    def __init__(self, data: SiteData) -> None:
        self._credit = {
            "seen_at": _plain(data.seen_at),
            "sources": list(data.sources),
            "is_simulated": data.is_simulated,
            "licence": DATABASE_LICENSE.spdx,
            "credits": [each.line for each in data.credits],
        }
        self._hours = {
            station: of_station
            for (station,), of_station in data.facts.select("station_id", *_HOURS)
            .sort("hour")
            .partition_by("station_id", as_dict=True, include_key=False)
            .items()
        }
        self._empty = data.facts.select(_HOURS).clear()

    def of(self, view: StationView) -> list[File]:
        """The files of a station."""
        hours = self._hours.get(view.id, self._empty)
        bodies = (_json({**self._credit, **_of(view)}), _csv(hours))
        return [File(*each) for each in zip(station_paths(view.id), bodies, strict=True)]


def station_paths(station_id: str) -> list[str]:
    """Paths of the files of a station."""
    page = paths.station(station_id)
    return [paths.file_of(f"{page}{name}") for name in ("station.json", "hours.csv")]


def _csv(hours: pl.DataFrame) -> bytes:
    return hours.write_csv(datetime_format="%Y-%m-%dT%H:%M:%SZ").encode()


def _of(view: StationView) -> dict[str, Any]:
    return {
        "now": view.state,
        "points": [_without(row, "station_id", "valid_to") for row in view.points],
        "usual": [_usual(at, usual) for at, usual in sorted(view.usual.items())],
        "days": [_day(day) for day in view.days],
        "share_observed": view.coverage,
        "outages": [_without(row, "station_id", "kind", "local_date") for row in view.outages],
        "reliability": {"week": view.week, "month": view.month},
    }


def _usual(at: tuple[int, int], usual: Usual) -> dict[str, Any]:
    return {
        "weekday": at[0],
        "hour": at[1],
        "chance": _rounded(usual.chance),
        "chance_low": _rounded(usual.low),
        "chance_high": _rounded(usual.high),
        "days_observed": usual.days,
    }


def _day(day: Day) -> dict[str, Any]:
    shares = ("free", "in_use", "out", "not_in_service", "unobserved", "chance")
    return {
        "date": day.date,
        **{name: _rounded(getattr(day, name)) for name in shares},
        "hours": day.hours,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _without(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=_plain, separators=(",", ":")).encode()


def _plain(value: object) -> str | None:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return None
