"""One careful HTTP client for every source: time-outs, a size cap, retries, no secret in sight.

What belongs here: getting a whole body, or a typed error. What does not: what a body must hold.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

import httpx
import stamina

from belib_weather.settings import Settings
from belib_weather.sources.errors import (
    AskAgainLater,
    BodyTooLarge,
    NoHistory,
    RateLimited,
    RequestRefused,
    ServerFailure,
    SourceUnreachable,
)
from belib_weather.sources.rate_limits import reset_of, retry_after
from belib_weather.sources.response import Answer, json_in
from belib_weather.sources.transport import (
    KEYS,
    KeyedTransport,
    Keys,
    decoded,
    hidden,
    hidden_in_body,
    hidden_in_logs,
)
from belib_weather.vocabulary import SIMULATED

SIMULATED_HEADER = "x-belib-simulated"
AT = "x-belib-at"
_KEPT_HEADERS = ("content-type", "date", "last-modified", "etag", "retry-after", SIMULATED_HEADER)
_SUCCESS, _REDIRECTION, _SERVER_ERROR = 2, 3, 5
"""Classes of a status, its first digit."""
_PATIENCE = 10
"""A body may take this many time-outs in all, however steadily it drips."""
_NO_KEYS: Keys = {}


class HttpClient:
    """GET with retries of what may pass: 429 and 503 with a near end, 5xx, network errors."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._cap = settings.http_max_body_mb * 2**20
        self._client = httpx.Client(
            transport=KeyedTransport(),
            timeout=settings.http_timeout_seconds,
            headers={"accept-encoding": "gzip", "user-agent": "belib_weather"},
        )

    def get(
        self,
        source: str,
        url: str,
        params: Mapping[str, str],
        *,
        secrets: Keys = _NO_KEYS,
        at: datetime | None = None,
    ) -> Answer:
        """Fetch a whole body.

        Args:
            source: raw source name, for messages and the envelope.
            url: address without parameters.
            params: parameters that may be shown.
            secrets: parameters that must never be; where the body repeats one it is struck out.
            at: an instant in the past, for a feed with history; it becomes the capture time.

        Raises:
            RateLimited: 429; at once when the wait is longer than BELIB_HTTP_MAX_WAIT_SECONDS.
            ServerFailure: 5xx, after the last attempt.
            SourceUnreachable: no whole answer, after the last attempt.
            RequestRefused: any other status that is not a success.
            BodyTooLarge: larger than BELIB_HTTP_MAX_BODY_MB; the rest is not read.
            NoHistory: `at` was asked for, and the answer is not a simulator's.
        """
        settings = self._settings
        for attempt in stamina.retry_context(
            on=self._pause,
            attempts=settings.http_attempts,
            timeout=None,
            wait_initial=min(0.5, settings.http_max_wait_seconds),
            wait_max=settings.http_max_wait_seconds,
        ):
            with attempt, hidden_in_logs(secrets):
                return self._once(_Ask(source, url, params, secrets, at))
        raise AssertionError("a retry context returns or raises")

    def _pause(self, error: Exception) -> bool | float:
        """Whether to try again: true for the usual backoff, or the seconds to wait."""
        if isinstance(error, AskAgainLater):
            wait = 0.0
            if error.reset_at is not None:
                wait = (error.reset_at - datetime.now(UTC)).total_seconds()
            if wait > self._settings.http_max_wait_seconds:
                return False
            return wait if wait > 0 else True
        return isinstance(error, SourceUnreachable)

    def _once(self, ask: "_Ask") -> Answer:
        started = datetime.now(UTC)
        reply, body, problem = self._transferred(ask)
        if reply is None:
            raise SourceUnreachable(
                f"{ask.source}: no answer from {ask.url} ({problem}). Is there a network? It is"
                " tried again on schedule."
            )
        answer = _answer(ask, reply, started, body)
        if problem:
            said = f"{ask.source}: the answer of {ask.url} broke off after {len(body)} bytes"
            raise SourceUnreachable(f"{said} ({problem})", answer)
        if len(body) > self._cap:
            raise BodyTooLarge(
                f"{ask.source}: the body is larger than {self._settings.http_max_body_mb} MB"
                " (BELIB_HTTP_MAX_BODY_MB)",
                answer,
            )
        _raise_for_status(answer, hidden(reply.headers.get("location", ""), ask.secrets))
        if ask.at and SIMULATED_HEADER not in answer.headers:
            raise NoHistory(
                f"{ask.source}: {ask.url} tells the present only and cannot answer for {ask.at};"
                " unset BELIB_FEED_HISTORY_MINUTES, which is for the simulator"
            )
        return answer

    def _transferred(self, ask: "_Ask") -> tuple[httpx.Response | None, bytes, str]:
        """The reply, its body, and what broke either; no error leaves here with an address."""
        reply: httpx.Response | None = None
        body, problem = bytearray(), ""
        try:
            with self._client.stream(
                "GET",
                ask.url,
                params=ask.params,
                headers={AT: ask.at.isoformat()} if ask.at else {},
                # A redirection could lead the keys to another host.
                follow_redirects=not ask.secrets,
                extensions={KEYS: ask.secrets},
            ) as reply:
                self._read(reply, body)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            problem = hidden(f"{type(error).__name__}: {error}", ask.secrets)
        return reply, hidden_in_body(bytes(body), ask.secrets), problem

    def _read(self, reply: httpx.Response, body: bytearray) -> None:
        """Read the decoded body; what lies beyond the cap is not read."""
        end = time.monotonic() + self._settings.http_timeout_seconds * _PATIENCE
        for part in decoded(reply):
            body += part
            if len(body) > self._cap:
                return
            if time.monotonic() > end:
                raise httpx.ReadTimeout("the body took too long")


@dataclass(frozen=True)
class _Ask:
    source: str
    url: str
    params: Mapping[str, str]
    secrets: Keys
    at: datetime | None


def _answer(ask: _Ask, reply: httpx.Response, started: datetime, body: bytes) -> Answer:
    is_simulated = SIMULATED_HEADER in reply.headers
    return Answer(
        source=f"{SIMULATED}{ask.source}" if is_simulated else ask.source,
        captured_at=ask.at or started,
        request_url=ask.url,
        request_params=dict(ask.params),
        status=reply.status_code,
        headers={
            name: hidden(value, ask.secrets)
            for name, value in reply.headers.items()
            if name in _KEPT_HEADERS or name.startswith("x-ratelimit")
        },
        body=body,
    )


def _raise_for_status(answer: Answer, location: str) -> None:
    kind, now = answer.status // 100, datetime.now(UTC)
    if kind == _SUCCESS:
        return
    said = f"{answer.source}: HTTP {answer.status}: {said_in(answer.body)}"
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        reset = reset_of(answer.headers, answer.body, now)
        until = f" (until {reset:%Y-%m-%d %H:%M:%S} UTC)" if reset else ""
        raise RateLimited(said + until, answer, reset)
    if kind == _SERVER_ERROR:
        raise ServerFailure(said, answer, retry_after(answer.headers, now))
    if kind == _REDIRECTION and location:
        said = f"{answer.source}: {answer.request_url} has moved to {location}"
    raise RequestRefused(said, answer)


def said_in(body: bytes) -> str:
    """The message of an error body in any of the sources' shapes, or its beginning."""
    said = json_in(body)
    if not isinstance(said, dict):
        return body[:200].decode("utf-8", "replace").strip() or "no message"
    message = next((said[key] for key in ("message", "reason", "error") if said.get(key)), said)
    code = said.get("error_code") or said.get("errorcode")
    return f"{str(message)[:500]} ({code})" if code else str(message)[:500]
