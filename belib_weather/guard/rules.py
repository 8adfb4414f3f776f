"""The rules, as pure functions of a request's method, path and headers.

- The Host is one of ours: a foreign name that resolves to this machine (DNS rebinding) is refused.
- Other origins may open a page, by a link, and nothing else. Browsers say where a request comes
  from by `Origin` and `Sec-Fetch-Site`; programs such as curl send neither.
- `/graphql` takes POST with a JSON body, which no page of another origin can send.
- The endpoints that report events of external assets take a token.

Source: https://www.w3.org/TR/fetch-metadata/, https://fetch.spec.whatwg.org/#origin-header.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit

from pydantic import SecretStr

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
_SAFE_METHODS = frozenset({"GET", "HEAD"})
_REPORTS = ("report_asset_materialization", "report_asset_check", "report_asset_observation")
_GRAPHQL = "graphql"


@dataclass(frozen=True)
class Request:
    """What the rules look at.

    Attributes:
        method: of HTTP; "WEBSOCKET" for the start of a WebSocket connection.
        path: decoded, as the application routes it.
        headers: all values of each header, names in lower case.
    """

    method: str
    path: str
    headers: Mapping[str, Sequence[str]]

    def header(self, name: str) -> str | None:
        """The value of a header; of a repeated one all values, which no rule accepts."""
        values = self.headers.get(name)
        return None if values is None else ", ".join(values)


@dataclass(frozen=True)
class Refusal:
    """Why a request goes no further."""

    status: HTTPStatus
    reason: str


@dataclass(frozen=True)
class Policy:
    """What a webserver accepts.

    Attributes:
        allowed_hosts: names beside those of loopback, without a port, in lower case.
        report_token: opens the endpoints that report external events; None keeps them closed.
    """

    allowed_hosts: frozenset[str] = frozenset()
    report_token: SecretStr | None = field(default=None)


def refusal(request: Request, policy: Policy) -> Refusal | None:
    """Why a request is refused; None for one that may pass."""
    return (
        _foreign_host(request, policy)
        or _foreign_origin(request)
        or _graphql_without_json(request)
        or _report_without_token(request, policy)
    )


def _foreign_host(request: Request, policy: Policy) -> Refusal | None:
    host = request.header("host")
    name = _hostname(f"//{host}") if host else None
    if name is not None and name in LOOPBACK_HOSTS | policy.allowed_hosts:
        return None
    return Refusal(
        HTTPStatus.MISDIRECTED_REQUEST,
        "This webserver does not answer to that host name. If the name is yours, add it to"
        " BELIB_WEBSERVER_ALLOWED_HOSTS.",
    )


def _foreign_origin(request: Request) -> Refusal | None:
    """Refuse what a page of another origin asks for, but for the opening of a page."""
    if _is_page_navigation(request):
        return None
    origin, site = request.header("origin"), request.header("sec-fetch-site")
    is_own_origin = origin is None or _is_origin_of(origin, request.header("host") or "")
    is_own_site = site in {None, "same-origin"} or (site == "none" and origin is None)
    if is_own_origin and is_own_site:
        return None
    return Refusal(HTTPStatus.FORBIDDEN, "Pages of another origin may open the UI by a link only.")


def _is_page_navigation(request: Request) -> bool:
    """Whether a browser loads a page into a tab: the one thing that other origins may ask for."""
    return (
        request.method in _SAFE_METHODS
        and request.header("sec-fetch-mode") == "navigate"
        and request.header("sec-fetch-dest") == "document"
    )


def _graphql_without_json(request: Request) -> Refusal | None:
    if request.method == "WEBSOCKET" or _last_segment(request.path) != _GRAPHQL:
        return None
    if request.method != "POST":
        return Refusal(HTTPStatus.METHOD_NOT_ALLOWED, "/graphql takes POST with a JSON body only.")
    media_type = (request.header("content-type") or "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        return Refusal(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "/graphql takes a body of type application/json."
        )
    return None


def _report_without_token(request: Request, policy: Policy) -> Refusal | None:
    if not any(segment in _REPORTS for segment in request.path.split("/")):
        return None
    if policy.report_token is None:
        return Refusal(
            HTTPStatus.FORBIDDEN,
            "The endpoints that report external events are closed; BELIB_WEBSERVER_REPORT_TOKEN"
            " opens them.",
        )
    expected = f"Bearer {policy.report_token.get_secret_value()}"
    authorization = request.header("authorization") or ""
    if hmac.compare_digest(authorization.encode(), expected.encode()):
        return None
    return Refusal(
        HTTPStatus.UNAUTHORIZED,
        "Send the token of BELIB_WEBSERVER_REPORT_TOKEN as `Authorization: Bearer TOKEN`.",
    )


def _is_origin_of(origin: str, host: str) -> bool:
    """Whether an origin has the host and port that the request was sent to.

    The scheme is left out: behind a proxy that ends TLS it differs.
    """
    scheme, separator, authority = origin.partition("://")
    return scheme in {"http", "https"} and bool(separator) and authority.lower() == host.lower()


def _hostname(url: str) -> str | None:
    """The host name of a URL in lower case; None where there is none, or more than a host."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises ValueError for what is no port
    except ValueError:
        return None
    has_more = parts.path or parts.query or parts.fragment or "@" in parts.netloc
    return None if has_more else parts.hostname


def _last_segment(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2].lower()
