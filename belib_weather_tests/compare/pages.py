"""A page of HTML as its elements and the numbers in them, in order and with their places.

What belongs here: layout and numbers. What does not: pictures; inside `<svg>` nothing is looked at,
because places of labels there follow from the lengths of texts. Their data is compared as the
specification that they are drawn from.
"""

from difflib import SequenceMatcher
from html.parser import HTMLParser
from typing import NamedTuple

from belib_weather_tests.compare.result import Compared, Rules
from belib_weather_tests.compare.texts import numbers_in

_VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
_SILENT = {"svg", "style", "script"}


class Token(NamedTuple):
    """An element (`value` is its class) or a number, and the place where it stands."""

    place: str
    value: str


class _Reader(HTMLParser):
    def __init__(self, language: str) -> None:
        super().__init__()
        self.tokens: list[Token] = []
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
        self.tokens.append(Token(self._place, f"<{tag} {looks}>" if looks else f"<{tag}>"))
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
            self.tokens.append(Token(self._place, number))
        self._texts = []


def tokens_of(html: str, language: str) -> list[Token]:
    """The elements and numbers of a page.

    Args:
        html: well formed.
        language: "en" or "fr": how its numbers are written.
    """
    reader = _Reader(language)
    reader.feed(html)
    reader.close()
    return reader.tokens


def compare_pages(what: str, old: str, new: str, language: str, rules: Rules) -> Compared:
    """Compare the elements and numbers of two pages, in order.

    Args:
        what: begins every place: `what/element/element`.
        old: HTML of the old code.
        new: HTML of the new code.
        language: "en" or "fr".
        rules: numbers in places that may differ are left out; their elements are not.
    """
    result = Compared(what)
    pages = []
    for html in (old, new):
        lines = []
        for token in tokens_of(html, language):
            place = f"{what}/{token.place}"
            if not token.value.startswith("<") and rules.allow(place):
                result.left_out.add(place)
            else:
                lines.append(token)
        pages.append(lines)
    before, after = pages
    result.items = sum(token.value.startswith("<") for token in before)
    result.values = len(before) - result.items
    if before == after:
        return result
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, *(left, left_end, right, right_end) in matcher.get_opcodes():
        if kind != "equal":
            gone, come = before[left:left_end], after[right:right_end]
            place = (gone or come)[0].place
            result.differs(place, [t.value for t in gone], [t.value for t in come])
    return result
