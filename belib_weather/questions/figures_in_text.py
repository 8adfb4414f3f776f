"""Figures in a text that no tool returned: what a model made up.

What belongs here: reading figures of English and French texts, and comparing them. What does not:
what is done about one that is not known (`conversation`).
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from belib_weather.questions.answers import PARIS

_SPACES = "\u00a0\u202f\u2009 "
_FIGURE = re.compile(
    rf"(?<![\w.,])(\d{{1,3}}(?:[{_SPACES},]\d{{3}})+(?!\d)|\d+)(?:[.,](\d+))?(?![\w]*[A-Z]{{2}})"
)
_LIST_MARK = re.compile(r"^\s*\d{1,2}[.)]\s", re.MULTILINE)
_MONTHS = 12


def figures(text: str) -> list[tuple[str, float, int]]:
    """Figures of a text: as written, value, number of decimals; marks of lists are none."""
    found = []
    for match in _FIGURE.finditer(_LIST_MARK.sub(" ", text)):
        whole = re.sub(rf"[{_SPACES},]", "", match[1])
        decimals = match[2] or ""
        found.append((match[0], float(f"{whole}.{decimals or 0}"), len(decimals)))
    return found


def unknown_figures(text: str, known: Iterable[Any]) -> list[str]:
    """Figures of a text that do not follow from what is known, as written.

    A figure is known if it is, rounded to its decimals, a number among the values or in one of
    their texts, a part of one of their dates on the clock of Paris, or their count.

    Args:
        text: what is to be shown.
        known: answers of tools as JSON values, the question, the present.
    """
    values = set(_numbers(list(known)))
    return [
        written
        for written, value, decimals in figures(text)
        if not any(abs(round(abs(have), decimals) - value) < 1e-9 for have in values)
    ]


def _numbers(value: Any) -> Iterator[float]:
    """Every number that a JSON value holds, also within its texts and as the length of a list."""
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int | float):
        yield float(value)
    elif isinstance(value, str):
        yield from (number for _, number, _ in figures(value))
        yield from _parts_of_a_date(value)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _numbers(item)
    elif isinstance(value, list | tuple):
        yield float(len(value))
        for item in value:
            yield from _numbers(item)


def _parts_of_a_date(text: str) -> Iterator[float]:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return
    local = instant.astimezone(PARIS) if instant.tzinfo else instant
    yield from (float(part) for part in local.timetuple()[:5])
