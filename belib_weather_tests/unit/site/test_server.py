"""The server of static files over a real socket: what browsers and caches get."""

import gzip
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from belib_weather.live_files.catalog import response_headers
from belib_weather.simulator.server import serving
from belib_weather.site.server import create_app

PAGE = "<!doctype html>" + "<p>Paris</p>" * 200


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small site."""
    folder = tmp_path_factory.mktemp("site")
    for path, text in {
        "index.html": PAGE,
        "404.html": "<p>gone",
        "station/X/index.html": PAGE,
        "station/X/station.json": "{}",
        "assets/site.0123456789.css": "a{}",
        "data/stations.geojson": '{"type": "FeatureCollection"}' + " " * 600,
        "feeds/X.atom": "<feed/>",
        ".site.json": "[]",
        "data/.current.json.unfinished": "{",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[httpx.Client]:
    """A client of the server."""
    with (
        serving(create_app(folder, response_headers(timedelta(minutes=5)))) as address,
        httpx.Client(base_url=address, trust_env=False, headers={"Accept-Encoding": ""}) as client,
    ):
        yield client


def test_an_unchanged_page_is_revalidated_without_a_body(
    client: httpx.Client,
) -> None:
    first = client.get("/")
    again = client.get("/", headers={"If-None-Match": first.headers["etag"]})

    assert (first.status_code, first.text, first.headers["cache-control"]) == (
        200,
        PAGE,
        "no-cache",
    )
    assert first.headers["content-type"] == "text/html; charset=utf-8"
    assert (again.status_code, again.content) == (304, b"")


def test_a_compressed_page_has_its_own_etag(
    client: httpx.Client,
) -> None:
    with client.stream("GET", "/", headers={"Accept-Encoding": "gzip"}) as answer:
        body = b"".join(answer.iter_raw())

    assert gzip.decompress(body).decode() == PAGE
    assert len(body) < len(PAGE) / 5
    assert answer.headers["vary"] == "Accept-Encoding"
    tag = answer.headers["etag"]
    assert tag == f"W/{client.get('/').headers['etag']}"
    assert client.get("/", headers={"If-None-Match": tag}).status_code == 304


def test_a_range_request_ignores_gzip(client: httpx.Client) -> None:
    answer = client.get("/", headers={"Range": "bytes=0-14", "Accept-Encoding": "gzip"})

    assert (answer.status_code, answer.text) == (206, "<!doctype html>")
    assert answer.headers["content-range"] == f"bytes 0-14/{len(PAGE)}"


def test_a_page_may_run_our_scripts_and_styles_alone(client: httpx.Client) -> None:
    for path in ("/", "/nothing", "/data/stations.geojson"):
        headers = client.get(path).headers
        policy = dict(
            part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";")
        )
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "strict-origin-when-cross-origin"


def test_other_origins_may_read_data_and_feeds_but_no_pages(client: httpx.Client) -> None:
    opened = {
        path: client.get(path).headers.get("access-control-allow-origin")
        for path in ("/", "/data/stations.geojson", "/feeds/X.atom", "/station/X/station.json")
    }
    assert opened == {
        "/": None,
        "/data/stations.geojson": "*",
        "/feeds/X.atom": "*",
        "/station/X/station.json": "*",
    }
    asked = {"Origin": "https://app.example", "Access-Control-Request-Method": "GET"}
    answer = client.options("/data/stations.geojson", headers=asked)
    assert (answer.status_code, answer.headers["access-control-allow-methods"]) == (
        204,
        "GET, HEAD",
    )
    types = [client.get(path).headers["content-type"] for path in opened if path != "/"]
    assert types == ["application/geo+json", "application/atom+xml", "application/json"]


def test_live_files_are_cached_for_a_part_of_the_cadence_and_name_their_licence(
    client: httpx.Client,
) -> None:
    answer = client.get("/data/stations.geojson")
    again = client.get("/data/stations.geojson", headers={"If-None-Match": answer.headers["etag"]})
    for one in (answer, again):
        assert one.headers["cache-control"] == "public, max-age=30, must-revalidate"
        assert 'rel="license"' in one.headers["link"]
    assert again.status_code == 304
    assert "link" not in client.get("/data/nothing.json").headers


def test_files_named_by_their_content_are_cached_by_browsers(client: httpx.Client) -> None:
    answer = client.get("/assets/site.0123456789.css")
    assert "immutable" in answer.headers["cache-control"]
    assert "immutable" not in client.get("/assets/other.css").headers["cache-control"]


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/.site.json",
        "/data/.current.json.unfinished",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/station/X/%00",
        f"/{'a' * 300}",
    ],
)
def test_a_missing_or_hidden_file_gives_the_not_found_page(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")


def test_a_folder_gets_its_slash_and_nothing_can_be_written(client: httpx.Client) -> None:
    answer = client.get("/station/X")
    assert (answer.status_code, answer.headers["location"]) == (307, "./X/")
    assert answer.next_request is not None
    assert answer.next_request.url.path == "/station/X/"
    assert client.post("/").status_code == 405


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/station/X?a=1&b", "./X/?a=1&b"),
        ("//station/X", "./X/"),
        ("/station/FR%3AX%20%C3%A9", "./FR%3AX%20%C3%A9/"),
    ],
)
def test_a_redirection_stays_on_the_host_whatever_the_host_header(
    client: httpx.Client, folder: Path, path: str, location: str
) -> None:
    (folder / "station/FR:X é").mkdir(exist_ok=True)
    (folder / "station/FR:X é/index.html").write_text(PAGE)
    url = httpx.URL(str(client.base_url).rstrip("/") + path)
    answer = client.get(url, headers={"Host": "elsewhere.example", "X-Forwarded-Proto": "x"})
    assert (answer.status_code, answer.headers["location"]) == (307, location)


def test_before_the_first_pages_the_server_is_healthy_and_says_that_they_are_built(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "later"
    with (
        serving(create_app(folder)) as address,
        httpx.Client(base_url=address, trust_env=False) as client,
    ):
        assert client.get("/healthz").status_code == 200
        answer = client.get("/")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
        folder.mkdir()
        (folder / "index.html").write_text("there")
        assert client.get("/").text == "there"
