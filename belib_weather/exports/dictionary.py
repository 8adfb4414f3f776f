"""The data dictionary: every column of every exported table, from the dataset declarations.

What belongs here: columns as a table, and as a Table Schema. What does not: what a column means
(`datasets`). Concept: https://datapackage.org/standard/table-schema/
"""

from collections.abc import Iterable
from typing import Any

import dataframely as dy
import polars as pl

from belib_weather.exports.tables import ALWAYS_EXPORTED, ExportedTable

_TYPES: dict[type[dy.Column], str] = {
    dy.String: "string",
    dy.Enum: "string",
    dy.Bool: "boolean",
    dy.Int16: "integer",
    dy.Int32: "integer",
    dy.Int64: "integer",
    dy.Float32: "number",
    dy.Float64: "number",
    dy.Date: "date",
    dy.Datetime: "datetime",
}


def data_dictionary(tables: Iterable[ExportedTable] = ALWAYS_EXPORTED) -> pl.DataFrame:
    """One row per table and column.

    Returns:
        Text columns `table`, `column`, `type` (of Table Schema), `unit`, `allowed` (values or
        bounds), `description`, `formula` (SQL over the columns of the same row), and the booleans
        `key` and `nullable`; what a column does not have is null.
    """
    rows = [
        {
            "table": table.name,
            "column": name,
            "type": _TYPES[type(column)],
            "unit": (column.metadata or {}).get("unit"),
            "key": name in table.key,
            "nullable": column.nullable,
            "allowed": _allowed(column),
            "description": column.description,
            "formula": (column.metadata or {}).get("formula"),
        }
        for table in tables
        for name, column in table.columns.items()
    ]
    return pl.DataFrame(rows, infer_schema_length=None)


def table_schema(table: ExportedTable) -> dict[str, Any]:
    """The Table Schema of a table's CSV files; `unit` and `formula` are properties of our own."""
    return {
        "fields": [_field(name, column) for name, column in table.columns.items()],
        "primaryKey": table.key,
        "missingValues": [""],
    }


def parquet_schema(table: ExportedTable) -> dict[str, Any]:
    """The Table Schema of a table's Parquet files.

    Readers by way of pandas see an unknown number as NaN: declared as missing, so that a column of
    integers remains one.
    """
    return {**table_schema(table), "missingValues": ["", "nan"]}


def _field(name: str, column: dy.Column) -> dict[str, Any]:
    own = {key: value for key, value in (column.metadata or {}).items() if value is not None}
    return {
        "name": name,
        "type": _TYPES[type(column)],
        "description": column.description,
        **own,
        "constraints": {"required": not column.nullable, **_constraints(column)},
    }


def _constraints(column: dy.Column) -> dict[str, Any]:
    if isinstance(column, dy.Enum):
        return {"enum": list(column.categories)}
    bounds = {"minimum": getattr(column, "min", None), "maximum": getattr(column, "max", None)}
    return {name: bound for name, bound in bounds.items() if bound is not None}


def _allowed(column: dy.Column) -> str | None:
    match _constraints(column):
        case {"enum": values}:
            return ", ".join(values)
        case {"minimum": low, "maximum": high}:
            return f"{low} to {high}"
        case {"minimum": low}:
            return f"{low} or more"
    return None
