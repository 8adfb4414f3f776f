"""infoclimat: GFS forecasts, by a token bound to an address.

Contract: https://www.infoclimat.fr/api-previsions-meteo.html. Answers 200 even to a refusal and
tells it in `request_state`; keys of the hours are local times.
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from belib_weather.networks import NETWORK
from belib_weather.settings import Settings
from belib_weather.sources.errors import InvalidBody, MissingCredentials, NoHistory
from belib_weather.sources.http import HttpClient, said_in
from belib_weather.sources.response import Answer, Response, accepted, json_in

GFS = "infoclimat/gfs"
GRANTED = 200
"""`request_state` of an answer that is one."""


class Infoclimat:
    """The newest GFS run at one place."""

    has_history = False

    def __init__(self, client: HttpClient, settings: Settings) -> None:
        if settings.infoclimat_auth is None or settings.infoclimat_check is None:
            raise MissingCredentials(
                "infoclimat: BELIB_INFOCLIMAT_AUTH and BELIB_INFOCLIMAT_CHECK are not both set"
            )
        self._client = client
        self._url = settings.infoclimat_url
        self._secrets = {"_auth": settings.infoclimat_auth, "_c": settings.infoclimat_check}
        self._params = {"_ll": f"{settings.latitude},{settings.longitude}"}

    def day(self, day: date, today: date) -> Response:
        """The newest run, which covers today and the days to come.

        Raises:
            NoHistory: the day is over.
        """
        if day != today:
            raise NoHistory(f"{GFS} tells today and the future, not {day}")
        return self.gfs()

    def gfs(self) -> Response:
        """The newest run."""
        return checked_run(self._client.get(GFS, self._url, self._params, secrets=self._secrets))


def checked_run(answer: Answer) -> Response:
    """An infoclimat body with at least one hour.

    Raises:
        InvalidBody: the request was refused inside a 200, or there is no hour.
    """
    try:
        said = json_in(answer.body)
        is_granted = said["request_state"] == GRANTED
        hours = sorted(key for key in said if key[:2] == "20")
        ends = [
            datetime.fromisoformat(hour).replace(tzinfo=ZoneInfo(NETWORK.zone)).astimezone(UTC)
            for hour in (hours[0], hours[-1])
        ]
    except (ValueError, LookupError, TypeError):
        is_granted = False
    if not is_granted:
        raise InvalidBody(f"{answer.source}: no hours: {said_in(answer.body)}", answer)
    return accepted(
        answer,
        record_count=len(hours),
        expected_count=None,
        summary={"first": ends[0], "last": ends[1]},
    )
