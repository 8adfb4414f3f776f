"""Connections of clients that are slow or send without end: each is closed in time.

What belongs here: how long a client may take, and how much it may send. What does not: answers
(`server`). uvicorn waits for the head of a request, and for who does not read an answer, without
end, and holds a head however long it is.
"""

from asyncio import Transport
from asyncio.events import TimerHandle

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD_BYTES = 2**16
"""Longest head of a request, and the most that is taken after it: nothing is uploaded."""


class TimeoutProtocol(HttpToolsProtocol):
    """HTTP/1.1 with an end to patience.

    Attributes:
        head_seconds: a request has come to the end of its head by then.
        stalled_seconds: what waits to be sent has become less by then.
    """

    head_seconds = 10.0
    stalled_seconds = 60.0

    _taken = 0
    _head: TimerHandle | None = None
    _stalled: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        super().connection_lost(exc)
        self._has_head()
        self._resumed()

    def data_received(self, data: bytes) -> None:
        """Take what came, unless it is too much."""
        if self.cycle is None or self.cycle.response_complete:
            self._await_head()
        self._taken += len(data)
        super().data_received(data)
        if self._taken > MOST_HEAD_BYTES:
            self.transport.abort()

    def on_headers_complete(self) -> None:
        """Begin to answer."""
        self._taken = 0
        self._has_head()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """See to it that the end of the answer is read, or that the connection ends."""
        super().on_response_complete()
        self.loop.call_later(self.timeout_keep_alive + self.stalled_seconds, self._abort_if_closing)

    def pause_writing(self) -> None:
        """Wait for a client to read."""
        super().pause_writing()
        self._stalled = self.loop.call_later(self.stalled_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on: it has read."""
        super().resume_writing()
        self._resumed()

    def _await_head(self) -> None:
        if self._head is None:
            self._head = self.loop.call_later(self.head_seconds, self.transport.abort)

    def _has_head(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _resumed(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def _abort_if_closing(self) -> None:
        if self.transport.is_closing():  # and waits until the client has read all
            self.transport.abort()
