"""Filters of a panel: one condition, in each of the languages that ask it.

What belongs here: conditions on one field. What does not: the reader's own filters and controls.
Concept: https://www.elastic.co/docs/explore-analyze/query-filter/languages/kql
"""

from dataclasses import dataclass
from typing import Any

import polars as pl

Value = str | int | float | bool


@dataclass(frozen=True)
class Is:
    """The field has one of the values."""

    field: str
    values: tuple[Value, ...]

    def kql(self) -> str:
        """As Kibana's query language."""
        words = " or ".join(_word(value) for value in self.values)
        return f"{self.field} : {words}" if len(self.values) == 1 else f"{self.field} : ({words})"

    def query(self) -> dict[str, Any]:
        """As an Elasticsearch query clause."""
        return {"terms": {self.field: list(self.values)}}

    def expression(self) -> pl.Expr:
        """As a polars condition."""
        return pl.col(self.field).is_in(self.values)


@dataclass(frozen=True)
class Between:
    """The field is at least `minimum` and below `below`; None is no bound."""

    field: str
    minimum: float | None = None
    below: float | None = None

    def kql(self) -> str:
        """As Kibana's query language."""
        bounds = ((">=", self.minimum), ("<", self.below))
        return " and ".join(f"{self.field} {sign} {b:g}" for sign, b in bounds if b is not None)

    def query(self) -> dict[str, Any]:
        """As an Elasticsearch query clause."""
        bounds = {"gte": self.minimum, "lt": self.below}
        return {"range": {self.field: {k: v for k, v in bounds.items() if v is not None}}}

    def expression(self) -> pl.Expr:
        """As a polars condition."""
        column, condition = pl.col(self.field), pl.lit(value=True)
        if self.minimum is not None:
            condition &= column >= self.minimum
        if self.below is not None:
            condition &= column < self.below
        return condition


Filter = Is | Between


def _word(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else f"{value}"
