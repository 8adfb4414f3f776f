"""What was compared, how much of it, and what differs.

What belongs here: results and their table. What does not: comparing.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from rich.console import Console
from rich.markup import escape
from rich.table import Table

_DIFFERENCES_SHOWN = 5
_NEW_SHOWN = 12
_LONGEST = 110


@dataclass(frozen=True)
class Intended:
    """A difference that is meant to be.

    Attributes:
        where: pattern of places, as `fnmatchcase` reads it.
        reason: why it may differ.
        at_most: of how many places; any number where it is None.
    """

    where: str
    reason: str
    at_most: int | None = None


@dataclass
class Rules:
    """The intended differences, and how often each was met.

    Attributes:
        may_add: tables, columns and fields that only the new code has are counted beside the
            differences: nothing is lost by them.
    """

    intended: Iterable[Intended] = ()
    met: Counter[Intended] = field(default_factory=Counter)
    may_add: bool = False

    def allow(self, place: str) -> bool:
        """Whether a place may differ."""
        found = [
            one
            for one in self.intended
            if fnmatchcase(place, one.where)
            and (one.at_most is None or self.met[one] < one.at_most)
        ]
        self.met.update(found)
        return bool(found)


@dataclass
class Compared:
    """A comparison of one thing.

    Attributes:
        what: table, alias, file, page.
        items: rows, documents or elements compared.
        values: cells, leaves or numbers compared.
        differences: one line each.
        left_out: places that may differ and were not compared.
        added: what only the new code has.
    """

    what: str
    items: int = 0
    values: int = 0
    differences: list[str] = field(default_factory=list)
    left_out: set[str] = field(default_factory=set)
    added: set[str] = field(default_factory=set)

    def adds(self, place: str, name: str, rules: Rules) -> None:
        """Note what only the new code has: a difference, unless it may add."""
        if rules.may_add:
            self.added.add(name)
        else:
            self.differs(place, "not there", "there")

    def differs(self, place: str, old: object, new: object) -> None:
        """Note a difference."""
        self.differences.append(f"{place}: {_short(old)} → {_short(new)}")


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def print_results(console: Console, title: str, results: Iterable[Compared], rules: Rules) -> int:
    """Print the table, the first differences and what was left out; returns the differences."""
    columns = ("compared", "items", "values", "differences", "new")
    table = Table(*columns, title=title, title_justify="left")
    for number in (1, 2, 3, 4):
        table.columns[number].justify = "right"
    found = []
    for one in results:
        found.append(one)
        mark = "[bold red]" if one.differences else ""
        count = f"{mark}{len(one.differences):,}"
        new = f"{len(one.added):,}" if one.added else ""
        table.add_row(escape(one.what), f"{one.items:,}", f"{one.values:,}", count, new)
        for line in one.differences[:_DIFFERENCES_SHOWN]:
            table.add_row(f"  [red]{escape(line)}")
        if one.added:
            names = sorted(name.removeprefix(f"{one.what}/") for name in one.added)
            more = len(names) - _NEW_SHOWN
            shown = ", ".join(names[:_NEW_SHOWN]) + (f" and {more} more" if more > 0 else "")
            table.add_row(f"  new: {escape(shown)}")
    table.add_section()
    items, values = sum(one.items for one in found), sum(one.values for one in found)
    total = sum(len(one.differences) for one in found)
    table.add_row("in all", f"{items:,}", f"{values:,}", f"{total:,}")
    console.print(table)
    for rule in sorted(rules.met, key=lambda one: one.where):
        console.print(f"May differ: {rule.where} ({rule.reason})", markup=False)
    return total
