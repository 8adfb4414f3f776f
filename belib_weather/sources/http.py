"""One HTTP client for every source: time-outs, a size cap, retries, secrets redacted.

What belongs here: a complete body, or a typed error. What does not: what is in a body.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

import httpx

from belib_weather.clock import Now, utc_now
from belib_weather.proxies import ProxyError
from belib_weather.sources.attempts import Attempts, Result
from belib_weather.sources.errors import (
    BodyTooLarge,
    NoHistory,
    ProxyUnusable,
    RateLimited,
    RequestRefused,
    ServerFailure,
    SourceUnreachable,
)
from belib_weather.sources.options import HttpOptions
from belib_weather.sources.rate_limits import reset_of, retry_after
from belib_weather.sources.response import Answer, json_in
from belib_weather.sources.transport import (
    KEYS,
    KeyedTransport,
    Keys,
    decoded,
    redacted,
    redacted_body,
    redacted_logs,
)
from belib_weather.vocabulary import SIMULATED

SIMULATED_HEADER = "x-belib-simulated"
AT = "x-belib-at"
_STORED_HEADERS = (
    "content-type",
    "date",
    "age",
    "last-modified",
    "etag",
    "retry-after",
    SIMULATED_HEADER,
)
_SUCCESS, _REDIRECTION, _SERVER_ERROR = 2, 3, 5
"""Classes of a status, its first digit."""
_MOST_REDIRECTIONS = 5
_NO_KEYS: Keys = {}
_OF_PROXY = httpx.ProxyError.__name__
"""How the text of a proxy's problem begins."""


class HttpClient:
    """GET with retries of what is temporary: 429 and 503 that end soon, 5xx, network errors."""

    def __init__(self, options: HttpOptions, now: Now = utc_now) -> None:
        self._options, self._now = options, now
        self._cap = options.http_max_body_mb * 2**20
        self._client = httpx.Client(
            transport=KeyedTransport(),
            timeout=options.http_timeout_seconds,
            headers={"accept-encoding": "gzip", "user-agent": "belib_weather"},
        )

    def retry_unreadable(self, ask: Callable[[Attempts], Result]) -> Result:
        """The result of one or several answers, requested again where one cannot be read.

        A truncated, short or unreadable answer is requested again like a 500; all of that together
        takes BELIB_HTTP_ATTEMPTS attempts at most.

        Args:
            ask: gives each `get` the budget, and raises `InvalidBody` or `IncompleteBody`.

        Raises:
            SourceError: as `get` and `ask` do, after the last attempt.
        """
        attempts = Attempts(self._options, self._now)
        return attempts.first_success(lambda: ask(attempts))

    def get(
        self,
        source: str,
        url: str,
        params: Mapping[str, str],
        *,
        secrets: Keys = _NO_KEYS,
        at: datetime | None = None,
        attempts: Attempts | None = None,
    ) -> Answer:
        """Fetch a whole body.

        Args:
            source: raw source name, for messages and the envelope.
            url: address without parameters.
            params: parameters that may be shown.
            secrets: parameters that must never be; where the body repeats one it is masked.
            at: an instant in the past, for a feed with history; it becomes the capture time.
            attempts: the budget of `retry_unreadable`; its own where left out.

        Raises:
            RateLimited: 429; at once when the wait is longer than BELIB_HTTP_MAX_WAIT_SECONDS.
            ServerFailure: 5xx, after the last attempt.
            SourceUnreachable: no whole answer, after the last attempt.
            RequestRefused: any other status that is not a success, a redirection to another host
                among them.
            ProxyUnusable: the proxy that the environment names.
            BodyTooLarge: larger than BELIB_HTTP_MAX_BODY_MB; the rest is not read.
            NoHistory: `at` was given, and the answer is not a simulator's.
        """
        request = _Request(source, url, params, secrets, at)
        with redacted_logs(secrets):
            budget = attempts or Attempts(self._options, self._now)
            return budget.first_success(lambda: self._request_once(request))

    def _request_once(self, request: "_Request") -> Answer:
        started = self._now()
        reply, body, problem = self._transferred(request)
        if reply is None:
            hint = "" if problem.startswith(_OF_PROXY) else " Is there a network?"
            raise SourceUnreachable(
                f"{request.source}: no answer from {request.url} ({problem}).{hint}"
                " The next poll tries again."
            )
        answer = _answer(request, reply, started, body)
        if problem:
            raise SourceUnreachable(
                f"{request.source}: the answer of {request.url} broke off after {len(body)} bytes"
                f" ({problem})",
                answer,
            )
        if len(body) > self._cap:
            raise BodyTooLarge(
                f"{request.source}: the body is larger than {self._options.http_max_body_mb} MB"
                " (BELIB_HTTP_MAX_BODY_MB)",
                answer,
            )
        _raise_for_status(answer, redacted(reply.headers.get("location", ""), request.secrets))
        if request.at and SIMULATED_HEADER not in answer.headers:
            raise NoHistory(
                f"{request.source}: {request.url} has the present only and cannot answer for"
                f" {request.at}; unset BELIB_FEED_HISTORY_MINUTES, which is for the simulator"
            )
        return answer

    def _transferred(self, request: "_Request") -> tuple[httpx.Response | None, bytes, str]:
        """The reply, its body, and what went wrong; no error leaves here with an address."""
        reply: httpx.Response | None = None
        body, problem = bytearray(), ""
        try:
            with self._opened(request) as reply:
                self._read(reply, body)
        except ProxyError as error:
            raise ProxyUnusable(f"{request.source}: {error}") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            problem = redacted(f"{type(error).__name__}: {error}", request.secrets)
        return reply, redacted_body(bytes(body), request.secrets), problem

    @contextmanager
    def _opened(self, request: "_Request") -> Iterator[httpx.Response]:
        """The reply, its body not yet read; redirections are followed within the host."""
        current = self._client.build_request(
            "GET",
            request.url,
            params=request.params,
            headers={AT: request.at.isoformat()} if request.at else {},
            extensions={KEYS: request.secrets},
        )
        # A request with keys is not redirected.
        left = 0 if request.secrets else _MOST_REDIRECTIONS
        while True:
            reply = self._client.send(current, stream=True, follow_redirects=False)
            following = reply.next_request
            if not left or following is None or not is_same_host(current.url, following.url):
                break
            reply.close()
            current, left = following, left - 1
        try:
            yield reply
        finally:
            reply.close()

    def _read(self, reply: httpx.Response, body: bytearray) -> None:
        """Read the decoded body; what lies beyond the cap is not read."""
        for part in decoded(reply):
            body += part
            if len(body) > self._cap:
                return


def is_same_host(url: httpx.URL, following: httpx.URL) -> bool:
    """Whether a redirection stays with the host: the same origin, or from http to https of it."""

    def origin(of: httpx.URL) -> tuple[str, str, int | None]:
        return of.scheme, of.host, of.port

    is_secured = url.scheme == "http" and following.scheme == "https"
    return origin(url) == origin(following) or (is_secured and url.host == following.host)


@dataclass(frozen=True)
class _Request:
    source: str
    url: str
    params: Mapping[str, str]
    secrets: Keys
    at: datetime | None


def _answer(request: _Request, reply: httpx.Response, started: datetime, body: bytes) -> Answer:
    is_simulated = SIMULATED_HEADER in reply.headers
    return Answer(
        source=f"{SIMULATED}{request.source}" if is_simulated else request.source,
        captured_at=request.at or started,
        request_url=request.url,
        request_params=dict(request.params),
        status=reply.status_code,
        headers={
            name: redacted(value, request.secrets)
            for name, value in reply.headers.items()
            if name in _STORED_HEADERS or name.startswith("x-ratelimit")
        },
        body=body,
    )


def _raise_for_status(answer: Answer, location: str) -> None:
    kind, now = answer.status // 100, datetime.now(UTC)
    if kind == _SUCCESS:
        return
    message = f"{answer.source}: HTTP {answer.status}: {message_in(answer.body)}"
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        reset = reset_of(answer.headers, answer.body, now)
        until = f" (until {reset:%Y-%m-%d %H:%M:%S} UTC)" if reset else ""
        raise RateLimited(message + until, answer, reset)
    if kind == _SERVER_ERROR:
        raise ServerFailure(message, answer, retry_after(answer.headers, now))
    if kind == _REDIRECTION and location:
        message = (
            f"{answer.source}: {answer.request_url} has moved to {location}, which is followed"
            " within the same host only; correct its address in the settings"
        )
    raise RequestRefused(message, answer)


def message_in(body: bytes) -> str:
    """The message of an error body in any of the sources' shapes, or its beginning."""
    document = json_in(body)
    if not isinstance(document, dict):
        return body[:200].decode("utf-8", "replace").strip() or "no message"
    values = (document.get(key) for key in ("message", "reason", "error"))
    message = next((value for value in values if value), document)
    code = document.get("error_code") or document.get("errorcode")
    return f"{str(message)[:500]} ({code})" if code else str(message)[:500]
