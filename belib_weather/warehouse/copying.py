"""Frames to and from PostgreSQL by COPY: no loop over rows, exact types.

What belongs here: the CSV dialect that polars and PostgreSQL share. What does not: which rows,
and when.
"""

import io
from collections.abc import Collection, Iterable

import polars as pl
import psycopg
import sqlalchemy as sa
from psycopg import sql

from belib_weather.warehouse.table import Relation
from belib_weather.window import Window

_STAMP = "%Y-%m-%d %H:%M:%S%.f+00"
_ROWS_AT_ONCE = 2_048
"""Encoded at a time: the server stores them while the next ones are encoded."""
_EVERY_ROW = sql.SQL("true")


def copy_in(connection: sa.Connection, table: str, frame: pl.DataFrame) -> None:
    """Append a frame's rows to a table, its columns by name."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(
        sql.Identifier(table), names_of(frame.columns)
    )
    with driver(connection).cursor() as cursor, cursor.copy(statement) as copy:
        for rows in frame.iter_slices(_ROWS_AT_ONCE):
            copy.write(rows.write_csv(include_header=False, datetime_format=_STAMP).encode())


def copy_out(connection: sa.Connection, query: sql.Composable, schema: pl.Schema) -> pl.DataFrame:
    """The rows of a query in the types of `schema`, which names its columns in order."""
    statement = sql.SQL("COPY ({}) TO STDOUT (FORMAT csv)").format(query)
    received = io.BytesIO()
    with driver(connection).cursor() as cursor, cursor.copy(statement) as copy:
        received.writelines(copy)
    body = received.getvalue()
    if not body:
        return schema.to_frame()
    as_sent = {name: pl.String() if _is_text(dtype) else dtype for name, dtype in schema.items()}
    sent = pl.read_csv(body, has_header=False, schema=as_sent)
    return sent.select(_typed(name, dtype) for name, dtype in schema.items())


def read_rows(
    connection: sa.Connection,
    relation: Relation,
    window: Window | None = None,
    columns: Collection[str] | None = None,
) -> pl.DataFrame:
    """Rows of a table or view in its dataset's types, by primary key; all, or those of a window.

    Sorted here, because a server sorts text by its own locale: the same rows come in the same
    order from any server.
    """
    dataset = relation.dataset
    types = dataset.create_empty().schema
    schema = pl.Schema({name: types[name] for name in columns or dataset.column_names()})
    query = sql.SQL("SELECT {} FROM {} WHERE {}").format(
        names_of(schema), sql.Identifier(relation.name), _within(relation, window)
    )
    key = [name for name in dataset.primary_key() if name in schema]
    return copy_out(connection, query, schema).sort(key)


def read_sums(
    connection: sa.Connection,
    relation: Relation,
    window: Window | None,
    *,
    by: Collection[str],
    of: Collection[str],
    greatest: Collection[str],
) -> pl.DataFrame:
    """Sums over rows with the same values of other columns, in any order; see `Warehouse.sums`."""
    aggregates = [
        sql.SQL("{}({})").format(sql.SQL(aggregate), sql.Identifier(name))
        for aggregate, names in (("sum", of), ("max", greatest))
        for name in names
    ]
    query = sql.SQL("SELECT {0}, {1} FROM {2} WHERE {3} GROUP BY {0}").format(
        names_of(by),
        sql.SQL(", ").join(aggregates),
        sql.Identifier(relation.name),
        _within(relation, window),
    )
    types = relation.dataset.create_empty().schema
    schema = {
        **{name: types[name] for name in by},
        **dict.fromkeys(of, pl.Int64()),
        **{name: types[name] for name in greatest},
    }
    return copy_out(connection, query, pl.Schema(schema))


def _within(relation: Relation, window: Window | None) -> sql.Composable:
    return _EVERY_ROW if window is None else within(relation.time, window)


def within(column: str, window: Window) -> sql.Composed:
    """The condition that a time lies in a window."""
    return sql.SQL("{0} >= {1} AND {0} < {2}").format(
        sql.Identifier(column), sql.Literal(window.start), sql.Literal(window.end)
    )


def names_of(columns: Iterable[str]) -> sql.Composed:
    """A list of columns, quoted."""
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def driver(connection: sa.Connection) -> psycopg.Connection[tuple[object, ...]]:
    """The psycopg connection within, for what SQLAlchemy has no words for."""
    connected = connection.connection.driver_connection
    if not isinstance(connected, psycopg.Connection):
        raise TypeError(f"the warehouse needs psycopg 3, not {type(connected)}")
    return connected


def _is_text(dtype: pl.DataType) -> bool:
    """Whether PostgreSQL writes it in a way that polars does not read as it is."""
    return dtype == pl.Boolean or isinstance(dtype, pl.Datetime | pl.Date | pl.Enum)


def _typed(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(dtype, pl.Datetime):
        return column.str.to_datetime("%Y-%m-%d %H:%M:%S%#z", time_unit="us", time_zone="UTC")
    if dtype == pl.Boolean:
        return column == "t"
    if dtype == pl.Date:
        return column.str.to_date("%Y-%m-%d")
    return column.cast(dtype)
