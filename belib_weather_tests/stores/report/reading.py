"""Reading a page back, with nothing but the standard library's parser."""

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

VOID = {"meta", "link", "br", "img", "hr", "input"}


@dataclass
class HtmlTable:
    """Caption, header cells, and the rows with their own header first."""

    caption: str = ""
    columns: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    scopes: set[str | None] = field(default_factory=set)


class PageReader(HTMLParser):
    """Tables by id, and all that a well-formed page is held to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: dict[str, HtmlTable] = {}
        self.ids: Counter[str] = Counter()
        self.references: list[tuple[str, str, str]] = []
        self.headings: list[int] = []
        self.language = ""
        self.figures: list[str] = []
        self.text = ""
        self.unbalanced: list[str] = []
        self._open: list[str] = []
        self._table: HtmlTable | None = None
        self.feed(html)
        self.close()
        self.unbalanced += self._open

    @classmethod
    def of(cls, path: Path) -> "PageReader":
        return cls(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._open.append(tag)
        self.ids.update([attributes["id"]] if "id" in attributes else [])
        self.references += [
            (tag, name, attributes[name])
            for name in ("src", "href", "srcset")
            if name in attributes
        ]
        if tag == "html":
            self.language = attributes["lang"]
        elif tag == "figure":
            self.figures.append(attributes["id"])
        elif tag in {"h1", "h2", "h3", "h4"}:
            self.headings.append(int(tag[1]))
        elif tag == "table":
            self._table = self.tables[attributes["id"]] = HtmlTable()
        elif tag == "tr" and self._table is not None and "tbody" in self._open:
            self._table.rows.append([])
        elif tag in {"th", "td"} and self._table is not None:
            if tag == "th":
                self._table.scopes.add(attributes.get("scope"))
            cells = self._table.rows[-1] if "tbody" in self._open else self._table.columns
            cells.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.unbalanced.append(f"</{tag}> at {self.getpos()}")
        if tag == "table":
            self._table = None

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in {"style", "script"}:
            self.text += data
        if self._table is None or not self._open:
            return
        if self._open[-1] == "caption":
            self._table.caption += data
        elif self._open[-1] in {"th", "td"}:
            cells = self._table.rows[-1] if "tbody" in self._open else self._table.columns
            cells[-1] += data
