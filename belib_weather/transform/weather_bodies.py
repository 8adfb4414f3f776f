"""The bodies of the weather sources: their formats and units, one function per source.

What belongs here: from a body to samples with an `hour` and the columns of WeatherHour that the
source has, in its units. What does not: checks and choices (`weather`).
"""

import json
from typing import Any

import polars as pl

from belib_weather.networks import NETWORK
from belib_weather.transform.errors import UnreadableBody

KELVIN = 273.15
KMH_OF_MS = 3.6
SNOW_CM_OF_MM = 0.7
"""Depth of a millimetre of melted snow: Open-Meteo counts 7 cm of snow for 10 mm of water."""
HOUR_TYPE = pl.Datetime("us", "UTC")

OPEN_METEO = {
    "temperature_c": ("temperature_2m", {"°C": 1.0}),
    "relative_humidity_percent": ("relative_humidity_2m", {"%": 1.0}),
    "precipitation_mm": ("precipitation", {"mm": 1.0, "inch": 25.4}),
    "rain_mm": ("rain", {"mm": 1.0, "inch": 25.4}),
    "snowfall_cm": ("snowfall", {"cm": 1.0, "inch": 2.54}),
    "weather_code": ("weather_code", {"wmo code": 1.0}),
    "surface_pressure_hpa": ("surface_pressure", {"hPa": 1.0}),
    "wind_speed_kmh": ("wind_speed_10m", {"km/h": 1.0, "m/s": KMH_OF_MS, "mp/h": 1.609344}),
    "wind_direction_deg": ("wind_direction_10m", {"°": 1.0}),
    "cloud_cover_percent": ("cloud_cover", {"%": 1.0}),
}
"""WeatherHour column: Open-Meteo's variable, and the factor for each unit that it may come in."""

_THUNDER = 95
WMO_OF_OPENWEATHERMAP: dict[int, int] = {
    **dict.fromkeys((300, 310), 51),
    **dict.fromkeys((301, 311, 313, 321), 53),
    **dict.fromkeys((302, 312, 314), 55),
    500: 61,
    501: 63,
    **dict.fromkeys((502, 503, 504), 65),
    511: 67,
    520: 80,
    521: 81,
    **dict.fromkeys((522, 531), 82),
    **dict.fromkeys((600, 612, 615), 71),
    **dict.fromkeys((601, 611, 613, 616), 73),
    602: 75,
    **dict.fromkeys((620, 621), 85),
    622: 86,
    **dict.fromkeys((701, 741), 45),
    800: 0,
    801: 1,
    802: 2,
    **dict.fromkeys((803, 804), 3),
}
"""OpenWeatherMap condition id to the WMO subset of the vocabulary; 2xx are thunderstorms. Sleet
goes with snow, mist with fog; smoke, dust and squalls have no code and stay null."""


def open_meteo_hours(body: bytes) -> pl.DataFrame:
    """Forecast and archive of Open-Meteo: hourly columns, one sample per stamp.

    Stamps carry no offset and are in the response's `timezone`; one that its clock shows twice
    or never stays null.

    Raises:
        UnreadableBody: an error body, columns of different lengths, or a unit without a factor.
    """
    document = _object(body, "Open-Meteo")
    hourly, units = document.get("hourly"), document.get("hourly_units") or {}
    if not isinstance(hourly, dict) or "time" not in hourly:
        raise UnreadableBody(f"Open-Meteo's body has no hourly values: {_reason(document)}")
    try:
        table = pl.DataFrame(hourly, strict=False)
    except pl.exceptions.PolarsError as error:
        raise UnreadableBody(f"Open-Meteo's hourly columns do not fit together: {error}") from error
    return table.select(
        pl.col("time")
        .str.to_datetime("%Y-%m-%dT%H:%M", strict=False)
        .dt.replace_time_zone(
            document.get("timezone") or "UTC", ambiguous="null", non_existent="null"
        )
        .dt.convert_time_zone("UTC")
        .alias("hour"),
        *(
            (
                pl.col(variable).cast(pl.Float64, strict=False) * _factor(units, variable, factors)
            ).alias(column)
            for column, (variable, factors) in OPEN_METEO.items()
            if variable in table.columns
        ),
    )


def openweathermap_hours(body: bytes) -> pl.DataFrame:
    """Current weather of OpenWeatherMap: one sample, stamped with the full hour nearest to `dt`.

    Kelvin or Celsius by the value's size (the body does not say), wind in m/s, sums of the last
    hour. `grnd_level` is the surface pressure; `pressure` is of sea level and not taken. Of
    several conditions the first is the primary one.

    Raises:
        UnreadableBody: an error body, or one without `dt`.
    """
    document = _object(body, "OpenWeatherMap")
    if "dt" not in document:
        raise UnreadableBody(f"OpenWeatherMap's body is no current weather: {_reason(document)}")
    main, wind = document.get("main", {}), document.get("wind", {})
    temperature, speed = main.get("temp"), wind.get("speed")
    rain, snow = (document.get(kind, {}).get("1h", 0.0) for kind in ("rain", "snow"))
    sample = {
        "temperature_c": _celsius(temperature),
        "relative_humidity_percent": main.get("humidity"),
        "precipitation_mm": rain + snow,
        "rain_mm": rain,
        "snowfall_cm": snow * SNOW_CM_OF_MM,
        "weather_code": _wmo_code(document.get("weather", [])),
        "surface_pressure_hpa": main.get("grnd_level"),
        "wind_speed_kmh": None if speed is None else speed * KMH_OF_MS,
        "wind_direction_deg": wind.get("deg"),
        "cloud_cover_percent": document.get("clouds", {}).get("all"),
    }
    stamp = pl.from_epoch(pl.lit(document["dt"]), time_unit="s").cast(HOUR_TYPE)
    return pl.DataFrame([sample]).select(stamp.dt.round("1h").alias("hour"), pl.all())


def infoclimat_hours(body: bytes) -> pl.DataFrame:
    """GFS forecast of Infoclimat: one sample per local date-time key, kelvin, wind in km/h.

    Its rain is the sum of three hours, its pressure that of sea level: neither is a WeatherHour
    value, so both stay null.

    Raises:
        UnreadableBody: an error body (which comes with HTTP 200).
    """
    document = _object(body, "Infoclimat")
    samples = [
        {
            "hour": stamp,
            "temperature_c": _celsius(values.get("temperature", {}).get("2m")),
            "relative_humidity_percent": values.get("humidite", {}).get("2m"),
            "wind_speed_kmh": values.get("vent_moyen", {}).get("10m"),
            "wind_direction_deg": values.get("vent_direction", {}).get("10m"),
            "cloud_cover_percent": values.get("nebulosite", {}).get("totale"),
        }
        for stamp, values in document.items()
        if isinstance(values, dict)
    ]
    if document.get("request_state") != 200 or not samples:
        raise UnreadableBody(f"Infoclimat's body holds no forecast: {_reason(document)}")
    return pl.DataFrame(samples, strict=False, infer_schema_length=None).with_columns(
        pl.col("hour")
        .str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False)
        .dt.replace_time_zone(NETWORK.zone, ambiguous="null", non_existent="null")
        .dt.convert_time_zone("UTC")
    )


def _object(body: bytes, whose: str) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except ValueError as error:
        raise UnreadableBody(f"{whose}'s body is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise UnreadableBody(f"{whose}'s body is not a JSON object: {body[:60]!r}")
    return document


def _reason(document: dict[str, Any]) -> str:
    said = document.get("reason") or document.get("message")
    return str(said or f"it has only {sorted(document)[:8]}")


def _factor(units: dict[str, str], variable: str, factors: dict[str, float]) -> float:
    unit = units.get(variable, next(iter(factors)))
    if unit not in factors:
        raise UnreadableBody(
            f"Open-Meteo gives {variable} in {unit!r}; ask for one of {', '.join(factors)}"
        )
    return factors[unit]


def _celsius(temperature: float | None) -> float | None:
    """No air is 150 °C hot and none 150 K cold."""
    if temperature is None or temperature < 150:
        return temperature
    return round(temperature - KELVIN, 2)


def _wmo_code(conditions: list[dict[str, Any]]) -> int | None:
    if not conditions:
        return None
    number = int(conditions[0]["id"])
    return _THUNDER if 200 <= number < 300 else WMO_OF_OPENWEATHERMAP.get(number)
