"""One careful HTTP client for every source: time-outs, a size cap, retries, no secret in sight.

What belongs here: getting a whole body, or a typed error. What does not: what a body must hold.
"""

import json
import logging
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus

import httpx
import stamina

from belib_weather.settings import Settings
from belib_weather.sources.errors import (
    BodyTooLarge,
    RateLimited,
    RequestRefused,
    ServerFailure,
    SourceUnreachable,
)
from belib_weather.sources.rate_limits import reset_of
from belib_weather.sources.response import Answer

# httpx logs addresses with their parameters, of which some are keys.
logging.getLogger("httpx").setLevel(logging.WARNING)

SIMULATED = "x-belib-simulated"
AT = "x-belib-at"
_KEPT_HEADERS = ("content-type", "date", "last-modified", "etag", "retry-after", SIMULATED)
_SUCCESS, _SERVER_ERROR = 2, 5
"""Classes of a status, its first digit."""
_PATIENCE = 10
"""A body may take this many time-outs in all, however steadily it drips."""


class HttpClient:
    """GET with retries of what may pass: 429 with a near end, 5xx, network errors."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._cap = settings.http_max_body_mb * 2**20
        self._client = httpx.Client(
            timeout=settings.http_timeout_seconds,
            follow_redirects=True,
            headers={"accept-encoding": "gzip", "user-agent": "belib_weather"},
        )

    def get(
        self,
        source: str,
        url: str,
        params: Mapping[str, str],
        *,
        secrets: Mapping[str, str] | None = None,
        at: datetime | None = None,
    ) -> Answer:
        """Fetch a whole body.

        Args:
            source: raw source name, for messages and the envelope.
            url: address without parameters.
            params: parameters that may be shown.
            secrets: parameters that must never be.
            at: an instant in the past, for a feed with history.

        Raises:
            SourceError: a subclass says what went wrong; after the last attempt.
        """
        settings = self._settings
        for attempt in stamina.retry_context(
            on=self._pause,
            attempts=settings.http_attempts,
            timeout=None,
            wait_initial=min(0.5, settings.http_max_wait_seconds),
            wait_max=settings.http_max_wait_seconds,
        ):
            with attempt:
                return self._once(source, url, params, secrets or {}, at)
        raise AssertionError("a retry context returns or raises")

    def _pause(self, error: Exception) -> bool | float:
        """Whether to try again: true for the usual backoff, or the seconds to wait."""
        if isinstance(error, RateLimited):
            if error.reset_at is None:
                return True
            wait = max((error.reset_at - datetime.now(UTC)).total_seconds(), 0.1)
            return wait if wait <= self._settings.http_max_wait_seconds else False
        return isinstance(error, (ServerFailure, SourceUnreachable))

    def _once(
        self,
        source: str,
        url: str,
        params: Mapping[str, str],
        secrets: Mapping[str, str],
        at: datetime | None,
    ) -> Answer:
        started = datetime.now(UTC)
        headers = {AT: at.isoformat()} if at else {}
        problem: str
        try:
            with self._client.stream(
                "GET", url, params={**params, **secrets}, headers=headers
            ) as reply:
                body, is_whole = self._body(reply)
                simulated = "simulator:" if SIMULATED in reply.headers else ""
                answer = Answer(
                    source=simulated + source,
                    captured_at=at or started,
                    request_url=url,
                    request_params=dict(params),
                    status=reply.status_code,
                    headers=_kept(reply.headers),
                    body=body,
                )
        except httpx.HTTPError as error:
            problem = type(error).__name__
        else:
            if not is_whole:
                raise BodyTooLarge(
                    f"{source}: the body is larger than {self._settings.http_max_body_mb} MB"
                    " (BELIB_HTTP_MAX_BODY_MB)",
                    answer,
                )
            _raise_for_status(answer)
            return answer
        # Raised outside of the handler: httpx errors carry the address with its secrets.
        raise SourceUnreachable(
            f"{source}: no answer from {url} ({problem}). Is there a network? It is tried again"
            " on schedule."
        )

    def _body(self, reply: httpx.Response) -> tuple[bytes, bool]:
        """The decoded body, and whether it is within the cap; what lies beyond is not read."""
        body = bytearray()
        for part in _within(reply, self._settings.http_timeout_seconds * _PATIENCE):
            body += part
            if len(body) > self._cap:
                return bytes(body), False
        return bytes(body), True


def _within(reply: httpx.Response, seconds: float) -> Iterator[bytes]:
    end = time.monotonic() + seconds
    for part in reply.iter_bytes():
        if time.monotonic() > end:
            raise httpx.ReadTimeout("the body took too long")
        yield part


def _kept(headers: httpx.Headers) -> dict[str, str]:
    return {
        name: value
        for name, value in headers.items()
        if name in _KEPT_HEADERS or name.startswith("x-ratelimit")
    }


def _raise_for_status(answer: Answer) -> None:
    if answer.status // 100 == _SUCCESS:
        return
    said = f"{answer.source}: HTTP {answer.status}: {said_in(answer.body)}"
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        reset = reset_of(answer.headers, answer.body, datetime.now(UTC))
        until = f" (until {reset:%Y-%m-%d %H:%M:%S} UTC)" if reset else ""
        raise RateLimited(said + until, answer, reset)
    if answer.status // 100 == _SERVER_ERROR:
        raise ServerFailure(said, answer)
    raise RequestRefused(said, answer)


def said_in(body: bytes) -> str:
    """The message of an error body in any of the sources' shapes, or its beginning."""
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        return body[:200].decode("utf-8", "replace").strip() or "no message"
    message = next((said[key] for key in ("message", "reason", "error") if said.get(key)), said)
    code = said.get("error_code") or said.get("errorcode")
    return f"{message} ({code})" if code else str(message)
