"""OpenWeatherMap: the weather now, by key. Contract: https://openweathermap.org/current."""

from datetime import UTC, date, datetime, timedelta

from belib_weather.settings import Settings
from belib_weather.sources.errors import InvalidBody, MissingCredentials, NoHistory
from belib_weather.sources.http import HttpClient, said_in
from belib_weather.sources.response import Answer, Response, accepted, json_in

CURRENT = "openweathermap/current"


class OpenWeatherMap:
    """The weather now at one place, in metric units; history is a paid product of theirs."""

    has_history = False

    def __init__(self, client: HttpClient, settings: Settings) -> None:
        if settings.openweathermap_api_key is None:
            raise MissingCredentials("openweathermap: BELIB_OPENWEATHERMAP_API_KEY is not set")
        self._client = client
        self._url = settings.openweathermap_url
        self._key = settings.openweathermap_api_key
        self._place = {"lat": str(settings.latitude), "lon": str(settings.longitude)}

    def day(self, day: date, today: date) -> Response:
        """The weather now, as the day's newest sample.

        Raises:
            NoHistory: the day is over.
        """
        if day != today:
            raise NoHistory(f"{CURRENT} tells the present only, not {day}")
        return self.current()

    def current(self) -> Response:
        """The weather now."""
        params = {**self._place, "units": "metric"}
        secrets = {"appid": self._key}
        return checked_current(self._client.get(CURRENT, self._url, params, secrets=secrets))


def checked_current(answer: Answer) -> Response:
    """An OpenWeatherMap body that tells a measurement.

    A sample speaks for one of the two full hours around it, so the summary covers both.

    Raises:
        InvalidBody: it tells an error (`cod` is a number, or a string for some) or no time.
    """
    try:
        said = json_in(answer.body)
        hour = datetime.fromtimestamp(said["dt"] // 3600 * 3600, UTC)
        is_good = str(said.get("cod", 200)) == "200" and isinstance(said["main"], dict)
    except (ValueError, KeyError, TypeError, OverflowError, OSError):
        is_good = False
    if not is_good:
        raise InvalidBody(f"{answer.source}: no weather: {said_in(answer.body)}", answer)
    return accepted(
        answer,
        record_count=1,
        expected_count=1,
        summary={"first": hour, "last": hour + timedelta(hours=1)},
    )
