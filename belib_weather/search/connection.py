"""One way to send requests to Elasticsearch: with retries while it is busy, and clear errors.

The one module that loads Elasticsearch's client when it is imported. The client loads every HTTP
library that it finds, half a second of work, so `store` imports this when it connects.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import unquote, urlsplit

import stamina
from elasticsearch import ApiError, Elasticsearch, TransportError, UnsupportedProductError

from belib_weather.search.blocks import blocked_by, is_block
from belib_weather.search.errors import (
    PASSING,
    PATIENCE_SECONDS,
    RequestRefused,
    SearchBusy,
    SearchError,
    SearchForbidden,
    SearchUnavailable,
)

Answer = TypeVar("Answer")

WRITE_TIMEOUT_SECONDS = 120
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Connection:
    """A client of one server, and its address for messages, without user and password."""

    def __init__(self, url: str, *, timeout_seconds: float) -> None:
        parts = urlsplit(url)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        port = parts.port or _DEFAULT_PORTS[parts.scheme]
        self.address = f"{parts.scheme}://{host}:{port}{parts.path.rstrip('/')}"
        self.user = unquote(parts.username or "")
        credentials = (self.user, unquote(parts.password or "")) if self.user else None
        self._client = Elasticsearch(
            self.address,
            basic_auth=credentials,
            request_timeout=timeout_seconds,
            # A broken keep-alive connection is tried once more; `ask` waits for a busy server.
            max_retries=1,
            retry_on_status=(),
        )
        self._writing = self._client.options(request_timeout=WRITE_TIMEOUT_SECONDS)

    def ask(self, what: str, question: Callable[[Elasticsearch], Answer]) -> Answer:
        """Ask; `what` says in an error's message what was being done ("count belib-stations").

        Raises:
            SearchUnavailable: no connection, or no answer within the time-out.
            SearchForbidden: unknown user or missing privilege.
            SearchBusy: still 429 (too busy) or 503 (shards not started) after a minute.
            SearchBlocked: writes are blocked; raised at once.
            RequestRefused: the request was refused because of one of its documents.
            SearchError: the server refused; its reason is in the message.
        """
        return self._ask(what, question, self._client)

    def write(self, what: str, question: Callable[[Elasticsearch], Answer]) -> Answer:
        """As `ask`, with two minutes for an answer: bulk requests and changes of indices."""
        return self._ask(what, question, self._writing)

    def _ask(
        self, what: str, question: Callable[[Elasticsearch], Answer], client: Elasticsearch
    ) -> Answer:
        try:
            for attempt in stamina.retry_context(
                on=_is_transient,
                attempts=None,
                timeout=PATIENCE_SECONDS,
                wait_initial=0.2,
                wait_max=10,
            ):
                with attempt:
                    return question(client)
        except (ApiError, TransportError, UnsupportedProductError) as error:
            raise self._translated(what, error) from error
        raise AssertionError("a retry ends by returning or raising")

    def _translated(self, what: str, error: Exception) -> SearchError:
        doing = f"Elasticsearch at {self.address}, asked to {what}"
        if isinstance(error, UnsupportedProductError):
            return SearchUnavailable(
                f"{doing}: what answers there is not Elasticsearch; see BELIB_ELASTICSEARCH_URL"
            )
        if not isinstance(error, ApiError):
            return SearchUnavailable(
                f"{doing}: no answer ({error}); is it running, and is "
                "BELIB_ELASTICSEARCH_URL right?"
            )
        if is_block(error.meta.status, error.error):
            return blocked_by(doing, reason_of(error))
        if error.meta.status in PASSING:
            return SearchBusy(
                f"{doing}: still not able to after {PATIENCE_SECONDS} s ({error.meta.status}, "
                f"{reason_of(error)}); see its health, and try again later"
            )
        if error.meta.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            return SearchForbidden(
                f"{doing}: refused to user {self.user or '(none)'!r} ({error.meta.status}, "
                f"{reason_of(error)}); BELIB_ELASTICSEARCH_URL needs "
                "http://user:password@host:port of a user with all privileges on the "
                "indices and the cluster privilege monitor"
            )
        kind = RequestRefused if _is_document_error(error) else SearchError
        return kind(f"{doing}: {error.meta.status}, {reason_of(error)}")


def reason_of(error: ApiError) -> str:
    """The server's own words for an error."""
    body = error.body
    detail = body.get("error") if isinstance(body, dict) else body
    if isinstance(detail, dict):
        # The cause of a failed search is below: "all shards failed" says nothing.
        detail = next(iter(detail.get("root_cause", ())), detail)
        return f"{detail.get('type')}: {detail.get('reason')}"
    return str(detail)[:300]


def _is_transient(error: Exception) -> bool:
    return (
        isinstance(error, ApiError)
        and error.meta.status in PASSING
        and not is_block(error.meta.status, error.error)
    )


def _is_document_error(error: ApiError) -> bool:
    """Whether a part of the request may pass: an id too long, or a body too large."""
    return (
        error.error == "action_request_validation_exception"
        or error.meta.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    )
