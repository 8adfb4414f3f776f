"""Frames to and from PostgreSQL by COPY: no loop over rows, exact types.

What belongs here: the CSV dialect that polars and PostgreSQL share. What does not: which rows.
"""

import io

import polars as pl
import psycopg
import sqlalchemy as sa
from psycopg import sql

_STAMP = "%Y-%m-%d %H:%M:%S%.6f+00"


def copy_in(connection: sa.Connection, table: str, frame: pl.DataFrame) -> None:
    """Append a frame's rows to a table, its columns by name."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, frame.columns))
    )
    body = frame.write_csv(include_header=False, datetime_format=_STAMP).encode()
    with _driver(connection).cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(body)


def copy_out(connection: sa.Connection, query: sql.Composable, schema: pl.Schema) -> pl.DataFrame:
    """The rows of a query in the types of `schema`, which names its columns in order."""
    statement = sql.SQL("COPY ({}) TO STDOUT (FORMAT csv)").format(query)
    with _driver(connection).cursor() as cursor, cursor.copy(statement) as copy:
        body = b"".join(bytes(part) for part in copy)
    text = (
        pl.read_csv(io.BytesIO(body), has_header=False, schema=dict.fromkeys(schema, pl.String))
        if body
        else pl.DataFrame(schema=dict.fromkeys(schema, pl.String))
    )
    return text.select(_typed(name, dtype) for name, dtype in schema.items())


def _typed(name: str, dtype: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(dtype, pl.Datetime):
        return column.str.to_datetime("%Y-%m-%d %H:%M:%S%#z", time_unit="us", time_zone="UTC")
    if dtype == pl.Boolean:
        return column == "t"
    if dtype == pl.Date:
        return column.str.to_date("%Y-%m-%d")
    return column if dtype == pl.String else column.cast(dtype)


def _driver(connection: sa.Connection) -> psycopg.Connection[tuple[object, ...]]:
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError(f"COPY needs psycopg 3, not {type(driver)}")
    return driver
