"""Open-Meteo: hourly weather, forecast and archive, always in UTC.

Contract: https://open-meteo.com/en/docs and https://open-meteo.com/en/docs/historical-weather-api.
Data licence CC BY 4.0. Precipitation, rain, snowfall and the weather code are of the hour that
ends at their stamp.
"""

from datetime import UTC, date, datetime, timedelta

from belib_weather.formats.open_meteo import UNITS
from belib_weather.sources.attempts import Attempts
from belib_weather.sources.errors import IncompleteBody, InvalidBody
from belib_weather.sources.http import HttpClient
from belib_weather.sources.invalid_body import as_invalid_body
from belib_weather.sources.options import OpenMeteoOptions
from belib_weather.sources.response import Answer, Response, accepted
from belib_weather.sources.weather_bodies import parsed_weather

FORECAST = "open_meteo/forecast"
ARCHIVE = "open_meteo/archive"
ARCHIVE_DELAY = timedelta(days=5)
"""The archive is complete for days older than this."""
_UTC = ("UTC", "GMT")
"""How Open-Meteo calls the zone."""
DAYS_AHEAD = 7
"""Of today the forecast of so many days is asked for, too."""


class OpenMeteo:
    """Hourly weather at one place."""

    has_history = True

    def __init__(self, client: HttpClient, options: OpenMeteoOptions) -> None:
        self._client = client
        self._forecast_url = options.open_meteo_forecast_url
        self._archive_url = options.open_meteo_archive_url
        self._place = {"latitude": str(options.latitude), "longitude": str(options.longitude)}

    def day(self, day: date, today: date) -> Response:
        """A day and the first stamp of the next, which holds the sums of the day's last hour.

        From the archive where it is complete, from the forecast API (which looks back) else; of
        today with the forecast of the next seven days.
        """
        if day == today:
            return self.forecast(day, day + timedelta(days=DAYS_AHEAD))
        request = self.archive if today - day > ARCHIVE_DELAY else self.forecast
        return request(day, day + timedelta(days=1))

    def forecast(self, start: date, end: date) -> Response:
        """Hours of the days from `start` to `end`, both included; at most 92 days back."""
        return self._hours(FORECAST, self._forecast_url, start, end)

    def archive(self, start: date, end: date) -> Response:
        """Hours of the days from `start` to `end`, both included; since 1940."""
        return self._hours(ARCHIVE, self._archive_url, start, end)

    def _hours(self, source: str, url: str, start: date, end: date) -> Response:
        params = {
            **self._place,
            "hourly": ",".join(UNITS),
            "start_date": start.isoformat(),
            "end_date": end.isoformat(),
            "timezone": "UTC",
        }

        def hours(attempts: Attempts) -> Response:
            answer = self._client.get(source, url, params, attempts=attempts)
            return accepted_hours(answer, start, end)

        return self._client.retry_unreadable(hours)


@as_invalid_body
def accepted_hours(answer: Answer, start: date, end: date) -> Response:
    """An Open-Meteo body with every hour of the requested days, in UTC.

    Values may be null (the archive's are for its newest days); stamps may not be missing. A
    variable that is missing, in an unknown unit or of another length costs that variable.

    Raises:
        InvalidBody: no hourly series, another zone, or no variable that can be read.
        IncompleteBody: other hours than those of the days from `start` to `end`.
    """
    body = parsed_weather(answer)
    if body.zone not in _UTC:
        raise InvalidBody(
            f"{answer.source}: times are in {body.zone}, not in UTC as requested", answer
        )
    first = datetime(start.year, start.month, start.day, tzinfo=UTC)
    count = 24 * ((end - start).days + 1)
    if body.hours.to_list() != [first + timedelta(hours=i) for i in range(count)]:
        raise IncompleteBody(
            f"{answer.source}: requested the {count} hours from {start} to {end}, got others",
            answer,
        )
    if len(body.unreadable) == len(UNITS):
        raise InvalidBody(f"{answer.source}: no variable can be read", answer)
    return accepted(
        answer,
        record_count=body.record_count,
        expected_count=count,
        summary=body.summary,
    )
