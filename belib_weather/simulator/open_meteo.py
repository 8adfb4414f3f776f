"""Open-Meteo's forecast and archive over the simulated weather.

Times carry no offset and are in the zone asked for (GMT unless given), so days of a clock change
have 23 or 25 stamps. The archive lags: stamps from four days before today on are null.
"""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from belib_weather.simulator.faults import HTML_PAGE, Fault, FaultKind, Faults, damaged
from belib_weather.simulator.paris_time import DAY, HOUR, instant, offsets
from belib_weather.simulator.weather import VARIABLES, Hours, Weather

ARCHIVE_LAG_DAYS = 4
PAST_DAYS, FUTURE_DAYS = 92, 16
_FIRST_ARCHIVE_DAY = date(1970, 1, 2)  # the model's; the real archive goes back to 1940
_UNITS = {
    "temperature_2m": "°C",
    "relative_humidity_2m": "%",
    "precipitation": "mm",
    "rain": "mm",
    "snowfall": "cm",
    "weather_code": "wmo code",
    "surface_pressure": "hPa",
    "wind_speed_10m": "km/h",
    "wind_direction_10m": "°",
    "cloud_cover": "%",
}
_WHOLE = ("relative_humidity_2m", "weather_code", "wind_direction_10m", "cloud_cover")


class BadRequestError(Exception):
    """The request is refused with 400; the message is the body's `reason`."""


class OpenMeteoApi:
    """Routes `/v1/forecast` and `/v1/archive`.

    Args:
        weather: the weather that both serve.
        faults: what is to go wrong.
        at: gives the second that a request asks about.
    """

    def __init__(self, weather: Weather, faults: Faults, at: Callable[[Request], int]) -> None:
        self._weather = weather
        self._faults = faults
        self._at = at

    @property
    def routes(self) -> list[Route]:
        """The routes, to be mounted at the root."""
        return [Route("/v1/forecast", self.forecast), Route("/v1/archive", self.archive)]

    def forecast(self, request: Request) -> Response:
        """Past hours as they were, future hours as forecast at the instant of the request."""
        at = self._at(request)

        def content() -> dict[str, Any]:
            parameters = request.query_params
            today = instant(at).date()
            start, end = _days(
                parameters,
                default=_relative_days(parameters, today),
                first=today - timedelta(days=PAST_DAYS),
                last=today + timedelta(days=FUTURE_DAYS),
            )
            first, count, zone = _range(parameters, start, end)
            return _body(parameters, self._weather.forecast(at, first, count), zone, at)

        return self._answer("forecast", content)

    def archive(self, request: Request) -> Response:
        """The truth, except for the newest days, which are null."""
        at = self._at(request)

        def content() -> dict[str, Any]:
            parameters = request.query_params
            today = instant(at).date()
            start, end = _days(parameters, default=None, first=_FIRST_ARCHIVE_DAY, last=today)
            first, count, zone = _range(parameters, start, end)
            known_until = (at // DAY - ARCHIVE_LAG_DAYS) * 24
            hours = self._weather.truth(first, count)
            return _body(parameters, hours, zone, at, known_until=known_until)

        return self._answer("archive", content)

    def _answer(self, name: str, content: Callable[[], dict[str, Any]]) -> Response:
        fault = self._faults.take(name)
        refusal = _refusal(fault)
        if refusal is not None:
            return refusal
        try:
            found = content()
        except BadRequestError as error:
            return _json({"error": True, "reason": str(error)}, status=400)
        if fault is not None and fault.kind == FaultKind.SHORT:
            hourly = found["hourly"]
            found["hourly"] = {key: values[: len(values) // 2] for key, values in hourly.items()}
        body = orjson.dumps(found)
        if fault is not None and fault.kind in (FaultKind.TRUNCATED, FaultKind.STREAM_ERROR):
            body = damaged(body, fault.kind)
        return Response(body, media_type="application/json; charset=utf-8")


def _refusal(fault: Fault | None) -> Response | None:
    if fault is None:
        return None
    if fault.kind == FaultKind.SLOW:
        time.sleep(fault.seconds)
    if fault.kind == FaultKind.TOO_MANY:
        reason = "Minutely API request limit exceeded. Please try again in one minute."
        return _json({"error": True, "reason": reason}, status=429)
    if fault.kind == FaultKind.SERVER_ERROR:
        return _json({"error": True, "reason": "Internal Server Error"}, status=500)
    if fault.kind == FaultKind.HTML:
        return Response(HTML_PAGE, media_type="text/html; charset=utf-8")
    return None


def _json(content: Any, status: int) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json; charset=utf-8")


def _relative_days(parameters: Mapping[str, str], today: date) -> tuple[date, date]:
    past = _number(parameters, "past_days", 0, 0, PAST_DAYS)
    ahead = _number(parameters, "forecast_days", 7, 0, FUTURE_DAYS)
    end = today + timedelta(days=int(ahead) - 1)
    return today - timedelta(days=int(past)), max(end, today - timedelta(days=1))


def _days(
    parameters: Mapping[str, str], *, default: tuple[date, date] | None, first: date, last: date
) -> tuple[date, date]:
    """First and last day asked for, within the allowed range."""
    if default is not None and not {"start_date", "end_date"} & parameters.keys():
        return default
    found = []
    for name in ("start_date", "end_date"):
        try:
            day = date.fromisoformat(parameters[name])
        except KeyError:
            raise BadRequestError(f"Value of type 'String' required for key '{name}'.") from None
        except ValueError:
            raise BadRequestError(f"Invalid date format for parameter '{name}'") from None
        if not first <= day <= last:
            raise BadRequestError(
                f"Parameter '{name}' is out of allowed range from {first} to {last}"
            )
        found.append(day)
    if found[1] < found[0]:
        raise BadRequestError("End-date must be larger or equals than start-date")
    return found[0], found[1]


def _range(parameters: Mapping[str, str], start: date, end: date) -> tuple[int, int, str]:
    """First UTC hour, number of hours, and zone of the local days asked for."""
    zone = parameters.get("timezone", "GMT")
    try:
        tz = ZoneInfo("Europe/Paris" if zone == "auto" else zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadRequestError("Invalid timezone") from None
    bounds = (
        datetime(day.year, day.month, day.day, tzinfo=tz) for day in (start, end + timedelta(1))
    )
    first, stop = (int(bound.timestamp()) // HOUR for bound in bounds)
    return first, stop - first, str(tz)


def _body(
    parameters: Mapping[str, str], hours: Hours, zone: str, at: int, known_until: int | None = None
) -> dict[str, Any]:
    latitude = _number(parameters, "latitude", None, -90, 90)
    longitude = _number(parameters, "longitude", None, -180, 180)
    requested = [name.strip() for name in parameters.get("hourly", "").split(",") if name.strip()]
    for name in requested:
        if name not in VARIABLES:
            raise BadRequestError(
                "Cannot initialize SurfaceAndPressureVariable<ForecastSurfaceVariable, "
                f"ForecastPressureVariable> from invalid String value {name} for key hourly"
            )
    known = np.ones(len(hours.stamps), bool) if known_until is None else hours.stamps < known_until
    local = hours.stamps * HOUR + offsets(hours.stamps * HOUR, zone)
    stamps = np.datetime_as_string(local.astype("datetime64[s]"), unit="m").tolist()
    hourly: dict[str, Any] = {"time": stamps}
    for name in requested:
        values = hours.values[name].tolist()
        whole = name in _WHOLE
        hourly[name] = [
            (int(value) if whole else value) if is_known else None
            for value, is_known in zip(values, known.tolist(), strict=True)
        ]
    shift = int(offsets(np.array([at], dtype=np.int64), zone)[0])
    return {
        "latitude": round(latitude, 2),
        "longitude": round(longitude, 2),
        "generationtime_ms": 0.083,
        "utc_offset_seconds": shift,
        "timezone": zone,
        "timezone_abbreviation": datetime.fromtimestamp(at, UTC)
        .astimezone(ZoneInfo(zone))
        .tzname(),
        "elevation": 43.0,
        "hourly_units": {"time": "iso8601", **{name: _UNITS[name] for name in requested}},
        "hourly": hourly,
    }


def _number(
    parameters: Mapping[str, str], name: str, default: float | None, low: float, high: float
) -> float:
    text = parameters.get(name, default)
    if text is None:
        raise BadRequestError(f"Value of type 'Float' required for key '{name}'.")
    try:
        value = float(text)
    except ValueError:
        raise BadRequestError(f"Value of type 'Float' required for key '{name}'.") from None
    if not low <= value <= high:
        raise BadRequestError(
            f"{name.capitalize()} must be in range of {low:g} to {high:g}. Given: {text}."
        )
    return value
