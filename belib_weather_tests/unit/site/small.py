"""Three stations for the pages: one well observed, one broken and full of markup, one unknown.

What belongs here: invented rows with the shapes of the warehouse. What does not: pages.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import dataframely as dy
import polars as pl

from belib_weather.datasets.feed import FeedHour
from belib_weather.datasets.marts import (
    FactOfAMart,
    OccupancyProfile,
    Saturation,
    WeatherAssociation,
)
from belib_weather.datasets.network import ChargePoint, StationState
from belib_weather.datasets.outages import Outage
from belib_weather.datasets.reliability import ReliabilityOfStation
from belib_weather.site.data import SiteData

NOW = datetime(2026, 11, 27, 13, 5, tzinfo=UTC)
"""A Friday in Paris, at 14:05."""
HOSTILE = (
    '"><img src=x onerror=alert(1)></title><script>alert(2)</script> {{ 7 * 7 }} & Cie'
    f" javascript:alert(3) \u202esiraP {'X' * 90}"
)
"""An address that tries to be a page, a link, text from right to left; with an endless word."""
GOOD, BROKEN, UNKNOWN = "FR*V75*PPX07*04", "FR*V75*PPX11*01", "FR*V75*PPX20*99"


def small(**changed: pl.DataFrame) -> SiteData:
    """The rows behind the pages; `changed` are frames in place of these."""
    frames: dict[str, Any] = {
        "states": frame(StationState, _states()),
        "points": frame(ChargePoint, _points()),
        "facts": frame(FactOfAMart, _facts()),
        "profile": frame(OccupancyProfile, _profile()),
        "reliability": frame(ReliabilityOfStation, _reliability()),
        "outages": frame(Outage, _outages()),
        "saturation": frame(Saturation, _saturation()),
        "feed": frame(FeedHour, _feed()),
        "weather": frame(WeatherAssociation, []),
    }
    return SiteData(now=NOW, **{**frames, **changed})


def frame(dataset: type[dy.Schema], rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows with the columns and types of a dataset; what they leave out is null."""
    schema = dataset.create_empty().schema
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


_COUNTS = (
    *("available", "occupied", "reserved", "out_of_order", "planned", "removed", "unknown"),
    "stale",
)


def _states() -> list[dict[str, Any]]:
    base = {
        **dict.fromkeys(_COUNTS, 0),
        **{f"reported_{name}": 0 for name in _COUNTS[:-1]},
        "captured_at": NOW - timedelta(minutes=1),
        "source": "opendata_paris/realtime",
        "since": NOW - timedelta(hours=2),
        "latitude": 48.85,
        "longitude": 2.35,
        "power_kw": 7.0,
    }
    return [
        base
        | {
            "station_id": GOOD,
            "station_status": "available",
            "since_kind": "seen",
            "charge_points": 4,
            "available": 3,
            "occupied": 1,
            "address": "12 Rue de l’Horloger 75007 Paris",
            "arrondissement": 7,
        },
        base
        | {
            "station_id": BROKEN,
            "station_status": "out_of_order",
            "since_kind": "at_least",
            "charge_points": 2,
            "out_of_order": 2,
            "reported_out_of_order": 2,
            "out_of_order_since": NOW - timedelta(days=3),
            "out_of_order_since_kind": "at_least",
            "address": HOSTILE,
            "station_name": HOSTILE,
            "arrondissement": 11,
        },
        base
        | {
            "station_id": UNKNOWN,
            "station_status": "silent",
            "since_kind": "at_least",
            "charge_points": 1,
            "unknown": 1,
            "latitude": None,
            "longitude": None,
        },
    ]


def _points() -> list[dict[str, Any]]:
    known = {
        "valid_from": datetime(2026, 1, 1, tzinfo=UTC),
        "opening_hours": "24/7",
        "has_type_2": True,
    }
    return [
        known
        | {
            "charge_point_id": f"FR*V75*EPX07*04*{number}",
            "station_id": GOOD,
            "power_kw": 7.4 if number < 4 else 22.0,
            "has_ef": True,
            "accessibility": "Accessible mais non réservé PMR",
            "arrondissement": 7,
        }
        for number in range(1, 5)
    ] + [
        known
        | {
            "charge_point_id": "FR*V75*EPX11*01*1",
            "station_id": BROKEN,
            "accessibility": HOSTILE,
            "opening_hours": HOSTILE,
            "arrondissement": 11,
        }
    ]


def _facts() -> list[dict[str, Any]]:
    """A day and a half of the good station, an hour of them half observed, the last one running."""
    rows = []
    for hour in range(48):
        start = datetime(2026, 11, 25, 23, tzinfo=UTC) + timedelta(hours=hour)
        if start > NOW:
            break
        unobserved = 7200 if hour == 3 else 0
        local = start + timedelta(hours=1)
        rows.append(
            {
                "station_id": GOOD,
                "hour": start,
                "charge_points": 4,
                "available_seconds": 7200 - unobserved,
                "occupied_seconds": 3600,
                "out_of_order_seconds": 3600,
                "unobserved_seconds": unobserved,
                **dict.fromkeys(("reserved_seconds", "planned_seconds", "removed_seconds"), 0),
                **dict.fromkeys(("unknown_seconds", "stale_seconds", "full_seconds"), 0),
                "any_observed_seconds": 3600,
                "any_available_seconds": 2700,
                "is_provisional": start.hour == NOW.hour and start.date() == NOW.date(),
                "local_date": local.date(),
                "local_hour": local.hour,
                "local_weekday": local.isoweekday(),
                "arrondissement": 7,
            }
        )
    return rows


def _profile() -> list[dict[str, Any]]:
    rows = []
    for weekday in range(1, 8):
        for hour in range(24):
            at = {
                "local_weekday": weekday,
                "local_hour": hour,
                "weeks": 8,
                "days_observed": 8,
                "first_date": date(2026, 10, 1),
                "last_date": date(2026, 11, 26),
                # The mean of three free points on each of eight days.
                "available_seconds": 8 * 3 * 3600,
                "occupancy": hour / 24,
                "chance_of_a_free_point": 1 - hour / 48,
            }
            rows.append(
                at
                | {
                    "scope": "station",
                    "area": GOOD,
                    "estimated_chance": 0.92 if weekday < 6 else 0.5,
                    "estimated_chance_low": 0.81 if weekday < 6 else None,
                    "estimated_chance_high": 0.97 if weekday < 6 else None,
                }
            )
            rows.append(at | {"scope": "arrondissement", "area": "7", "arrondissement": 7})
            rows.append(at | {"scope": "city", "area": "Paris"})
    return rows


def _reliability() -> list[dict[str, Any]]:
    month = {"period": "month", "starts_on": date(2026, 11, 1), "share_observed": 0.9}
    return [
        month
        | {
            "station_id": GOOD,
            "address": "12 Rue de l’Horloger 75007 Paris",
            "standing": "ranked",
            "place": 2,
            "technical_availability": 0.987,
            "technical_availability_low": 0.9,
            "technical_availability_high": 0.99,
            "outages_begun": 1,
            "hours_down": 20.0,
        },
        month
        | {
            "station_id": BROKEN,
            "address": HOSTILE,
            "standing": "never available",
            "place": 1,
            "outages_begun": 0,
            "hours_down": 900.0,
        },
    ]


def _outages() -> list[dict[str, Any]]:
    def outage(**row: Any) -> dict[str, Any]:
        begin = NOW - timedelta(days=row.pop("days"))
        lasted = timedelta(hours=row.pop("hours"))
        return {
            "started_at": begin,
            "down_from": begin,
            "since": begin,
            "ended_at": begin + lasted,
            "duration_seconds": int(lasted.total_seconds()),
            "kind": "outage",
            "is_begun": True,
            **row,
        }

    return [
        outage(
            outage_of="FR*V75*EPX07*04*1",
            charge_point_id="FR*V75*EPX07*04*1",
            station_id=GOOD,
            days=5,
            hours=3,
            end_kind="returned",
        ),
        outage(outage_of=BROKEN, station_id=BROKEN, days=3, hours=72, end_kind="lasts"),
        outage(
            outage_of="FR*V75*EPX07*04*2",
            charge_point_id="FR*V75*EPX07*04*2",
            station_id=GOOD,
            days=2,
            hours=1,
            end_kind="returned",
            kind="silence",
        ),
    ]


def _saturation() -> list[dict[str, Any]]:
    return [
        {
            "scope": "arrondissement",
            "area": f"{number}",
            "week": date(2026, 11, 16),
            "days_observed": 7,
            "saturation": saturation,
            "occupied_hours_per_point_day": 9.5,
            "points_in_service": 3.5,
            "chance_of_a_free_point": 0.9,
            "fullest_weekday": 2,
            "fullest_hour": 18,
        }
        for number, saturation in ((7, 0.08), (11, 0.25))
    ]


def _feed() -> list[dict[str, Any]]:
    return [
        {
            "hour": datetime(2026, 11, 26, hour, tzinfo=UTC),
            "snapshots": 0 if hour == 10 else 12,
            "expected_snapshots": 12,
            "observed_seconds": 0 if hour == 10 else 3600,
            "longest_gap_seconds": 300,
            "refused": 0,
            "charge_points": 7,
            "source": "opendata_paris/realtime",
            "is_provisional": False,
            "local_date": date(2026, 11, 26),
            "local_hour": hour + 1,
            "local_weekday": 4,
        }
        for hour in range(20)
    ]
