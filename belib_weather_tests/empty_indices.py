"""One set of empty indices for the tests of a worker: what a test has touched is made anew.

Making all of them takes Elasticsearch longer than most tests, which write to a few.
"""

import uuid
from typing import TYPE_CHECKING, Any, Self

import httpx

if TYPE_CHECKING:
    from belib_weather.search import SearchStore

_MAX_SEQ_NO = "indices.*.shards.*.seq_no.max_seq_no"
_AT_ONCE = 30
"""Names in one request: a request line holds 4 kB."""


class EmptyIndices:
    """The indices of a prefix of their own on one server, removed at the end."""

    def __init__(self, url: str) -> None:
        self.url, self.prefix = url, f"t{uuid.uuid4().hex[:16]}"
        self._server = httpx.Client(base_url=url, timeout=120)
        self._untouched: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._remove(list(self._state()))
        self._server.close()

    def store(self) -> "SearchStore":
        """A prepared store, on indices that nobody has written to or changed."""
        from belib_weather.search import SearchStore

        store, found = SearchStore(self.url, self.prefix), self._state()
        if not found or found != self._untouched:
            self._remove([n for n, state in found.items() if state != self._untouched.get(n)])
            store.prepare()
            self._untouched = self._state()
        return store

    def _state(self) -> dict[str, Any]:
        """Identity, aliases, mapping, settings and number of operations of each index."""
        indices = self._answer(f"/{self.prefix}-*")
        query = {"level": "shards", "filter_path": _MAX_SEQ_NO}
        operations = self._answer(f"/{self.prefix}-*/_stats", **query).get("indices", {})
        return {name: (index, operations.get(name)) for name, index in indices.items()}

    def _answer(self, path: str, **query: str) -> dict[str, Any]:
        answer: dict[str, Any] = self._server.get(path, params=query).raise_for_status().json()
        return answer

    def _remove(self, names: list[str]) -> None:
        for first in range(0, len(names), _AT_ONCE):
            self._server.delete(f"/{','.join(names[first : first + _AT_ONCE])}").raise_for_status()
