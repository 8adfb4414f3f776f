"""The weather source that the settings choose."""

from datetime import date
from typing import Protocol

from belib_weather.clock import Now, utc_now
from belib_weather.settings import WeatherSource
from belib_weather.sources.http import HttpClient
from belib_weather.sources.infoclimat import Infoclimat
from belib_weather.sources.open_meteo import OpenMeteo
from belib_weather.sources.openweathermap import OpenWeatherMap
from belib_weather.sources.options import WeatherOptions
from belib_weather.sources.response import Response


class WeatherApi(Protocol):
    """A source of weather by the day."""

    @property
    def has_history(self) -> bool:
        """Whether it answers for days that are over."""
        ...

    def day(self, day: date, today: date) -> Response:
        """What the source has of a day and the first stamp of the next."""
        ...


def weather_client(options: WeatherOptions, now: Now = utc_now) -> WeatherApi:
    """A client of the chosen source.

    Args:
        options: which source, and how to reach it.
        now: the clock that capture times are read from.

    Raises:
        MissingCredentials: it needs a key that is not set.
    """
    client = HttpClient(options, now)
    match WeatherSource(options.weather_source):
        case WeatherSource.OPEN_METEO:
            return OpenMeteo(client, options)
        case WeatherSource.OPENWEATHERMAP:
            return OpenWeatherMap(client, options)
        case WeatherSource.INFOCLIMAT:
            return Infoclimat(client, options)
