"""What can go wrong with Elasticsearch; no message ever holds a password."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


class SearchError(Exception):
    """Elasticsearch did not do what was asked; the message says what, to which thing, and why."""


class SearchUnavailable(SearchError):
    """No Elasticsearch answers, or not in time."""


class SearchForbidden(SearchError):
    """The user is unknown to the server or lacks a privilege."""


class SearchBusy(SearchError):
    """The server kept answering 429 (too busy) or 503 (not ready) until patience ran out."""


class SearchMismatch(SearchError):
    """After publishing, a window holds another number of documents than was published."""


@dataclass(frozen=True)
class Refusal:
    """One document that the server would not take."""

    document_id: str
    reason: str


class DocumentsRefused(SearchError):
    """Some documents were refused; all others of the same call were written.

    Attributes:
        refusals: every refused document, with the server's reason.
    """

    def __init__(self, index: str, refusals: Sequence[Refusal]) -> None:
        self.refusals = tuple(refusals)
        reasons = Counter(refusal.reason for refusal in refusals)
        listed = "; ".join(f"{count} × {reason}" for reason, count in reasons.most_common(3))
        more = f"; and {len(reasons) - 3} other reasons" if len(reasons) > 3 else ""
        super().__init__(
            f"{index} refused {len(self.refusals)} documents, first {refusals[0].document_id}: "
            f"{listed}{more}. The mapping follows from belib_weather.datasets: correct the rows, "
            "or declare the column there and rebuild the index."
        )
