"""What the Dagster catalog shows of a dataset: column schema, table name, row counts.

What belongs here: turning dataset declarations into Dagster metadata. What does not: the
declarations (`datasets`).
"""

from typing import Any

import dagster as dg
import dataframely as dy

OWNERS = ["team:belib-weather"]


def column_schema(dataset: type[dy.Schema]) -> dg.TableSchema:
    """Columns of a dataset with types, units, constraints and descriptions."""
    key = set(dataset.primary_key())
    columns = [
        dg.TableColumn(
            name=name,
            type=str(column.dtype).split("(")[0].lower(),
            description=_description(column),
            constraints=dg.TableColumnConstraints(nullable=column.nullable, unique=key == {name}),
            tags={"key": ""} if name in key else {},
        )
        for name, column in dataset.columns().items()
    ]
    return dg.TableSchema(columns=columns)


def table_metadata(dataset: type[dy.Schema], name: str) -> dict[str, Any]:
    """Catalog metadata of an asset that is a table or an index."""
    return {"dagster/table_name": name, "dagster/column_schema": column_schema(dataset)}


def _description(column: dy.Column) -> str:
    unit = (column.metadata or {}).get("unit")
    return f"{column.description or ''} [{unit}]" if unit else column.description or ""
