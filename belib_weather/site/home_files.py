"""What the script of the home page reads: chances by the hour, and the index of the search box.

What belongs here: the two JSON files, the same for all languages. What does not: the present, which
the live files have (`data/current.json`).
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl

from belib_weather.panels.i18n import LANGUAGES
from belib_weather.site import paths
from belib_weather.site.chances import hours_ahead
from belib_weather.site.city_weather import hourly_texts
from belib_weather.site.data import SiteData
from belib_weather.site.folder import File
from belib_weather.site.places import search_index

CHANCES_FILE, PLACES_FILE = "/data/chances.json", "/data/places.json"
LIVE_FILE = "/data/current.json"
SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxy"
"""One for each 2 % from 0 to 100; a blank is not known."""
PLUGS = {
    "ef": "has_ef",
    "type_2": "has_type_2",
    "combo_ccs": "has_combo_ccs",
    "chademo": "has_chademo",
}


def chances_file(data: SiteData, chances: pl.DataFrame) -> File:
    """The chances of every station.

    Args:
        data: what the pages are made from.
        chances: by `chances.CHANCES`.
    """
    return File(paths.file_of(CHANCES_FILE), _encoded(chances_document(data, chances)))


def places_file(data: SiteData) -> File:
    """The index of the search box."""
    return File(paths.file_of(PLACES_FILE), _encoded(search_index(data.states)))


def chances_document(data: SiteData, chances: pl.DataFrame) -> dict[str, Any]:
    """Every station with its chances in the hours ahead, a text of signs for each."""
    hours = hours_ahead(data.now)
    by_station: Mapping[str, list[dict[str, Any]]] = {
        str(key[0]): rows.rows(named=True)
        for key, rows in chances.partition_by("station_id", as_dict=True).items()
    }
    origin = dict(chances.select("hour", "from").unique(subset="hour").iter_rows())
    plugs = {
        row["station_id"]: row
        for row in data.stations.filter(pl.col("valid_to").is_null()).rows(named=True)
    }
    return {
        "about": (
            "Chance that a station has a free point, by the hour. `chance`, `low` and `high` have"
            " a sign for each of `hours`; a sign's place in `signs` times 2 is a percentage, a"
            " blank is not known. `low` and `high`: 90 % interval of a usual hour. `points_low` and"
            " `points_high`: 80 % interval of the free points by a forecast; a sign's place is the"
            " number. `from`: a forecast, or the usual of that hour of the week."
        ),
        "made_at": _instant(data.now),
        "seen_at": data.seen_at and _instant(data.seen_at),
        "credits": [credit.line for credit in data.credits],
        "licence": "ODbL-1.0",
        "simulated": data.is_simulated,
        "signs": SIGNS,
        "hours": [_instant(hour) for hour in hours],
        "from": [origin.get(hour, "usual") for hour in hours],
        "weather": {str(each): hourly_texts(data.weather_hours, hours, each) for each in LANGUAGES},
        "stations": [
            _station(
                row, plugs.get(row["station_id"], {}), by_station.get(row["station_id"], []), hours
            )
            for row in data.states.sort("station_id").rows(named=True)
        ],
    }


def _station(
    state: Mapping[str, Any],
    station: Mapping[str, Any],
    chances: list[dict[str, Any]],
    hours: list[datetime],
) -> dict[str, Any]:
    at = {row["hour"]: row for row in chances}
    return {
        "id": paths.slug(state["station_id"]),
        "name": state["station_name"],
        "address": state["address"],
        "lat": state["latitude"],
        "lon": state["longitude"],
        "arrondissement": state["arrondissement"],
        "points": state["charge_points"],
        "power_kw": state["power_kw"],
        "plugs": plugs_of(station),
        "state": state["station_status"],
        "free": state["available"],
        **{
            name: "".join(sign(at[hour][name]) if hour in at else " " for hour in hours).rstrip()
            for name in ("chance", "low", "high")
        },
        **{
            name: "".join(
                SIGNS[min(n, len(SIGNS) - 1)]
                if hour in at and (n := at[hour][name]) is not None
                else " "
                for hour in hours
            ).rstrip()
            for name in ("points_low", "points_high")
        },
    }


def plugs_of(station: Mapping[str, Any]) -> list[str]:
    """The kinds of plug of a station, by the keys of `PLUGS`."""
    return [name for name, column in PLUGS.items() if station.get(column)]


def sign(chance: float | None) -> str:
    """A chance as its sign."""
    return " " if chance is None else SIGNS[round(min(1.0, max(0.0, chance)) * (len(SIGNS) - 1))]


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _encoded(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
