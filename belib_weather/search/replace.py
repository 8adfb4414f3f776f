"""One publication to one index: write, remove what is gone, show both at once, count.

What belongs here: the order of steps that keeps readers from seeing half of it. What does not:
which index (`store`), and the requests themselves (`bulk`, `queries`).
"""

from dataclasses import dataclass

import polars as pl

from belib_weather.search.bulk import BulkWriter
from belib_weather.search.connection import Connection
from belib_weather.search.encoding import batches, document_ids
from belib_weather.search.errors import Refusal, SearchMismatch
from belib_weather.search.indices import Index
from belib_weather.search.projections import Projection
from belib_weather.search.queries import IndexReader, Query


@dataclass(frozen=True)
class Published:
    """What a publication did.

    Attributes:
        indexed: documents written (made or overwritten).
        deleted: documents removed because the frame no longer holds them.
        count: documents that the window holds now.
        is_visible: whether readers see it; not before `rebuild` if their index is outdated.
    """

    indexed: int = 0
    deleted: int = 0
    count: int = 0
    is_visible: bool = True

    def __add__(self, other: "Published") -> "Published":
        return Published(
            self.indexed + other.indexed,
            self.deleted + other.deleted,
            self.count + other.count,
            self.is_visible and other.is_visible,
        )


def replace_matching(
    connection: Connection,
    index: Index,
    projection: Projection,
    frame: pl.DataFrame,
    query: Query,
) -> tuple[Published, list[Refusal]]:
    """Make the documents that match `query` those of the frame; refused ones are returned.

    Raises:
        ValueError: two rows share a key, or a row has none.
        SearchMismatch: afterwards another number of documents matches; someone else wrote there.
        SearchError: a request failed.
    """
    ids = _distinct_ids(frame, projection)
    publication = _Publication(connection, index, query, ids)
    present = publication.reader.count(query)
    written = publication.writer.index(batches(frame, ids))
    # More were present than were overwritten: some are no longer in the frame.
    deleted = publication.remove_absent() if present > written.updated else 0
    count = publication.show_and_count()
    if count != ids.len() and not written.refusals:
        # Rows of a publication that was killed before it was shown have come to light.
        deleted += publication.remove_absent()
        count = publication.show_and_count()
    if count != ids.len() and not written.refusals:
        raise SearchMismatch(
            f"{index.name} holds {count} documents where {ids.len()} were published: someone else "
            "wrote there meanwhile; publish again, one publisher at a time"
        )
    indexed = written.created + written.updated
    return Published(indexed, deleted, count, index.is_visible), written.refusals


class _Publication:
    def __init__(self, connection: Connection, index: Index, query: Query, ids: pl.Series) -> None:
        self.reader = IndexReader(connection, index.name)
        self.writer = BulkWriter(connection, index.write_alias)
        self._connection, self._index, self._query, self._ids = connection, index, query, ids

    def show_and_count(self) -> int:
        """Let readers see what was written; returns how many documents they see."""
        name = self._index.name
        self._connection.write(f"refresh {name}", lambda client: client.indices.refresh(index=name))
        return self.reader.count(self._query)

    def remove_absent(self) -> int:
        """Remove the visible documents that are not in the frame."""
        kept = set(self._ids)
        return self.writer.remove(
            [found for found in self.reader.documents(self._query) if found.document_id not in kept]
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
