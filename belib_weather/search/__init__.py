"""Elasticsearch: projections of the facts for Kibana and apps, rebuilt from PostgreSQL at will.

What belongs here: mappings, indices and aliases, bulk requests. What does not: computation and
Dagster. Only what Elasticsearch's core offers is used, so one path serves any server of version 9.
Concept: https://www.elastic.co/docs/manage-data/data-store/aliases
"""

from belib_weather.search.errors import (
    Refusal,
    RequestRefused,
    SearchBlocked,
    SearchBusy,
    SearchError,
    SearchForbidden,
    SearchMismatch,
    SearchUnavailable,
)
from belib_weather.search.replace import Published
from belib_weather.search.store import SearchStore

__all__ = [
    "Published",
    "Refusal",
    "RequestRefused",
    "SearchBlocked",
    "SearchBusy",
    "SearchError",
    "SearchForbidden",
    "SearchMismatch",
    "SearchStore",
    "SearchUnavailable",
]
