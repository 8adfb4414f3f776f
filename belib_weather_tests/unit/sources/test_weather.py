"""The weather sources: bodies are accepted, errors reported, hours and units checked."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belib_weather.formats.open_meteo import UNITS
from belib_weather.settings import Settings
from belib_weather.sources.errors import (
    IncompleteBody,
    InvalidBody,
    MissingCredentials,
    NoHistory,
    RateLimited,
    RequestRefused,
    SourceError,
)
from belib_weather.sources.open_meteo import OpenMeteo, accepted_hours
from belib_weather.sources.response import Answer, Response
from belib_weather.sources.weather import WeatherApi, weather_client
from belib_weather.sources.weather_bodies import accepted_weather
from belib_weather_tests.bodies import body as stored
from belib_weather_tests.bodies import document
from belib_weather_tests.unit.sources.conftest import DEEP, quick
from belib_weather_tests.unit.sources.server import Reply, ScriptedServer, as_json

TODAY = date(2026, 11, 24)
DAY = date(2026, 11, 23)
NEXT = DAY + timedelta(days=1)


def hourly(first: date, hours: int = 48) -> dict[str, Any]:
    """An Open-Meteo body of hours in UTC."""
    start = datetime(first.year, first.month, first.day)
    stamps = [f"{start + timedelta(hours=i):%Y-%m-%dT%H:%M}" for i in range(hours)]
    return {
        "utc_offset_seconds": 0,
        "timezone": "UTC",
        "hourly_units": {"time": "iso8601", **UNITS},
        "hourly": {"time": stamps} | {name: [1.0] * hours for name in UNITS},
    }


def settings(server: ScriptedServer, source: str = "open_meteo", **more: Any) -> Settings:
    return quick(
        weather_source=source,
        open_meteo_forecast_url=f"{server.url}/v1/forecast",
        open_meteo_archive_url=f"{server.url}/v1/archive",
        openweathermap_url=f"{server.url}/data/2.5/weather",
        infoclimat_url=f"{server.url}/public-api/gfs/json",
        **more,
    )


def keyed(server: ScriptedServer, source: str) -> WeatherApi:
    """A client of a source that needs keys, with keys."""
    keys = {"openweathermap_api_key": "KEY", "infoclimat_auth": "AUTH", "infoclimat_check": "C"}
    return weather_client(settings(server, source, **keys))


def answer(document: Any, source: str = "open_meteo/forecast") -> Answer:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Answer(source, datetime.now(UTC), "http://x/y", {}, 200, {}, body)


@pytest.mark.parametrize(
    ("age", "kind"),
    [(1, "forecast"), (5, "forecast"), (6, "archive"), (900, "archive")],
)
def test_older_days_come_from_the_archive_and_recent_ones_from_the_forecast_api(
    server: ScriptedServer, age: int, kind: str
) -> None:
    day = TODAY - timedelta(days=age)
    server.answers(f"/v1/{kind}", as_json(hourly(day)))
    response = weather_client(settings(server)).day(day, TODAY)
    assert response.source == f"open_meteo/{kind}"
    assert (response.record_count, response.expected_count) == (48, 48)


def test_today_is_requested_with_the_forecast_of_the_next_seven_days(
    server: ScriptedServer,
) -> None:
    server.answers("/v1/forecast", as_json(hourly(TODAY, hours=8 * 24)))
    response = weather_client(settings(server)).day(TODAY, TODAY)
    assert (response.record_count, response.expected_count) == (192, 192)
    request = server.requests[0].query
    assert (request["start_date"], request["end_date"]) == ("2026-11-24", "2026-12-01")


def test_a_day_is_requested_in_utc_with_the_next_day_that_holds_its_last_sums(
    server: ScriptedServer,
) -> None:
    server.answers("/v1/forecast", as_json(hourly(DAY)))
    response = weather_client(settings(server)).day(DAY, TODAY)
    assert response.summary["first"] == datetime(2026, 11, 23, tzinfo=UTC)
    assert response.summary["last"] == datetime(2026, 11, 24, 23, tzinfo=UTC)
    assert server.requests[0].query == {
        "latitude": "48.8566",
        "longitude": "2.3522",
        "hourly": ",".join(UNITS),
        "start_date": "2026-11-23",
        "end_date": "2026-11-24",
        "timezone": "UTC",
    }


def test_forecast_and_archive_can_be_requested_for_any_days(server: ScriptedServer) -> None:
    server.answers("/v1/forecast", as_json(hourly(DAY, 72)))
    server.answers("/v1/archive", as_json(hourly(DAY, 24)))
    source = weather_client(settings(server))
    assert isinstance(source, OpenMeteo)
    assert source.forecast(DAY, DAY + timedelta(days=2)).record_count == 72
    assert source.archive(DAY, DAY).record_count == 24


def test_values_not_yet_published_are_accepted_as_null() -> None:
    body = hourly(DAY)
    body["hourly"]["rain"] = [None] * 48
    assert accepted_hours(answer(body), DAY, NEXT).record_count == 48


def test_a_body_in_paris_time_is_refused(any_body: Callable[[str], bytes]) -> None:
    in_paris = any_body("weather/open_meteo_paris_time.json")
    day = date.fromisoformat(json.loads(in_paris)["hourly"]["time"][0][:10])
    with pytest.raises(InvalidBody, match="times are in Europe/Paris, not in UTC"):
        accepted_hours(answer(in_paris), day, day)


@pytest.mark.parametrize("name", ["forecast", "archive_newest_days"])
def test_two_days_in_utc_are_accepted(name: str) -> None:
    days = stored(f"weather/open_meteo_{name}.json")
    assert accepted_hours(answer(days), DAY, NEXT).record_count == 48


@pytest.mark.parametrize("name", ["daily", "current"])
def test_bodies_without_hours_are_refused(any_body: Callable[[str], bytes], name: str) -> None:
    with pytest.raises(InvalidBody, match="no hourly series"):
        accepted_hours(answer(any_body(f"weather/open_meteo_{name}.json")), DAY, NEXT)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"utc_offset_seconds": 3600, "timezone": "CET"}, "times are in CET"),
        ({"hourly_units": dict.fromkeys(UNITS, "undefined")}, "no variable can be read"),
        ({"timezone": "Europe/Lutetia"}, "unknown zone"),
        ({"timezone": ["UTC"]}, "unknown zone"),
        ({"hourly": None}, "no hourly series"),
    ],
)
def test_another_zone_unit_or_shape_is_refused(change: dict[str, Any], match: str) -> None:
    with pytest.raises(InvalidBody, match=match):
        accepted_hours(answer({**hourly(DAY), **change}), DAY, NEXT)


@pytest.mark.parametrize("rain", [None, [], [0.0] * 47, "dry", "of an unknown unit"])
def test_a_missing_or_invalid_variable_is_left_out_alone_and_named(rain: Any) -> None:
    body = hourly(DAY)
    if rain == "of an unknown unit":
        body["hourly_units"] = {**UNITS, "rain": "undefined"}
    else:
        body["hourly"]["rain"] = rain
    assert accepted_hours(answer(body), DAY, NEXT).summary["unreadable"] == ["rain"]


@pytest.mark.parametrize(
    "body", [hourly(DAY, 47), hourly(DAY, 24), hourly(DAY - timedelta(days=1))]
)
def test_hours_other_than_the_requested_ones_are_refused(body: dict[str, Any]) -> None:
    with pytest.raises(IncompleteBody, match="requested the 48 hours from 2026-11-23"):
        accepted_hours(answer(body), DAY, NEXT)


@pytest.mark.parametrize("source", ["open_meteo", "openweathermap", "infoclimat"])
def test_an_unreadable_answer_is_requested_again(server: ScriptedServer, source: str) -> None:
    good = {
        "open_meteo": hourly(DAY, hours=8 * 24),
        "openweathermap": json.loads(stored("weather/openweathermap_kelvin.json")),
        "infoclimat": json.loads(stored("weather/infoclimat.json")),
    }[source]
    path = {"open_meteo": "/v1/forecast", "infoclimat": "/gfs/json"}.get(source, "/weather")
    server.answers(path, Reply(b"<html>busy</html>"), as_json({}), as_json(good))
    api = weather_client(settings(server)) if source == "open_meteo" else keyed(server, source)
    assert api.day(DAY, DAY).record_count > 0
    assert len(server.requests) == 3


@pytest.mark.parametrize("name", ["400_timezone", "400_variable"])
def test_refusals_of_open_meteo_raise_with_their_reason(
    server: ScriptedServer, any_body: Callable[[str], bytes], name: str
) -> None:
    refusal = json.loads(any_body(f"weather/open_meteo_{name}.json"))
    server.answers("/v1/forecast", as_json(refusal, 400))
    with pytest.raises(RequestRefused) as caught:
        weather_client(settings(server)).day(DAY, TODAY)
    assert refusal["reason"] in str(caught.value)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("name", "unit"), [("hourly", timedelta(hours=1)), ("daily", timedelta(days=1))]
)
def test_rate_limits_of_open_meteo_end_with_the_unit_they_name(
    server: ScriptedServer, any_body: Callable[[str], bytes], name: str, unit: timedelta
) -> None:
    limit = json.loads(any_body(f"weather/open_meteo_429_{name}.json"))
    server.answers("/v1/forecast", as_json(limit, 429))
    before = datetime.now(UTC)
    with pytest.raises(RateLimited, match=limit["reason"]) as caught:
        weather_client(settings(server)).day(DAY, TODAY)
    end = caught.value.reset_at
    assert end is not None
    assert before < end <= datetime.now(UTC) + unit
    assert end.timestamp() % unit.total_seconds() == 0
    assert len(server.requests) == 1


@pytest.mark.parametrize("name", ["rain_and_mist", "kelvin", "snow"])
def test_an_openweathermap_body_is_accepted_and_covers_the_hours_around_it(
    server: ScriptedServer, any_body: Callable[[str], bytes], name: str
) -> None:
    current = json.loads(any_body(f"weather/openweathermap_{name}.json"))
    server.answers("/weather", as_json(current))
    response = keyed(server, "openweathermap").day(TODAY, TODAY)
    stamp = datetime.fromtimestamp(current["dt"], UTC)
    assert response.source == "openweathermap/current"
    assert response.record_count == 1
    assert response.summary["first"] <= stamp < response.summary["last"]
    assert response.summary["last"] - response.summary["first"] == timedelta(hours=1)
    assert server.requests[0].query == {
        "lat": "48.8566",
        "lon": "2.3522",
        "units": "metric",
        "appid": "KEY",
    }


@pytest.mark.parametrize("name", ["400", "401", "404", "429"])
def test_an_openweathermap_error_raises_with_its_message(
    server: ScriptedServer, any_body: Callable[[str], bytes], name: str
) -> None:
    error = json.loads(any_body(f"weather/openweathermap_{name}.json"))
    server.answers("/weather", as_json(error, int(name)))
    with pytest.raises(RateLimited if name == "429" else RequestRefused) as caught:
        keyed(server, "openweathermap").day(TODAY, TODAY)
    assert error["message"] in str(caught.value)
    with pytest.raises(InvalidBody) as inside_200:
        accepted_weather(answer(error, "openweathermap/current"), expected=1)
    assert error["message"] in str(inside_200.value)


def test_an_infoclimat_run_is_accepted_with_its_local_hours_in_utc(
    server: ScriptedServer, any_body: Callable[[str], bytes]
) -> None:
    run = any_body("weather/infoclimat.json")
    server.answers("/gfs/json", Reply(run))
    response = keyed(server, "infoclimat").day(TODAY, TODAY)
    hours = sorted(
        datetime.fromisoformat(key).replace(tzinfo=ZoneInfo("Europe/Paris"))
        for key in json.loads(run)
        if key.startswith("20")
    )
    assert response.source == "infoclimat/gfs"
    assert response.summary == {"first": hours[0], "last": hours[-1]}
    assert response.record_count == len(hours)
    assert server.requests[0].query == {"_ll": "48.8566,2.3522", "_auth": "AUTH", "_c": "C"}


@pytest.mark.parametrize(
    "body",
    [
        document("weather/infoclimat_refused.json"),
        {"request_state": 200, "message": "OK"},
        {"request_state": 200, "20th": {}},
        {"message": "none"},
        [],
    ],
)
def test_an_infoclimat_answer_without_hours_is_refused_though_its_status_is_200(body: Any) -> None:
    with pytest.raises(InvalidBody, match=r"no hours|not a JSON object"):
        accepted_weather(answer(body, "infoclimat/gfs"), expected=None)


@pytest.mark.parametrize("source", ["openweathermap", "infoclimat"])
def test_a_source_of_the_present_has_no_other_day(server: ScriptedServer, source: str) -> None:
    weather = keyed(server, source)
    assert not weather.has_history
    with pytest.raises(NoHistory, match=str(DAY)):
        weather.day(DAY, TODAY)
    assert server.requests == []


@pytest.mark.parametrize(
    ("source", "variable"),
    [
        ("openweathermap", "BELIB_OPENWEATHERMAP_API_KEY"),
        ("infoclimat", "BELIB_INFOCLIMAT_AUTH"),
    ],
)
def test_a_missing_key_is_named_by_its_variable(
    server: ScriptedServer, source: str, variable: str
) -> None:
    with pytest.raises(MissingCredentials, match=variable):
        weather_client(settings(server, source))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["dt", "main", "cod", "hourly", "hourly_units", "time", "utc_offset_seconds"]
            )
            | st.sampled_from(["request_state", "2026-11-24 10:00:00", "20", "rain", "message"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


CHECKS: dict[str, Callable[[Answer], Response]] = {
    "openweathermap/current": lambda got: accepted_weather(got, expected=1),
    "infoclimat/gfs": lambda got: accepted_weather(got, expected=None),
    "open_meteo/forecast": lambda got: accepted_hours(got, DAY, NEXT),
}


def refusal(check: Callable[[Answer], Response], got: Answer) -> SourceError | None:
    try:
        check(got)
    except SourceError as error:
        return error
    return None


@given(JSON)
def test_any_json_is_accepted_or_refused_with_a_source_error(document: Any) -> None:
    for source, check in CHECKS.items():
        error = refusal(check, answer(document, source))
        assert error is None or error.response is not None


@pytest.mark.parametrize("body", DEEP.values(), ids=DEEP)
def test_a_body_nested_too_deeply_is_refused_like_any_other(body: bytes) -> None:
    for source, check in CHECKS.items():
        assert isinstance(refusal(check, answer(body, source)), InvalidBody)
