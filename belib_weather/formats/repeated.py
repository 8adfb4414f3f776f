"""Consecutive bodies of which most records are the same, byte for byte: each is read once.

What belongs here: finding the records of JSON arrays without parsing them. What does not: parsing
(`export`), and what records mean. Measured: nineteen of twenty records of a five-minute poll are
those of the poll before.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import compress
from operator import ne

import numpy as np
import numpy.typing as npt

_OPENING = re.compile(rb'\[\s*\{\s*"[^"\\]+"\s*:\s*"')
_BETWEEN = re.compile(rb"\}\s*,\s*\{")


@dataclass(frozen=True)
class Repeated:
    """Records of several bodies.

    Attributes:
        content: a JSON array of every distinct record.
        count: how many these are; fewer in the array means that the bodies are not what they seem.
        places: of each body the places of its records in the array, in its order.
    """

    content: bytes = field(repr=False)
    count: int
    places: list[npt.NDArray[np.uint32]]


def repeated(contents: Sequence[bytes]) -> Repeated | None:
    """The distinct records of JSON arrays; None where they are written in another way.

    The bodies are cut before the first field of their first record. In valid JSON that place is
    no part of a text: within one, the quote before the field's name would end it.
    """
    head = _OPENING.match(contents[0])
    between = head and _BETWEEN.search(contents[0])
    if head is None or between is None:
        return None
    opening = head[0]
    first_field = opening[opening.index(b'"') :]
    separator = between[0] + first_field
    place_of: dict[bytes, int] = {}
    before: list[bytes] = []
    places: list[npt.NDArray[np.uint32]] = []
    for content in contents:
        if not (content.startswith(opening) and content.endswith(b"}]")):
            return None
        records = content[len(opening) : -2].split(separator)
        changed = _changed(before, records)
        if changed is None:
            where = np.array([_place(place_of, record) for record in records], np.uint32)
        else:
            where = places[-1].copy()
            where[changed] = [_place(place_of, records[number]) for number in changed]
        places.append(where)
        before = records
    return Repeated(opening + separator.join(place_of) + b"}]", len(place_of), places)


def _changed(before: list[bytes], records: list[bytes]) -> list[int] | None:
    """The numbers of the records that are not what they were; None where most are not."""
    if len(before) != len(records):
        return None
    return list(compress(range(len(records)), map(ne, before, records)))


def _place(place_of: dict[bytes, int], record: bytes) -> int:
    return place_of.setdefault(record, len(place_of))
