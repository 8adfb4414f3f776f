"""Every table of the platform, declared once: columns, types, units, descriptions, constraints.

From these declarations come the polars check (`Schema.validate`), the SQLAlchemy table
(`warehouse.tables`), the Elasticsearch mapping (`search.mappings`) and the column schema shown
in the Dagster catalog (`assets`). A column's `unit` is in its metadata, its meaning in
`description`; the rules are those of docs/reckoning.md.

What belongs here: the shape of data at rest. What does not: how it is computed or stored.
"""

from typing import Any

import dataframely as dy
import polars as pl

from belib_weather.vocabulary import STATION_STATUSES, STATUSES, WEATHER_CLASSES


def _unit(unit: str, **more: Any) -> dict[str, Any]:
    return {"unit": unit, **more}


def _second(description: str, *, primary_key: bool = False, nullable: bool = False) -> dy.Datetime:
    return dy.Datetime(
        time_zone="UTC",
        time_unit="us",
        resolution="1s",
        primary_key=primary_key,
        nullable=nullable,
        metadata=_unit("UTC"),
        description=description,
    )


def _hour(description: str) -> dy.Datetime:
    return dy.Datetime(
        time_zone="UTC",
        time_unit="us",
        resolution="1h",
        primary_key=True,
        metadata=_unit("UTC hour"),
        description=description,
    )


def _seconds(
    description: str, *, maximum: int | None = None, unit: str = "point-seconds"
) -> dy.Int32:
    return dy.Int32(min=0, max=maximum, metadata=_unit(unit), description=description)


def _count(description: str, *, minimum: int = 0) -> dy.Int32:
    return dy.Int32(min=minimum, metadata=_unit("1"), description=description)


def _latitude() -> dy.Float64:
    return dy.Float64(
        nullable=True, min=-90, max=90, metadata=_unit("degrees"), description="Latitude, WGS 84."
    )


def _longitude() -> dy.Float64:
    return dy.Float64(
        nullable=True,
        min=-180,
        max=180,
        metadata=_unit("degrees"),
        description="Longitude, WGS 84.",
    )


def _address() -> dy.String:
    return dy.String(nullable=True, description="Postal address, as published (`adresse_station`).")


def _arrondissement() -> dy.Int16:
    return dy.Int16(
        nullable=True,
        min=1,
        max=20,
        description="Arrondissement 1-20, from the postal code in the address (75116 is the 16th).",
    )


def _weather_class() -> dy.Enum:
    return dy.Enum(
        WEATHER_CLASSES, nullable=True, description="Coarse class of the weather code: rain, snow…"
    )


def _weather_code() -> dy.Int16:
    return dy.Int16(
        nullable=True,
        min=0,
        max=99,
        metadata=_unit("WMO 4677"),
        description="Weather code; it covers the hour that ends at its stamp.",
    )


def _temperature() -> dy.Float64:
    return dy.Float64(
        nullable=True,
        min=-60,
        max=60,
        metadata=_unit("°C"),
        description="Air temperature 2 m above ground, at the instant of the stamp.",
    )


def _wind_speed() -> dy.Float64:
    return dy.Float64(
        nullable=True,
        min=0,
        max=400,
        metadata=_unit("km/h"),
        description="Wind speed 10 m above ground, at the instant of the stamp.",
    )


def _precipitation() -> dy.Float64:
    return dy.Float64(
        nullable=True,
        min=0,
        max=500,
        metadata=_unit("mm"),
        description="Precipitation (rain and melted snow) of the hour ending at the stamp.",
    )


class WeatherHour(dy.Schema):
    """Weather in Paris by the hour, as stamped by the source; one row per hour stamp."""

    hour = _hour("Stamp of the sample: instants are of this moment, sums of the hour before it.")
    temperature_c = _temperature()
    relative_humidity_percent = dy.Float64(
        nullable=True, min=0, max=100, metadata=_unit("%"), description="Relative humidity at 2 m."
    )
    precipitation_mm = _precipitation()
    rain_mm = dy.Float64(
        nullable=True,
        min=0,
        max=500,
        metadata=_unit("mm"),
        description="Rain of the preceding hour.",
    )
    snowfall_cm = dy.Float64(
        nullable=True,
        min=0,
        max=500,
        metadata=_unit("cm"),
        description="Snowfall of the preceding hour.",
    )
    weather_code = _weather_code()
    weather_class = _weather_class()
    surface_pressure_hpa = dy.Float64(
        nullable=True, min=800, max=1100, metadata=_unit("hPa"), description="Surface pressure."
    )
    wind_speed_kmh = _wind_speed()
    wind_direction_deg = dy.Float64(
        nullable=True,
        min=0,
        max=360,
        metadata=_unit("degrees"),
        description="Wind direction at 10 m.",
    )
    cloud_cover_percent = dy.Float64(
        nullable=True, min=0, max=100, metadata=_unit("%"), description="Total cloud cover."
    )
    source = dy.String(
        description="Raw source of the row; archive beats forecast, then the newest."
    )
    captured_at = _second("When the document that the row comes from was captured.")


class ChargePoint(dy.Schema):
    """A charge point (EVSE) and its attributes; one row per charge point and validity interval."""

    charge_point_id = dy.String(
        primary_key=True, min_length=1, description="Local id of the charge point (`id_pdc`)."
    )
    valid_from = _second("First instant at which these attributes were seen.", primary_key=True)
    valid_to = _second("End of validity; null while current.", nullable=True)
    station_id = dy.String(min_length=1, description="Station of the point, derived from its id.")
    roaming_id = dy.String(
        description="Roaming id (eMI³, `id_pdc_itinerance`): the id without `*`."
    )
    address = _address()
    arrondissement = _arrondissement()
    latitude = _latitude()
    longitude = _longitude()
    station_name = dy.String(nullable=True, description="Name of the station, as published.")
    power_kw = dy.Float64(
        nullable=True, min=0, max=1000, metadata=_unit("kW"), description="Rated power."
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
    """A station: the charge points that share one id root; one row per station and validity."""

    station_id = dy.String(
        primary_key=True, min_length=1, description="Station id, derived from its points' ids."
    )
    valid_from = _second("First instant at which these attributes were seen.", primary_key=True)
    valid_to = _second("End of validity; null while current.", nullable=True)
    station_name = dy.String(nullable=True, description="Name of the station, as published.")
    address = _address()
    arrondissement = _arrondissement()
    latitude = _latitude()
    longitude = _longitude()
    charge_points = _count("Charge points known at the station.", minimum=1)
    power_kw = dy.Float64(
        nullable=True,
        min=0,
        max=1000,
        metadata=_unit("kW"),
        description="Highest rated power of the station's points.",
    )


class AvailabilityFact(dy.Schema):
    """Availability of a station in a UTC hour, exact to the second, with the hour's weather.

    Grain: station × UTC hour, one row where at least one point of the station was sighted.
    Invariant: the status seconds, `stale_seconds` and `unobserved_seconds` add up to
    `charge_points` × 3600.
    """

    station_id = dy.String(primary_key=True, min_length=1, description="Station.")
    hour = _hour("Start of the UTC hour.")
    source = dy.String(description="Raw source of the snapshots that the row rests on.")
    charge_points = _count("Charge points of the station sighted in the hour.", minimum=1)
    snapshots = _count("Distinct seconds in which the station was sighted.", minimum=1)
    available_seconds = _seconds("Seconds freshly reported available.")
    occupied_seconds = _seconds("Seconds freshly reported occupied (plugged in, charging or not).")
    reserved_seconds = _seconds("Seconds freshly reported reserved.")
    out_of_order_seconds = _seconds("Seconds freshly reported out of order.")
    planned_seconds = _seconds("Seconds freshly reported planned (not yet in service).")
    removed_seconds = _seconds("Seconds freshly reported removed.")
    unknown_seconds = _seconds("Seconds freshly reported unknown.")
    stale_seconds = _seconds(
        "Observed seconds under a record older than 26 h, whatever its status."
    )
    unobserved_seconds = _seconds("Seconds between polls too far apart, or before or after them.")
    any_observed_seconds = _seconds("Some point observed.", maximum=3600, unit="s")
    any_available_seconds = _seconds("Some point freshly available.", maximum=3600, unit="s")
    full_seconds = _seconds(
        "No point available, some freshly occupied or reserved.", maximum=3600, unit="s"
    )
    is_provisional = dy.Bool(
        description="True while raw holds no snapshot at or after the end of the hour."
    )
    temperature_c = _temperature()
    wind_speed_kmh = _wind_speed()
    precipitation_mm = _precipitation()
    weather_code = _weather_code()
    weather_class = _weather_class()
    weather_source = dy.String(nullable=True, description="Source of the weather; null if missing.")
    local_date = dy.Date(description="Calendar date in Paris at the start of the hour.")
    local_hour = dy.Int16(min=0, max=23, description="Hour of the day in Paris, 0-23.")
    local_weekday = dy.Int16(min=1, max=7, description="ISO weekday in Paris, 1 is Monday.")

    @dy.rule()
    def seconds_add_up(cls) -> pl.Expr:
        """Every second of every charge point is told, once."""
        return pl.sum_horizontal(POINT_SECONDS) == pl.col("charge_points") * 3600

    @dy.rule()
    def station_seconds_nest(cls) -> pl.Expr:
        """Available and full exclude each other and are both observed."""
        return pl.col("any_available_seconds") + pl.col("full_seconds") <= pl.col(
            "any_observed_seconds"
        )


STATUS_SECONDS: tuple[str, ...] = tuple(f"{status}_seconds" for status in STATUSES)
POINT_SECONDS: tuple[str, ...] = (*STATUS_SECONDS, "stale_seconds", "unobserved_seconds")


def _figure(description: str, formula: str, *, nullable: bool = True) -> dy.Float64:
    return dy.Float64(
        nullable=nullable,
        min=0,
        max=1,
        metadata=_unit("1", formula=formula),
        description=description,
    )


class AvailabilityAtStation(AvailabilityFact):
    """A fact with the attributes of its station valid at the hour."""

    station_name = Station.station_name
    address = Station.address
    arrondissement = Station.arrondissement
    latitude = Station.latitude
    longitude = Station.longitude
    power_kw = Station.power_kw


class AvailabilityHour(AvailabilityAtStation):
    """Availability of a station in a UTC hour, with its weather, its station, and the figures.

    A figure is a ratio of the row's own seconds, null where its denominator is 0. Of several rows
    take the ratio of the sums, never the mean of these figures.
    """

    share_available = _figure(
        "Share of the freshly reported point time that was available.",
        "available_seconds / (available_seconds + occupied_seconds + reserved_seconds"
        " + out_of_order_seconds + unknown_seconds)",
    )
    occupancy = _figure(
        "Share of the point time in service that was occupied.",
        "occupied_seconds / (available_seconds + occupied_seconds + reserved_seconds)",
    )
    coverage = _figure(
        "Share of the point time that was observed.",
        "1 - unobserved_seconds / (charge_points * 3600)",
        nullable=False,
    )
    chance_of_a_free_point = _figure(
        "Share of the observed time in which the station had a free point.",
        "any_available_seconds / any_observed_seconds",
    )
    saturation = _figure(
        "Of the time in which the station had a free point or was full, the share it was full.",
        "full_seconds / (any_available_seconds + full_seconds)",
    )


class StationState(dy.Schema):
    """The state of every station at the newest snapshot, with its attributes.

    `available` … `unknown` count fresh records only; with `stale` they add up to
    `charge_points`. `reported_*` count the statuses as published, fresh or not.
    """

    station_id = dy.String(primary_key=True, min_length=1, description="Station.")
    captured_at = _second("Second of the snapshot.")
    source = dy.String(description="Raw source of the snapshot.")
    station_status = dy.Enum(
        STATION_STATUSES,
        description="One word: available, or else full, or else silent, or else out_of_order.",
    )
    charge_points = _count("Charge points of the station in the snapshot.", minimum=1)
    available = _count("Points freshly available.")
    occupied = _count("Points freshly occupied.")
    reserved = _count("Points freshly reserved.")
    out_of_order = _count("Points freshly out of order.")
    planned = _count("Points freshly reported planned.")
    removed = _count("Points freshly reported removed.")
    unknown = _count("Points freshly reported unknown.")
    stale = _count("Points whose record is older than 26 h.")
    reported_available = _count("Points reported available, fresh or stale.")
    reported_occupied = _count("Points reported occupied, fresh or stale.")
    reported_reserved = _count("Points reported reserved, fresh or stale.")
    reported_out_of_order = _count("Points reported out of order, fresh or stale.")
    reported_planned = _count("Points reported planned, fresh or stale.")
    reported_removed = _count("Points reported removed, fresh or stale.")
    reported_unknown = _count("Points reported unknown, fresh or stale.")
    newest_update = _second("Newest `last_updated` among the station's points.")
    station_name = dy.String(nullable=True, description="Name of the station, as published.")
    address = _address()
    arrondissement = _arrondissement()
    latitude = _latitude()
    longitude = _longitude()
    power_kw = dy.Float64(
        nullable=True, min=0, max=1000, metadata=_unit("kW"), description="Highest rated power."
    )
