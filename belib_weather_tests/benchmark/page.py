"""docs/benchmark.md: the measured tables stand between marks, and are replaced there.

What belongs here: tables as Markdown. What does not: what is measured.
"""

import os
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from rich.table import Table
from rich.text import Text

PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmark.md"


def write_part(name: str, tables: Iterable[Table], load: float, page: Path = PAGE) -> None:
    """Replace the tables of a part.

    Args:
        name: of the part, as its mark says it.
        tables: what was measured.
        load: processes that ran or waited on the machine, the benchmark's own among them.
        page: where the marks are.

    Raises:
        ValueError: the page has no such part.
    """
    measured = (
        f"Measured on {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, load average"
        f" {load:.1f}."
    )
    inside = "\n\n".join([*map(as_markdown, tables), measured])
    text = page.read_text(encoding="utf-8")
    part = re.compile(rf"(<!-- measured: {re.escape(name)} -->\n).*?(<!-- end -->)", re.DOTALL)
    written, count = part.subn(lambda found: f"{found[1]}{inside}\n{found[2]}", text)
    if count != 1:
        raise ValueError(f"{page} has {count} parts `<!-- measured: {name} -->`, not one")
    page.write_text(written, encoding="utf-8")


def as_markdown(table: Table) -> str:
    """A table in Markdown, its title above it."""
    header = [str(column.header) for column in table.columns]
    rows = zip(*(column.cells for column in table.columns), strict=True)
    lines = [
        _line(header),
        _line(["---"] * len(header)),
        *(_line(Text.from_markup(str(cell)).plain for cell in row) for row in rows),
    ]
    title = [f"**{table.title}**", ""] if table.title else []
    return "\n".join([*title, *lines])


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
