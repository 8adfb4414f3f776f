"""`ocpi-locations.json`: the stations now, OCPI 2.2.1, as the answer of `GET /locations`.

Concept: https://github.com/ocpi/ocpi (mod_locations). `CHARGING` is what OCPI calls a point in use;
the feed does not say whether energy flows. A record older than 26 h is `UNKNOWN`. Voltage and
current are not published: they follow from the rated power at the nominal voltage of the plug.
OCPI asks for a place and for connectors, so stations and points without them are left out.
"""

import math
import re
from typing import Annotated, Any, Literal

import polars as pl
from pydantic import Field

from belib_weather.credits import DATABASE_LICENSE
from belib_weather.live_files.current_v1 import INSTANT, Shape
from belib_weather.live_files.encoding import json_bytes
from belib_weather.live_files.present import PLUGS, Present, credit_lines, stamp
from belib_weather.networks import NETWORK
from belib_weather.vocabulary import Status

Instant = Annotated[str, Field(pattern=INSTANT)]
EvseStatus = Literal[
    "AVAILABLE", "CHARGING", "OUTOFORDER", "PLANNED", "REMOVED", "RESERVED", "UNKNOWN"
]
STATUS: dict[str, EvseStatus] = {
    Status.AVAILABLE: "AVAILABLE",
    Status.OCCUPIED: "CHARGING",
    Status.RESERVED: "RESERVED",
    Status.OUT_OF_ORDER: "OUTOFORDER",
    Status.PLANNED: "PLANNED",
    Status.REMOVED: "REMOVED",
    Status.UNKNOWN: "UNKNOWN",
}
"""Of a fresh record."""
_STANDARD = {
    "has_ef": ("DOMESTIC_E", "SOCKET"),
    "has_type_2": ("IEC_62196_T2", "SOCKET"),
    "has_combo_ccs": ("IEC_62196_T2_COMBO", "CABLE"),
    "has_chademo": ("CHADEMO", "CABLE"),
}
DOMESTIC_KW = 3.7
"""A domestic socket gives no more: 16 A at 230 V."""
_ONE_PHASE_KW = 7.4
_AC_VOLT, _DC_VOLT = 230, 500
_POSTAL_CODE = re.compile(r"^(?P<street>.*?),?\s*\b(?P<code>\d{5})\b\s*(?P<city>.*)$")


class Coordinates(Shape):
    """A place, as texts."""

    latitude: str = Field(pattern=r"^-?[0-9]{1,2}\.[0-9]{5,7}$")
    longitude: str = Field(pattern=r"^-?[0-9]{1,3}\.[0-9]{5,7}$")


class OcpiConnector(Shape):
    """A plug."""

    id: str = Field(max_length=36)
    standard: Literal["DOMESTIC_E", "IEC_62196_T2", "IEC_62196_T2_COMBO", "CHADEMO"]
    format: Literal["SOCKET", "CABLE"]
    power_type: Literal["AC_1_PHASE", "AC_3_PHASE", "DC"]
    max_voltage: int = Field(ge=1)
    max_amperage: int = Field(ge=1)
    max_electric_power: int = Field(ge=1)
    last_updated: Instant


class OcpiEvse(Shape):
    """A charge point."""

    uid: str = Field(max_length=36)
    evse_id: str = Field(max_length=48)
    status: EvseStatus
    connectors: list[OcpiConnector] = Field(min_length=1)
    last_updated: Instant


class OcpiHours(Shape):
    """Opening hours."""

    twentyfourseven: Literal[True]


class OcpiLocation(Shape):
    """A station."""

    country_code: str = Field(pattern=r"^[A-Z]{2}$")
    party_id: str = Field(pattern=r"^[A-Z0-9]{3}$")
    id: str = Field(max_length=36)
    publish: Literal[True]
    name: str | None = Field(None, max_length=255)
    address: str = Field(min_length=1, max_length=45)
    city: str = Field(min_length=1, max_length=45)
    postal_code: str | None = Field(None, max_length=10)
    country: Literal["FRA"]
    coordinates: Coordinates
    evses: list[OcpiEvse] = Field(min_length=1)
    time_zone: str
    opening_times: OcpiHours | None = None
    last_updated: Instant


class OcpiFile(Shape):
    """OCPI's answer to `GET /locations`, all of them."""

    data: list[OcpiLocation]
    status_code: Literal[1000]
    status_message: str = Field(description="Licence and credits.")
    timestamp: Instant


def ocpi_locations(present: Present) -> bytes:
    """The file; `{}`-like where there is no snapshot."""
    return json_bytes(
        {
            "data": locations(present),
            "status_code": 1000,
            "status_message": f"{DATABASE_LICENSE.spdx}. {' '.join(credit_lines(present.sources))}",
            "timestamp": stamp(present.updated_at),
        }
    )


def locations(present: Present) -> list[dict[str, Any]]:
    """The stations that have what OCPI asks for."""
    evses: dict[str, list[dict[str, Any]]] = {}
    for point in present.points.rows(named=True):
        if connectors := _connectors(point):
            evses.setdefault(point["station_id"], []).append(_evse(point, connectors))
    located = present.stations.filter(
        pl.col("latitude").is_not_null(), pl.col("address").is_not_null()
    )
    return [
        _location(station, evses[station["station_id"]])
        for station in located.rows(named=True)
        if station["station_id"] in evses
    ]


def _location(station: dict[str, Any], evses: list[dict[str, Any]]) -> dict[str, Any]:
    place = _POSTAL_CODE.match(station["address"])
    found = {
        "country_code": station["id"][:2],
        "party_id": station["id"][2:5],
        "id": station["id"],
        "publish": True,
        "name": station["station_name"],
        "address": (place["street"] if place else station["address"])[:45],
        "city": ((place["city"] if place else "") or NETWORK.name.title())[:45],
        "postal_code": place["code"] if place else None,
        "country": "FRA",
        "coordinates": {
            "latitude": f"{station['latitude']:.6f}",
            "longitude": f"{station['longitude']:.6f}",
        },
        "evses": evses,
        "time_zone": NETWORK.zone,
        "opening_times": {"twentyfourseven": True} if station["opening_hours"] == "24/7" else None,
        "last_updated": max(evse["last_updated"] for evse in evses),
    }
    return {name: value for name, value in found.items() if value is not None}


def _evse(point: dict[str, Any], connectors: list[dict[str, Any]]) -> dict[str, Any]:
    updated = stamp(point["last_updated"] or point["captured_at"])
    return {
        "uid": point["roaming_id"],
        "evse_id": point["charge_point_id"],
        "status": "UNKNOWN" if point["is_stale"] else STATUS[point["status"]],
        "connectors": [{**one, "last_updated": updated} for one in connectors],
        "last_updated": updated,
    }


def _connectors(point: dict[str, Any]) -> list[dict[str, Any]]:
    if not point["power_kw"]:
        return []
    return [_connector(column, point["power_kw"]) for column in PLUGS if point[column]]


def _connector(column: str, power_kw: float) -> dict[str, Any]:
    standard, shape = _STANDARD[column]
    watts = plug_watts(column, power_kw)
    if shape == "CABLE":
        kind, volt, phases = "DC", _DC_VOLT, 1
    elif watts <= _ONE_PHASE_KW * 1000:
        kind, volt, phases = "AC_1_PHASE", _AC_VOLT, 1
    else:
        kind, volt, phases = "AC_3_PHASE", _AC_VOLT, 3
    return {
        "id": PLUGS[column],
        "standard": standard,
        "format": shape,
        "power_type": kind,
        "max_voltage": volt,
        "max_amperage": max(1, math.floor(watts / (volt * phases) + 0.5)),
        "max_electric_power": watts,
    }


def plug_watts(column: str, power_kw: float) -> int:
    """Power of a plug in watts: that of its point, of a domestic socket no more than it can give.

    Args:
        column: `has_ef`, `has_type_2`…
        power_kw: rated power of the point.
    """
    return round(1000 * (min(power_kw, DOMESTIC_KW) if column == "has_ef" else power_kw))
