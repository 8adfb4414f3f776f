"""A whole answer of a server within a time: its headers, the hints before them, and its body.

What belongs here: the time that an answer may take on the wire. What does not: how long that is,
and what is tried again. A time-out of httpx is of one read, so a server that sends a byte now and
then would never meet it.
"""

import ssl
import time
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any

import httpcore
import httpx

ANSWER_TIMEOUTS = 10
"""An answer may take at most this many time-outs in all."""
_END: ContextVar[float] = ContextVar("end of the answer")


class PunctualTransport(httpx.HTTPTransport):
    """Gives up an answer that is not whole after `ANSWER_TIMEOUTS` time-outs.

    A request's answer is read by the thread that sent it, before that thread sends another.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # httpx hands none over; a pool of httpcore has it as an argument of this name.
        setattr(self._pool, "_network_backend", _Backend())  # noqa: B010

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request; its time begins now."""
        timeout = request.extensions.get("timeout", {}).get("read")
        _END.set(float("inf") if timeout is None else time.monotonic() + timeout * ANSWER_TIMEOUTS)
        return super().handle_request(request)


class _Stream(httpcore.NetworkStream):
    """A connection whose reads end when the answer has to."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left = _END.get(float("inf")) - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the answer took too long")
        return self._stream.read(max_bytes, timeout if timeout is None else min(timeout, left))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.SyncBackend):
    """Opens such connections."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        return _Stream(super().connect_tcp(host, port, timeout, local_address, socket_options))
