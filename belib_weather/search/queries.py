"""What an index or alias holds, as readers see it: counts, and the documents of a window.

What belongs here: questions. What does not: changes (`bulk`, `indices`).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import polars as pl

from belib_weather.search.bulk import Stored
from belib_weather.search.errors import SearchBusy
from belib_weather.search.operations import IndexState
from belib_weather.window import Grain, Window

if TYPE_CHECKING:
    from belib_weather.search.connection import Connection

Query = dict[str, Any]
EVERYTHING: Query = {"match_all": {}}
_PAGE = 10_000
_KEEP_ALIVE = "1m"


def in_window(time_column: str, window: Window) -> Query:
    """Documents whose time is in the window."""
    return {
        "range": {
            time_column: {
                "gte": f"{window.start:%Y-%m-%dT%H:%M:%SZ}",
                "lt": f"{window.end:%Y-%m-%dT%H:%M:%SZ}",
            }
        }
    }


class IndexReader:
    """Questions to one index or alias; an alias without indices holds nothing."""

    def __init__(self, connection: "Connection", name: str) -> None:
        self._connection = connection
        self.name = name

    def count(self, query: Query) -> int:
        """Documents that match."""
        # Not `_count`, which leaves out without a word what a failed shard holds.
        answer = self._connection.ask(
            f"count {self.name}",
            lambda client: client.search(
                index=self.name,
                query=query,
                size=0,
                track_total_hits=True,
                ignore_unavailable=True,
                allow_partial_search_results=False,
            ),
        )
        return int(answer["hits"]["total"]["value"])

    def counts(self, time_column: str, query: Query, every: Grain) -> pl.DataFrame:
        """Documents per UTC hour or day that has any: the time column, `count` Int64."""
        per_unit = {
            "date_histogram": {
                "field": time_column,
                "fixed_interval": "1h" if every is Grain.HOUR else "24h",
                "min_doc_count": 1,
            }
        }
        answer = self._connection.ask(
            f"count {self.name} by the {every}",
            lambda client: client.search(
                index=self.name,
                query=query,
                size=0,
                aggs={"units": per_unit},
                ignore_unavailable=True,
                allow_partial_search_results=False,
            ),
        )
        buckets = answer.get("aggregations", {}).get("units", {}).get("buckets", [])
        counts = pl.DataFrame(
            [(bucket["key"], bucket["doc_count"]) for bucket in buckets],
            schema={time_column: pl.Int64, "count": pl.Int64},
            orient="row",
        )
        return counts.with_columns(
            (pl.col(time_column) * 1_000).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
        )

    def sums(self, fields: Sequence[str]) -> dict[str, int]:
        """Sum of each whole-number field over all documents."""
        answer = self._connection.ask(
            f"sum {self.name}",
            lambda client: client.search(
                index=self.name,
                size=0,
                aggs={field: {"sum": {"field": field}} for field in fields},
                ignore_unavailable=True,
                allow_partial_search_results=False,
            ),
        )
        sums = answer.get("aggregations", {})
        return {field: int(sums[field]["value"]) if field in sums else 0 for field in fields}

    def sizes(self) -> pl.DataFrame:
        """Documents and bytes of each index: `alias`, `index` String, `documents`, `bytes` Int64.

        Bytes include replicas.
        """
        answer = self._connection.ask(
            f"measure {self.name}",
            lambda client: client.options(ignore_status=404).indices.stats(
                index=self.name, metric=["docs", "store"]
            ),
        )
        rows = [
            (
                self.name,
                index,
                stats["primaries"]["docs"]["count"],
                stats["total"]["store"]["size_in_bytes"],
            )
            for index, stats in sorted(answer.get("indices", {}).items())
        ]
        schema = {"alias": pl.String, "index": pl.String, "documents": pl.Int64, "bytes": pl.Int64}
        return pl.DataFrame(rows, schema=schema, orient="row")

    def documents(self, query: Query) -> Iterator[Stored]:
        """Ids of the documents that match, each with the write that made it."""
        with self._point_in_time() as point:
            after: list[Any] | None = None
            while hits := self._page(point, query, after):
                for hit in hits:
                    yield Stored(hit["_id"], hit["_seq_no"], hit["_primary_term"])
                after = hits[-1]["sort"]

    def sources(self, query: Query) -> Iterator[tuple[str, dict[str, Any]]]:
        """Id and content of the documents that match."""
        with self._point_in_time() as point:
            after: list[Any] | None = None
            while hits := self._page(point, query, after, source=True):
                for hit in hits:
                    yield hit["_id"], hit["_source"]
                after = hits[-1]["sort"]

    def states(self) -> dict[str, IndexState]:
        """The state of each physical index, by name; none where there is none.

        Raises:
            SearchError: a primary shard has not started yet, or a request failed.
        """
        answer = self._connection.ask(
            f"read the state of {self.name}",
            lambda client: client.options(ignore_status=404).indices.stats(
                index=self.name,
                metric=["docs"],
                level="shards",
                filter_path=[
                    "indices.*.uuid",
                    "indices.*.shards.*.routing.primary",
                    "indices.*.shards.*.seq_no",
                    "indices.*.shards.*.commit.user_data",
                ],
            ),
        )
        return {name: _state(name, stats) for name, stats in answer.get("indices", {}).items()}

    def _page(
        self, point: str, query: Query, after: list[Any] | None, *, source: bool = False
    ) -> list[dict[str, Any]]:
        answer = self._connection.ask(
            f"list the documents of {self.name}",
            lambda client: client.search(
                pit={"id": point, "keep_alive": _KEEP_ALIVE},
                query=query,
                size=_PAGE,
                source=source,
                seq_no_primary_term=True,
                sort=["_shard_doc"],
                search_after=after,
                track_total_hits=False,
                allow_partial_search_results=False,
            ),
        )
        hits: list[dict[str, Any]] = answer["hits"]["hits"]
        return hits

    @contextmanager
    def _point_in_time(self) -> Iterator[str]:
        opened = self._connection.ask(
            f"read {self.name}",
            lambda client: client.open_point_in_time(index=self.name, keep_alive=_KEEP_ALIVE),
        )
        try:
            yield opened["id"]
        finally:
            self._connection.ask(
                f"finish reading {self.name}",
                lambda client: client.close_point_in_time(id=opened["id"]),
            )


def _state(name: str, stats: dict[str, Any]) -> IndexState:
    for copies in stats.get("shards", {}).values():
        for copy in copies:
            if copy["routing"]["primary"] and "seq_no" in copy:
                history = copy["commit"]["user_data"]["history_uuid"]
                return IndexState(name, stats["uuid"], history, copy["seq_no"]["max_seq_no"])
    raise SearchBusy(f"{name} has no started primary shard; see the health of Elasticsearch")
