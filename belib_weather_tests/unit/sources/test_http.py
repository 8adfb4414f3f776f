"""A whole body or a typed error: retries, limits, caps, and answers that break off."""

import gzip
import os
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
import stamina.instrumentation

from belib_weather.settings import SettingsError, load_settings
from belib_weather.sources.errors import (
    BodyTooLarge,
    NoHistory,
    RateLimited,
    RequestRefused,
    ServerFailure,
    SourceError,
    SourceUnreachable,
)
from belib_weather.sources.http import HttpClient, is_same_host
from belib_weather_tests.unit.sources.conftest import quick
from belib_weather_tests.unit.sources.server import Fault, Reply, ScriptedServer, as_json

BODY = b'{"all": "of it"}'
NEVER_RETRIED = (400, 401, 403, 404, 408, 410, 422)


def ask(server: ScriptedServer, client: HttpClient, **more: Any) -> bytes:
    return client.get("source", f"{server.url}/data", {"a": "b"}, **more).body


def test_a_body_is_returned_as_received_after_content_decoding(
    server: ScriptedServer, client: HttpClient
) -> None:
    noise = os.urandom(300_000)
    server.answers("/data", Reply(noise).zipped(), Reply(noise))
    assert ask(server, client) == noise
    assert ask(server, client) == noise
    assert server.requests[0].headers["accept-encoding"] == "gzip"


def test_a_response_has_its_request_its_time_and_the_allowed_headers(
    server: ScriptedServer, client: HttpClient
) -> None:
    headers = {"x-ratelimit-remaining": "9", "set-cookie": "a=b", "content-type": "text/x"}
    server.answers("/data", Reply(BODY, headers=headers))
    before = datetime.now(UTC)
    answer = client.get("source", f"{server.url}/data", {"a": "b"})
    assert before <= answer.captured_at <= datetime.now(UTC)
    assert (answer.source, answer.request_url) == ("source", f"{server.url}/data")
    assert answer.request_params == {"a": "b"}
    assert answer.headers["x-ratelimit-remaining"] == "9"
    assert set(answer.headers) == {"x-ratelimit-remaining", "content-type", "date"}


def test_captured_at_is_the_start_of_the_successful_attempt(
    server: ScriptedServer, client: HttpClient
) -> None:
    failed_at: list[datetime] = []

    def fail(_: object) -> Reply:
        failed_at.append(datetime.now(UTC))
        return Reply(status=500)

    server.answers("/data", fail, Reply(BODY))
    assert client.get("source", f"{server.url}/data", {}).captured_at > failed_at[0]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_failure_is_retried_at(
    server: ScriptedServer, client: HttpClient, status: int
) -> None:
    server.answers("/data", Reply(status=status), Reply(status=status), Reply(BODY))
    assert ask(server, client) == BODY
    assert len(server.requests) == 3


def test_a_server_that_keeps_failing_is_reported_with_its_message(
    server: ScriptedServer, client: HttpClient
) -> None:
    server.answers("/data", as_json({"message": "Internal trouble"}, 500))
    with pytest.raises(ServerFailure, match="source: HTTP 500: Internal trouble") as caught:
        ask(server, client)
    assert len(server.requests) == 3
    assert caught.value.response is not None
    assert caught.value.response.status == 500


@pytest.mark.parametrize("status", NEVER_RETRIED)
def test_a_refused_request_is_never_repeated(
    server: ScriptedServer, client: HttpClient, status: int
) -> None:
    server.answers("/data", as_json({"message": "No."}, status))
    with pytest.raises(RequestRefused, match=f"HTTP {status}: No."):
        ask(server, client)
    assert len(server.requests) == 1


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.CUT_CHUNKS])
def test_a_truncated_answer_is_retried_at(
    server: ScriptedServer, client: HttpClient, fault: Fault
) -> None:
    server.answers("/data", Reply(BODY, fault=fault), Reply(BODY))
    assert ask(server, client) == BODY


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.CUT_CHUNKS])
def test_the_error_of_a_truncated_answer_carries_the_received_part(
    server: ScriptedServer, client: HttpClient, fault: Fault
) -> None:
    server.answers("/data", Reply(BODY, fault=fault))
    with pytest.raises(SourceUnreachable, match="broke off after 8 bytes") as caught:
        ask(server, client)
    assert caught.value.response is not None
    assert caught.value.response.body == BODY[:8]
    assert "broke off" in caught.value.response.reason
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (gzip.compress(BODY, mtime=0)[:-9], "ends early"),
        (gzip.compress(BODY, mtime=0)[:-8] + b"wrong sum", "broken gzip"),
        (b"not gzip", "broken gzip"),
    ],
    ids=["short", "wrong sum", "no gzip"],
)
def test_damaged_or_truncated_gzip_is_never_accepted(
    server: ScriptedServer, client: HttpClient, body: bytes, problem: str
) -> None:
    broken = Reply(body, headers={"content-encoding": "gzip"})
    server.answers("/data", broken)
    with pytest.raises(SourceUnreachable, match=problem) as caught:
        ask(server, client)
    assert caught.value.response is not None
    server.answers("/data", broken, Reply(BODY).zipped())
    assert ask(server, client) == BODY


def test_a_connection_closed_without_an_answer_is_retried_at(
    server: ScriptedServer, client: HttpClient
) -> None:
    server.answers("/data", Reply(fault=Fault.HANG_UP), Reply(BODY))
    assert ask(server, client) == BODY


def test_a_source_without_a_server_is_reported_as_unreachable(client: HttpClient) -> None:
    with socket.socket() as unused:  # by one who does not listen
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(SourceUnreachable, match=r"Connection refused.*network") as caught:
            client.get("source", f"http://127.0.0.1:{port}/data", {})
    assert caught.value.response is None


@pytest.mark.long
@pytest.mark.parametrize("fault", [Fault.SILENT, Fault.DRIP, Fault.DRIP_HEADERS, Fault.HINTS])
def test_a_slow_server_times_out(server: ScriptedServer, fault: Fault) -> None:
    server.answers("/data", Reply(BODY, fault=fault))
    impatient = HttpClient(quick(http_timeout_seconds=0.1, http_attempts=2))
    with pytest.raises(SourceUnreachable, match="ReadTimeout"):
        ask(server, impatient)
    patience_ends = time.monotonic() + 30
    while len(server.requests) < 2 and time.monotonic() < patience_ends:
        time.sleep(0.01)  # the server may come to a request when the client has given it up
    assert len(server.requests) == 2


def test_bytes_after_a_compressed_body_are_not_read(
    server: ScriptedServer, client: HttpClient
) -> None:
    server.answers("/data", replace(Reply(BODY).zipped(), fault=Fault.TRAIL))
    assert ask(server, client) == BODY


@pytest.mark.parametrize("is_zipped", [False, True])
def test_a_body_beyond_the_cap_is_refused_and_not_read_to_its_end(
    server: ScriptedServer, is_zipped: bool
) -> None:
    huge = Reply(bytes(40 * 2**20))
    server.answers("/data", huge.zipped() if is_zipped else huge)
    capped = HttpClient(quick(http_max_body_mb=2))
    with pytest.raises(
        BodyTooLarge, match=r"larger than 2 MB \(BELIB_HTTP_MAX_BODY_MB\)"
    ) as caught:
        ask(server, capped)
    assert len(server.requests) == 1
    assert caught.value.response is not None
    assert 2 * 2**20 < len(caught.value.response.body) <= 2 * 2**20 + 2**20


def test_a_long_refused_body_is_shortened_in_the_message(
    server: ScriptedServer, client: HttpClient
) -> None:
    server.answers("/data", Reply(b"x" * 7 * 2**20, 400))
    with pytest.raises(RequestRefused) as caught:
        ask(server, client)
    assert caught.value.response is not None
    assert len(caught.value.response.body) == 7 * 2**20
    assert len(str(caught.value)) < 1000


SOON = timedelta(seconds=2)
"""Longer than the first pause of a client without a requested pause, at most 1.5 s."""


NAMES_THE_END: dict[str, Callable[[datetime], Reply]] = {
    "reset_time in the body": lambda end: as_json(
        {"errorcode": 10002, "reset_time": end.isoformat()}, 429
    ),
    "x-ratelimit-reset as a date": lambda end: as_json(
        {}, 429, x_ratelimit_reset=end.isoformat(sep=" ")
    ),
    "x-ratelimit-reset as epoch seconds": lambda end: as_json(
        {}, 429, x_ratelimit_reset=str(end.timestamp())
    ),
}


class Refusing:
    """Refuses once until an end that it names, then answers; notes when it was asked again."""

    def __init__(self, server: ScriptedServer, refusal: Callable[[datetime], Reply]) -> None:
        self.refusal = refusal
        server.answers("/data", self.refuse, self.answer)

    def refuse(self, _: object) -> Reply:
        self.end = datetime.now(UTC) + SOON
        return self.refusal(self.end)

    def answer(self, _: object) -> Reply:
        self.retried_at = datetime.now(UTC)
        return Reply(BODY)

    def was_waited_for(self, waits: list[float]) -> bool:
        a_tick = timedelta(milliseconds=10)  # of two clocks
        [wait] = waits
        return self.retried_at > self.end - a_tick and wait <= SOON.total_seconds()


@pytest.mark.long
@pytest.mark.parametrize("form", NAMES_THE_END)
def test_a_rate_limit_that_ends_soon_is_waited_for(
    server: ScriptedServer, waits: list[float], form: str
) -> None:
    refusing = Refusing(server, NAMES_THE_END[form])
    assert ask(server, HttpClient(quick(http_max_wait_seconds=60))) == BODY
    assert refusing.was_waited_for(waits)


@pytest.mark.long
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_honoured(server: ScriptedServer, waits: list[float], status: int) -> None:
    seconds = f"{SOON.total_seconds():.0f}"
    refusing = Refusing(server, lambda _: as_json({}, status, retry_after=seconds))
    assert ask(server, HttpClient(quick(http_max_wait_seconds=60))) == BODY
    assert refusing.was_waited_for(waits)


@pytest.mark.parametrize("form", NAMES_THE_END)
def test_a_rate_limit_that_ends_late_is_reported_at_once_with_its_end(
    server: ScriptedServer, client: HttpClient, form: str
) -> None:
    end = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=7)
    server.answers("/data", NAMES_THE_END[form](end))
    with pytest.raises(RateLimited, match=f"until {end:%Y-%m-%d %H:%M:%S} UTC") as caught:
        ask(server, client)
    assert caught.value.reset_at == end
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_a_late_retry_after_is_reported_at_once(
    server: ScriptedServer, client: HttpClient, status: int
) -> None:
    end = datetime.now(UTC) + timedelta(days=1)
    server.answers("/data", as_json({}, status, retry_after=format_datetime(end, usegmt=True)))
    with pytest.raises((RateLimited, ServerFailure)):
        ask(server, client)
    assert len(server.requests) == 1


@pytest.mark.parametrize("reset", ["2021-01-26T00:00:00Z", "nonsense", ""])
def test_a_rate_limit_without_a_future_end_backs_off(
    server: ScriptedServer, client: HttpClient, waits: list[float], reset: str
) -> None:
    server.answers("/data", as_json({"reset_time": reset}, 429), Reply(BODY))
    assert ask(server, client) == BODY
    assert waits == [0.02]


def test_the_daily_quota_in_the_headers_does_not_delay_the_retry_of_a_failure(
    server: ScriptedServer, client: HttpClient
) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    failure = as_json({}, 500, x_ratelimit_reset=tomorrow.isoformat(sep=" "))
    server.answers("/data", failure, Reply(BODY))
    assert ask(server, client) == BODY


def test_no_pause_is_longer_than_allowed(server: ScriptedServer, waits: list[float]) -> None:
    server.answers("/data", Reply(status=500))
    with pytest.raises(ServerFailure):
        ask(server, HttpClient(quick(http_attempts=4, http_max_wait_seconds=0.02)))
    assert waits == pytest.approx([0.02] * 3)


def test_pauses_have_jitter_so_that_collectors_do_not_retry_together(
    server: ScriptedServer,
) -> None:
    class LeaveEarlyError(Exception):
        pass

    pauses = []

    def leave(details: stamina.instrumentation.RetryDetails) -> None:
        pauses.append(details.wait_for)
        raise LeaveEarlyError

    server.answers("/data", Reply(status=500))
    stamina.instrumentation.set_on_retry_hooks([leave])
    try:
        for _ in range(5):
            with pytest.raises(LeaveEarlyError):
                ask(server, HttpClient(quick(http_max_wait_seconds=60)))
    finally:
        stamina.instrumentation.set_on_retry_hooks(None)
    assert all(0.5 <= pause <= 1.5 for pause in pauses)
    assert len(set(pauses)) == 5


def test_a_simulator_is_named_in_the_source_and_may_answer_for_the_past(
    server: ScriptedServer, client: HttpClient
) -> None:
    server.answers("/data", Reply(BODY, headers={"x-belib-simulated": "seed=7"}))
    at = datetime(2026, 11, 20, 8, 5, tzinfo=UTC)
    answer = client.get("source", f"{server.url}/data", {}, at=at)
    assert (answer.source, answer.captured_at) == ("simulator:source", at)
    assert server.requests[0].headers["x-belib-at"] == "2026-11-20T08:05:00+00:00"


def test_the_present_is_never_stored_as_the_past(
    server: ScriptedServer, client: HttpClient
) -> None:
    server.answers("/data", Reply(BODY))
    with pytest.raises(NoHistory, match="BELIB_FEED_HISTORY_MINUTES"):
        ask(server, client, at=datetime(2026, 11, 20, 8, 5, tzinfo=UTC))


def test_a_redirection_is_followed_within_the_host(
    server: ScriptedServer, client: HttpClient
) -> None:
    server.answers("/data", Reply(status=302, headers={"location": f"{server.url}/moved"}))
    server.answers("/moved", Reply(BODY))
    assert ask(server, client) == BODY
    server.answers("/data", Reply(status=308, headers={"location": "/data"}))
    with pytest.raises(RequestRefused, match="has moved to /data"):
        ask(server, client)


@pytest.mark.parametrize("host", ["localhost", "elsewhere.example", "127.0.0.1:1"])
def test_a_redirection_to_another_host_is_refused_and_named(
    server: ScriptedServer, client: HttpClient, host: str
) -> None:
    server.answers("/data", Reply(status=302, headers={"location": f"http://{host}/moved"}))
    with pytest.raises(RequestRefused, match=f"has moved to http://{host}/moved"):
        ask(server, client)
    assert [request.path for request in server.requests] == ["/data"]


@pytest.mark.parametrize(
    ("url", "following", "is_followed"),
    [
        ("http://a.example/x", "https://a.example/y", True),
        ("https://a.example/x", "https://a.example:443/y", True),
        ("https://a.example/x", "http://a.example/y", False),
        ("http://a.example/x", "https://b.example/y", False),
        ("https://a.example/x", "https://a.example.evil.example/y", False),
        ("https://a.example/x", "ftp://a.example/y", False),
    ],
)
def test_redirections_stay_with_the_host_and_never_give_up_encryption(
    url: str, following: str, is_followed: bool
) -> None:
    assert is_same_host(httpx.URL(url), httpx.URL(following)) == is_followed


@pytest.mark.parametrize("url", ["http://a:99999999/x", "ftp://a/x", "http://[::1/x"])
def test_an_impossible_address_is_a_source_error(client: HttpClient, url: str) -> None:
    with pytest.raises(SourceError):
        client.get("source", url, {})


@pytest.mark.parametrize(
    "url", ["https://me:secret@data.example/api", "https://data.example?k=secret"]
)
def test_addresses_that_are_stored_and_shown_may_hold_no_credentials(url: str) -> None:
    with pytest.raises(SettingsError, match="BELIB_EXPLORE_API_URL") as caught:
        load_settings(explore_api_url=url, _env_file=None)
    assert "secret" not in str(caught.value)
