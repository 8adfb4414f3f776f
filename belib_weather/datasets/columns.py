"""Columns that several datasets share: one definition of type, range, unit and description."""

from typing import Any

import dataframely as dy

from belib_weather.datasets.figures import Figure
from belib_weather.vocabulary import WEATHER_CLASSES


def unit(name: str, **more: Any) -> dict[str, Any]:
    """Column metadata with its unit."""
    return {"unit": name, **more}


def second(description: str, *, primary_key: bool = False, nullable: bool = False) -> dy.Datetime:
    """An instant in UTC, to the second."""
    return dy.Datetime(
        time_zone="UTC",
        time_unit="us",
        resolution="1s",
        primary_key=primary_key,
        nullable=nullable,
        metadata=unit("UTC"),
        description=description,
    )


def hour(description: str) -> dy.Datetime:
    """The start of a UTC hour; part of the primary key."""
    return dy.Datetime(
        time_zone="UTC",
        time_unit="us",
        resolution="1h",
        primary_key=True,
        metadata=unit("UTC hour"),
        description=description,
    )


def day(description: str, *, primary_key: bool = False, nullable: bool = False) -> dy.Datetime:
    """The start of a UTC day; an instant, so that no session's time zone moves it."""
    return dy.Datetime(
        time_zone="UTC",
        time_unit="us",
        resolution="1d",
        primary_key=primary_key,
        nullable=nullable,
        metadata=unit("UTC day"),
        description=description,
    )


def seconds(description: str, *, maximum: int | None = None, of: str = "point-seconds") -> dy.Int32:
    """Whole seconds, never negative."""
    return dy.Int32(min=0, max=maximum, metadata=unit(of), description=description)


def count(description: str, *, minimum: int = 0) -> dy.Int32:
    """A count, never negative unless `minimum` says otherwise."""
    return dy.Int32(min=minimum, metadata=unit("1"), description=description)


def latitude() -> dy.Float64:
    """Latitude in degrees, WGS 84."""
    return dy.Float64(
        nullable=True, min=-90, max=90, metadata=unit("degrees"), description="Latitude, WGS 84."
    )


def longitude() -> dy.Float64:
    """Longitude in degrees, WGS 84."""
    return dy.Float64(
        nullable=True,
        min=-180,
        max=180,
        metadata=unit("degrees"),
        description="Longitude, WGS 84.",
    )


def address() -> dy.String:
    """A postal address."""
    return dy.String(nullable=True, description="Postal address, as published (`adresse_station`).")


def arrondissement() -> dy.Int16:
    """Number of the arrondissement, 1-20."""
    return dy.Int16(
        nullable=True,
        min=1,
        max=20,
        description="Arrondissement 1-20, from the postal code in the address (75116 is the 16th).",
    )


def weather_class() -> dy.Enum:
    """One of `vocabulary.WEATHER_CLASSES`."""
    return dy.Enum(
        WEATHER_CLASSES, nullable=True, description="Coarse class of the weather code: rain, snow…"
    )


def weather_code() -> dy.Int16:
    """A WMO 4677 weather code."""
    return dy.Int16(
        nullable=True,
        min=0,
        max=99,
        metadata=unit("WMO 4677"),
        description="Weather code; it covers the hour that ends at its stamp.",
    )


def temperature() -> dy.Float64:
    """Air temperature in °C."""
    return dy.Float64(
        nullable=True,
        min=-60,
        max=60,
        metadata=unit("°C"),
        description="Air temperature 2 m above ground, at the instant of the stamp.",
    )


def wind_speed() -> dy.Float64:
    """Wind speed in km/h."""
    return dy.Float64(
        nullable=True,
        min=0,
        max=400,
        metadata=unit("km/h"),
        description="Wind speed 10 m above ground, at the instant of the stamp.",
    )


def precipitation() -> dy.Float64:
    """Precipitation in mm."""
    return dy.Float64(
        nullable=True,
        min=0,
        max=500,
        metadata=unit("mm"),
        description="Precipitation (rain and melted snow) of the hour ending at the stamp.",
    )


def source(of: str = "the snapshots that it rests on", *, nullable: bool = False) -> dy.String:
    """Raw sources, joined by ` + `: those of the simulator begin with `simulator:`."""
    return dy.String(nullable=nullable, description=f"Raw sources of {of}.")


def figure(figure: Figure, *, nullable: bool = True) -> dy.Float64:
    """A share in [0, 1], with the formula that gives it."""
    return dy.Float64(
        nullable=nullable,
        min=0,
        max=1,
        metadata=unit("1", formula=figure.formula),
        description=figure.description,
    )
