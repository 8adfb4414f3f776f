"""A real HTTP server on loopback whose answers a test writes down beforehand, faults included."""

import gzip
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


class Fault(StrEnum):
    """How an answer goes wrong on the way."""

    NONE = "none"
    CUT = "cut"
    """The connection closes before the announced length."""
    CUT_CHUNKS = "cut_chunks"
    """A chunked body without its last chunk."""
    SILENT = "silent"
    """Headers, then nothing until the test is over."""
    DRIP = "drip"
    """Parts of the body, one after the other, for ever."""
    DRIP_HEADERS = "drip_headers"
    """One header, a letter after the other, for ever."""
    HINTS = "hints"
    """Informational answers (103) for ever, and never the answer."""
    TRAIL = "trail"
    """The body, then something else for ever."""
    HANG_UP = "hang_up"
    """The connection closes without an answer."""


_ENDLESS_HEADERS = {
    Fault.DRIP_HEADERS: (b"HTTP/1.1 200 OK\r\nx-letters: ", b"a"),
    Fault.HINTS: (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
}


@dataclass(frozen=True)
class Reply:
    """One answer of the server."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    fault: Fault = Fault.NONE

    def zipped(self) -> "Reply":
        """The same, compressed."""
        return replace(
            self,
            body=gzip.compress(self.body),
            headers={**self.headers, "content-encoding": "gzip"},
        )


def as_json(document: Any, status: int = 200, /, **headers: str) -> Reply:
    """A JSON answer; `_` in a header's name stands for `-`."""
    return Reply(
        json.dumps(document, ensure_ascii=False).encode(),
        status,
        {"content-type": "application/json"}
        | {name.replace("_", "-"): value for name, value in headers.items()},
    )


@dataclass(frozen=True)
class ReceivedRequest:
    """A request as it came over the wire."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]


class ScriptedServer:
    """Answers each path with the next of its replies; the last one is repeated."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.requests: list[ReceivedRequest] = []
        self.over = threading.Event()
        self._replies: dict[str, list[Reply | Callable[[ReceivedRequest], Reply]]] = {}

    def answers(
        self, end_of_path: str, *replies: Reply | Callable[[ReceivedRequest], Reply]
    ) -> None:
        """Write down the replies of all paths with this end."""
        self._replies[end_of_path] = list(replies)

    def reply_to(self, request: ReceivedRequest) -> Reply:
        self.requests.append(request)
        for end, replies in self._replies.items():
            if request.path.endswith(end):
                reply = replies.pop(0) if len(replies) > 1 else replies[0]
                return reply(request) if callable(reply) else reply
        return as_json({"message": f"nothing is scripted for {request.path}"}, 404)


@contextmanager
def serving() -> Iterator[ScriptedServer]:
    """A running server."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            url = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            _send(
                self,
                script,
                script.reply_to(ReceivedRequest(url.path, dict(parse_qsl(url.query)), headers)),
            )

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    script = ScriptedServer(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield script
    finally:
        script.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _send(handler: BaseHTTPRequestHandler, script: ScriptedServer, reply: Reply) -> None:
    if reply.fault is not Fault.NONE:
        handler.close_connection = True
    if reply.fault is Fault.HANG_UP:
        return
    if reply.fault in _ENDLESS_HEADERS:
        begin, more = _ENDLESS_HEADERS[reply.fault]
        with suppress(BrokenPipeError, ConnectionResetError):
            handler.wfile.write(begin)
            _send_for_ever(handler, script, more)
        return
    handler.send_response(reply.status)
    for name, value in reply.headers.items():
        handler.send_header(name, value)
    is_chunked = reply.fault in (Fault.CUT_CHUNKS, Fault.DRIP, Fault.TRAIL)
    name, value = (
        ("transfer-encoding", "chunked") if is_chunked else ("content-length", str(len(reply.body)))
    )
    handler.send_header(name, value)
    handler.end_headers()
    with suppress(BrokenPipeError, ConnectionResetError):  # the client has left, as it should
        _send_body(handler, script, reply)


def _send_body(handler: BaseHTTPRequestHandler, script: ScriptedServer, reply: Reply) -> None:
    half = reply.body[: len(reply.body) // 2]
    match reply.fault:
        case Fault.CUT:
            handler.wfile.write(half)
        case Fault.CUT_CHUNKS:
            handler.wfile.write(_chunk(half))
        case Fault.SILENT:
            handler.wfile.flush()
            script.over.wait(30)
        case Fault.TRAIL:
            handler.wfile.write(_chunk(reply.body))
            _send_for_ever(handler, script, _chunk(b"x"))
        case Fault.DRIP:
            _send_for_ever(handler, script, _chunk(b" "))
        case _:
            handler.wfile.write(reply.body)


def _send_for_ever(handler: BaseHTTPRequestHandler, script: ScriptedServer, more: bytes) -> None:
    while not script.over.wait(0.02):
        handler.wfile.write(more)


def _chunk(part: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(part), part)
