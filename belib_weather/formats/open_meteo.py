"""Open-Meteo, forecast and archive: hourly series, one sample per stamp.

Contract: https://open-meteo.com/en/docs and https://open-meteo.com/en/docs/historical-weather-api.
Precipitation, rain, snowfall and the weather code are of the hour that ends at their stamp.
"""

from datetime import timedelta
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
    within_calendar,
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
_SUMS = ("precipitation_mm", "rain_mm", "snowfall_cm", "weather_code")
"""What is of the time that ends at its stamp."""
UNITS = {variable: next(iter(factors)) for variable, factors in VARIABLES.values()}
"""The hourly variables that are asked for, with their default units."""


def open_meteo_samples(body: bytes) -> Samples:
    """Read forecast or archive.

    Stamps carry no offset and are in the response's `timezone`; one that its clock shows twice
    or never stays null. A variable that is missing, whose series has another length than the
    stamps, or whose unit is unknown, has no column; nor have sums where stamps are further apart
    than an hour, because they are sums of all that time.

    Raises:
        UnreadableBody: an error body, or no readable stamp.
    """
    document = object_in(body)
    hourly, units = document.get("hourly"), document.get("hourly_units")
    stamps = hourly.get("time") if isinstance(hourly, dict) else None
    if not isinstance(hourly, dict) or not isinstance(stamps, list):
        raise UnreadableBody(f"no hourly series: {message_in(document)}")
    zone = document.get("timezone") or "UTC"
    published = {k: str(unit) for k, unit in units.items()} if isinstance(units, dict) else {}
    columns = {"hour": _hours(stamps, zone)}
    is_hourly = _is_hourly(columns["hour"])
    unreadable = []
    for column, (variable, factors) in VARIABLES.items():
        series = _series(hourly.get(variable), len(stamps))
        factor = factors.get(published.get(variable, next(iter(factors))))
        if series is None or factor is None or (column in _SUMS and not is_hourly):
            unreadable.append(variable)
        else:
            columns[column] = series * factor
    rows = pl.DataFrame(columns)
    first, last = covered(rows["hour"])
    return Samples(rows, first, last, str(zone), published, tuple(unreadable))


def _hours(stamps: list[Any], zone: Any) -> pl.Series:
    texts = [stamp if isinstance(stamp, str) else None for stamp in stamps]
    local = pl.Series(texts, dtype=pl.String).str.to_datetime("%Y-%m-%dT%H:%M", strict=False)
    try:
        instants = local.dt.replace_time_zone(zone, ambiguous="null", non_existent="null")
    except (pl.exceptions.PolarsError, TypeError, UnicodeError):
        raise UnreadableBody(f"times are in an unknown zone {str(zone)[:60]!r}") from None
    return within_calendar(instants.dt.convert_time_zone("UTC").cast(HOUR_TYPE))


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


def _is_hourly(hours: pl.Series) -> bool:
    """Whether neighbouring stamps are an hour apart, at least some of them; a single one is."""
    steps = hours.drop_nulls().unique().sort().diff().drop_nulls()
    return steps.is_empty() or bool((steps <= timedelta(hours=1)).any())
