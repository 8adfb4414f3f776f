"""A key reaches the server it is for, and nothing that anybody logs, prints, stores or raises."""

import logging
import traceback
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from belib_weather.sources.errors import SourceError
from belib_weather.sources.response import Answer, Response
from belib_weather.sources.weather import weather_client
from belib_weather_tests.unit.sources.conftest import quick
from belib_weather_tests.unit.sources.server import (
    Fault,
    ReceivedRequest,
    Reply,
    ScriptedServer,
    as_json,
)

TODAY = date(2026, 11, 24)
KEYS = {
    "openweathermap": {"openweathermap_api_key": "owm/S3CRET+key=="},
    "infoclimat": {"infoclimat_auth": "ARsD/S3CRET+auth==", "infoclimat_check": "19f3S3CRETc766"},
}
PARAMETERS = {
    "openweathermap": {"appid": "owm/S3CRET+key=="},
    "infoclimat": {"_auth": "ARsD/S3CRET+auth==", "_c": "19f3S3CRETc766"},
}
GOOD = {
    "openweathermap": {"cod": 200, "dt": 1777539367, "main": {"temp": 16.2}},
    "infoclimat": {"request_state": 200, "2026-11-24 10:00:00": {"pluie": 0.1}},
}


def repeated_parameters(request: ReceivedRequest) -> str:
    """The request's parameters: as they are, encoded for an address, escaped as in PHP's JSON."""
    encode: list[Callable[[str], str]] = [
        str,
        quote_plus,
        lambda value: quote(value, safe=""),
        lambda value: value.replace("/", "\\/"),
    ]
    return " ".join(form(value) for value in request.query.values() for form in encode)


def echoing(status: int, **headers: str) -> Callable[[ReceivedRequest], Reply]:
    """An answer that repeats the request's parameters in its body and headers, in every form."""

    def reply(request: ReceivedRequest) -> Reply:
        words = repeated_parameters(request)
        echo = {"x-cache-key": words, "x-ratelimit-note": words, "content-type": words}
        return Reply(f'{{"message": "{words}"}}'.encode(), status, {**echo, **headers})

    return reply


def redirect(request: ReceivedRequest) -> Reply:
    query = "&".join(f"{name}={quote_plus(value)}" for name, value in request.query.items())
    return Reply(status=301, headers={"location": f"{request.path}/elsewhere?{query}"})


def good_with_echo(source: str) -> Callable[[ReceivedRequest], Reply]:
    return lambda request: as_json(
        {**GOOD[source], "request_key": " ".join(request.query.values())}
    )


SCENARIOS: dict[str, Any] = {
    "refused": echoing(401),
    "limited": echoing(429),
    "limited until late": echoing(429, **{"retry-after": "86400"}),
    "failing": echoing(500),
    "not what was asked for": echoing(200),
    "moved": redirect,
    "hanging up": Reply(fault=Fault.HANG_UP),
    "cut": lambda request: Reply(echoing(200)(request).body, fault=Fault.CUT),
    "broken gzip": Reply(b"no gzip", headers={"content-encoding": "gzip"}),
    "silent": Reply(b"x", fault=Fault.SILENT),
    "a page": lambda request: Reply(f"<html>{repeated_parameters(request)}</html>".encode()),
}


def text_of_error(error: BaseException) -> str:
    """All that an error contains: text, arguments, attributes, its chain, its frames' locals."""
    texts, link = [], error
    while link is not None:
        texts += [str(link), repr(link), repr(link.args), repr(vars(link)), str(link.args)]
        request = getattr(link, "_request", None)
        texts += [str(getattr(request, "url", "")), repr(request)]
        link = link.__cause__ or link.__context__  # type: ignore[assignment]  # None ends the chain
    frames = traceback.TracebackException.from_exception(error, capture_locals=True)
    return "\n".join([*texts, *_of_the_room(frames)])


def _of_the_room(frames: traceback.TracebackException) -> list[str]:
    return [
        repr(frame.locals)
        for frame in frames.stack
        if "belib_weather_tests" not in frame.filename and frame.locals
    ]


def text_of_response(response: Answer) -> str:
    return repr(response) + repr(vars(response)) + response.body.decode("utf-8", "replace")


def assert_no_key_in(text: str) -> None:
    assert "S3CRET" not in text


def outcome(
    server: ScriptedServer, source: str, timeout_seconds: float = 60
) -> Response | SourceError:
    settings = quick(
        weather_source=source,
        openweathermap_url=f"{server.url}/weather",
        infoclimat_url=f"{server.url}/weather",
        http_timeout_seconds=timeout_seconds,
        http_attempts=2,
        **KEYS[source],
    )
    assert_no_key_in(repr(settings))
    client = weather_client(settings)
    assert_no_key_in(repr(vars(client)))
    try:
        return client.day(TODAY, TODAY)
    except SourceError as error:
        return error


@pytest.mark.parametrize("source", KEYS)
@pytest.mark.parametrize(
    "scenario",
    [pytest.param(name, marks=pytest.mark.long if name == "silent" else ()) for name in SCENARIOS],
)
def test_no_error_log_or_quarantined_answer_holds_a_key(
    server: ScriptedServer, caplog: pytest.LogCaptureFixture, source: str, scenario: str
) -> None:
    for name in (None, "httpx", "httpcore", "stamina"):
        caplog.set_level(logging.DEBUG, logger=name)
    server.answers("/weather", SCENARIOS[scenario])
    error = outcome(server, source, timeout_seconds=1 if scenario == "silent" else 60)

    assert isinstance(error, SourceError)
    assert PARAMETERS[source].items() <= server.requests[0].query.items()
    assert_no_key_in(text_of_error(error))
    if error.response is not None:
        assert_no_key_in(text_of_response(error.response))
    assert any("httpcore" in record.name for record in caplog.records)
    for record in caplog.records:
        assert_no_key_in(record.getMessage() + repr(vars(record)))


@pytest.mark.parametrize("source", KEYS)
def test_no_stored_response_holds_a_key_even_if_the_server_repeats_it(
    server: ScriptedServer, caplog: pytest.LogCaptureFixture, source: str
) -> None:
    caplog.set_level(logging.DEBUG)
    server.answers("/weather", good_with_echo(source))
    response = outcome(server, source)
    assert isinstance(response, Response)
    assert PARAMETERS[source].items() <= server.requests[0].query.items()
    assert not PARAMETERS[source].keys() & response.request_params.keys()
    assert_no_key_in(text_of_response(response))
    assert_no_key_in(caplog.text)


@pytest.mark.parametrize("source", KEYS)
def test_a_redirection_cannot_carry_a_key_elsewhere(server: ScriptedServer, source: str) -> None:
    server.answers("/weather", redirect)
    error = outcome(server, source)
    assert "has moved to /weather/elsewhere" in str(error)
    assert [request.path for request in server.requests] == ["/weather"]


@pytest.mark.parametrize("source", KEYS)
def test_an_unreachable_server_is_reported_without_a_key(
    caplog: pytest.LogCaptureFixture, source: str
) -> None:
    caplog.set_level(logging.DEBUG)
    error = outcome(ScriptedServer("http://127.0.0.1:1"), source)
    assert isinstance(error, SourceError)
    assert_no_key_in(text_of_error(error) + caplog.text)


def test_a_proxy_of_the_environment_is_used_and_only_it_sees_the_key(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("http_proxy", server.url)
    monkeypatch.setenv("no_proxy", "elsewhere.test")
    server.answers("/weather", echoing(401))
    error = outcome(ScriptedServer("http://weather.test"), "openweathermap")
    assert isinstance(error, SourceError)
    assert PARAMETERS["openweathermap"].items() <= server.requests[0].query.items()
    assert_no_key_in(text_of_error(error) + caplog.text)


def test_bodies_and_logs_without_keys_are_left_alone(
    server: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    body = b'{"cod": 200, "dt": 1777539367, "main": {}, "odd": "\xff\xfe"}'
    server.answers("/weather", Reply(body.replace(b"\xff\xfe", "é ***".encode())))
    response = outcome(server, "openweathermap")
    assert isinstance(response, Response)
    assert response.body == body.replace(b"\xff\xfe", "é ***".encode())
    assert "/weather?lat=48.8566" in caplog.text
