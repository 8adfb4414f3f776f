"""CSV of live files: rows that keep their declaration, and the faults of a written file.

What belongs here: what all CSV formats share. What does not: the columns of one.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass

import dataframely as dy
import polars as pl

MOST_FAULTS = 20


def anchored(pattern: str) -> str:
    """A pattern of a Table Schema, which matches whole values, as a search that does the same."""
    return f"^(?:{pattern})$"


@dataclass(frozen=True)
class CsvFile:
    """A written file.

    Attributes:
        body: UTF-8, comma, a header.
        rows: how many.
        left_out: rows that break the declaration, by the rule that they break.
    """

    body: bytes
    rows: int
    left_out: Mapping[str, int]


def csv_file(rows: pl.DataFrame, schema: type[dy.Schema]) -> CsvFile:
    """The rows that keep the declaration, as CSV; the others are counted."""
    good, left_out = _checked(rows, schema)
    return CsvFile(good.select(schema.column_names()).write_csv().encode(), good.height, left_out)


def faults_of_csv(body: bytes, schema: type[dy.Schema]) -> list[str]:
    """What breaks the declaration in a written file, one line each; none where all is well."""
    try:
        rows = pl.read_csv(io.BytesIO(body), infer_schema=False)
    except pl.exceptions.PolarsError as error:
        return [f"it is no CSV: {str(error)[:200]}"]
    if rows.columns != schema.column_names():
        return [f"its columns are {rows.columns}, not {schema.column_names()}"]
    _, broken = _checked(rows, schema)
    return [f"{count} rows break {rule}" for rule, count in broken.items()][:MOST_FAULTS]


def _checked(rows: pl.DataFrame, schema: type[dy.Schema]) -> tuple[pl.DataFrame, dict[str, int]]:
    """The good rows in the types of the declaration, and how many break which rule."""
    columns = schema.columns()
    # A word that is no value of its type would become null, which some columns allow.
    wrong = rows.select(
        (pl.col(name).is_not_null() & _typed(name, column).is_null()).alias(f"{name}|type")
        for name, column in columns.items()
    )
    words = {rule: count for rule, count in wrong.sum().row(0, named=True).items() if count}
    readable = rows.filter(~wrong.select(pl.any_horizontal(pl.all())).to_series())
    good, failed = schema.filter(
        readable.select(_typed(name, column).alias(name) for name, column in columns.items())
    )
    return good, words | failed.counts()


def _typed(name: str, column: dy.Column) -> pl.Expr:
    text = pl.col(name)
    if isinstance(column, dy.Bool):
        return pl.when(text == "true").then(True).when(text == "false").then(False)
    if isinstance(column, dy.Date):
        return text.str.to_date("%Y-%m-%d", strict=False)
    return text.cast(column.dtype, strict=False)
