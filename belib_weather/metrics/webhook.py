"""Messages to a webhook, as ntfy takes them: the text as body, the rest as headers.

What belongs here: one message, sent with patience. What does not: what is worth a message.
Concept: https://docs.ntfy.sh/publish/
"""

import base64
import hmac
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
import stamina
from pydantic import SecretStr

from belib_weather.proxies import ProxiedTransport, ProxyError

_ATTEMPTS = 3
_LONGEST_SECONDS = 30
"""Dagster gives up an evaluation after a minute."""
_TIMEOUT_SECONDS = 5
_AFTER_SENDING = (httpx.ReadError, httpx.ReadTimeout, httpx.RemoteProtocolError)
_SERVER_ERROR, _TOO_MANY = 500, 429


class WebhookError(Exception):
    """A message was refused; the text names the host alone, since a path may be a secret."""


class WebhookUnanswered(WebhookError):
    """The message went out and no answer came: it may have been received, or not."""


class _TryAgain(Exception):
    """Worth another attempt."""


@dataclass(frozen=True)
class Notification:
    """One message.

    Attributes:
        title: one line.
        text: some lines.
        priority: 1 to 5 as ntfy has them; 3 is normal.
        tags: words; ntfy draws those that it knows as emoji.
        id: the same each time the message is sent, so that a receiver can drop a repeated one:
            letters, digits, `-` and `_`, at most 64; or none.
    """

    title: str
    text: str
    priority: int = 3
    tags: tuple[str, ...] = ()
    id: str = ""


class Webhook:
    """Sends messages to one address.

    Args:
        url: with a user and password if the server wants them; never shown.
        secret: signs each message; None: messages are not signed.
        name: what an error calls it.
    """

    def __init__(
        self, url: SecretStr, *, secret: SecretStr | None = None, name: str = "BELIB_WEBHOOK_URL"
    ) -> None:
        self._url = url
        self._name = name
        self._secret = secret

    @property
    def host(self) -> str:
        """The host that messages go to, safe to show: the path of a webhook is its password."""
        parts = urlsplit(self._url.get_secret_value())
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname}{port}/…"

    def send(self, message: Notification) -> None:
        """Send a message; up to three attempts within half a minute, while it is certainly refused.

        Raises:
            WebhookUnanswered: it may have been received.
            WebhookError: it was refused.
        """
        try:
            for attempt in stamina.retry_context(
                on=_TryAgain, attempts=_ATTEMPTS, timeout=_LONGEST_SECONDS, wait_initial=0.2
            ):
                with attempt, _without_addresses_in_logs():
                    self._post(message)
        except _TryAgain as error:
            raise WebhookError(
                f"{self._name} ({self.host}): {error}; sent again at the next look"
            ) from None

    def _post(self, message: Notification) -> None:
        try:
            with httpx.Client(transport=ProxiedTransport(), timeout=_TIMEOUT_SECONDS) as client:
                reply = client.post(
                    self._url.get_secret_value(),
                    content=message.text.encode(),
                    headers={
                        "content-type": "text/plain; charset=utf-8",
                        "title": _in_header(message.title),
                        "priority": str(message.priority),
                        "tags": ",".join(message.tags),
                        **_identity(message),
                        **self._signature(message),
                    },
                )
        except _AFTER_SENDING as error:
            raise WebhookUnanswered(
                f"{self._name} ({self.host}): the message went out, but no answer came"
                f" ({type(error).__name__}): it may have been received"
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL, ProxyError) as error:
            raise _TryAgain(f"no answer ({type(error).__name__})") from None
        if reply.is_success:
            return
        problem = f"it answers HTTP {reply.status_code}"
        if reply.status_code >= _SERVER_ERROR or reply.status_code == _TOO_MANY:
            raise _TryAgain(problem)
        raise WebhookError(
            f"{self._name} ({self.host}): {problem}; is the address the one that the service gave?"
        )

    def _signature(self, message: Notification) -> dict[str, str]:
        """Headers by the Standard Webhooks specification: id, second and HMAC-SHA256 of the text.

        Concept: https://github.com/standard-webhooks/standard-webhooks
        """
        if self._secret is None:
            return {"webhook-id": message.id} if message.id else {}
        second = str(int(time.time()))
        signed = f"{message.id}.{second}.{message.text}".encode()
        digest = hmac.digest(self._secret.get_secret_value().encode(), signed, "sha256")
        return {
            "webhook-id": message.id,
            "webhook-timestamp": second,
            "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        }


def _identity(message: Notification) -> dict[str, str]:
    """The id under the names by which receivers drop, or replace, what they have already.

    Concepts: https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/, and
    https://docs.ntfy.sh/publish/ (from ntfy 2.16 on, one id is one notification).
    """
    names = ("idempotency-key", "x-message-id", "x-sequence-id")
    return dict.fromkeys(names, message.id) if message.id else {}


def _in_header(text: str) -> str:
    """A text as the value of a header: what is not ASCII by RFC 2047, which ntfy reads."""
    if text.isascii():
        return text
    return f"=?UTF-8?B?{base64.b64encode(text.encode()).decode()}?="


@contextmanager
def _without_addresses_in_logs() -> Iterator[None]:
    """The HTTP library logs the address of each request."""

    def drop(record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING

    logger = logging.getLogger("httpx")
    logger.addFilter(drop)
    try:
        yield
    finally:
        logger.removeFilter(drop)
