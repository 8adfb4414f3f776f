"""Open-Meteo, forecast and archive: hourly series, one sample per stamp.

Contract: https://open-meteo.com/en/docs and https://open-meteo.com/en/docs/historical-weather-api.
Precipitation, rain, snowfall and the weather code are of the hour that ends at their stamp.
"""

from typing import Any

import polars as pl

from belib_weather.formats.errors import UnreadableBody
from belib_weather.formats.samples import (
    HOUR_TYPE,
    KMH_OF_MS,
    Samples,
    covered,
    message_in,
    object_in,
)

VARIABLES = {
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
"""WeatherHour column: Open-Meteo's variable, and the factor for each unit that it may come in. The
first unit is the default, which is asked for."""
UNITS = {variable: next(iter(factors)) for variable, factors in VARIABLES.values()}
"""The hourly variables that are asked for, with their default units."""


def open_meteo_samples(body: bytes) -> Samples:
    """Read forecast or archive.

    Stamps carry no offset and are in the response's `timezone`; one that its clock shows twice
    or never stays null. A variable that is missing, or whose series has another length than the
    stamps, has no column.

    Raises:
        UnreadableBody: an error body, no readable stamp, or a unit without a factor.
    """
    document = object_in(body)
    hourly, units = document.get("hourly"), document.get("hourly_units")
    stamps = hourly.get("time") if isinstance(hourly, dict) else None
    if not isinstance(hourly, dict) or not isinstance(stamps, list):
        raise UnreadableBody(f"no hourly series: {message_in(document)}")
    zone = document.get("timezone") or "UTC"
    published = units if isinstance(units, dict) else {}
    columns = {"hour": _hours(stamps, zone)}
    unreadable = []
    for column, (variable, factors) in VARIABLES.items():
        series = _series(hourly.get(variable), len(stamps))
        if series is None:
            unreadable.append(variable)
        else:
            columns[column] = series * _factor(published, variable, factors)
    rows = pl.DataFrame(columns)
    first, last = covered(rows["hour"])
    return Samples(rows, first, last, str(zone), published, tuple(unreadable))


def _hours(stamps: list[Any], zone: Any) -> pl.Series:
    texts = [stamp if isinstance(stamp, str) else None for stamp in stamps]
    local = pl.Series(texts, dtype=pl.String).str.to_datetime("%Y-%m-%dT%H:%M", strict=False)
    try:
        instants = local.dt.replace_time_zone(zone, ambiguous="null", non_existent="null")
    except (pl.exceptions.PolarsError, TypeError):
        raise UnreadableBody(f"times are in an unknown zone {str(zone)[:60]!r}") from None
    return instants.dt.convert_time_zone("UTC").cast(HOUR_TYPE)


def _series(values: Any, length: int) -> pl.Series | None:
    if not isinstance(values, list) or len(values) != length:
        return None
    numbers = [
        value if isinstance(value, int | float) and not isinstance(value, bool) else None
        for value in values
    ]
    try:
        series = pl.Series(numbers, dtype=pl.Float64, strict=False)
    except (OverflowError, TypeError, pl.exceptions.PolarsError):
        return None
    return series.fill_nan(None)


def _factor(units: dict[str, Any], variable: str, factors: dict[str, float]) -> float:
    unit = units.get(variable, next(iter(factors)))
    if not isinstance(unit, str) or unit not in factors:
        raise UnreadableBody(f"{variable} is in {unit!r}; ask for one of {', '.join(factors)}")
    return factors[unit]
