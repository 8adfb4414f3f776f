"""A proxy before the real server, for faults that the server itself does not show.

Each fault answers one request, in order; when none is left requests pass through.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx

_PATIENCE_SECONDS = 60
Fault = Callable[["Exchange"], httpx.Response]


class Exchange:
    """One request on its way, and the server behind."""

    def __init__(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> None:
        self.method, self.path, self.body, self.headers = method, path, body, headers

    def forward(self, server: str, body: bytes | None = None) -> httpx.Response:
        forwarded = ("content-type", "accept", "authorization")
        return httpx.request(
            self.method,
            server + self.path,
            content=self.body if body is None else body,
            headers={name: value for name, value in self.headers.items() if name in forwarded},
            timeout=_PATIENCE_SECONDS,
        )


class FaultyServer:
    """The proxy: `faults` are used up by requests whose path contains `where`."""

    def __init__(self, server: str) -> None:
        self.server, self.where = server, ""
        self.faults: list[Fault] = []
        self.requests: list[Exchange] = []
        self.url = ""

    def answer(self, exchange: Exchange) -> httpx.Response:
        if self.where in exchange.path:
            self.requests.append(exchange)
            if self.faults:
                return self.faults.pop(0)(exchange)
        return exchange.forward(self.server)


def refusing(status: int, kind: str = "es_rejected_execution_exception") -> Fault:
    """The whole request is answered with an error."""
    error = {"error": {"type": kind, "reason": "on request"}, "status": status}
    return lambda _: httpx.Response(
        status, json=error, headers={"x-elastic-product": "Elasticsearch"}
    )


def answering(body: dict[str, Any]) -> Fault:
    """The whole request is answered with this body."""
    return lambda _: httpx.Response(200, json=body, headers={"x-elastic-product": "Elasticsearch"})


def rejecting_second_half(server: str) -> Fault:
    """The second half of a bulk request's items are answered 429 and not written."""

    def fault(exchange: Exchange) -> httpx.Response:
        lines = exchange.body.splitlines(keepends=True)
        half = len(lines) // 4 * 2
        answer: dict[str, Any] = exchange.forward(server, b"".join(lines[:half])).json()
        error = {"type": "es_rejected_execution_exception", "reason": "queue is full"}
        answer["items"] += [{"index": {"status": 429, "error": error}}] * ((len(lines) - half) // 2)
        answer["errors"] = True
        return httpx.Response(200, json=answer, headers={"x-elastic-product": "Elasticsearch"})

    return fault


def interfering(server: str, document: dict[str, Any]) -> Fault:
    """Somebody else writes a document just before the request."""

    def fault(exchange: Exchange) -> httpx.Response:
        index = exchange.path.split("/")[1]
        sent = httpx.post(f"{server}/{index}/_doc", json=document, timeout=_PATIENCE_SECONDS)
        sent.raise_for_status()
        return exchange.forward(server)

    return fault


def something_else(_: Exchange) -> httpx.Response:
    """A server that is not Elasticsearch."""
    return httpx.Response(200, content=json.dumps({"hello": "world"}))


@contextmanager
def faulty(server: str) -> Iterator[FaultyServer]:
    """Run the proxy on a free port."""
    proxy = FaultyServer(server)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = proxy.answer(Exchange(self.command, self.path, body, headers))
            self.send_response(answer.status_code)
            for name in ("x-elastic-product", "content-type"):
                if name in answer.headers:
                    self.send_header(name, answer.headers[name])
            self.send_header("content-length", str(len(answer.content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.content)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = handle_any  # noqa: N815 - http.server's names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - overridden
            """Keep quiet."""

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    proxy.url = f"http://127.0.0.1:{httpd.server_port}"
    thread = Thread(target=httpd.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join()
