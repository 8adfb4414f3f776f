"""The network: charge points, stations, and the state of each station now."""

import dataframely as dy

from belib_weather.datasets import columns as c
from belib_weather.vocabulary import SINCE_KINDS, STATION_STATUSES, STATUSES

STATE_RULES = 1
"""Version of the rules of a station's word and its runs (docs/metrics.md): raised when results
change; runs are then read from raw again."""
DIMENSION_RULES = 1
"""Version of the rules of charge points and stations (docs/metrics.md): raised when results
change; all of raw is then read again by the day."""


class ChargePoint(dy.Schema):
    """A charge point (EVSE) and its attributes; one row per charge point and validity interval.

    Grain of validity: UTC day. A point has rows for the days on which it is listed: from its
    first sighting on, until 30 days with a snapshot have passed without it (docs/metrics.md).
    """

    charge_point_id = dy.String(
        primary_key=True, min_length=1, description="Local id of the charge point (`id_pdc`)."
    )
    valid_from = c.day("First UTC day of this version.", primary_key=True)
    valid_to = c.day("UTC day after its last; null while current.", nullable=True)
    station_id = dy.String(min_length=1, description="Station of the point, derived from its id.")
    roaming_id = dy.String(
        description="Roaming id (eMI³, `id_pdc_itinerance`): the id without `*`."
    )
    address = c.address()
    arrondissement = c.arrondissement()
    latitude = c.latitude()
    longitude = c.longitude()
    station_name = dy.String(nullable=True, description="Name of the station, as published.")
    power_kw = dy.Float64(
        nullable=True, min=0, max=1000, metadata=c.unit("kW"), description="Rated power."
    )
    has_ef = dy.Bool(nullable=True, description="Has a domestic (type E/F) socket.")
    has_type_2 = dy.Bool(nullable=True, description="Has a type 2 socket.")
    has_combo_ccs = dy.Bool(nullable=True, description="Has a Combo CCS connector.")
    has_chademo = dy.Bool(nullable=True, description="Has a CHAdeMO connector.")
    opening_hours = dy.String(nullable=True, description="Opening hours, as published (`24/7`).")
    accessibility = dy.String(
        nullable=True, description="Accessibility for people with reduced mobility, as published."
    )
    commissioned_on = dy.Date(nullable=True, description="Date of commissioning.")


class Station(dy.Schema):
    """A station: the charge points that share one id root; one row per station and validity.

    Grain of validity: UTC day. Each version is what the points say that are listed on its days.
    """

    station_id = dy.String(
        primary_key=True, min_length=1, description="Station id, derived from its points' ids."
    )
    valid_from = c.day("First UTC day of this version.", primary_key=True)
    valid_to = c.day("UTC day after its last; null while current.", nullable=True)
    station_name = dy.String(nullable=True, description="Name of the station, as published.")
    address = c.address()
    arrondissement = c.arrondissement()
    latitude = c.latitude()
    longitude = c.longitude()
    charge_points = c.count("Charge points listed at the station.", minimum=1)
    power_kw = dy.Float64(
        nullable=True,
        min=0,
        max=1000,
        metadata=c.unit("kW"),
        description="Highest rated power of the station's points.",
    )
    has_ef = dy.Bool(nullable=True, description="Some point has a domestic (type E/F) socket.")
    has_type_2 = dy.Bool(nullable=True, description="Some point has a type 2 socket.")
    has_combo_ccs = dy.Bool(nullable=True, description="Some point has a Combo CCS connector.")
    has_chademo = dy.Bool(nullable=True, description="Some point has a CHAdeMO connector.")


class Arrondissement(dy.Schema):
    """An arrondissement and its outline; one row each, of the newest export of the outlines."""

    arrondissement = dy.Int16(
        primary_key=True, min=1, max=20, description="Number of the arrondissement, 1-20."
    )
    name = dy.String(nullable=True, description="Official name, as published (`l_aroff`).")
    surface_m2 = dy.Float64(
        nullable=True, min=0, metadata=c.unit("m²"), description="Surface, as published."
    )
    outline = dy.String(
        description="Outline: a GeoJSON MultiPolygon in WGS 84, longitude first, as published."
    )
    captured_at = c.second("Second of the export.")
    source = dy.String(description="Raw source of the export.")


class StationState(dy.Schema):
    """The state of every station at the newest snapshot, with its attributes.

    `available` … `unknown` count fresh records only; with `stale` they add up to
    `charge_points`. `reported_*` count the statuses as published, fresh or not.
    """

    station_id = dy.String(primary_key=True, min_length=1, description="Station.")
    captured_at = c.second("Second of the snapshot.")
    source = dy.String(description="Raw source of the snapshot.")
    station_status = dy.Enum(
        STATION_STATUSES,
        description="One word: available, or else full, or else silent, or else out_of_order.",
    )
    since = c.second(
        "First snapshot of the present run of this word: sightings at most 30 min apart; at most"
        " 30 days ago."
    )
    since_kind = dy.Enum(
        SINCE_KINDS,
        description="seen: another word was sighted up to 30 min before `since`; at_least: the"
        " run may be older.",
    )
    charge_points = c.count("Charge points of the station in the snapshot.", minimum=1)
    available = c.count("Points freshly available.")
    occupied = c.count("Points freshly occupied.")
    reserved = c.count("Points freshly reserved.")
    out_of_order = c.count("Points freshly out of order.")
    planned = c.count("Points freshly reported planned.")
    removed = c.count("Points freshly reported removed.")
    unknown = c.count("Points freshly reported unknown.")
    stale = c.count("Points whose record is older than 26 h.")
    reported_available = c.count("Points reported available, fresh or stale.")
    reported_occupied = c.count("Points reported occupied, fresh or stale.")
    reported_reserved = c.count("Points reported reserved, fresh or stale.")
    reported_out_of_order = c.count("Points reported out of order, fresh or stale.")
    reported_planned = c.count("Points reported planned, fresh or stale.")
    reported_removed = c.count("Points reported removed, fresh or stale.")
    reported_unknown = c.count("Points reported unknown, fresh or stale.")
    out_of_order_since = c.second(
        "Since when some point has been reported out of order, as `since`; null where none is.",
        nullable=True,
    )
    out_of_order_since_kind = dy.Enum(
        SINCE_KINDS,
        nullable=True,
        description="As `since_kind`, for `out_of_order_since`.",
    )
    newest_update = c.second(
        "Newest `last_updated` among the station's points; null where none is a sign of life.",
        nullable=True,
    )
    station_name = dy.String(nullable=True, description="Name of the station, as published.")
    address = c.address()
    arrondissement = c.arrondissement()
    latitude = c.latitude()
    longitude = c.longitude()
    power_kw = dy.Float64(
        nullable=True, min=0, max=1000, metadata=c.unit("kW"), description="Highest rated power."
    )


class CurrentPoint(dy.Schema):
    """A charge point at the newest snapshot, with its place and equipment, in `belib_current`."""

    charge_point_id = ChargePoint.charge_point_id
    station_id = ChargePoint.station_id
    status = dy.Enum(STATUSES, description="Status, as reported, also when stale.")
    is_stale = dy.Bool(description="Whether the record is older than 26 h.")
    last_updated = dy.Datetime(
        time_zone="UTC",
        time_unit="us",
        nullable=True,
        metadata=c.unit("UTC"),
        description="Stamp of the record; null where it is no sign of life.",
    )
    captured_at = dy.Datetime(
        time_zone="UTC",
        time_unit="us",
        metadata=c.unit("UTC"),
        description="Snapshot, of the whole collection (`projections`).",
    )
    address = c.address()
    arrondissement = c.arrondissement()
    latitude = c.latitude()
    longitude = c.longitude()
    station_name = ChargePoint.station_name
    power_kw = ChargePoint.power_kw
    has_ef = ChargePoint.has_ef
    has_type_2 = ChargePoint.has_type_2
    has_combo_ccs = ChargePoint.has_combo_ccs
    has_chademo = ChargePoint.has_chademo
    opening_hours = ChargePoint.opening_hours
    source = dy.String(min_length=1, description="Raw source of the snapshot.")
