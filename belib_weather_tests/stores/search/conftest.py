"""A reader's view of what the `search` fixture published, independent of our own client."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from belib_weather.search import SearchStore


@pytest.fixture
def prefix(search: SearchStore) -> str:
    """The prefix of `search`, for a second store beside it."""
    return search.prefix


class Reader:
    """What anyone sees who knows only the alias."""

    def __init__(self, server: httpx.Client, prefix: str) -> None:
        self.server, self.prefix = server, prefix

    def search(self, dataset: str, **body: Any) -> dict[str, Any]:
        answer = self.server.post(f"/{self.prefix}-{dataset}/_search", json=body)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def sources(self, dataset: str) -> dict[str, dict[str, Any]]:
        hits = self.search(dataset, size=10_000)["hits"]["hits"]
        assert len({hit["_id"] for hit in hits}) == len(hits)
        return {hit["_id"]: hit["_source"] for hit in hits}

    def buckets(self, dataset: str, aggregation: dict[str, Any], **body: Any) -> dict[Any, int]:
        found = self.search(dataset, size=0, aggs={"a": aggregation}, **body)
        buckets = found["aggregations"]["a"]["buckets"]
        return {b.get("key_as_string", b["key"]): b["doc_count"] for b in buckets}

    def indices(self) -> list[str]:
        return sorted(self.server.get(f"/{self.prefix}-*").json())


@pytest.fixture
def reader(elasticsearch_url: str, prefix: str) -> Iterator[Reader]:
    with httpx.Client(base_url=elasticsearch_url, timeout=120) as server:
        yield Reader(server, prefix)
