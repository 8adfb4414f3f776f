"""The weather by the hour."""

import dataframely as dy

from belib_weather.datasets import columns as c

WEATHER_RULES = 1
"""Version of the rules that make these rows (docs/metrics.md): raised when results change."""


class WeatherHour(dy.Schema):
    """Weather in Paris by the hour, as stamped by the source; one row per hour stamp."""

    hour = c.hour("Stamp of the sample: instants are of this moment, sums of the hour before it.")
    temperature_c = c.temperature()
    relative_humidity_percent = dy.Float64(
        nullable=True, min=0, max=100, metadata=c.unit("%"), description="Relative humidity at 2 m."
    )
    precipitation_mm = c.precipitation()
    rain_mm = dy.Float64(
        nullable=True,
        min=0,
        max=500,
        metadata=c.unit("mm"),
        description="Rain of the preceding hour.",
    )
    snowfall_cm = dy.Float64(
        nullable=True,
        min=0,
        max=500,
        metadata=c.unit("cm"),
        description="Snowfall of the preceding hour.",
    )
    weather_code = c.weather_code()
    weather_class = c.weather_class()
    surface_pressure_hpa = dy.Float64(
        nullable=True, min=800, max=1100, metadata=c.unit("hPa"), description="Surface pressure."
    )
    wind_speed_kmh = c.wind_speed()
    wind_direction_deg = dy.Float64(
        nullable=True,
        min=0,
        max=360,
        metadata=c.unit("degrees"),
        description="Wind direction at 10 m.",
    )
    cloud_cover_percent = dy.Float64(
        nullable=True, min=0, max=100, metadata=c.unit("%"), description="Total cloud cover."
    )
    source = dy.String(
        description="Raw source of the row; archive beats forecast, then the newest."
    )
    captured_at = c.second("When the document that the row comes from was captured.")
