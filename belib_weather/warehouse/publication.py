"""The publication ledger: what another store acknowledged, hour by hour, and its state since.

What belongs here: hashes of what PostgreSQL holds, hashes of what was acknowledged, and the marks
by which a physical index is known again. What does not: requests to that store (`search`).
Concept: docs/decisions/published-is-remembered.md
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.dialects.postgresql import JSONB, insert

from belib_weather.warehouse.copying import copy_out, names_of, within
from belib_weather.warehouse.table import Relation
from belib_weather.window import Window

WHOLE = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for the hour where something is published as a whole."""

PUBLICATION_LEDGER = sa.Table(
    "publication_ledger",
    sa.MetaData(),
    sa.Column("alias", sa.String, primary_key=True, comment="Alias that readers know."),
    sa.Column(
        "start",
        sa.DateTime(timezone=True),
        primary_key=True,
        comment="UTC hour of the rows; 1970 for what is published as a whole.",
    ),
    sa.Column("content_hash", sa.String, nullable=False, comment="Hash of the rows published."),
    sa.Column("documents", sa.Integer, nullable=False, comment="Documents published."),
    sa.Column(
        "refused",
        JSONB,
        nullable=False,
        server_default="{}",
        comment="Documents that were refused, by id, with the reason.",
    ),
    comment="What Elasticsearch acknowledged, by index and hour.",
)
PUBLISHED_INDICES = sa.Table(
    "published_indices",
    sa.MetaData(),
    sa.Column("name", sa.String, primary_key=True, comment="Physical index."),
    sa.Column("alias", sa.String, nullable=False, comment="Alias that readers know."),
    sa.Column("uuid", sa.String, nullable=False, comment="Given when the index was created."),
    sa.Column("history_uuid", sa.String, nullable=False, comment="Another after a restore."),
    sa.Column(
        "max_seq_no", sa.BigInteger, nullable=False, comment="Number of our newest operation."
    ),
    sa.Column(
        "suspicion", sa.String, comment="Why it must be audited by value; null while it need not."
    ),
    sa.Column(
        "suspected_from",
        sa.BigInteger,
        comment="Operations after this number may be another's; -1: everything may differ.",
    ),
    sa.Column(
        "audited_at", sa.DateTime(timezone=True), comment="End of the last audit of everything."
    ),
    comment="Physical indices of Elasticsearch as we left them.",
)


@dataclass(frozen=True)
class Content:
    """What is published: rows of a table, each with the version of another that its time is in.

    Attributes:
        table: of the rows.
        versions: versions over time of what the rows refer to, with `valid_from`.
        key: column that rows and versions share.
        attributes: columns of a version that are published.
    """

    table: Relation
    versions: Relation | None = None
    key: str = ""
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True)
class PublishedIndex:
    """A physical index as it was left: a row of `published_indices`."""

    name: str
    alias: str
    uuid: str
    history_uuid: str
    max_seq_no: int
    suspicion: str | None = None
    suspected_from: int | None = None
    audited_at: datetime | None = None


_ENTRY = pl.Schema(
    {"start": pl.Datetime("us", "UTC"), "documents": pl.Int64(), "content_hash": pl.String()}
)
_TIME = pl.Datetime("us", "UTC")


class PublicationLedger:
    """The ledger of one alias, within a transaction."""

    def __init__(self, connection: sa.Connection, alias: str) -> None:
        self._connection, self._alias = connection, alias

    def content(self, content: Content, window: Window | None) -> pl.DataFrame:
        """What PostgreSQL holds: `start`, `documents` Int64, `content_hash`; empty hours left out.

        The hash is a sum over rows, so that order does not matter, and the same only for the same
        values on the same server.
        """
        query = sql.SQL("{} SELECT * FROM content ORDER BY start").format(_content(content, window))
        return copy_out(self._connection, query, _ENTRY)

    def differing(self, content: Content, window: Window | None) -> pl.DataFrame:
        """Hours whose rows are not those that were acknowledged: `start`, `content_hash` now."""
        query = sql.SQL(
            "{}, acknowledged AS (SELECT start, content_hash FROM publication_ledger"
            " WHERE alias = {} AND {})"
            " SELECT start, content.content_hash FROM content FULL JOIN acknowledged USING (start)"
            " WHERE content.content_hash IS DISTINCT FROM acknowledged.content_hash"
            " ORDER BY start"
        ).format(
            _content(content, window),
            sql.Literal(self._alias),
            sql.SQL("true") if window is None else within("start", window),
        )
        return copy_out(
            self._connection, query, pl.Schema({"start": _TIME, "content_hash": pl.String()})
        )

    def acknowledge(
        self,
        content: pl.DataFrame,
        window: Window | None,
        refused: Mapping[datetime, Mapping[str, str]],
    ) -> None:
        """Remember that a window was published.

        Args:
            content: of the window, from `content`, read before the rows.
            window: what was published; None for everything.
            refused: ids and reasons of refused documents by hour.
        """
        ledger = PUBLICATION_LEDGER
        statement = sa.delete(ledger).where(ledger.c.alias == self._alias)
        if window is not None:
            statement = statement.where(ledger.c.start >= window.start, ledger.c.start < window.end)
        self._connection.execute(statement)
        if content.is_empty():
            return
        self._connection.execute(
            sa.insert(ledger),
            [
                {**row, "alias": self._alias, "refused": dict(refused.get(row["start"], {}))}
                for row in content.iter_rows(named=True)
            ],
        )

    def refused(self, window: Window | None) -> dict[datetime, dict[str, str]]:
        """Refused documents by hour: ids and reasons; hours without any left out."""
        ledger = PUBLICATION_LEDGER
        statement = sa.select(ledger.c.start, ledger.c.refused).where(
            ledger.c.alias == self._alias, ledger.c.refused != sa.cast({}, JSONB)
        )
        if window is not None:
            statement = statement.where(ledger.c.start >= window.start, ledger.c.start < window.end)
        rows = self._connection.execute(statement.order_by(ledger.c.start))
        return {start: dict(refused) for start, refused in rows}

    def indices(self) -> dict[str, PublishedIndex]:
        """Physical indices as they were left, by name."""
        known = PUBLISHED_INDICES
        rows = self._connection.execute(sa.select(known).where(known.c.alias == self._alias))
        return {row.name: PublishedIndex(**row._mapping) for row in rows}

    def save(self, index: PublishedIndex) -> None:
        """Remember how an index was left."""
        values = {name: getattr(index, name) for name in PublishedIndex.__dataclass_fields__}
        statement = insert(PUBLISHED_INDICES).values(values)
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["name"], set_=values)
        )

    def forget(self, names: Sequence[str]) -> None:
        """Delete what is known of indices that were replaced."""
        known = PUBLISHED_INDICES
        self._connection.execute(sa.delete(known).where(known.c.name.in_(names)))


def _content(content: Content, window: Window | None) -> sql.Composed:
    """The common table expression `content`: start, documents, content_hash."""
    table = content.table
    start = (
        sql.Literal(WHOLE)
        if table.time_column is None
        else sql.SQL("r.{}").format(sql.Identifier(table.time_column))
    )
    columns = sql.SQL(", ").join(
        sql.SQL("r.{}").format(sql.Identifier(name)) for name in table.dataset.column_names()
    )
    joined: sql.Composable = sql.SQL("")
    seed = sql.SQL("0")
    if content.versions is not None:
        joined = sql.SQL(
            "LEFT JOIN version ON version.key = r.{key}"
            " AND {start} >= version.since AND {start} < version.until"
        ).format(key=sql.Identifier(content.key), start=start)
        seed = sql.SQL("coalesce(version.attributes, 0)")
    return sql.SQL(
        "WITH {versions} content AS (SELECT {start} AS start, count(*) AS documents,"
        " sum(hash_record_extended(ROW({columns}), {seed}))::text AS content_hash"
        " FROM {table} AS r {joined} WHERE {condition} GROUP BY 1)"
    ).format(
        versions=_versions(content),
        start=start,
        columns=columns,
        seed=seed,
        table=sql.Identifier(table.name),
        joined=joined,
        condition=sql.SQL("true") if window is None else within(table.time, window),
    )


def _versions(content: Content) -> sql.Composable:
    """The common table expression `version`: the first of a key holds for all time before it."""
    if content.versions is None:
        return sql.SQL("")
    return sql.SQL(
        "version AS (SELECT {key} AS key,"
        " CASE WHEN row_number() OVER by_time = 1 THEN '-infinity' ELSE valid_from END AS since,"
        " coalesce(lead(valid_from) OVER by_time, 'infinity') AS until,"
        " hash_record_extended(ROW({attributes}), 0) AS attributes"
        " FROM {versions} WINDOW by_time AS (PARTITION BY {key} ORDER BY valid_from)),"
    ).format(
        key=sql.Identifier(content.key),
        attributes=names_of(content.attributes),
        versions=sql.Identifier(content.versions.name),
    )
