"""Consecutive bodies of which most records are the same, byte for byte: each is read once.

What belongs here: finding the records of JSON arrays without parsing them. What does not: parsing
(`export`), and what records mean. Measured: forty-nine of fifty records of a five-minute poll are
those of the poll before.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_OPENING = re.compile(rb'\[\s*\{\s*"[^"\\]+"\s*:\s*')
_BETWEEN = re.compile(rb"\}\s*,\s*\{")
_END = b"}]"
_TOGETHER = 8
"""Records that are compared at once: where they are what they were, none is compared alone."""
_MOST_CHANGED = 4
"""Where one in so many records differs, they do not follow one another as they did."""
Places = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class _Layout:
    """How a JSON array writes its records: they are cut before the first field of the first one.

    In valid JSON that place is no part of a text: within one, the quote before the field's name
    would end it.

    Attributes:
        opening: what comes before the first record's first value.
        separator: what comes between the last value of a record and the first one of the next.
    """

    opening: bytes
    separator: bytes

    def holds(self, content: bytes) -> bool:
        """Whether an array may be written in this way."""
        return content.startswith(self.opening) and content.endswith(_END)

    def array(self, records: Iterable[bytes]) -> bytes:
        """The array of records, each with a separator behind it."""
        return self.opening + b"".join(records)[: -len(self.separator)] + _END


def _layout_of(content: bytes) -> _Layout | None:
    """How an array is written; None where it is in no such way, or of one record."""
    head = _OPENING.match(content)
    between = head and _BETWEEN.search(content)
    if head is None or between is None:
        return None
    opening = head[0]
    return _Layout(opening, between[0] + opening[opening.index(b'"') :])


class Repeated:
    """The distinct records of JSON arrays, which are added one after the other.

    Attributes:
        places: of each body the places of its records among the distinct ones, in its order.
    """

    def __init__(self) -> None:
        self.places: list[Places] = []
        self._layout: _Layout | None = None
        self._place_of: dict[bytes, int] = {}
        self._records: list[bytes] = []
        """Of the body that was added last, each with what follows it."""
        self._groups: list[bytes] = []
        """The same, so many in one that are compared at once."""

    @property
    def count(self) -> int:
        """How many records are distinct; fewer in `array`: the bodies are not what they seem."""
        return len(self._place_of)

    @property
    def opening(self) -> bytes:
        """What comes before a record; empty where no body was added."""
        return self._layout.opening if self._layout else b""

    @property
    def place_of(self) -> Mapping[bytes, int]:
        """The place of each distinct record, in order."""
        return self._place_of

    @property
    def array(self) -> bytes:
        """Every distinct record once; `[]` where no body was added."""
        return self.array_of(self._place_of)

    def array_of(self, records: Iterable[bytes]) -> bytes:
        """The array of some of the distinct records; `[]` where no body was added."""
        return self._layout.array(records) if self._layout else b"[]"

    def body(self, number: int) -> bytes:
        """A body as it was added."""
        distinct = list(self._place_of)
        return self.array_of(distinct[place] for place in self.places[number])

    def add(self, content: bytes) -> bool:
        """Add a body; false where it is written in another way than the others, or in no such way.

        Args:
            content: without blanks or marks around it.
        """
        layout = self._layout or _layout_of(content)
        if layout is None or not layout.holds(content):
            return False
        self._layout = layout
        changed = self._changed(content, layout)
        if changed is None:
            self._cut(content, layout)
            changed = [*range(len(self._records))]
            where = np.empty(len(changed), np.uint32)
        else:
            where = self.places[-1].copy()
        where[changed] = [self._place(number, layout) for number in changed]
        self.places.append(where)
        return True

    def _cut(self, content: bytes, layout: _Layout) -> None:
        *records, last = content[len(layout.opening) :].split(layout.separator)
        self._records = [record + layout.separator for record in records] + [last]
        self._groups = [
            b"".join(self._records[start : start + _TOGETHER])
            for start in range(0, len(self._records), _TOGETHER)
        ]

    def _changed(self, content: bytes, layout: _Layout) -> list[int] | None:
        """The numbers of the records that are not what they were, after replacing them.

        None where the records do not follow one another as in the body before.
        """
        changed: list[int] = []
        begin = len(layout.opening)
        starts_with = content.startswith
        for group, known in enumerate(self._groups):
            if starts_with(known, begin):
                begin += len(known)
                continue
            start, end = group * _TOGETHER, begin
            for number, record in enumerate(self._records[start : start + _TOGETHER], start):
                if starts_with(record, end):
                    end += len(record)
                    continue
                found = content.find(layout.separator, end)
                is_last = number == len(self._records) - 1
                if (found < 0) != is_last:
                    return None
                after = len(content) if is_last else found + len(layout.separator)
                self._records[number] = content[end:after]
                changed.append(number)
                end = after
            self._groups[group] = content[begin:end]
            begin = end
            if len(changed) * _MOST_CHANGED > len(self._records):
                return None
        return changed if begin == len(content) else None

    def _place(self, number: int, layout: _Layout) -> int:
        record = self._records[number]
        if number == len(self._records) - 1:
            record = record.removesuffix(_END) + layout.separator
        place = self._place_of.get(record)
        if place is None:
            place = self._place_of[record] = len(self._place_of)
        return place
