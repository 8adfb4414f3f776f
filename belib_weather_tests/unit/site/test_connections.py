"""The site's server and clients that are slow, send without end, or try its doors."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

import pytest

from belib_weather.simulator.server import serving
from belib_weather.site.connections import MOST_HEAD_BYTES, TimeoutProtocol
from belib_weather.site.server import create_app

LARGE = 8 * 2**20
GET = b"GET / HTTP/1.1\r\nHost: x\r\n"


class ShortTimeouts(TimeoutProtocol):
    head_seconds = 1.0
    stalled_seconds = 0.2
    left: ClassVar[set[object]] = set()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        ShortTimeouts.left.add(self.client)


Address = tuple[str, int]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small site, with a link that leads out of it."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "index.html").write_text("<p>Paris")
    (folder / "large.csv").write_bytes(bytes(LARGE))
    (folder / "outside").symlink_to(Path(__file__).parent)
    return folder


@contextmanager
def served(folder: Path, protocol: type[TimeoutProtocol]) -> Iterator[Address]:
    with serving(create_app(folder), http=protocol, ws="none") as url:
        parts = urlsplit(url)
        yield str(parts.hostname), int(parts.port or 0)


@pytest.fixture(scope="module")
def usual_timeouts(folder: Path) -> Iterator[Address]:
    """Where the site is served as it is to everyone."""
    with served(folder, TimeoutProtocol) as address:
        yield address


@pytest.fixture(scope="module")
def short_timeouts(folder: Path) -> Iterator[Address]:
    with served(folder, ShortTimeouts) as address:
        yield address


@contextmanager
def connected(address: Address) -> Iterator[socket.socket]:
    """A connection with a small buffer, as one over a phone has."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(60)
        connection.connect(address)
        yield connection


@pytest.fixture
def connection(usual_timeouts: Address) -> Iterator[socket.socket]:
    with connected(usual_timeouts) as connection:
        yield connection


@pytest.fixture
def hurried(short_timeouts: Address) -> Iterator[socket.socket]:
    """A connection to a server that waits a moment only."""
    with connected(short_timeouts) as connection:
        yield connection


def rest(connection: socket.socket) -> bytes:
    """All that comes until the server ends the connection."""
    received = bytearray()
    try:
        while part := connection.recv(2**16):
            received += part
    except ConnectionResetError:
        pass
    return bytes(received)


@pytest.mark.long
@pytest.mark.parametrize("begun", [b"", b"\r\n", GET, GET + b"\r\n" + GET, b"GET /"])
def test_a_client_that_never_ends_its_request_is_disconnected(
    hurried: socket.socket, begun: bytes
) -> None:
    hurried.sendall(begun)
    assert rest(hurried).count(b"200 OK") <= begun.count(b"\r\n\r\n")  # it ends


@pytest.mark.parametrize(
    "more",
    [b"X: " + bytes([65]) * 2**16, b"X: a\r\n" * 2**14],
    ids=["one header", "many headers"],
)
def test_an_endless_request_head_is_disconnected(connection: socket.socket, more: bytes) -> None:
    sent = 0
    try:
        connection.sendall(GET)
        while sent < 200 * MOST_HEAD_BYTES:
            connection.sendall(more)
            sent += len(more)
    except (BrokenPipeError, ConnectionResetError):
        pass
    assert sent < 200 * MOST_HEAD_BYTES
    assert b"200 OK" not in rest(connection)


@pytest.mark.long
@pytest.mark.parametrize("ending", [b"", b"Connection: close\r\n"])
def test_a_client_that_does_not_read_is_disconnected(hurried: socket.socket, ending: bytes) -> None:
    hurried.sendall(GET.replace(b"/ ", b"/large.csv ") + ending + b"\r\n")
    end = time.monotonic() + 60
    while hurried.getsockname() not in ShortTimeouts.left and time.monotonic() < end:
        time.sleep(0.01)
    assert len(rest(hurried)) < LARGE


def test_a_client_that_reads_gets_the_whole_answer(connection: socket.socket) -> None:
    connection.sendall(GET.replace(b"/ ", b"/large.csv ") + b"Connection: close\r\n\r\n")
    assert len(rest(connection)) > LARGE


@pytest.mark.parametrize(
    "line",
    [
        b"GET /outside/test_server.py HTTP/1.1",
        b"GET /../index.html HTTP/1.1",
        b"GET /%2e%2e%2findex.html HTTP/1.1",
        b"GET //etc/passwd HTTP/1.1",
        b"GET http://elsewhere.example/outside/test_server.py HTTP/1.1",
        b"GET /\xff HTTP/1.1",
        b"CONNECT elsewhere.example:443 HTTP/1.1",
        b"TRACE / HTTP/1.1",
        b"PUT /index.html HTTP/1.1",
    ],
)
def test_no_request_leads_out_of_the_folder(connection: socket.socket, line: bytes) -> None:
    connection.sendall(line + b"\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert rest(connection)[9:12] in {b"400", b"404", b"405"}


def test_a_smuggled_request_is_not_answered(connection: socket.socket) -> None:
    hidden = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
    connection.sendall(head + b"0\r\n\r\n" + hidden)
    answer = rest(connection)
    assert (answer[9:12], answer.count(b"HTTP/1.1")) == (b"400", 1)
