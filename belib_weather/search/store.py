"""Publishing frames to Elasticsearch, and counting what readers see.

What belongs here: which rows go to which index, and how a mapping is renewed. What does not: the
steps of one publication (`replace`), mappings (`projections`), aliases (`indices`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from belib_weather.search.bulk import BulkWriter, Written
from belib_weather.search.errors import SearchError, SearchMismatch
from belib_weather.search.indices import Index, Indices, months_of
from belib_weather.search.operations import IndexState
from belib_weather.search.projections import PROJECTIONS, STATIONS_INDEX, Projection
from belib_weather.search.queries import EVERYTHING, IndexReader, Query, in_window
from belib_weather.search.replace import Published, replace_matching
from belib_weather.vocabulary import STATUSES
from belib_weather.window import Grain, Window

OLDEST_MAJOR_VERSION = 9


class SearchStore:
    """The projections of one prefix on one Elasticsearch server or cluster.

    Connects when first asked. Publishers of one window take turns by a lock of their own, held
    from reading the rows to the end of `publish`, so that stale data cannot overwrite newer data.

    Args:
        url: `http(s)://[user:password@]host[:port][/path]`; the port is the scheme's unless given.
        prefix: begins every index and alias name.
        timeout_seconds: patience for an answer; writes have two minutes.
    """

    def __init__(self, url: str, prefix: str = "belib", *, timeout_seconds: float = 10) -> None:
        from belib_weather.search.connection import Connection  # noqa: PLC0415 - see there

        self._connection = Connection(url, timeout_seconds=timeout_seconds)
        self._indices = Indices(self._connection, prefix)

    @property
    def prefix(self) -> str:
        """What every index and alias name begins with."""
        return self._indices.prefix

    def alias(self, projection: Projection) -> str:
        """The name that readers use, such as `belib-availability`."""
        return self._indices.alias(projection)

    def prepare(self) -> None:
        """Check the version, create indices, describe their fields, remove replaced ones.

        Monthly indices are created when they are first published. Idempotent, and safe when two
        processes do it at once.

        Raises:
            SearchError: the server is older than version 9 (subclasses: it does not answer, or
                refuses the user).
        """
        version = self.version()
        if int(version.partition(".")[0]) < OLDEST_MAJOR_VERSION:
            raise SearchError(
                f"Elasticsearch at {self._connection.address} is {version}; "
                f"version {OLDEST_MAJOR_VERSION} or newer is needed"
            )
        self._indices.prepare(PROJECTIONS.values())

    def publish(
        self, projection: Projection, frame: pl.DataFrame, window: Window | None = None
    ) -> Published:
        """Make the documents of a window, or of a whole index, those of the frame, and no others.

        Rows are written under their key, then documents that the frame no longer holds are
        removed, then both become visible together. An empty frame empties the window. Documents
        that the server refuses are named in the result; all others are written.

        Args:
            projection: what is published.
            frame: rows of its dataset, all inside the window.
            window: what the frame covers; needed exactly when the projection has a time column.

        Raises:
            ValueError: rows outside the window, two with one key, or a window too many or missing.
            SearchMismatch: somebody else wrote other rows to the same window meanwhile.
            SearchError: any other failure; publishing again is always safe.
        """
        if window is None:
            return self._publish_whole(projection, frame)
        return self._publish_window(projection, frame, window)

    def count(
        self, projection: Projection, window: Window, every: Grain = Grain.HOUR
    ) -> pl.DataFrame:
        """Documents per hour or day that readers see: the time column, `count` Int64.

        Times without documents are left out.
        """
        reader = IndexReader(self._connection, self.alias(projection))
        return reader.counts(projection.time, in_window(projection.time, window), every)

    def total(self, projection: Projection) -> int:
        """All documents that readers see."""
        return IndexReader(self._connection, self.alias(projection)).count(EVERYTHING)

    def search(self, projection: Projection, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer to a search over what readers see, whole or not at all.

        An alias that has no index yet holds nothing: no hits, and no aggregations.

        Args:
            projection: what is searched.
            body: of `_search`.

        Raises:
            SearchError: the server refused the search (subclasses: it does not answer, or refuses
                the user).
        """
        alias = self.alias(projection)
        answer = self._connection.ask(
            f"search {alias}",
            lambda client: client.perform_request(
                "POST",
                f"/{alias}/_search",
                params={"allow_partial_search_results": "false", "ignore_unavailable": "true"},
                headers={"accept": "application/json", "content-type": "application/json"},
                body=dict(body),
            ),
        )
        return dict(answer.body)

    def reported_statuses(self) -> dict[str, int]:
        """Charge points by status as reported, summed over `belib-stations`; zeros left out."""
        reader = IndexReader(self._connection, self.alias(STATIONS_INDEX))
        sums = reader.sums([f"reported_{status}" for status in STATUSES])
        return {name.removeprefix("reported_"): total for name, total in sums.items() if total}

    def outdated(self, projection: Projection) -> list[Window]:
        """Months of which readers see an older mapping: give each to `rebuild`."""
        return self._indices.outdated(projection)

    def rebuild(
        self, projection: Projection, month: Window, parts: Iterable[Published]
    ) -> Published:
        """Show a month that was published again in place of an index with an older mapping.

        Readers see the old index until the new one is complete, then the new one, in one step.
        Others may publish meanwhile: they write to the new index as well. If interrupted, it can be
        started again. Where the mapping is unchanged the documents are replaced in place.

        Args:
            projection: one with a time column.
            month: one of `outdated`.
            parts: publications that cover the month, each made when it is asked for.

        Raises:
            SearchMismatch: the new index holds fewer documents than were published to it.
            SearchError: as for `publish`; readers then still see the old index.
        """
        index = self._indices.ensure(projection, month)
        published = sum(parts, Published())
        count = IndexReader(self._connection, index.name).count(EVERYTHING)
        if count < published.count:
            raise SearchMismatch(
                f"{index.name} holds {count} documents of {published.count} published; "
                f"{self.alias(projection)} still shows the old index, rebuild again"
            )
        self._indices.promote(projection, index, month)
        return replace(published, is_visible=True)

    def states(self, projection: Projection) -> dict[str, IndexState]:
        """The state of each index that publications are written to, by its name.

        Indices of an older mapping are left out: nothing is written to them any more.
        """
        states = IndexReader(self._connection, f"{self.alias(projection)}-*").states()
        return {n: state for n, state in states.items() if n.endswith(f"-{projection.generation}")}

    def index_of(self, projection: Projection, month: Window | None) -> str:
        """The name of the physical index that a month is published to."""
        return self._indices.name_of(projection, month)

    def month_of(self, projection: Projection, index: str) -> Window | None:
        """The month of a physical index; None where there are no months."""
        return self._indices.month_of(projection, index)

    def hidden(self, projection: Projection) -> list[str]:
        """Physical indices of whose month readers see no index at all; `show` shows one."""
        return self._indices.hidden(projection)

    def show(self, projection: Projection, month: Window | None) -> None:
        """Let readers see the index of a month unless they see an older one."""
        self._indices.ensure(projection, month)

    def written(self, index: str) -> IndexReader:
        """What a physical index holds, also where readers of the alias do not see it (yet)."""
        name = index
        self._connection.write(
            f"refresh {name}",
            lambda client: client.indices.refresh(index=name, ignore_unavailable=True),
        )
        return IndexReader(self._connection, name)

    def remove(self, index: str, query: Query) -> Written:
        """Remove the documents of a physical index that match."""
        reader = self.written(index)
        writer = BulkWriter(self._connection, Index(index, is_visible=True).write_alias)
        removed = writer.remove(list(reader.documents(query)))
        self.written(index)
        return removed

    def version(self) -> str:
        """The server's version; of a mixed cluster the oldest."""
        answer = self._connection.ask(
            "read its version",
            lambda client: client.nodes.info(filter_path=["nodes.*.version"]),
        )
        versions = [str(node["version"]) for node in answer["nodes"].values()]
        return min(versions, key=lambda version: [int(n) for n in version.split("-")[0].split(".")])

    def health(self) -> str:
        """The cluster's health: green, yellow or red."""
        answer = self._connection.ask(
            "read its health", lambda client: client.cluster.health(filter_path=["status"])
        )
        return str(answer["status"])

    def write_blocks(self) -> dict[str, str]:
        """What blocks writes, by index (or `every index`), in the server's words."""
        answer = self._connection.ask(
            "read what blocks writes",
            lambda client: client.cluster.state(metric="blocks", index=f"{self.prefix}-*"),
        )
        found = {"every index": answer["blocks"].get("global", {})}
        found |= answer["blocks"].get("indices", {})
        return {
            name: "; ".join(block["description"] for block in blocks.values())
            for name, blocks in found.items()
            if any("write" in block["levels"] for block in blocks.values())
        }

    def sizes(self) -> pl.DataFrame:
        """Visible documents and bytes: `alias`, `index` String, `documents`, `bytes` Int64."""
        return pl.concat(
            IndexReader(self._connection, self.alias(projection)).sizes()
            for projection in PROJECTIONS.values()
        )

    def _publish_whole(self, projection: Projection, frame: pl.DataFrame) -> Published:
        if projection.time_column is not None:
            raise ValueError(f"{projection.name} is published by windows: give one")
        index = self._indices.ensure(projection, None)
        published = replace_matching(self._connection, index, projection, frame, EVERYTHING)
        if not index.is_visible and published.count:
            self._indices.promote(projection, index, None)
            return replace(published, is_visible=True)
        return published

    def _publish_window(
        self, projection: Projection, frame: pl.DataFrame, window: Window
    ) -> Published:
        time = pl.col(projection.time)
        outside = frame.filter(~time.is_between(window.start, window.end, closed="left"))
        if outside.height:
            first = outside.item(0, projection.time)
            raise ValueError(f"{outside.height} rows are outside {window}, first {first}")
        published = Published()
        for month in months_of(window):
            rows = frame.filter(time.is_between(month.start, month.end, closed="left"))
            published += self._publish_month(projection, rows, month)
        return published

    def _publish_month(
        self, projection: Projection, rows: pl.DataFrame, month: Window
    ) -> Published:
        index = (
            self._indices.find(projection, month)
            if rows.is_empty()
            else self._indices.ensure(projection, month)
        )
        if index is None:
            return Published()
        query = in_window(projection.time, month)
        return replace_matching(self._connection, index, projection, rows, query)
