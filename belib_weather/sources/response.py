"""An HTTP response before it is stored: the raw envelope."""

import hashlib
import json
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What a server answered, complete and decoded; not yet checked.

    Attributes:
        source: raw source name; begins with `simulator:` when a simulator answered.
        captured_at: start of the attempt whose body this is (UTC).
        request_url: address without parameters and secrets.
        request_params: parameters without secrets.
        headers: those that matter.
    """

    source: str
    captured_at: datetime
    request_url: str
    request_params: dict[str, str]
    status: int
    headers: dict[str, str]
    body: bytes = field(repr=False)

    @cached_property
    def sha256(self) -> str:
        """Hash of the body, hexadecimal."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True)
class Response(Answer):
    """A complete, checked answer.

    Attributes:
        record_count: records in the body.
        expected_count: records that the source announced, None if it announces none.
        summary: what one wants to see without opening the body. Real-time: `statuses` (label →
            records), `newest_update`, `fields`; static: `fields`; weather: `first` and `last`
            stamp covered.
        cadence_seconds: time between two polls of a series that this one is of; None for an import
            and for what is not polled in such a series.
    """

    record_count: int
    expected_count: int | None
    summary: dict[str, Any]
    cadence_seconds: int | None = None


@dataclass(frozen=True)
class RejectedResponse(Answer):
    """A refused answer and the reason, for quarantine."""

    reason: str


def json_in(body: bytes) -> Any:
    """The JSON document in a body; None where there is none, or one nested too deeply."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def utc(instant: datetime) -> datetime:
    """The instant in UTC; one without an offset is taken for UTC, not for this machine's time.

    Raises:
        OverflowError: it is at the edge of the calendar.
    """
    return instant.replace(tzinfo=instant.tzinfo or UTC).astimezone(UTC)


def accepted(
    answer: Answer, *, record_count: int, expected_count: int | None, summary: dict[str, Any]
) -> Response:
    """The answer as a response to be stored."""
    return Response(
        **_values(answer),
        record_count=record_count,
        expected_count=expected_count,
        summary=summary,
    )


def rejected(answer: Answer, reason: str) -> RejectedResponse:
    """The answer as one to be quarantined."""
    return RejectedResponse(**_values(answer), reason=reason)


def _values(answer: Answer) -> dict[str, Any]:
    return {item.name: getattr(answer, item.name) for item in fields(Answer)}
