"""Requests to Kibana with retries while it starts or is busy, and clear errors.

What belongs here: addresses, credentials, retries, errors by status. What does not: what is
requested (`client`).
Concept: https://www.elastic.co/docs/api/doc/kibana/authentication
"""

from collections.abc import Callable, Collection
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import httpx
import stamina

from belib_weather.kibana.errors import KibanaError, KibanaForbidden, KibanaUnavailable
from belib_weather.proxies import ProxiedTransport, ProxyError

Answer = TypeVar("Answer")

PATIENCE_SECONDS = 60
"""How long a request is repeated when Kibana, available before, is overloaded or gone."""
PASSING = frozenset(
    {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE}
)
_TIMEOUT_SECONDS = 60
_DENIED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_LONGEST_REASON = 500


class TransientFailure(Exception):
    """A failure that another attempt may not have.

    Args:
        now: the current state, for the log.
        error: what to raise when no attempt is left.
    """

    def __init__(self, now: str, error: KibanaError) -> None:
        self.error = error
        super().__init__(now)


class Connection:
    """An HTTP client of one Kibana; `address` is its URL without user and password."""

    def __init__(self, url: str) -> None:
        self.address = address_of(url)
        parts = urlsplit(url)
        self.user = unquote(parts.username or "")
        self._http = httpx.Client(
            transport=ProxiedTransport(),
            auth=(self.user, unquote(parts.password or "")) if self.user else None,
            headers={"kbn-xsrf": "belib_weather", "user-agent": "belib_weather"},
            timeout=_TIMEOUT_SECONDS,
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def ask(
        self,
        method: str,
        path: str,
        *,
        accepted: Collection[int] = (),
        passing: Collection[int] = PASSING,
        **content: Any,
    ) -> httpx.Response:
        """Send a request, for a minute at most, until it succeeds or has an accepted status.

        Args:
            method: of HTTP.
            path: below the address, of Kibana or of a space.
            accepted: statuses that are no error.
            passing: statuses that are worth another attempt.
            content: arguments of httpx: `json`, `files`, `params`.

        Raises:
            KibanaUnavailable: no connection, or still a passing status after a minute.
            KibanaForbidden: unknown user or missing privilege.
            KibanaError: any other refusal; Kibana's reason is in the message.
        """

        def attempt() -> httpx.Response:
            answer = self.send(method, path, **content)
            if answer.is_success or answer.status_code in accepted:
                return answer
            error = self.refused(method, path, answer)
            if answer.status_code in passing:
                raise TransientFailure(
                    f"Kibana says {answer.status_code} to {method} {path}", error
                )
            raise error

        return retry_for(attempt, PATIENCE_SECONDS)

    def send(self, method: str, path: str, **content: Any) -> httpx.Response:
        """One attempt, whatever the answer's status.

        Raises:
            TransientFailure: there was no answer.
            KibanaError: the proxy that the environment names cannot be used.
        """
        try:
            return self._http.request(method, f"{self.address}{path}", **content)
        except ProxyError as error:
            raise KibanaError(f"Kibana at {self.address}: {error}") from None
        except httpx.HTTPError as error:
            state = f"Kibana at {self.address}: no answer to {method} {path}"
            state = f"{state} ({type(error).__name__}: {error})"
            unavailable = KibanaUnavailable(
                f"{state}; is it running, and is BELIB_KIBANA_URL right?"
            )
            raise TransientFailure(state, unavailable) from error

    def refused(self, method: str, path: str, answer: httpx.Response) -> KibanaError:
        """The error for an answer."""
        reason = f"{answer.status_code}, {reason_of(answer)}"
        if answer.status_code in _DENIED:
            return self.forbidden(method, path, reason)
        message = f"{self._request(method, path)}: {reason}"
        if answer.is_redirect:
            return KibanaUnavailable(f"{message}; set BELIB_KIBANA_URL to where it redirects")
        if answer.status_code in PASSING:
            return KibanaUnavailable(f"{message}; see its log, and try again later")
        return KibanaError(message)

    def forbidden(self, method: str, path: str, reason: str) -> KibanaForbidden:
        """The error for a missing privilege."""
        return KibanaForbidden(
            f"{self._request(method, path)}: refused to user {self.user or '(none)'!r} ({reason})."
            " BELIB_KIBANA_URL needs http://user:password@host:port of a user with all privileges"
            " on Dashboards, Data Views, Tags, Maps and Stack Rules"
        )

    def _request(self, method: str, path: str) -> str:
        return f"Kibana at {self.address}, {method} {path}"


def retry_for(attempt: Callable[[], Answer], seconds: float) -> Answer:
    """Repeat an attempt while it raises `TransientFailure`, for some seconds at most; 0 is once.

    Raises:
        KibanaError: that of the last `TransientFailure`.
    """
    try:
        for retry in stamina.retry_context(
            on=TransientFailure,
            attempts=None if seconds else 1,
            timeout=seconds or None,
            wait_initial=0.2,
            wait_jitter=0.2,
            wait_max=5,
        ):
            with retry:
                return attempt()
    except TransientFailure as passing:
        raise passing.error from passing.__cause__
    raise AssertionError("a retry ends by returning or raising")


def address_of(url: str) -> str:
    """An address without user, password, parameters and trailing slash, safe to show."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path.rstrip('/')}"


def json_of(answer: httpx.Response) -> dict[str, Any]:
    """An answer's JSON object; empty where it is something else."""
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def reason_of(answer: httpx.Response) -> str:
    """The reason that the server gives."""
    reason = json_of(answer).get("message") or answer.text or answer.reason_phrase
    return " ".join(str(reason).split())[:_LONGEST_REASON]
