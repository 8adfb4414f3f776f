"""What a table of the warehouse is: a dataset, and what SQL and locking add to it.

What belongs here: one table or view. What does not: the columns (`datasets`), which tables there
are (`tables`), and how a schema came to be (`migrations`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

import dataframely as dy
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from belib_weather.window import Grain, Window

_ONLY_UNIT = 0


class Partitioning(StrEnum):
    """How PostgreSQL splits a table into parts."""

    NONE = "none"
    MONTHLY = "monthly"


@dataclass(frozen=True)
class Lock:
    """What one transaction at a time may work on.

    Attributes:
        name: what is locked.
        grain: lock only the hours or days of a window; None locks everything under the name.
    """

    name: str
    grain: Grain | None = None

    def units(self, window: Window | None) -> list[int]:
        """Numbers of the hours or days to lock, counted from 1970, in order.

        Raises:
            ValueError: a window is missing, or given for what is locked as a whole.
        """
        if (window is None) != (self.grain is None):
            needed = f"by the {self.grain}: give a window" if self.grain else "as a whole"
            raise ValueError(f"{self.name} is locked {needed}")
        if window is None or self.grain is None:
            return [_ONLY_UNIT]
        seconds = int(self.grain.length.total_seconds())
        return [int(start.timestamp()) // seconds for start in window.starts(self.grain)]


@dataclass(frozen=True, eq=False, kw_only=True)
class Relation:
    """What can be read: a table or a view with the columns of a dataset.

    Attributes:
        name: in PostgreSQL.
        dataset: declares the columns, their types, units, descriptions and the primary key.
        time_column: the column that windows refer to; None for what has no time.
    """

    name: str
    dataset: type[dy.Schema]
    time_column: str | None = None

    def __post_init__(self) -> None:
        if self.time_column is not None and self.time_column not in self.dataset.column_names():
            raise ValueError(f"{self.name} has no column {self.time_column}")

    @property
    def comment(self) -> str:
        """What a row is, as PostgreSQL shows it."""
        return (self.dataset.__doc__ or "").strip().splitlines()[0]

    @cached_property
    def comments(self) -> dict[str, str]:
        """What each column means, with its unit, as PostgreSQL shows it."""
        return {name: _comment(column) for name, column in self.dataset.columns().items()}

    @cached_property
    def columns(self) -> sa.TableClause:
        """The relation in a query that reads it; of a view too."""
        return sa.table(self.name, *(sa.column(name) for name in self.dataset.column_names()))

    @property
    def time(self) -> str:
        """The time column.

        Raises:
            ValueError: there is none.
        """
        if self.time_column is None:
            raise ValueError(f"{self.name} has no time column, so it has no windows")
        return self.time_column


@dataclass(frozen=True, eq=False, kw_only=True)
class Table(Relation):
    """A table, declared once: what is written, locked and migrated.

    Attributes:
        partitioning: MONTHLY needs a time column in the primary key, and a `lock_grain`.
        lock_grain: writers lock, and replace, windows of hours or days; None: the whole table.
        checks: SQL conditions that PostgreSQL enforces on every row, by constraint name.
        indexes: columns of each index beside the primary key, by index name.
        rules: version of the rules of the rows; rows of an older one are rebuilt.
        is_exported: whether its rows are open data: each export then holds it as a file, whole.
    """

    partitioning: Partitioning = Partitioning.NONE
    lock_grain: Grain | None = None
    checks: Mapping[str, str] = field(default_factory=dict)
    indexes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rules: int = 1
    is_exported: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.lock_grain is not None and self.time_column is None:
            raise ValueError(f"{self.name} is locked by the {self.lock_grain}, but has no time")
        if self.partitioning is Partitioning.MONTHLY and (
            self.lock_grain is None or self.time not in self.dataset.primary_key()
        ):
            raise ValueError(
                f"{self.name} can be partitioned by month only with a time column in its primary"
                " key and a lock_grain: months are created for the window that is locked"
            )

    @property
    def lock(self) -> Lock:
        """What a writer locks."""
        return Lock(self.name, self.lock_grain)

    @cached_property
    def sql(self) -> sa.Table:
        """The table in SQLAlchemy's terms, in a `MetaData` of its own."""
        columns = self.dataset.to_sqlalchemy_columns(postgresql.dialect())  # type: ignore[no-untyped-call]
        for column in columns:
            column.comment = self.comments[column.name]
        is_monthly = self.partitioning is Partitioning.MONTHLY
        return sa.Table(
            self.name,
            sa.MetaData(),
            *columns,
            *(sa.CheckConstraint(condition, name) for name, condition in self.checks.items()),
            *(sa.Index(name, *indexed) for name, indexed in self.indexes.items()),
            comment=self.comment,
            postgresql_partition_by=f"RANGE ({self.time_column})" if is_monthly else None,
        )


def _comment(column: dy.Column) -> str:
    unit = (column.metadata or {}).get("unit")
    return f"{column.description} [{unit}]" if unit else column.description or ""
