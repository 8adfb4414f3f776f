"""Filters of a panel: one condition, as KQL, as Elasticsearch query and as polars expression.

What belongs here: conditions on one field. What does not: the reader's own filters and controls.
Concept: https://www.elastic.co/docs/explore-analyze/query-filter/languages/kql
"""

from dataclasses import dataclass
from typing import Any

import polars as pl

Value = str | int | float | bool


@dataclass(frozen=True)
class Filter:
    """Keeps the rows whose field has one of the values."""

    field: str
    values: tuple[Value, ...]

    def kql(self) -> str:
        """In Kibana's query language."""
        values = " or ".join(_kql(value) for value in self.values)
        return f"{self.field} : {values}" if len(self.values) == 1 else f"{self.field} : ({values})"

    def query(self) -> dict[str, Any]:
        """As an Elasticsearch query clause."""
        return {"terms": {self.field: list(self.values)}}

    def expression(self) -> pl.Expr:
        """As a polars condition."""
        return pl.col(self.field).is_in(self.values)


def _kql(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else f"{value}"
