"""What one document is refused for, and what an index refuses whatever the document."""

import pytest

from belib_weather.search.bulk import is_document_fault


@pytest.mark.parametrize(
    ("status", "kind", "reason", "expected"),
    [
        (400, "document_parsing_exception", "failed to parse field [snapshots]", True),
        (400, "strict_dynamic_mapping_exception", "introduction of [colour] is not allowed", True),
        (400, "illegal_argument_exception", "Document contains at least one immense term", True),
        (413, "circuit_breaking_exception", "the document is too large", True),
        (400, "illegal_argument_exception", "no write index is defined for alias [x]", False),
        (400, "index_closed_exception", "closed", False),
        (403, "security_exception", "action is unauthorized for user [belib]", False),
        (404, "index_not_found_exception", "no such index [x]", False),
        (500, "i_o_exception", "No space left on device", False),
    ],
)
def test_a_refusal_by_the_index_is_not_a_fault_of_the_document(
    status: int, kind: str, reason: str, *, expected: bool
) -> None:
    outcome = {"status": status, "error": {"type": kind, "reason": reason}}
    assert is_document_fault(outcome) is expected
