"""Hourly weather like that of Paris, seeded: the truth, and a forecast that errs a little.

Mean 12 °C with the seasons and hours of 2024, 18 % of hours wet in spells. As in Open-Meteo,
temperature, wind, humidity, pressure and cloud of a stamp are of that moment; precipitation,
rain, snowfall and weather code are of the hour before it.
"""

from dataclasses import dataclass

import numpy as np

from belib_weather.simulator.randomness import Flags, Floats, Ints, smooth_noise

WET_THRESHOLD = 0.915
"""Quantile 0.82 of the standard normal: 18 % of hours are above it."""
VARIABLES = (
    "temperature_2m",
    "relative_humidity_2m",
    "precipitation",
    "rain",
    "snowfall",
    "weather_code",
    "surface_pressure",
    "wind_speed_10m",
    "wind_direction_10m",
    "cloud_cover",
)
"""The hourly variables on offer, named as Open-Meteo names them."""
_WHOLE = ("relative_humidity_2m", "weather_code", "wind_direction_10m", "cloud_cover")
_RUN_HOURS = 6


@dataclass(frozen=True)
class Hours:
    """Hourly samples; `stamps` are UTC hours since 1970, every array has shape (n,)."""

    stamps: Ints
    values: dict[str, Floats]

    @property
    def wet(self) -> Floats:
        """1 where precipitation fell in the hour before the stamp, else 0."""
        return (self.values["precipitation"] > 0).astype(np.float64)


class Weather:
    """The weather of one seed, at any hour from 1970 on."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def truth(self, first: int, count: int) -> Hours:
        """What the weather was: `count` hours from UTC hour `first` (hours since 1970) on."""
        stamps = np.arange(first, first + count, dtype=np.int64)
        return self._hours(stamps, np.zeros(count), np.zeros(count))

    def forecast(self, at: int, first: int, count: int) -> Hours:
        """What a forecast asked for at second `at` says: the truth up to then, a guess after.

        The error grows with the lead time; forecasts of one six-hour model run err alike.
        """
        stamps = np.arange(first, first + count, dtype=np.int64)
        lead = np.maximum(stamps - at / 3_600, 0.0)
        run = at // (3_600 * _RUN_HOURS)
        warmth = smooth_noise(self._seed, f"run {run} warmth", stamps / 8)
        wetness = smooth_noise(self._seed, f"run {run} wetness", stamps / 4)
        known = lead == 0
        return self._hours(
            stamps,
            np.where(known, 0, np.minimum(0.3 + 0.05 * lead**0.8, 3.0) * warmth),
            np.where(known, 0, np.minimum(0.08 + 0.012 * lead, 0.9) * wetness),
        )

    def _noise(self, name: str, stamps: Ints, hours: float) -> Floats:
        return smooth_noise(self._seed, name, stamps / hours)

    def _hours(self, stamps: Ints, warmer: Floats, wetter: Floats) -> Hours:
        season = np.cos(2 * np.pi * (stamps / 24 - 204) / 365.25)
        clock = np.cos(2 * np.pi * ((stamps % 24) - 14) / 24)
        mean = 12.1 + 7.8 * season + (2.7 + 1.1 * season) * clock
        synoptic = 2.8 * self._noise("warm", stamps, 60) + 0.9 * self._noise("warm+", stamps, 9)
        temperature = mean + synoptic + warmer
        wetness = 0.80 * self._noise("wet", stamps, 11) + 0.60 * self._noise("wet+", stamps, 2.5)
        wetness = wetness + wetter
        cloud = _cloud(wetness, self._noise("cloud", stamps, 7))
        precipitation = _amount(wetness)
        snow = (temperature <= 0.5) & (precipitation > 0)
        humidity = 79 + 9 * wetness - 1.3 * (temperature - mean) - 7 * clock
        pressure = 1012 - 5 * wetness + 8 * self._noise("pressure", stamps, 70)
        wind = np.exp(2.36 + 0.5 * self._noise("wind", stamps, 12))
        direction = (200 + 75 * self._noise("direction", stamps, 30)) % 360
        values = {
            "temperature_2m": temperature,
            "relative_humidity_2m": np.clip(humidity, 30, 100),
            "precipitation": precipitation,
            "rain": np.where(snow, 0.0, precipitation),
            "snowfall": np.where(snow, 0.7 * precipitation, 0.0),
            "weather_code": _code(precipitation, snow, cloud),
            "surface_pressure": pressure,
            "wind_speed_10m": np.minimum(wind, 90),
            "wind_direction_10m": direction,
            "cloud_cover": cloud,
        }
        return Hours(stamps, {name: _rounded(name, value) for name, value in values.items()})


def _rounded(name: str, value: Floats) -> Floats:
    decimals = 2 if name == "snowfall" else 0 if name in _WHOLE else 1
    return np.round(value, decimals) + 0.0  # never -0.0


def _amount(wetness: Floats) -> Floats:
    """Precipitation in mm, whole tenths; median of wet hours 0.3, one in ten above 1.4."""
    above = np.maximum(wetness - WET_THRESHOLD, 0)
    tenths = np.round(10 * (0.1 + above**1.8))
    return np.where(wetness > WET_THRESHOLD, tenths / 10, 0.0)


def _cloud(wetness: Floats, noise: Floats) -> Floats:
    return np.round(100 / (1 + np.exp(-(1.6 + 2.2 * wetness + 1.6 * noise))))


def _code(precipitation: Floats, snow: Flags, cloud: Floats) -> Floats:
    """WMO codes with the thresholds that 2024's archive shows."""
    falling = np.select(
        [precipitation < 0.5, precipitation < 1.0, precipitation < 1.3, precipitation < 2.5],
        [51, 53, 55, 61],
        np.where(precipitation < 7.6, 63, 65),
    )
    snowing = np.select([precipitation < 0.3, precipitation < 1.2], [71, 73], 75)
    dry = np.select([cloud < 20, cloud < 50, cloud < 80], [0, 1, 2], 3)
    code = np.where(precipitation > 0, np.where(snow, snowing, falling), dry)
    return np.asarray(code, dtype=np.float64)
