"""The guard's rules: what a browser sends from elsewhere is refused, what the UI sends passes."""

from collections.abc import Mapping
from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from belib_weather.guard.rules import Policy, Request, refusal

HOST = "127.0.0.1:3000"
POLICY = Policy(frozenset({"belib.example.org"}), SecretStr("a-token-of-16-letters"))
JSON = {"content-type": "application/json"}
FROM_THE_UI = {"origin": f"http://{HOST}", "sec-fetch-site": "same-origin"}
PAGE = {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}


def request_with(
    method: str,
    path: str,
    headers: Mapping[str, str] | None = None,
    *,
    policy: Policy = POLICY,
    host: str = HOST,
) -> HTTPStatus | None:
    """The status of the refusal; None where the request passes."""
    values = {name: [value] for name, value in (headers or {}).items()}
    found = refusal(Request(method, path, {"host": [host], **values}), policy)
    return found.status if found else None


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/", PAGE | {"sec-fetch-site": "none"}),
        ("GET", "/runs/1", PAGE | {"sec-fetch-site": "cross-site"}),
        ("GET", "/assets/main.js", {"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"}),
        ("GET", "/server_info", {}),
        ("POST", "/graphql", JSON | FROM_THE_UI),
        ("POST", "/graphql", JSON),
        ("POST", "/graphql", {"content-type": "application/json; charset=utf-8"}),
        ("WEBSOCKET", "/graphql", FROM_THE_UI),
        ("WEBSOCKET", "/graphql", {}),
    ],
)
def test_the_ui_its_owner_and_programs_are_allowed(
    method: str, path: str, headers: dict[str, str]
) -> None:
    assert request_with(method, path, headers) is None


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        # A mutation by GET, by a form, by a text body, from a program that sends no Origin.
        ("GET", "/graphql", PAGE, HTTPStatus.METHOD_NOT_ALLOWED),
        ("HEAD", "/graphql", {}, HTTPStatus.METHOD_NOT_ALLOWED),
        ("GET", "/graphql/", {}, HTTPStatus.METHOD_NOT_ALLOWED),
        ("GET", "/prefix/GraphQL", {}, HTTPStatus.METHOD_NOT_ALLOWED),
        ("POST", "/graphql", {"content-type": "text/plain"}, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
        (
            "POST",
            "/graphql",
            {"content-type": "application/x-www-form-urlencoded"},
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        ),
        ("POST", "/graphql", {}, HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
        # From a page of another origin: also of another port, and of an origin that hides.
        ("POST", "/graphql", JSON | {"origin": "https://evil.example"}, HTTPStatus.FORBIDDEN),
        ("POST", "/graphql", JSON | {"origin": "http://127.0.0.1:3001"}, HTTPStatus.FORBIDDEN),
        ("POST", "/graphql", JSON | {"origin": "null"}, HTTPStatus.FORBIDDEN),
        ("POST", "/graphql", JSON | {"sec-fetch-site": "same-site"}, HTTPStatus.FORBIDDEN),
        ("OPTIONS", "/graphql", {"origin": "https://evil.example"}, HTTPStatus.FORBIDDEN),
        ("WEBSOCKET", "/graphql", {"origin": "https://evil.example"}, HTTPStatus.FORBIDDEN),
        ("WEBSOCKET", "/graphql", {"sec-fetch-site": "cross-site"}, HTTPStatus.FORBIDDEN),
        # Parts of a page, frames and reads by a script of another origin.
        ("GET", "/logs/x", {"sec-fetch-site": "cross-site"}, HTTPStatus.FORBIDDEN),
        (
            "GET",
            "/runs",
            {
                "sec-fetch-site": "cross-site",
                "sec-fetch-mode": "navigate",
                "sec-fetch-dest": "iframe",
            },
            HTTPStatus.FORBIDDEN,
        ),
        # Reports of external events.
        ("POST", "/report_asset_check/a/b", {}, HTTPStatus.UNAUTHORIZED),
        (
            "POST",
            "/prefix/report_asset_materialization/a",
            {"authorization": "Bearer wrong"},
            HTTPStatus.UNAUTHORIZED,
        ),
    ],
)
def test_other_origins_and_forms_are_refused(
    method: str, path: str, headers: dict[str, str], status: HTTPStatus
) -> None:
    assert request_with(method, path, headers) == status


def test_reports_need_the_token_and_are_closed_without_one() -> None:
    path, token = "/report_asset_observation/a", {"authorization": "Bearer a-token-of-16-letters"}
    assert request_with("POST", path, token) is None
    assert request_with("POST", path, token, policy=Policy()) == HTTPStatus.FORBIDDEN
    assert (
        request_with("POST", path, token | {"origin": "https://evil.example"})
        == HTTPStatus.FORBIDDEN
    )


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:80", "[::1]:3000", "belib.example.org"])
def test_configured_host_names_are_allowed(host: str) -> None:
    assert request_with("GET", "/", host=host) is None


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "evil@localhost", "localhost/x", "localhost:x", ""],
)
def test_foreign_names_are_refused(host: str) -> None:
    assert request_with("GET", "/", host=host) == HTTPStatus.MISDIRECTED_REQUEST


def test_two_hosts_or_none_are_refused() -> None:
    for hosts in ({}, {"host": [HOST, "evil.example"]}):
        found = refusal(Request("GET", "/", hosts), POLICY)
        assert found is not None
        assert found.status == HTTPStatus.MISDIRECTED_REQUEST


@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "WEBSOCKET"]),
    path=st.sampled_from(["/", "/graphql", "/logs/a", "/report_asset_check/a"]),
    origin=st.sampled_from(["https://evil.example", "null", "http://127.0.0.1:1", "file://", ""]),
    extra=st.dictionaries(
        st.sampled_from(["content-type", "authorization", "sec-fetch-site", "sec-fetch-mode"]),
        st.sampled_from(["application/json", "Bearer a-token-of-16-letters", "none", "navigate"]),
    ),
)
def test_a_foreign_origin_can_only_load_a_page(
    method: str, path: str, origin: str, extra: dict[str, str]
) -> None:
    assert request_with(method, path, extra | {"origin": origin}) is not None
