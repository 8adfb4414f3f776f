"""Infoclimat, GFS forecasts: one sample per local date-time key.

Contract: https://www.infoclimat.fr/api-previsions-meteo.html.
"""

from typing import Any

import polars as pl

from belib_weather.formats.errors import UnreadableBody
from belib_weather.formats.samples import (
    HOUR_TYPE,
    Samples,
    celsius,
    covered,
    message_in,
    number_at,
    object_in,
    within_calendar,
)
from belib_weather.formats.storable import encodable
from belib_weather.networks import NETWORK

_GRANTED = 200
"""`request_state` of a body with a forecast; a refusal comes with HTTP 200, too."""
_COLUMNS = (
    "temperature_c",
    "relative_humidity_percent",
    "wind_speed_kmh",
    "wind_direction_deg",
    "cloud_cover_percent",
)


def infoclimat_samples(body: bytes) -> Samples:
    """Read a GFS run: kelvin, wind in km/h, keys in local time.

    Its rain is the sum of three hours, its pressure that of sea level: neither is a WeatherHour
    value, so both stay null.

    Raises:
        UnreadableBody: an error body, or one without an hour.
    """
    document = object_in(body)
    hours = {stamp: values for stamp, values in document.items() if isinstance(values, dict)}
    if document.get("request_state") != _GRANTED or not hours:
        raise UnreadableBody(f"no hours: {message_in(document)}")
    local = pl.Series(map(encodable, hours), dtype=pl.String).str.to_datetime(
        "%Y-%m-%d %H:%M:%S", strict=False
    )
    instants = local.dt.replace_time_zone(NETWORK.zone, ambiguous="null", non_existent="null")
    samples = pl.DataFrame(
        [_sample(values) for values in hours.values()], schema=dict.fromkeys(_COLUMNS, pl.Float64)
    )
    rows = samples.select(
        within_calendar(instants.dt.convert_time_zone("UTC").cast(HOUR_TYPE)), pl.all()
    )
    first, last = covered(rows["hour"])
    return Samples(rows, first, last, NETWORK.zone)


def _sample(values: dict[str, Any]) -> dict[str, float | None]:
    return {
        "temperature_c": celsius(number_at(values, "temperature", "2m")),
        "relative_humidity_percent": number_at(values, "humidite", "2m"),
        "wind_speed_kmh": number_at(values, "vent_moyen", "10m"),
        "wind_direction_deg": number_at(values, "vent_direction", "10m"),
        "cloud_cover_percent": number_at(values, "nebulosite", "totale"),
    }
