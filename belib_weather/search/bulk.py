"""Bulk requests whose every item is accounted for.

What belongs here: writing and removing documents of one index. What does not: which ones.
Concept: https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-bulk
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import polars as pl
import stamina

from belib_weather.search.blocks import blocked_by, is_block
from belib_weather.search.encoding import DOCUMENTS_PER_REQUEST, body_of
from belib_weather.search.errors import (
    PASSING,
    PATIENCE_SECONDS,
    Refusal,
    RequestRefused,
    SearchBusy,
    SearchError,
    SearchForbidden,
)
from belib_weather.search.operations import Operations

if TYPE_CHECKING:
    from elastic_transport import ObjectApiResponse

    from belib_weather.search.connection import Connection

# A row that another publisher removed or rewrote meanwhile is not ours to remove.
_NO_LONGER_THERE = (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)

_OF_A_DOCUMENT = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
)
_FORBIDDEN = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_CLOSED, _GONE = "index_closed_exception", "index_not_found_exception"
_BAD_ARGUMENT = "illegal_argument_exception"
_OF_AN_INDEX = frozenset({_CLOSED, _GONE})
"""Errors that come with the same status as those of a document."""
_NO_WRITE_INDEX = "no write index is defined"
_ADVICE = {
    _CLOSED: "open it with POST /INDEX/_open",
    _GONE: "it was deleted, and is made again at the next try",
    _BAD_ARGUMENT: "take the alias off all indices but the newest with POST /_aliases",
    "security_exception": "BELIB_ELASTICSEARCH_URL needs a user who may write there",
}
_LOOK = "see the server's log"


@dataclass
class Written:
    """The result for the documents of one call, and their operations in the index."""

    created: int = 0
    updated: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    operations: Operations = field(default_factory=Operations)

    def count(self, outcomes: list[dict[str, Any]]) -> None:
        """Count what was carried out of the items of an answer."""
        statuses = [outcome["status"] for outcome in outcomes]
        self.created += statuses.count(HTTPStatus.CREATED)
        self.updated += statuses.count(HTTPStatus.OK)
        numbers = [outcome["_seq_no"] for outcome in outcomes if "_seq_no" in outcome]
        self.operations += Operations.of(numbers)


@dataclass(frozen=True)
class Stored:
    """A document as found: its id and the write that made it."""

    document_id: str
    sequence_number: int
    primary_term: int


class _SomeRejectedError(Exception):
    """Items answered 429 or 503; only they are sent again."""


class BulkWriter:
    """Writes to one index, by its write alias, so that a missing index is never made up."""

    def __init__(self, connection: "Connection", write_alias: str) -> None:
        self._connection = connection
        self._alias = write_alias

    def index(self, batches: Iterable[tuple[pl.Series, pl.Series]]) -> Written:
        """Write batches of (ids, lines); what is refused is collected, not raised.

        Raises:
            SearchBusy: some items were still answered 429 or 503 after a minute.
            SearchBlocked: writes to the index are blocked.
            SearchError: a whole request failed, or the index takes no documents at all.
        """
        written = Written()
        for ids, lines in batches:
            self._index_batch(ids, lines, written)
        return written

    def remove(self, documents: list[Stored]) -> Written:
        """Remove documents unless they were rewritten since they were found.

        Returns:
            What was removed, as `updated`.

        Raises:
            SearchError: a removal failed for another reason than having come too late.
        """
        removed = Written()
        for start in range(0, len(documents), DOCUMENTS_PER_REQUEST):
            batch = documents[start : start + DOCUMENTS_PER_REQUEST]
            lines = pl.Series([_delete_line(document) for document in batch], dtype=pl.String)
            self._index_batch(pl.Series([d.document_id for d in batch]), lines, removed)
            if removed.refusals:
                raise SearchError(
                    f"{self._alias}: {len(removed.refusals)} documents could not be removed, "
                    f"first {removed.refusals[0].document_id}: {removed.refusals[0].reason}"
                )
        return removed

    def _index_batch(self, ids: pl.Series, lines: pl.Series, written: Written) -> None:
        """Write a batch; if one document makes the server refuse it whole, write the others."""
        try:
            self._send_with_retries(ids, lines, written)
        except RequestRefused as error:
            if ids.len() == 1:
                written.refusals.append(Refusal(ids.item(0), str(error)))
                return
            half = ids.len() // 2
            self._index_batch(ids[:half], lines[:half], written)
            self._index_batch(ids[half:], lines[half:], written)

    def _send_with_retries(self, ids: pl.Series, lines: pl.Series, written: Written) -> None:
        try:
            for attempt in stamina.retry_context(
                on=_SomeRejectedError,
                attempts=None,
                timeout=PATIENCE_SECONDS,
                wait_initial=0.2,
                wait_max=10,
            ):
                with attempt:
                    rejected = self._send(ids, lines, written)
                    ids, lines = ids.gather(rejected), lines.gather(rejected)
                    if rejected:
                        raise _SomeRejectedError
        except _SomeRejectedError:
            raise SearchBusy(
                f"{self._alias} at {self._connection.address}: {ids.len()} documents, first "
                f"{ids.item(0)}, still rejected (too busy) after {PATIENCE_SECONDS} s of sending "
                "them again; publish again later"
            ) from None

    def _send(self, ids: pl.Series, lines: pl.Series, written: Written) -> list[int]:
        """Send one request; returns the positions of the items to send again."""
        answer: ObjectApiResponse[Any] = self._connection.write(
            f"write {ids.len()} documents to {self._alias}",
            lambda client: client.bulk(
                index=self._alias,
                operations=body_of(lines),  # type: ignore[arg-type]  # bytes pass as they are
                require_alias=True,
                filter_path=["errors", "items.*.status", "items.*.error", "items.*._seq_no"],
            ),
        )
        written.count([outcome for item in answer["items"] for outcome in item.values()])
        rejected: list[int] = []
        if not answer["errors"]:  # nearly always
            return rejected
        for position, item in enumerate(answer["items"]):
            (outcome,) = item.values()
            kind = outcome.get("error", {}).get("type")
            if is_block(outcome["status"], kind):
                raise blocked_by(
                    f"{self._alias} at {self._connection.address}", outcome["error"]["reason"]
                )
            match outcome["status"]:
                case HTTPStatus.CREATED | HTTPStatus.OK:
                    pass
                case status if status in PASSING:
                    rejected.append(position)
                case status if "delete" in item and status in _NO_LONGER_THERE:
                    pass
                case _ if is_document_fault(outcome):
                    written.refusals.append(Refusal(ids.item(position), _reason(outcome["error"])))
                case _:
                    raise self._index_error(outcome)
        return rejected

    def _index_error(self, outcome: Mapping[str, Any]) -> SearchError:
        error = outcome["error"]
        kind = SearchForbidden if outcome["status"] in _FORBIDDEN else SearchError
        return kind(
            f"{self._alias} at {self._connection.address} takes no documents: {outcome['status']},"
            f" {error['type']}: {_reason(error)}; {_ADVICE.get(error['type'], _LOOK)}. What is"
            " missing is then published by itself"
        )


def is_document_fault(outcome: Mapping[str, Any]) -> bool:
    """Whether an item was refused for what its document is; else the index takes none.

    A refused document is not sent again. What an index refuses must be: it is there, and nothing
    is wrong with it.

    Args:
        outcome: of the item, with `status` and `error`.
    """
    error = outcome["error"]
    is_of_alias = error["type"] == _BAD_ARGUMENT and _NO_WRITE_INDEX in error["reason"]
    return (
        outcome["status"] in _OF_A_DOCUMENT
        and error["type"] not in _OF_AN_INDEX
        and not is_of_alias
    )


def _delete_line(document: Stored) -> str:
    return json.dumps(
        {
            "delete": {
                "_id": document.document_id,
                "if_seq_no": document.sequence_number,
                "if_primary_term": document.primary_term,
            }
        }
    )


def _reason(error: dict[str, Any]) -> str:
    """The server's reason without positions and ids, so that like refusals count together."""
    reason = re.sub(r"^\[\d+:\d+\] ", "", error["reason"])
    reason = re.sub(r" in document with id '[^']*'", "", reason)
    cause = error.get("caused_by", {}).get("reason")
    return f"{reason} ({cause})" if cause else reason
