"""Versions of a dimension: which row of it belongs to an hour, and what is in force when.

Versions begin with UTC days, so the version of an hour is that of its UTC day.

What belongs here: the SQL that ledgers begin with. What does not: how versions come to be
(`transform`), and the view that joins them for readers (`views`).
"""

from dataclasses import dataclass

import polars as pl
from psycopg import sql

from belib_weather.warehouse.copying import names_of
from belib_weather.warehouse.table import Relation

IN_FORCE = pl.Schema({"since": pl.Datetime("us", "UTC"), "versions_hash": pl.String()})


@dataclass(frozen=True)
class Versions:
    """Rows that hold from their `valid_from` until the next of the same key begins.

    The first of a key also holds before it; `valid_to` is not used, so that no row is ever lost.

    Attributes:
        table: of the versions.
        key: column that the rows which refer to them share with it.
        attributes: columns that are joined.
    """

    table: Relation
    key: str
    attributes: tuple[str, ...]

    @property
    def by_key(self) -> sql.Composed:
        """The common table expression `version`: key, since, until, and a hash of `attributes`."""
        return sql.SQL(
            "version AS (SELECT {key} AS key,"
            " CASE row_number() OVER by_time WHEN 1 THEN '-infinity' ELSE valid_from END AS since,"
            " coalesce(lead(valid_from) OVER by_time, 'infinity') AS until,"
            " {attributes} AS attributes"
            " FROM {table} WINDOW by_time AS (PARTITION BY {key} ORDER BY valid_from))"
        ).format(
            key=sql.Identifier(self.key),
            attributes=hash_of(names_of(self.attributes), sql.Literal(0)),
            table=sql.Identifier(self.table.name),
        )

    @property
    def in_force(self) -> sql.Composed:
        """The common table expression `in_force`: since, until, versions_hash.

        Between two days on which some version begins, the hash of all that are in force is the
        same: each begin adds the hash of its version and takes away that of the one before.
        """
        return sql.SQL(
            "version_row AS (SELECT date_trunc('day', valid_from, 'UTC') AS since,"
            " date_trunc('day', lead(valid_from) OVER by_time, 'UTC') AS until,"
            " {hash}::numeric AS hash"
            " FROM {table} WINDOW by_time AS (PARTITION BY {key} ORDER BY valid_from)),"
            " change AS (SELECT since AS at, hash FROM version_row"
            " UNION ALL SELECT until, -hash FROM version_row WHERE until IS NOT NULL"
            " UNION ALL SELECT 'epoch', 0),"
            " in_force AS (SELECT at AS since,"
            " coalesce(lead(at) OVER by_time, 'infinity') AS until,"
            " (sum(sum(hash)) OVER by_time)::text AS versions_hash"
            " FROM change GROUP BY at WINDOW by_time AS (ORDER BY at))"
        ).format(
            key=sql.Identifier(self.key),
            hash=hash_of(
                names_of(self.attributes), hash_of(sql.Identifier(self.key), sql.Literal(0))
            ),
            table=sql.Identifier(self.table.name),
        )


def hash_of(columns: sql.Composable, seed: sql.Composable) -> sql.Composed:
    """A hash of 64 bits over columns.

    PostgreSQL adds up the hashes of the columns. So sums over rows are the same when two rows
    exchange a value, unless the seed of each row is a hash of its key.
    """
    return sql.SQL("hash_record_extended(ROW({}), {})").format(columns, seed)
