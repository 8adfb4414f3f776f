"""The weather source that the settings choose."""

from datetime import date
from typing import Protocol

from belib_weather.settings import Settings, WeatherSource
from belib_weather.sources.http import HttpClient
from belib_weather.sources.infoclimat import Infoclimat
from belib_weather.sources.open_meteo import OpenMeteo
from belib_weather.sources.openweathermap import OpenWeatherMap
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


def weather_client(settings: Settings) -> WeatherApi:
    """A client of the chosen source.

    Raises:
        MissingCredentials: it needs a key that is not set.
    """
    client = HttpClient(settings)
    match settings.weather_source:
        case WeatherSource.OPEN_METEO:
            return OpenMeteo(client, settings)
        case WeatherSource.OPENWEATHERMAP:
            return OpenWeatherMap(client, settings)
        case WeatherSource.INFOCLIMAT:
            return Infoclimat(client, settings)
