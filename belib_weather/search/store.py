"""Publishing frames to Elasticsearch, and counting what readers see.

What belongs here: which rows go to which index, and how a mapping is renewed. What does not: the
steps of one publication (`replace`), mappings (`projections`), aliases (`indices`).
"""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from belib_weather.search.connection import Connection
from belib_weather.search.errors import DocumentsRefused, Refusal, SearchError, SearchMismatch
from belib_weather.search.indices import Indices, months_of
from belib_weather.search.projections import PROJECTIONS, STATIONS, Projection
from belib_weather.search.queries import EVERYTHING, IndexReader, in_window
from belib_weather.search.replace import Published, replace_matching
from belib_weather.vocabulary import STATUSES
from belib_weather.window import Window

OLDEST_MAJOR_VERSION = 9


class SearchStore:
    """The projections of one prefix on one Elasticsearch server or cluster.

    Connects when first asked. Publishers of one window take turns by a lock of their own, held
    from reading the rows to the end of `publish`, so that an older reading never lands last.

    Args:
        url: `http(s)://[user:password@]host[:port][/path]`; the port is the scheme's unless given.
        prefix: begins every index and alias name.
        timeout_seconds: patience for an answer; writes have two minutes.
    """

    def __init__(self, url: str, prefix: str = "belib", *, timeout_seconds: float = 10) -> None:
        self._connection = Connection(url, timeout_seconds=timeout_seconds)
        self._indices = Indices(self._connection, prefix)

    def alias(self, dataset: str) -> str:
        """The name that readers use: `belib-availability`, `belib-stations`."""
        return self._indices.alias(PROJECTIONS[dataset])

    def prepare(self) -> None:
        """Check the version, make `belib-stations`, describe fields, remove replaced indices.

        Months of `belib-availability` are made when first published. Idempotent, and safe when
        two do it at once.

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
        self._indices.ensure(STATIONS, None)
        for projection in PROJECTIONS.values():
            self._indices.describe(projection)
            self._indices.tidy(projection)

    def publish(self, dataset: str, frame: pl.DataFrame, window: Window) -> Published:
        """Make the window's documents those of the frame, and no others.

        Rows are written under their key, then documents of the window that the frame no longer
        holds are removed, then both become visible together. An empty frame empties the window.

        Args:
            dataset: "availability".
            frame: rows of its dataset (`documents.AvailabilityDocument`), all inside the window.
            window: what the frame covers whole.

        Raises:
            ValueError: rows outside the window, or two with one key.
            DocumentsRefused: the server refused some documents; the others are written.
            SearchMismatch: somebody else wrote other rows to the same window meanwhile.
            SearchError: any other failure; publishing again is always safe.
        """
        projection, time_column = _cut_by_time(dataset)
        outside = frame.filter(
            ~pl.col(time_column).is_between(window.start, window.end, closed="left")
        )
        if outside.height:
            raise ValueError(
                f"{outside.height} rows are outside {window}, first {outside.item(0, time_column)}"
            )
        published, refusals = Published(), list[Refusal]()
        for month in months_of(window):
            rows = frame.filter(
                pl.col(time_column).is_between(month.start, month.end, closed="left")
            )
            done, refused = self._publish_month(projection, rows, month, time_column)
            published, refusals = published + done, refusals + refused
        if refusals:
            raise DocumentsRefused(self.alias(dataset), refusals)
        return published

    def publish_stations(self, frame: pl.DataFrame) -> Published:
        """Make `belib-stations` the rows of the frame (`StationState`), and no others.

        Raises:
            ValueError: two rows with one station.
            SearchError: as for `publish`.
        """
        index = self._indices.ensure(STATIONS, None)
        published, refused = replace_matching(self._connection, index, STATIONS, frame, EVERYTHING)
        if refused:
            raise DocumentsRefused(self.alias(STATIONS.name), refused)
        if not index.is_visible:
            self._indices.promote(STATIONS, index, None)
        return Published(published.indexed, published.deleted, published.count)

    def count(self, dataset: str, window: Window) -> pl.DataFrame:
        """Documents per hour that readers see: `hour` Datetime[us, UTC], `count` Int64.

        Hours without documents are left out.
        """
        projection, time_column = _cut_by_time(dataset)
        reader = IndexReader(self._connection, self._indices.alias(projection))
        return reader.hourly_counts(time_column, in_window(time_column, window))

    def search(self, dataset: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer to a search over what readers see, whole or not at all.

        An alias that has no index yet holds nothing: no hits, and no aggregations.

        Args:
            dataset: "availability" or "stations".
            body: of `_search`.

        Raises:
            SearchError: the server refused the search (subclasses: it does not answer, or refuses
                the user).
        """
        alias = self.alias(dataset)
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

    def count_stations(self) -> int:
        """Documents of `belib-stations` that readers see."""
        return IndexReader(self._connection, self.alias(STATIONS.name)).count(EVERYTHING)

    def reported_statuses(self) -> dict[str, int]:
        """Charge points by status as reported, summed over `belib-stations`; zeros left out."""
        reader = IndexReader(self._connection, self.alias(STATIONS.name))
        sums = reader.sums([f"reported_{status}" for status in STATUSES])
        return {name.removeprefix("reported_"): total for name, total in sums.items() if total}

    def outdated(self, dataset: str) -> list[Window]:
        """Months of which readers see an older mapping: give each to `rebuild`."""
        projection, _ = _cut_by_time(dataset)
        return self._indices.outdated(projection)

    def rebuild(
        self, dataset: str, month: Window, parts: Iterable[tuple[Window, pl.DataFrame]]
    ) -> Published:
        """Write a whole month anew and show it in place of an index with an older mapping.

        Readers see the old index until the new one is complete, then the new one, in one step.
        Others may publish meanwhile: they write to the new index as well. Broken off, it can be
        begun again. Where the mapping is unchanged the documents are replaced in place.

        Args:
            dataset: "availability".
            month: one of `outdated`.
            parts: windows that cover the month, with their rows, as for `publish`.

        Raises:
            SearchMismatch: the new index holds fewer documents than were published to it.
            SearchError: as for `publish`; readers then still see the old index.
        """
        projection, _ = _cut_by_time(dataset)
        index = self._indices.ensure(projection, month)
        published = Published()
        for window, frame in parts:
            published += self.publish(dataset, frame, window)
        held = IndexReader(self._connection, index.name).count(EVERYTHING)
        if held < published.count:
            raise SearchMismatch(
                f"{index.name} holds {held} documents of {published.count} published; "
                f"{self.alias(dataset)} still shows the old index, rebuild again"
            )
        self._indices.promote(projection, index, month)
        return Published(published.indexed, published.deleted, published.count)

    def version(self) -> str:
        """The server's version; of a mixed cluster the oldest."""
        answer = self._connection.ask(
            "tell its version",
            lambda client: client.nodes.info(filter_path=["nodes.*.version"]),
        )
        versions = [str(node["version"]) for node in answer["nodes"].values()]
        return min(versions, key=lambda version: [int(n) for n in version.split("-")[0].split(".")])

    def health(self) -> str:
        """The cluster's health: green, yellow or red."""
        answer = self._connection.ask(
            "tell its health", lambda client: client.cluster.health(filter_path=["status"])
        )
        return str(answer["status"])

    def sizes(self) -> pl.DataFrame:
        """Visible documents and bytes: `alias`, `index` String, `documents`, `bytes` Int64."""
        return pl.concat(
            IndexReader(self._connection, self.alias(dataset)).sizes() for dataset in PROJECTIONS
        )

    def _publish_month(
        self, projection: Projection, rows: pl.DataFrame, month: Window, time_column: str
    ) -> tuple[Published, list[Refusal]]:
        index = (
            self._indices.find(projection, month)
            if rows.is_empty()
            else self._indices.ensure(projection, month)
        )
        if index is None:
            return Published(), []
        query = in_window(time_column, month)
        return replace_matching(self._connection, index, projection, rows, query)


def _cut_by_time(dataset: str) -> tuple[Projection, str]:
    projection = PROJECTIONS.get(dataset)
    if projection is None or projection.time_column is None:
        known = [name for name, p in PROJECTIONS.items() if p.time_column]
        raise ValueError(f"no dataset {dataset!r} is published by windows, only {known}")
    return projection, projection.time_column
