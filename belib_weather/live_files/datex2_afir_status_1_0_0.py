"""`datex2-status.json`: the charge points now, DATEX II v3, AFIR status publication 01-00-00.

A record older than 26 h is `unknown`; `occupied` is what the feed says, nowhere that energy flows.
The licence is no field of DATEX II: it is in the `Link` of the answer and in the table's name.
"""

from typing import Any, Literal

from pydantic import Field

from belib_weather.live_files.current_v1 import Shape
from belib_weather.live_files.datex2_afir_1_0_0 import (
    PROFILE,
    TABLE,
    VERSION,
    DatexPayload,
    DatexPublication,
    Instant,
    publication,
    site_id,
)
from belib_weather.live_files.encoding import json_bytes
from belib_weather.live_files.present import Present, stamp
from belib_weather.vocabulary import Status

PointStatus = Literal[
    "available", "occupied", "outOfOrder", "planned", "removed", "reserved", "unknown"
]
STATUS: dict[str, PointStatus] = {
    Status.AVAILABLE: "available",
    Status.OCCUPIED: "occupied",
    Status.RESERVED: "reserved",
    Status.OUT_OF_ORDER: "outOfOrder",
    Status.PLANNED: "planned",
    Status.REMOVED: "removed",
    Status.UNKNOWN: "unknown",
}
"""Of a fresh record."""


class DatexReference(Shape):
    """To an object of the table."""

    targetClass: Literal["FacilityObject"]  # noqa: N815 - the profile's name
    idG: str  # noqa: N815
    versionG: str  # noqa: N815


class DatexPointStatus(Shape):
    """A word of the profile."""

    value: PointStatus


class DatexPointNow(Shape):
    """A charge point now."""

    reference: DatexReference
    lastUpdated: Instant  # noqa: N815
    status: DatexPointStatus


class DatexRefillPointNow(Shape):
    """The only kind of refill point here."""

    aegiElectricChargingPointStatus: DatexPointNow  # noqa: N815


class DatexStationNow(Shape):
    """A station now."""

    reference: DatexReference
    lastUpdated: Instant  # noqa: N815
    isAvailable: bool  # noqa: N815
    refillPointStatus: list[DatexRefillPointNow] = Field(min_length=1)  # noqa: N815


class DatexSiteNow(Shape):
    """A site now: here, one station."""

    reference: DatexReference
    lastUpdated: Instant  # noqa: N815
    energyInfrastructureStationStatus: list[DatexStationNow]  # noqa: N815


class DatexTableReference(Shape):
    """To `datex2-table.json`."""

    targetClass: Literal["EnergyInfrastructureTable"]  # noqa: N815
    idG: str  # noqa: N815
    versionG: str  # noqa: N815


class DatexStatusPublication(DatexPublication):
    """All sites now."""

    tableReference: list[DatexTableReference] = Field(min_length=1)  # noqa: N815
    energyInfrastructureSiteStatus: list[DatexSiteNow]  # noqa: N815


class DatexStatusPayload(DatexPayload):
    """The publication."""

    aegiEnergyInfrastructureStatusPublication: DatexStatusPublication  # noqa: N815


class DatexStatusContainer(Shape):
    """The message; its exchange information is constant but for the instant."""

    payload: list[DatexStatusPayload] = Field(min_length=1, max_length=1)
    exchangeInformation: dict[str, Any]  # noqa: N815


class DatexStatusFile(Shape):
    """The file."""

    messageContainer: DatexStatusContainer  # noqa: N815


def datex2_status(present: Present) -> bytes:
    """The status publication, as a message."""
    instant = stamp(present.updated_at)
    sites = {
        **publication(present),
        "tableReference": [
            {"targetClass": "EnergyInfrastructureTable", "idG": TABLE, "versionG": VERSION}
        ],
        "energyInfrastructureSiteStatus": site_statuses(present),
    }
    exchange = {
        "exchangeContext": {
            "codedExchangeProtocol": {"value": "snapshotPull"},
            "exchangeSpecificationVersion": "3.0",
            "supplierOrCisRequester": {},
        },
        "dynamicInformation": {
            "exchangeStatus": {"value": "online"},
            "messageGenerationTimestamp": instant,
        },
    }
    payload = {**PROFILE, "aegiEnergyInfrastructureStatusPublication": sites}
    return json_bytes({"messageContainer": {"payload": [payload], "exchangeInformation": exchange}})


def site_statuses(present: Present) -> list[dict[str, Any]]:
    """`DatexSiteNow` of every station."""
    points: dict[str, list[dict[str, Any]]] = {}
    for point in present.points.rows(named=True):
        word = "unknown" if point["is_stale"] else STATUS[point["status"]]
        now = {
            "reference": _reference(point["roaming_id"]),
            "lastUpdated": stamp(point["last_updated"] or point["captured_at"]),
            "status": {"value": word},
        }
        points.setdefault(point["station_id"], []).append({"aegiElectricChargingPointStatus": now})
    return [
        {
            "reference": _reference(site_id(station["id"])),
            "lastUpdated": stamp(station["captured_at"]),
            "energyInfrastructureStationStatus": [
                {
                    "reference": _reference(station["id"]),
                    "lastUpdated": stamp(station["captured_at"]),
                    "isAvailable": station["available"] > 0,
                    "refillPointStatus": points[station["station_id"]],
                }
            ],
        }
        for station in present.stations.rows(named=True)
        if station["station_id"] in points
    ]


def _reference(identity: str) -> dict[str, str]:
    return {"targetClass": "FacilityObject", "idG": identity, "versionG": VERSION}
