"""Messages to a webhook, as ntfy takes them: the text as body, the rest as headers.

What belongs here: one message, sent with patience. What does not: what is worth a message.
Concept: https://docs.ntfy.sh/publish/
"""

import logging
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
_SERVER_ERROR, _TOO_MANY = 500, 429


class WebhookError(Exception):
    """A message was not taken; the text names the host alone, since a path may be a secret."""


class _TryAgain(Exception):
    """Worth another attempt."""


@dataclass(frozen=True)
class Notification:
    """What is told.

    Attributes:
        title: one line, ASCII.
        text: some lines.
        priority: 1 to 5 as ntfy has them; 3 is normal.
        tags: words; ntfy draws those that it knows as emoji.
    """

    title: str
    text: str
    priority: int = 3
    tags: tuple[str, ...] = ()


class Webhook:
    """Sends messages to one address.

    Args:
        url: with a user and password if the server wants them; never shown.
    """

    def __init__(self, url: SecretStr) -> None:
        self._url = url

    @property
    def host(self) -> str:
        """Where messages go, fit to be shown: the path of a webhook is its password."""
        parts = urlsplit(self._url.get_secret_value())
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{parts.hostname}{port}/…"

    def send(self, message: Notification) -> None:
        """Send a message; three attempts within half a minute.

        Raises:
            WebhookError: it was not taken.
        """
        try:
            for attempt in stamina.retry_context(
                on=_TryAgain, attempts=_ATTEMPTS, timeout=_LONGEST_SECONDS, wait_initial=0.2
            ):
                with attempt, _without_addresses_in_logs():
                    self._post(message)
        except _TryAgain as error:
            raise WebhookError(
                f"BELIB_WEBHOOK_URL ({self.host}): {error}; sent again at the next look"
            ) from None

    def _post(self, message: Notification) -> None:
        try:
            with httpx.Client(transport=ProxiedTransport(), timeout=_TIMEOUT_SECONDS) as client:
                reply = client.post(
                    self._url.get_secret_value(),
                    content=message.text.encode(),
                    headers={
                        "content-type": "text/plain; charset=utf-8",
                        "title": message.title.encode("ascii", "replace").decode(),
                        "priority": str(message.priority),
                        "tags": ",".join(message.tags),
                    },
                )
        except (httpx.HTTPError, httpx.InvalidURL, ProxyError) as error:
            raise _TryAgain(f"no answer ({type(error).__name__})") from None
        if reply.is_success:
            return
        problem = f"it answers HTTP {reply.status_code}"
        if reply.status_code >= _SERVER_ERROR or reply.status_code == _TOO_MANY:
            raise _TryAgain(problem)
        raise WebhookError(
            f"BELIB_WEBHOOK_URL ({self.host}): {problem}; is the address the one that the service"
            " gave?"
        )


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
