"""The proxies of the environment: taken as curl takes them, or named in one line."""

import os
import socketserver
from collections.abc import Iterator
from threading import Thread

import httpx
import pytest

from belib_weather.kibana.connection import Connection
from belib_weather.kibana.errors import KibanaError
from belib_weather.proxies import ProxiedTransport, ProxyError, proxy_of
from belib_weather.settings import Settings
from belib_weather.sources.errors import ProxyUnusable, SourceUnreachable
from belib_weather.sources.http import HttpClient

FEED = "https://feed.example/records"
SECRET = "p4ssw0rd"
PATIENT = Settings(http_attempts=4, _env_file=None)


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture
def proxy() -> Iterator[tuple[str, list[str]]]:
    """Address of a listener without scheme, and the first line of each request it sees."""
    seen: list[str] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            seen.append(self.rfile.readline().decode().strip())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.server_address[1]}", seen
        server.shutdown()
        thread.join()


def ask(url: str) -> None:
    with httpx.Client(transport=ProxiedTransport(), timeout=5) as client:
        client.get(url)


@pytest.mark.parametrize("scheme", ["", "http://"])
@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_requests_through_a_proxy_equal_those_of_curl(
    proxy: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch, name: str, scheme: str
) -> None:
    address, seen = proxy
    monkeypatch.setenv(name, f"{scheme}{address}")
    with pytest.raises(httpx.HTTPError):
        ask(FEED)
    assert seen == ["CONNECT feed.example:443 HTTP/1.1"]


def test_this_machine_and_excepted_hosts_are_asked_directly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "inside.example")
    for here in ("127.0.0.1", "127.1.2.3", "localhost", "::1", "inside.example"):
        assert proxy_of("http", here) is None
    assert proxy_of("http", "feed.example") == "http://proxy.example:3128"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (f"socks5://mona:{SECRET}@127.0.0.1:1080", "kind socks5://, which is not supported"),
        ("socks4a://127.0.0.1:1080", "kind socks4a://, which is not supported"),
        (f"http://mona:{SECRET}@proxy.example:port", "is not the address of a proxy"),
        ("http://", "is not the address of a proxy"),
        ("::", "is not the address of a proxy"),
        (f"http://mona:12/{SECRET}@proxy.example:3128", "is not the address of a proxy"),
        (f"http://mona:a@{SECRET}@proxy.example:3128", "is not the address of a proxy"),
    ],
)
def test_an_unusable_proxy_is_one_line_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, value: str, reason: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", value)
    for send, expected in (
        (lambda: HttpClient(PATIENT).get("feed", FEED, {}), ProxyUnusable),
        (lambda: Connection("https://kibana.example").ask("GET", "/api/status"), KibanaError),
        (lambda: ask(FEED), ProxyError),
    ):
        with pytest.raises(expected, match="HTTPS_PROXY") as caught:
            send()
        assert reason in str(caught.value)
        assert SECRET not in str(caught.value)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_failing_proxy_is_named_as_the_cause(
    monkeypatch: pytest.MonkeyPatch, proxy: tuple[str, list[str]], scheme: str
) -> None:
    """One that asks for a password, one that hangs up, and one that is not there."""
    once = HttpClient(Settings(http_attempts=1, _env_file=None))
    with socketserver.TCPServer(("127.0.0.1", 0), AskingForAPassword) as asking:
        Thread(target=asking.serve_forever, args=(0.01,), daemon=True).start()
        for address in (f"127.0.0.1:{asking.server_address[1]}", proxy[0], "127.0.0.1:9"):
            monkeypatch.setenv(f"{scheme}_proxy", f"http://mona:{SECRET}@{address}")
            with pytest.raises(SourceUnreachable) as caught:
                once.get("feed", f"{scheme}://feed.example/records", {})
            message = str(caught.value)
            assert f"the proxy http://{address} of {scheme}_proxy" in message
            assert "Is there a network?" not in message
            assert ("407" in message) == (address == f"127.0.0.1:{asking.server_address[1]}")
            assert SECRET not in message
        asking.shutdown()


class AskingForAPassword(socketserver.StreamRequestHandler):
    """A proxy that knows nobody."""

    def handle(self) -> None:
        while self.rfile.readline().strip():
            pass
        self.wfile.write(
            b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n"
            b"connection: close\r\n\r\n"
        )
