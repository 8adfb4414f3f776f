"""One publication to one index: write, remove what is gone, show both at once, count.

What belongs here: the order of steps that keeps readers from seeing half of it. What does not:
which index (`store`), and the requests themselves (`bulk`, `queries`).
"""

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from belib_weather.search.bulk import BulkWriter, Written
from belib_weather.search.encoding import batches, document_ids, document_lines
from belib_weather.search.errors import Refusal, SearchMismatch
from belib_weather.search.indices import Index
from belib_weather.search.operations import Operations
from belib_weather.search.projections import Projection
from belib_weather.search.queries import IndexReader, Query

if TYPE_CHECKING:
    from belib_weather.search.connection import Connection


@dataclass(frozen=True)
class Published:
    """The result of a publication.

    Attributes:
        indexed: documents written (made or overwritten).
        deleted: documents removed because the frame no longer holds them.
        count: documents that the window holds now.
        is_visible: whether readers see it; not before `rebuild` if their index is outdated.
        refusals: documents that the server refused; all others are written.
        operations: of each physical index that was written to, by its name.
    """

    indexed: int = 0
    deleted: int = 0
    count: int = 0
    is_visible: bool = True
    refusals: tuple[Refusal, ...] = ()
    operations: dict[str, Operations] = field(default_factory=dict, compare=False)

    def __add__(self, other: "Published") -> "Published":
        return Published(
            self.indexed + other.indexed,
            self.deleted + other.deleted,
            self.count + other.count,
            self.is_visible and other.is_visible,
            self.refusals + other.refusals,
            {
                name: self.operations.get(name, Operations())
                + other.operations.get(name, Operations())
                for name in {**self.operations, **other.operations}
            },
        )


def replace_matching(
    connection: "Connection",
    index: Index,
    projection: Projection,
    frame: pl.DataFrame,
    query: Query,
) -> Published:
    """Make the documents that match `query` those of the frame.

    What the server refuses is named in the result; a version of it that was there before stays.

    Raises:
        ValueError: two rows share a key, or a row has none.
        SearchMismatch: afterwards another number of documents matches; someone else wrote there.
        SearchError: a request failed.
    """
    ids = _distinct_ids(frame, projection)
    publication = _Publication(connection, index, query, ids)
    present = publication.reader.count(query)
    same = publication.is_unchanged(frame) if projection.only_changed and present else None
    written = publication.write(frame, same)
    # More were present than are kept: some are no longer in the frame.
    if present > written.updated + (0 if same is None else same.sum()):
        publication.remove_absent()
    count = publication.show_and_count()
    if count != ids.len() and not written.refusals:
        # Rows of a publication that was killed before it was shown are visible now.
        publication.remove_absent()
        count = publication.show_and_count()
    if count != ids.len() and not written.refusals:
        raise SearchMismatch(
            f"{index.name} holds {count} documents where {ids.len()} were published: someone else "
            "wrote there meanwhile; publish again, one publisher at a time"
        )
    return publication.result(count)


class _Publication:
    def __init__(
        self, connection: "Connection", index: Index, query: Query, ids: pl.Series
    ) -> None:
        self.reader = IndexReader(connection, index.name)
        self._writer = BulkWriter(connection, index.write_alias)
        self._connection, self._index, self._query, self._ids = connection, index, query, ids
        self._written, self._removed = Written(), Written()

    def is_unchanged(self, frame: pl.DataFrame) -> pl.Series:
        """Of each row, whether readers see its document as it would be written."""
        visible = dict(self.reader.sources(self._query))
        lines = zip(self._ids, document_lines(frame, self._ids), strict=True)
        same = [
            json.loads(line.partition("\n")[2]) == visible.get(of_row) for of_row, line in lines
        ]
        return pl.Series(same, dtype=pl.Boolean)

    def write(self, frame: pl.DataFrame, same: pl.Series | None) -> Written:
        """Write the rows, without those that are the same."""
        ids = self._ids
        if same is not None:
            frame, ids = frame.filter(~same), ids.filter(~same)
        self._written = self._writer.index(batches(frame, ids))
        return self._written

    def show_and_count(self) -> int:
        """Let readers see what was written; returns how many documents they see."""
        name = self._index.name
        self._connection.write(f"refresh {name}", lambda client: client.indices.refresh(index=name))
        return self.reader.count(self._query)

    def remove_absent(self) -> None:
        """Remove the visible documents that are not in the frame."""
        present = set(self._ids)
        removed = self._writer.remove(
            [
                found
                for found in self.reader.documents(self._query)
                if found.document_id not in present
            ]
        )
        self._removed.updated += removed.updated
        self._removed.operations += removed.operations

    def result(self, count: int) -> Published:
        """What was done."""
        return Published(
            indexed=self._written.created + self._written.updated,
            deleted=self._removed.updated,
            count=count,
            is_visible=self._index.is_visible,
            refusals=tuple(self._written.refusals),
            operations={self._index.name: self._written.operations + self._removed.operations},
        )


def _distinct_ids(frame: pl.DataFrame, projection: Projection) -> pl.Series:
    ids = document_ids(frame, projection)
    key = ", ".join(projection.id_columns)
    if ids.null_count():
        raise ValueError(f"{ids.null_count()} rows have no key ({key})")
    if ids.n_unique() != ids.len():
        first = ids.filter(ids.is_duplicated()).item(0)
        raise ValueError(f"{ids.len() - ids.n_unique()} rows repeat a key ({key}), first {first}")
    return ids
