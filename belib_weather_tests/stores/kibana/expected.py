"""The hand-written SQL of every panel and rule, by its name."""

import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

_FILE = Path(__file__).with_name("panels.sql")
_HEADER = re.compile(r"^-- (panel|rule): (\S+)$", re.MULTILINE)


@cache
def statements(kind: str) -> dict[str, str]:
    """Statements of panels or of rules."""
    parts = _HEADER.split(_FILE.read_text(encoding="utf-8"))[1:]
    return {
        name: text.strip()
        for found, name, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
        if found == kind
    }


def rows(
    connection: sa.Connection, kind: str, name: str, start: datetime, end: datetime
) -> list[tuple[Any, ...]]:
    """What PostgreSQL says."""
    statement = sa.text(statements(kind)[name])
    bounds = {"start": start, "end": end} if kind == "panel" else {}
    return [tuple(row) for row in connection.execute(statement, bounds)]
