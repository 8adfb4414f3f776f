"""`datex2-table.json`: stations, points and plugs, DATEX II v3, AFIR table publication 01-00-00.

Licence and credits are in the table's name. A station of which no power is known is left out: the
profile asks for it. A domestic socket is said to give at most 3.7 kW.
"""

from typing import Any, Literal

from pydantic import Field

from belib_weather.credits import DATABASE_LICENSE
from belib_weather.live_files.current_v1 import Shape
from belib_weather.live_files.datex2_afir_1_0_0 import (
    PROFILE,
    TABLE,
    VERSION,
    DatexPayload,
    DatexPublication,
    publication,
    site_id,
)
from belib_weather.live_files.encoding import json_bytes
from belib_weather.live_files.ocpi_2_2_1 import plug_watts
from belib_weather.live_files.present import PLUGS, Present, credit_lines, stamp
from belib_weather.window import floor_day

_TYPE = {
    "has_ef": ("domesticE", "socket"),
    "has_type_2": ("iec62196T2", "socket"),
    "has_combo_ccs": ("iec62196T2COMBO", "otherCable"),
    "has_chademo": ("chademo", "otherCable"),
}


class DatexConnectorType(Shape):
    """A word of the profile."""

    value: Literal["domesticE", "iec62196T2", "iec62196T2COMBO", "chademo"]


class DatexConnectorFormat(Shape):
    """A word of the profile."""

    value: Literal["socket", "otherCable"]


class DatexConnector(Shape):
    """A plug."""

    connectorType: DatexConnectorType  # noqa: N815 - the profile's name, as all below
    connectorFormat: DatexConnectorFormat  # noqa: N815
    maxPowerAtSocket: int = Field(gt=0)  # noqa: N815


class DatexDeliveryUnit(Shape):
    """A word of the profile."""

    value: Literal["kWh"]


class DatexCurrentType(Shape):
    """A word of the profile."""

    value: Literal["ac", "dc"]


class DatexPoint(Shape):
    """A charge point; plugs where they and the power are known."""

    idG: str  # noqa: N815
    versionG: str  # noqa: N815
    deliveryUnit: DatexDeliveryUnit  # noqa: N815
    currentType: DatexCurrentType  # noqa: N815
    availableChargingPower: list[int] | None = None  # noqa: N815
    numberOfConnectors: int | None = None  # noqa: N815
    connector: list[DatexConnector] | None = None


class DatexRefillPoint(Shape):
    """The only kind of refill point here."""

    aegiElectricChargingPoint: DatexPoint  # noqa: N815


class DatexStation(Shape):
    """A station."""

    idG: str  # noqa: N815
    versionG: str  # noqa: N815
    name: dict[str, Any] | None = None
    operatingHours: dict[str, Any] | None = None  # noqa: N815
    locationReference: dict[str, Any] | None = None  # noqa: N815
    totalMaximumPower: int = Field(gt=0)  # noqa: N815
    numberOfRefillPoints: int = Field(ge=1)  # noqa: N815
    serviceType: list[dict[str, Any]] = Field(min_length=1)  # noqa: N815
    refillPoint: list[DatexRefillPoint] = Field(min_length=1)  # noqa: N815


class DatexSite(Shape):
    """A site: here, one station."""

    idG: str  # noqa: N815
    versionG: str  # noqa: N815
    name: dict[str, Any] | None = None
    locationReference: dict[str, Any] | None = None  # noqa: N815
    energyInfrastructureStation: list[DatexStation] = Field(min_length=1)  # noqa: N815


class DatexTable(Shape):
    """The table."""

    idG: str  # noqa: N815
    versionG: str  # noqa: N815
    tableName: str  # noqa: N815
    energyInfrastructureSite: list[DatexSite]  # noqa: N815


class DatexTablePublication(DatexPublication):
    """All sites."""

    energyInfrastructureTable: list[DatexTable] = Field(min_length=1)  # noqa: N815


class DatexTablePayload(DatexPayload):
    """The publication."""

    aegiEnergyInfrastructureTablePublication: DatexTablePublication  # noqa: N815


class DatexTableFile(Shape):
    """The file."""

    payload: DatexTablePayload


def datex2_table(present: Present) -> bytes:
    """The table publication: stations, points and plugs."""
    points: dict[str, list[dict[str, Any]]] = {}
    watts: dict[str, int] = {}
    for point in present.points.rows(named=True):
        station = point["station_id"]
        points.setdefault(station, []).append({"aegiElectricChargingPoint": _point(point)})
        watts[station] = watts.get(station, 0) + round(1000 * (point["power_kw"] or 0))
    sites = [
        _site(station, points[station["station_id"]], watts[station["station_id"]])
        for station in present.stations.rows(named=True)
        if watts.get(station["station_id"])
    ]
    table = {
        "idG": TABLE,
        "versionG": VERSION,
        "tableName": f"{DATABASE_LICENSE.spdx}. {' '.join(credit_lines(present.sources))}",
        "energyInfrastructureSite": sites,
    }
    at = present.updated_at and floor_day(present.updated_at)  # else it differs at every poll
    sites_of_all = {
        **publication(present),
        "publicationTime": stamp(at),
        "energyInfrastructureTable": [table],
    }
    return json_bytes(
        {"payload": {**PROFILE, "aegiEnergyInfrastructureTablePublication": sites_of_all}}
    )


def _text(value: str) -> dict[str, Any]:
    return {"values": [{"lang": "fr", "value": value}]}


def _site(station: dict[str, Any], points: list[dict[str, Any]], watts: int) -> dict[str, Any]:
    name = {"name": _text(station["station_name"])} if station["station_name"] else {}
    hours: dict[str, Any] = (
        {"operatingHours": {"afacOpenAllHours": {}}} if station["opening_hours"] == "24/7" else {}
    )
    inner = {
        "idG": station["id"],
        "versionG": VERSION,
        **name,
        **hours,
        **_location(station),
        "totalMaximumPower": watts,
        "numberOfRefillPoints": station["charge_points"],
        "serviceType": [{"serviceType": {"value": "unattended"}}],
        "refillPoint": points,
    }
    return {
        "idG": site_id(station["id"]),
        "versionG": VERSION,
        **name,
        **_location(station),
        "energyInfrastructureStation": [inner],
    }


def _location(station: dict[str, Any]) -> dict[str, Any]:
    if station["latitude"] is None:
        return {}
    place = {"latitude": round(station["latitude"], 6), "longitude": round(station["longitude"], 6)}
    line = station["address"] or ""
    address = {
        "countryCode": "FR",
        "addressLine": [
            {"order": 0, "type": {"value": "generalTextLine"}, "text": _text(line)},
        ],
    }
    more = {"locLocationExtensionG": {"FacilityLocation": {"address": address}}} if line else {}
    return {
        "locationReference": {
            "locPointLocation": {
                "coordinatesForDisplay": place,
                **more,
                "pointByCoordinates": {"pointCoordinates": place},
            }
        }
    }


def _point(point: dict[str, Any]) -> dict[str, Any]:
    plugs = [column for column in PLUGS if point[column]]
    direct = any(column in plugs for column in ("has_combo_ccs", "has_chademo"))
    found: dict[str, Any] = {
        "idG": point["roaming_id"],
        "versionG": VERSION,
        "deliveryUnit": {"value": "kWh"},
        "currentType": {"value": "dc" if direct else "ac"},
    }
    if point["power_kw"] and plugs:
        found["availableChargingPower"] = [round(1000 * point["power_kw"])]
        found["numberOfConnectors"] = len(plugs)
        found["connector"] = [
            {
                "connectorType": {"value": _TYPE[column][0]},
                "connectorFormat": {"value": _TYPE[column][1]},
                "maxPowerAtSocket": plug_watts(column, point["power_kw"]),
            }
            for column in plugs
        ]
    return found
