"""A city for the pages: every landmark has some stations, with states, usual hours and weather.

What belongs here: invented rows with the shapes of the warehouse. What does not: pages.
"""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import dataframely as dy
import numpy as np
import polars as pl

from belib_weather.datasets import Arrondissement, Station, StationState, WeatherHour
from belib_weather.datasets.marts import OccupancyProfile, WeatherAssociation
from belib_weather.formats.outlines import read_outlines
from belib_weather.networks.landmarks import LANDMARKS
from belib_weather.simulator.outlines import OutlinesFeed
from belib_weather.site.data import SiteData
from belib_weather.window import floor_hour

NOW = datetime(2026, 11, 27, 13, 5, tzinfo=UTC)
"""A Friday in Paris, at 14:05."""
HOSTILE = '"><img src=x onerror=alert(1)></title></script><script>alert(2)</script> & Cie'
"""The address of a station: it is text wherever it stands."""
SOURCE = "opendata_paris/realtime"
_STREETS = ("Rue de l’Horloger", "Boulevard des Cordiers", "Avenue du Moulin Gris", "Quai du Bac")
_PEAK, _WIDTH = 13, 5.0
"""The hour at which most points are in use, and the hours around it."""


def a_city(
    now: datetime = NOW,
    *,
    stations_of_a_landmark: int = 3,
    source: str = SOURCE,
    first_address: str = HOSTILE,
) -> SiteData:
    """The rows behind the pages, seen a minute ago; the first station has an address of its own."""
    rng = np.random.default_rng(7)
    stations = [
        _station(100 * number + each, landmark, rng)
        for number, landmark in enumerate(LANDMARKS)
        for each in range(stations_of_a_landmark)
    ]
    stations[0] |= {"address": first_address, "station_name": first_address}
    start = floor_hour(now)
    return SiteData(
        now=now,
        states=frame(
            StationState, [_state(each, now, rng) | {"source": source} for each in stations]
        ),
        stations=frame(Station, [_version(each, now) for each in stations]),
        profile=frame(OccupancyProfile, [row for each in stations for row in _week(each, now)]),
        weather_hours=frame(
            WeatherHour, [_weather(start + timedelta(hours=h), now) for h in range(60)]
        ),
        weather=frame(WeatherAssociation, [_rain(now)]),
        outlines=frame(Arrondissement, _outlines(now)),
    )


def frame(dataset: type[dy.Schema], rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows with the columns and types of a dataset; what they leave out is null."""
    schema = dataset.create_empty().schema
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


def _station(number: int, landmark: tuple[str, int, float, float], rng: Any) -> dict[str, Any]:
    _, arrondissement, latitude, longitude = landmark
    street = _STREETS[(number // 100 + number) % len(_STREETS)]
    points = int(rng.choice([3, 4, 5, 6, 7, 12], p=[0.2, 0.2, 0.3, 0.2, 0.05, 0.05]))
    return {
        "station_id": f"FR*V75*PPX{arrondissement:02}*{number}",
        "address": f"{number % 90 + 1} {street} 750{arrondissement:02} Paris",
        "arrondissement": arrondissement,
        "latitude": latitude + float(rng.normal(0, 0.0035)),
        "longitude": longitude + float(rng.normal(0, 0.005)),
        "charge_points": points,
        "power_kw": float(rng.choice([7.0, 7.0, 7.0, 22.0, 50.0])),
        "level": float(rng.beta(5, 2)),
    }


def _state(station: dict[str, Any], now: datetime, rng: Any) -> dict[str, Any]:
    points = station["charge_points"]
    is_broken = rng.random() < 0.06
    free = 0 if is_broken else int(rng.binomial(points, station["level"] * 0.6))
    word = "out_of_order" if is_broken else "available" if free else "full"
    seen = now - timedelta(minutes=1)
    counted = ("reserved", "planned", "removed", "unknown", "stale", "reported_out_of_order")
    return station | {
        **dict.fromkeys(counted, 0),
        "captured_at": seen,
        "station_status": word,
        "since": seen - timedelta(hours=1),
        "since_kind": "seen",
        "available": free,
        "occupied": 0 if is_broken else points - free,
        "out_of_order": points if is_broken else 0,
    }


def _version(station: dict[str, Any], now: datetime) -> dict[str, Any]:
    fast = station["power_kw"] >= 22
    return station | {
        "valid_from": now.replace(hour=0, minute=0) - timedelta(days=90),
        "has_ef": station["power_kw"] < 22,
        "has_type_2": True,
        "has_combo_ccs": fast,
        "has_chademo": station["power_kw"] >= 50,
    }


def _week(station: dict[str, Any], now: datetime) -> list[dict[str, Any]]:
    rows = []
    for day in range(1, 8):
        for hour in range(24):
            busy = float(np.exp(-(((hour - _PEAK) / _WIDTH) ** 2))) * (0.5 if day > 5 else 0.8)
            chance = min(0.995, max(0.01, station["level"] * (1.25 - busy)))
            rows.append(
                {
                    "scope": "station",
                    "area": station["station_id"],
                    "local_weekday": day,
                    "local_hour": hour,
                    "arrondissement": station["arrondissement"],
                    "weeks": 4,
                    "days_observed": 4,
                    "first_date": now.date() - timedelta(days=28),
                    "last_date": now.date() - timedelta(days=1),
                    "available_seconds": int(14400 * station["charge_points"] * chance * 0.6),
                    "any_observed_seconds": 14400,
                    "any_available_seconds": int(14400 * chance),
                    "estimated_chance": chance,
                    "estimated_chance_low": max(0.0, chance - 0.12),
                    "estimated_chance_high": min(1.0, chance + 0.08),
                }
            )
    return rows


def _weather(hour: datetime, now: datetime) -> dict[str, Any]:
    wet = hour.hour in {17, 18, 19}
    return {
        "hour": hour,
        "temperature_c": 8.0 + 3 * float(np.sin((hour.hour - 9) / 24 * 2 * np.pi)),
        "precipitation_mm": 1.4 if wet else 0.0,
        "weather_class": "rain" if wet else "cloudy",
        "source": "open_meteo/forecast",
        "captured_at": now,
    }


def _rain(now: datetime) -> dict[str, Any]:
    return {
        "scope": "city",
        "area": "paris",
        "condition": "precipitation of 1 mm or more",
        "precipitation": "1 mm or more",
        "compared_with": "dry",
        "standing": "provisional",
        "difference": 0.012,
        "difference_low": -0.004,
        "difference_high": 0.027,
        "hours": 64,
        "days": 19,
        "first_date": date(2026, 9, 30),
        "last_date": now.date(),
    }


def _outlines(now: datetime) -> list[dict[str, Any]]:
    features = [
        {"type": "Feature", "geometry": row["geom"]["geometry"], "properties": row}
        for row in OutlinesFeed().records(0)
    ]
    body = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    found = read_outlines(body).records.sort("arrondissement").rows(named=True)
    return [
        {**row, "captured_at": now, "source": "opendata_paris/arrondissements"} for row in found
    ]
