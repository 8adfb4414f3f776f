"""What a comparison finds: how much was compared, and each difference."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

Rows = dict[Any, dict[str, Any]]
"""Rows by their key."""


@dataclass(frozen=True)
class Difference:
    """Something that is not as it should be: its kind, and where."""

    kind: str
    example: str


@dataclass
class Verdict:
    """What was compared.

    Attributes:
        values: compared values of PostgreSQL.
        documents: compared documents of Elasticsearch.
        differences: each of them.
    """

    values: int = 0
    documents: int = 0
    differences: list[Difference] = field(default_factory=list)

    def lines(self) -> list[str]:
        """One for each kind of difference: how many, and the first."""
        by_kind = defaultdict(list)
        for difference in self.differences:
            by_kind[difference.kind].append(difference.example)
        return [f"{kind}: {len(found):,}, first {found[0]}" for kind, found in by_kind.items()]

    def compare(self, what: str, expected: Rows, found: Rows) -> None:
        """Every value of every row, and rows that one side alone has."""
        for key in sorted(set(expected) | set(found), key=str):
            if key not in found:
                self._differs(f"{what}, rows missing", words(key))
            elif key not in expected:
                self._differs(f"{what}, rows too many", words(key))
            else:
                self._compare_row(what, words(key), expected[key], found[key])

    def _compare_row(
        self, what: str, key: str, expected: Mapping[str, Any], found: Mapping[str, Any]
    ) -> None:
        for name, value in expected.items():
            self.values += 1
            if found.get(name) != value:
                self._differs(f"{what}.{name}", f"{key}: {found.get(name)!r}, not {value!r}")

    def _differs(self, kind: str, example: str) -> None:
        self.differences.append(Difference(kind, example))


def keyed(frame: pl.DataFrame, *key: str) -> Rows:
    """Rows of a frame by one column, or by several."""
    rows: Iterable[dict[str, Any]] = frame.iter_rows(named=True)
    if len(key) == 1:
        return {row[key[0]]: row for row in rows}
    return {tuple(row[name] for name in key): row for row in rows}


def words(key: Any) -> str:
    """A key for people."""
    return " ".join(map(str, key)) if isinstance(key, tuple) else str(key)
