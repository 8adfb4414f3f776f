"""What can go wrong with Elasticsearch; no message ever holds a password."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

PASSING = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
"""Overload, and shards that are starting: tried again while patience lasts."""
PATIENCE_SECONDS = 60


class SearchError(Exception):
    """A request to Elasticsearch failed; the message says which, on what, and why."""


class SearchUnavailable(SearchError):
    """No Elasticsearch answers, or not in time."""


class SearchForbidden(SearchError):
    """The user is unknown to the server or lacks a privilege."""


class SearchBusy(SearchError):
    """The server kept answering 429 (too busy) or 503 (not ready) until patience ran out."""


class SearchBlocked(SearchError):
    """The server takes no writes: its disk is nearly full, or somebody set a block.

    Waiting does not help, so it is raised at once.
    """


class SearchMismatch(SearchError):
    """After publishing, a window holds another number of documents than was published."""


@dataclass(frozen=True)
class Refusal:
    """One document that the server refused."""

    document_id: str
    reason: str


class RequestRefused(SearchError):
    """A whole bulk request was refused because of what one of its documents is."""


def describe_refusals(refusals: Sequence[Refusal]) -> str:
    """Refused documents in one sentence: how many, the first, and the commonest reasons."""
    reasons = Counter(refusal.reason for refusal in refusals)
    listed = "; ".join(f"{count} × {reason}" for reason, count in reasons.most_common(3))
    more = f"; and {len(reasons) - 3} other reasons" if len(reasons) > 3 else ""
    return f"{len(refusals)} documents, first {refusals[0].document_id}: {listed}{more}"
