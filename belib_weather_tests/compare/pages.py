"""A page of HTML as its elements and the numbers in them, in order and with their places.

Tables with an id are compared cell by cell, by column, so that a column which a later version puts
between others costs itself alone.

What belongs here: layout and numbers. What does not: pictures; inside `<svg>` nothing is looked at,
because places of labels there follow from the lengths of texts. The data that they are drawn from
is compared instead.
"""

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from html.parser import HTMLParser
from typing import NamedTuple

import polars as pl

from belib_weather_tests.compare.frames import compare_frames
from belib_weather_tests.compare.result import Compared, Rules
from belib_weather_tests.compare.texts import numbers_in

_VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
_SILENT = {"svg", "style", "script"}
_ROWS = {"thead", "tbody", "tfoot", "tr"}


class Token(NamedTuple):
    """An element (`value` is its class) or a number, and the place where it stands."""

    place: str
    value: str


class _Reader(HTMLParser):
    def __init__(self, language: str) -> None:
        super().__init__()
        self.tokens: list[Token] = []
        self.tables: dict[str, list[list[list[str]]]] = {}
        self._table: str | None = None
        self._language = language
        self._open: list[str] = []
        self._segments: list[str] = []
        self._children: list[dict[str, int]] = [{}]
        self._texts: list[str] = []

    @property
    def _place(self) -> str:
        return "/".join(self._segments)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._flush()
        if any(name in _SILENT for name in self._open):
            if tag not in _VOID:
                self._open.append(tag)
            return
        found = dict(attrs)
        count = self._children[-1][tag] = self._children[-1].get(tag, 0) + 1
        label = found.get("id") or found.get("aria-labelledby")
        self._segments.append(f"{tag}#{label}" if label else f"{tag}:{count}")
        looks = " ".join(sorted((found.get("class") or "").split()))
        if tag == "table" and label:
            self._table = label
            self.tables[label] = []
        elif self._table and tag in ("th", "td"):
            self.tables[self._table][-1].append([looks] if looks else [])
        elif self._table and tag in _ROWS:
            self.tables[self._table] += [[]] if tag == "tr" else []
        else:
            self._note(f"<{tag} {looks}>" if looks else f"<{tag}>")
        if tag in _VOID:
            self._segments.pop()
        else:
            self._open.append(tag)
            self._children.append({})

    def handle_endtag(self, tag: str) -> None:
        self._flush()
        if tag in _VOID:
            return
        self._open.pop()
        if not any(name in _SILENT for name in self._open):
            self._segments.pop()
            self._children.pop()
        if tag == "table":
            self._table = None

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        if not any(name in _SILENT for name in self._open):
            self._texts.append(data)

    def close(self) -> None:
        super().close()
        self._flush()

    def _flush(self) -> None:
        for number in numbers_in("".join(self._texts), self._language):
            self._note(number)
        self._texts = []

    def _note(self, value: str) -> None:
        """Put an element or a number where it belongs: into a cell, or among the tokens."""
        rows = self.tables.get(self._table or "")
        # Before its first row a table has a caption.
        if rows and rows[-1]:
            rows[-1][-1].append(value)
        elif not rows:
            self.tokens.append(Token(self._place, value))


def _read(html: str, language: str) -> _Reader:
    reader = _Reader(language)
    reader.feed(html)
    reader.close()
    return reader


def compare_pages(
    what: str,
    old: str,
    new: str,
    language: str,
    rules: Rules,
    columns: Mapping[str, Sequence[int | None]],
) -> Compared:
    """Compare the elements and numbers of two pages, in order.

    Args:
        what: begins every place: `what/element/element`, of a cell `what/table-id/column`.
        old: HTML of the old code, well formed.
        new: HTML of the new code.
        language: "en" or "fr": how its numbers are written.
        rules: numbers in places that may differ are left out; their elements are not.
        columns: where each column of an old table is in the new one, by the id of the table; None
            where it is gone. Tables that are not listed have the same columns.
    """
    result = Compared(what)
    readers = [_read(html, language) for html in (old, new)]
    _compare_tokens(result, [reader.tokens for reader in readers], rules)
    before, after = (reader.tables for reader in readers)
    if before.keys() != after.keys():
        result.differs("tables", list(before), list(after))
    for name in (name for name in before if name in after):
        left = _frame(before[name], None)
        right = _frame(after[name], columns.get(name))
        cells = compare_frames(f"{what}/{name}", left, right, [], rules)
        result.items += cells.items
        result.values += cells.values
        result.differences += [f"{name}: {line}" for line in cells.differences]
        result.left_out |= {f"{name}/{column}" for column in cells.left_out}
        result.added |= {f"{name}/{column}" for column in cells.added}
    return result


def _frame(
    rows: Sequence[Sequence[Sequence[str]]], columns: Sequence[int | None] | None
) -> pl.DataFrame:
    """Cells as texts of classes and numbers, in columns that have the old numbers."""
    width = max((len(row) for row in rows), default=0)
    names = [str(number) for number in range(width)]
    if columns is not None:
        old_of = {new: old for old, new in enumerate(columns)}
        names = [str(old_of.get(number, f"new {number}")) for number in range(width)]
    texts = [[" ".join(cell) for cell in row] + [None] * (width - len(row)) for row in rows]
    return pl.DataFrame(texts, schema=dict.fromkeys(names, pl.String), orient="row")


def _compare_tokens(result: Compared, read: Sequence[Sequence[Token]], rules: Rules) -> None:
    pages = []
    for tokens in read:
        lines = []
        for token in tokens:
            place = f"{result.what}/{token.place}"
            if not token.value.startswith("<") and rules.allow(place):
                result.left_out.add(place)
            else:
                lines.append(token)
        pages.append(lines)
    before, after = pages
    result.items = sum(token.value.startswith("<") for token in before)
    result.values = len(before) - result.items
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, *(left, left_end, right, right_end) in matcher.get_opcodes():
        if kind != "equal":
            gone, come = before[left:left_end], after[right:right_end]
            place = (gone or come)[0].place
            result.differs(place, [t.value for t in gone], [t.value for t in come])
