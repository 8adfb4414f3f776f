"""infoclimat: GFS forecasts, by a token bound to an address.

Contract: https://www.infoclimat.fr/api-previsions-meteo.html. A refusal comes with status
200 too, and is in `request_state`; keys of the hours are local times.
"""

from datetime import date

from belib_weather.sources.attempts import Attempts
from belib_weather.sources.errors import MissingCredentials, NoHistory
from belib_weather.sources.http import HttpClient
from belib_weather.sources.options import InfoclimatOptions
from belib_weather.sources.response import Response
from belib_weather.sources.weather_bodies import accepted_weather

GFS = "infoclimat/gfs"


class Infoclimat:
    """The newest GFS run at one place."""

    has_history = False

    def __init__(self, client: HttpClient, options: InfoclimatOptions) -> None:
        if options.infoclimat_auth is None or options.infoclimat_check is None:
            raise MissingCredentials(
                "infoclimat: BELIB_INFOCLIMAT_AUTH and BELIB_INFOCLIMAT_CHECK are not both set"
            )
        self._client = client
        self._url = options.infoclimat_url
        self._secrets = {"_auth": options.infoclimat_auth, "_c": options.infoclimat_check}
        self._params = {"_ll": f"{options.latitude},{options.longitude}"}

    def day(self, day: date, today: date) -> Response:
        """The newest run, which covers today and the days to come.

        Raises:
            NoHistory: the day is over.
        """
        if day != today:
            raise NoHistory(f"{GFS} has today and the future, not {day}")
        return self.gfs()

    def gfs(self) -> Response:
        """The newest run."""

        def run(attempts: Attempts) -> Response:
            answer = self._client.get(
                GFS, self._url, self._params, secrets=self._secrets, attempts=attempts
            )
            return accepted_weather(answer, expected=None)

        return self._client.retry_unreadable(run)
