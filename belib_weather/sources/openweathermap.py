"""OpenWeatherMap: the weather now, by key. Contract: https://openweathermap.org/current."""

from datetime import date

from belib_weather.sources.attempts import Attempts
from belib_weather.sources.errors import MissingCredentials, NoHistory
from belib_weather.sources.http import HttpClient
from belib_weather.sources.options import OpenWeatherMapOptions
from belib_weather.sources.response import Response
from belib_weather.sources.weather_bodies import accepted_weather

CURRENT = "openweathermap/current"


class OpenWeatherMap:
    """The weather now at one place, in metric units; history is a paid product of theirs."""

    has_history = False

    def __init__(self, client: HttpClient, options: OpenWeatherMapOptions) -> None:
        if options.openweathermap_api_key is None:
            raise MissingCredentials("openweathermap: BELIB_OPENWEATHERMAP_API_KEY is not set")
        self._client = client
        self._url = options.openweathermap_url
        self._key = options.openweathermap_api_key
        self._place = {"lat": str(options.latitude), "lon": str(options.longitude)}

    def day(self, day: date, today: date) -> Response:
        """The weather now, as the day's newest sample.

        Raises:
            NoHistory: the day is over.
        """
        if day != today:
            raise NoHistory(f"{CURRENT} has the present only, not {day}")
        return self.current()

    def current(self) -> Response:
        """The weather now."""
        params = {**self._place, "units": "metric"}
        secrets = {"appid": self._key}

        def now(attempts: Attempts) -> Response:
            answer = self._client.get(
                CURRENT, self._url, params, secrets=secrets, attempts=attempts
            )
            return accepted_weather(answer, expected=1)

        return self._client.retry_unreadable(now)
