"""The publication ledger: what another store acknowledged, hour by hour, and its state since.

What belongs here: hashes of what PostgreSQL holds, hashes of what was acknowledged, and the marks
that identify a physical index. What does not: requests to that store (`search`).
Concept: docs/decisions/published-is-remembered.md
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.dialects.postgresql import JSONB, insert

from belib_weather.warehouse.copying import copy_out, within
from belib_weather.warehouse.table import Relation
from belib_weather.warehouse.versions import Versions, hash_of
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
    sa.Column(
        "versions_hash",
        sa.String,
        comment="Hash of all versions in force that day; null where nothing is joined.",
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
    """What is published: rows of a table, and what is joined to them, if anything.

    Attributes:
        table: whose rows.
        versions: joined to them by time.
        beside: a table of which any row may be joined to any of theirs, whatever the time; only
            of what is published as a whole.
    """

    table: Relation
    versions: Versions | None = None
    beside: Relation | None = None


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


_TIME = pl.Datetime("us", "UTC")
_ENTRY = pl.Schema(
    {
        "start": _TIME,
        "documents": pl.Int64(),
        "content_hash": pl.String(),
        "versions_hash": pl.String(),
    }
)
_TOUCHED = pl.Schema({"start": _TIME, "versions_hash": pl.String()})


class PublicationLedger:
    """The ledger of one alias, within a transaction."""

    def __init__(self, connection: sa.Connection, alias: str) -> None:
        self._connection, self._alias = connection, alias

    def content(self, content: Content, window: Window | None) -> pl.DataFrame:
        """What PostgreSQL holds of each hour that has rows.

        A hash is a sum over rows, so that order does not matter, and the same only for the same
        values on the same server.

        Returns:
            `start`, `documents` Int64, `content_hash` of the rows with what is joined to them,
            `versions_hash` of all versions in force on that day.
        """
        in_force: sql.Composable = sql.SQL("SELECT *, NULL FROM content ORDER BY start")
        if content.versions is not None:
            in_force = sql.SQL(
                ", {} SELECT content.*, versions_hash FROM content LEFT JOIN in_force"
                " ON start >= since AND start < until ORDER BY start"
            ).format(content.versions.in_force)
        query = _content(content, window) + in_force
        return copy_out(self._connection, query, _ENTRY)

    def days(self, content: Content, window: Window) -> set[datetime]:
        """UTC days of a window that have rows, or hours that were acknowledged."""
        time = content.table.time
        query = sql.SQL(
            "SELECT date_trunc('day', {time}, 'UTC') AS day FROM {table} WHERE {condition}"
            " UNION SELECT date_trunc('day', start, 'UTC') FROM publication_ledger"
            " WHERE alias = {alias} AND {acknowledged}"
        ).format(
            time=sql.Identifier(time),
            table=sql.Identifier(content.table.name),
            condition=within(time, window),
            alias=sql.Literal(self._alias),
            acknowledged=within("start", window),
        )
        return set(copy_out(self._connection, query, pl.Schema({"day": _TIME}))["day"])

    def differing(self, content: Content, window: Window | None) -> pl.DataFrame:
        """Hours whose rows are not those that were acknowledged: `start`, `content_hash` now."""
        query = self._differing(content, window) + sql.SQL(
            " SELECT start, content_hash FROM differing ORDER BY start"
        )
        return copy_out(
            self._connection, query, pl.Schema({"start": _TIME, "content_hash": pl.String()})
        )

    def waiting(self, content: Content, window: Window | None) -> int:
        """Documents of the hours that `differing` names: those to write, or to remove."""
        query = self._differing(content, window) + sql.SQL(
            " SELECT coalesce(sum(documents), 0)::bigint FROM differing"
        )
        found = copy_out(self._connection, query, pl.Schema({"documents": pl.Int64()}))
        return int(found["documents"].item())

    def _differing(self, content: Content, window: Window | None) -> sql.Composed:
        return sql.SQL(
            "{}, acknowledged AS (SELECT start, content_hash, documents FROM publication_ledger"
            " WHERE alias = {} AND {}), differing AS (SELECT start, content.content_hash,"
            " greatest(coalesce(content.documents, 0), coalesce(acknowledged.documents, 0))"
            " AS documents FROM content FULL JOIN acknowledged USING (start)"
            " WHERE content.content_hash IS DISTINCT FROM acknowledged.content_hash)"
        ).format(
            _content(content, window),
            sql.Literal(self._alias),
            sql.SQL("true") if window is None else within("start", window),
        )

    def touched(self, content: Content, most: int, since: datetime = WHOLE) -> pl.DataFrame:
        """Hours acknowledged while other versions were in force, the newest `most` of them first.

        Few of them differ: a version that is not joined to any of their rows may have changed.

        Args:
            content: what is published.
            most: hours of the answer.
            since: hours before it are left out.

        Returns:
            `start`, `versions_hash` now.
        """
        if content.versions is None:
            return _TOUCHED.to_frame()
        query = sql.SQL(
            # OFFSET: PostgreSQL would compare every hour with every version.
            "WITH {} SELECT start, in_force.versions_hash FROM in_force CROSS JOIN LATERAL"
            " (SELECT start, versions_hash FROM publication_ledger"
            " WHERE alias = {} AND start >= greatest(since, {}) AND start < until"
            " OFFSET 0) AS known"
            " WHERE known.versions_hash IS DISTINCT FROM in_force.versions_hash"
            " ORDER BY start DESC LIMIT {}"
        ).format(
            content.versions.in_force,
            sql.Literal(self._alias),
            sql.Literal(since),
            sql.Literal(most),
        )
        return copy_out(self._connection, query, _TOUCHED)

    def settle(self, unchanged: pl.DataFrame) -> None:
        """Record that the rows of hours from `touched` are the acknowledged ones.

        Hours that are being published are left out: their publisher writes them.
        """
        ledger = PUBLICATION_LEDGER
        for (versions_hash,), hours in unchanged.group_by("versions_hash"):
            free = (
                sa.select(ledger.c.start)
                .where(ledger.c.alias == self._alias, ledger.c.start.in_(hours["start"].to_list()))
                .with_for_update(skip_locked=True)
            )
            self._connection.execute(
                sa.update(ledger)
                .where(ledger.c.alias == self._alias, ledger.c.start.in_(free))
                .values(versions_hash=versions_hash)
            )

    def acknowledge(
        self,
        content: pl.DataFrame,
        window: Window | None,
        refused: Mapping[datetime, Mapping[str, str]],
    ) -> None:
        """Record that a window was published.

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
        """Store how an index was left."""
        values = {name: getattr(index, name) for name in PublishedIndex.__dataclass_fields__}
        statement = insert(PUBLISHED_INDICES).values(values)
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["name"], set_=values)
        )

    def delete(self, names: Sequence[str]) -> None:
        """Delete the records of indices that were replaced."""
        known = PUBLISHED_INDICES
        self._connection.execute(sa.delete(known).where(known.c.name.in_(names)))


def _content(content: Content, window: Window | None) -> sql.Composed:
    """The common table expression `content`: start, documents, content_hash."""
    table = content.table
    start = (
        sql.Literal(WHOLE)
        if table.time_column is None
        else sql.SQL("date_trunc('hour', r.{}, 'UTC')").format(sql.Identifier(table.time_column))
    )
    key, columns = (
        sql.SQL(", ").join(sql.SQL("r.{}").format(sql.Identifier(name)) for name in names)
        for names in (table.dataset.primary_key(), table.dataset.column_names())
    )
    joined: sql.Composable = sql.SQL("")
    versions: sql.Composable = sql.SQL("")
    seed = sql.SQL("0")
    if content.versions is not None:
        versions = content.versions.by_key + sql.SQL(",")
        joined = sql.SQL(
            "LEFT JOIN version ON version.key = r.{key}"
            " AND {start} >= version.since AND {start} < version.until"
        ).format(key=sql.Identifier(content.versions.key), start=start)
        seed = sql.SQL("coalesce(version.attributes, 0)")
    hash_of_rows = sql.SQL("sum({})::text").format(hash_of(columns, hash_of(key, seed)))
    if content.beside is not None:
        hash_of_rows += sql.SQL(" || (SELECT ' ' || coalesce(sum({}), 0) FROM {} AS b)").format(
            *_row_hash(content.beside)
        )
    return sql.SQL(
        "WITH {versions} content AS (SELECT {start} AS start, count(*) AS documents,"
        " {hash} AS content_hash"
        " FROM {table} AS r {joined} WHERE {condition} GROUP BY 1)"
    ).format(
        versions=versions,
        start=start,
        hash=hash_of_rows,
        table=sql.Identifier(table.name),
        joined=joined,
        condition=sql.SQL("true") if window is None else within(table.time, window),
    )


def _row_hash(table: Relation) -> tuple[sql.Composable, sql.Composable]:
    """The hash of a row `b`, and the table."""
    key, columns = (
        sql.SQL(", ").join(sql.SQL("b.{}").format(sql.Identifier(name)) for name in names)
        for names in (table.dataset.primary_key(), table.dataset.column_names())
    )
    return hash_of(columns, hash_of(key, sql.SQL("0"))), sql.Identifier(table.name)
