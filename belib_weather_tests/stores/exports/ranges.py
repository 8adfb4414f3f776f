"""A web server that answers byte ranges of some files, and counts what it sends."""

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class RangeServer(ThreadingHTTPServer):
    """Serves files from memory on loopback; `sent` counts the bytes of all bodies."""

    daemon_threads = True

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files, self.sent = files, 0
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.counting = threading.Lock()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: RangeServer

    def do_HEAD(self) -> None:
        self._answer(has_body=False)

    def do_GET(self) -> None:
        self._answer(has_body=True)

    def _answer(self, *, has_body: bool) -> None:
        whole = self.server.files.get(self.path.lstrip("/"))
        if whole is None:
            self.send_error(404)
            return
        byte_range = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        first = int(byte_range[1]) if byte_range else 0
        last = min(
            int(byte_range[2]) if byte_range and byte_range[2] else len(whole), len(whole) - 1
        )
        body = whole[first : last + 1]
        self.send_response(206 if byte_range else 200)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(body)))
        if byte_range:
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(whole)}")
        self.end_headers()
        if has_body:
            with self.server.counting:
                self.server.sent += len(body)
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base
        """Nothing: the tests count."""


@contextmanager
def serving(files: Mapping[str, bytes]) -> Iterator[RangeServer]:
    """A server that is there inside the block."""
    server = RangeServer(files)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
