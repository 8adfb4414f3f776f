"""Elasticsearch's query language on one document: the clauses that Kibana makes of KQL."""

from typing import Any


def matches(query: dict[str, Any], document: dict[str, Any]) -> bool:
    """Whether a document is found.

    Raises:
        AssertionError: the query has a clause that this does not know.
    """
    ((kind, clause),) = query.items()
    match kind:
        case "bool":
            return _all_of(clause, document)
        case "match" | "match_phrase":
            ((field, value),) = clause.items()
            return bool(document.get(field) == value)
        case "range":
            ((field, bounds),) = clause.items()
            return document.get(field) is not None and all(
                _holds(document[field], bound, value) for bound, value in bounds.items()
            )
        case "exists":
            return document.get(clause["field"]) is not None
        case "match_all":
            return True
    raise AssertionError(f"an unknown clause: {query}")


def _all_of(clause: dict[str, Any], document: dict[str, Any]) -> bool:
    unknown = clause.keys() - {"filter", "must", "should", "must_not", "minimum_should_match"}
    assert not unknown, unknown
    should = clause.get("should", [])
    return (
        all(matches(one, document) for name in ("filter", "must") for one in clause.get(name, []))
        and (not should or any(matches(one, document) for one in should))
        and not any(matches(one, document) for one in clause.get("must_not", []))
    )


def _holds(value: Any, bound: str, other: Any) -> bool:
    match bound:
        case "gt":
            return bool(value > other)
        case "gte":
            return bool(value >= other)
        case "lt":
            return bool(value < other)
        case "lte":
            return bool(value <= other)
    raise AssertionError(f"an unknown bound: {bound}")
