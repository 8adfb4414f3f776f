"""OpenWeatherMap, the weather now: one sample. Contract: https://openweathermap.org/current."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from belib_weather.formats.errors import UnreadableBody
from belib_weather.formats.samples import (
    HOUR_TYPE,
    KMH_OF_MS,
    Samples,
    celsius,
    message_in,
    number_at,
    object_in,
)
from belib_weather.formats.stamps import FIRST_SECOND, LAST_SECOND

SNOW_CM_OF_MM = 0.7
"""Depth of a millimetre of melted snow: Open-Meteo counts 7 cm of snow for 10 mm of water."""
_THUNDER = 95
WMO_OF_CONDITION: dict[int, int] = {
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
"""Condition id to the WMO subset of the vocabulary; 2xx are thunderstorms. Sleet goes with snow,
mist with fog; smoke, dust and squalls have no code and stay null."""


def openweathermap_samples(body: bytes) -> Samples:
    """Read current weather, stamped with the full hour nearest to `dt`.

    Kelvin or Celsius by the value's size (the body does not say), wind in m/s, sums of the last
    hour. `grnd_level` is the surface pressure; `pressure` is of sea level and not taken. Of
    several conditions the first is the primary one. What is missing or no number stays null. A
    sample counts for one of the two full hours around it, so both are covered.

    Raises:
        UnreadableBody: an error body (`cod` is a number, or a text for some), or one without a
            measurement or its time.
    """
    document = object_in(body)
    measured_at = number_at(document, "dt")
    if (
        measured_at is None
        or str(document.get("cod", 200)) != "200"
        or not isinstance(document.get("main"), dict)
    ):
        raise UnreadableBody(f"no weather: {message_in(document)}")
    if not FIRST_SECOND <= measured_at < LAST_SECOND:
        raise UnreadableBody(f"no weather: its time is {measured_at}")
    hour = datetime.fromtimestamp(measured_at // 3600 * 3600, UTC)
    following = hour + timedelta(hours=1)
    stamp = pl.from_epoch(pl.lit(int(measured_at)), time_unit="s").cast(HOUR_TYPE)
    sample = pl.DataFrame([_sample(document)], schema=dict.fromkeys(_COLUMNS, pl.Float64))
    rows = sample.select(stamp.dt.round("1h").alias("hour"), pl.all())
    return Samples(rows, hour, following)


_COLUMNS = (
    "temperature_c",
    "relative_humidity_percent",
    "precipitation_mm",
    "rain_mm",
    "snowfall_cm",
    "weather_code",
    "surface_pressure_hpa",
    "wind_speed_kmh",
    "wind_direction_deg",
    "cloud_cover_percent",
)


def _sample(document: dict[str, Any]) -> dict[str, float | None]:
    speed, rain, snow = number_at(document, "wind", "speed"), *_sums(document)
    return {
        "temperature_c": celsius(number_at(document, "main", "temp")),
        "relative_humidity_percent": number_at(document, "main", "humidity"),
        "precipitation_mm": None if rain is None or snow is None else rain + snow,
        "rain_mm": rain,
        "snowfall_cm": None if snow is None else snow * SNOW_CM_OF_MM,
        "weather_code": _wmo_code(document.get("weather")),
        "surface_pressure_hpa": number_at(document, "main", "grnd_level"),
        "wind_speed_kmh": None if speed is None else speed * KMH_OF_MS,
        "wind_direction_deg": number_at(document, "wind", "deg"),
        "cloud_cover_percent": number_at(document, "clouds", "all"),
    }


def _sums(document: dict[str, Any]) -> tuple[float | None, float | None]:
    """Rain and snow of the last hour in mm: 0 where the body leaves them out.

    Null where the sum is of other hours (`3h`): it was wet, but nobody says how wet in this one.
    """

    def of_last_hour(kind: str) -> float | None:
        if kind not in document:
            return 0.0
        return number_at(document[kind], "1h")

    return of_last_hour("rain"), of_last_hour("snow")


def _wmo_code(conditions: Any) -> float | None:
    primary = conditions[0] if isinstance(conditions, list) and conditions else None
    number = number_at(primary, "id")
    if number is None:
        return None
    return _THUNDER if 200 <= number < 300 else WMO_OF_CONDITION.get(int(number))
