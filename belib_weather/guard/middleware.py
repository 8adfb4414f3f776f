"""The rules applied to an ASGI application: what is refused never reaches it.

Concept: https://asgi.readthedocs.io/en/latest/specs/www.html
"""

import logging
from collections import defaultdict

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from belib_weather.guard.rules import Policy, Refusal, Request, refusal

logger = logging.getLogger(__name__)
_POLICY_VIOLATION = 1008
"""Close code of a WebSocket that a rule refuses (RFC 6455, 7.4.1)."""


class Guard:
    """Passes on what the rules allow, and answers the rest itself.

    Args:
        app: the guarded application.
        policy: what it accepts.
    """

    def __init__(self, app: ASGIApp, policy: Policy) -> None:
        self._app = app
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection, as ASGI asks."""
        if scope["type"] not in {"http", "websocket"}:  # start and end of the server
            await self._app(scope, receive, send)
            return
        request = _request_of(scope)
        refused = refusal(request, self._policy)
        if refused is None:
            await self._app(scope, receive, _deny_framing(send))
            return
        logger.warning("refused %s %r: %s", request.method, request.path[:200], refused.reason)
        await _answer(refused, scope, receive, send)


def _request_of(scope: Scope) -> Request:
    headers: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in scope["headers"]:
        headers[name.decode("latin-1").lower()].append(value.decode("latin-1"))
    method = "WEBSOCKET" if scope["type"] == "websocket" else scope["method"]
    return Request(method, scope["path"], headers)


async def _answer(refused: Refusal, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()  # the request to connect
        await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": refused.reason})
        return
    response = PlainTextResponse(
        f"{refused.reason}\n", refused.status, headers={"Cache-Control": "no-store"}
    )
    await response(scope, receive, send)


def _deny_framing(send: Send) -> Send:
    """Forbid other origins to show a page in a frame, where a click could be stolen."""

    async def with_header(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["X-Frame-Options"] = "SAMEORIGIN"
        await send(message)

    return with_header
