"""What the lake wants to know of a response, without knowing where responses come from."""
# ruff: noqa: D102 - the names say it all

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol


class Received(Protocol):
    """A response as received: request without secrets, body uncompressed."""

    @property
    def source(self) -> str: ...
    @property
    def captured_at(self) -> datetime: ...
    @property
    def request_url(self) -> str: ...
    @property
    def request_params(self) -> Mapping[str, str]: ...
    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def body(self) -> bytes: ...


class ResponseLike(Received, Protocol):
    """A response worth keeping, with what is known of its records."""

    @property
    def record_count(self) -> int: ...
    @property
    def expected_count(self) -> int | None: ...
    @property
    def summary(self) -> Mapping[str, Any]: ...


class RejectedLike(Received, Protocol):
    """A refused response, with the reason."""

    @property
    def reason(self) -> str: ...
