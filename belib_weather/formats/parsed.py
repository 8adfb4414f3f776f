"""The result of reading one body, and a cache of the bodies that were read last."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, TypeVar

import polars as pl

REJECTED = pl.Schema({"charge_point_id": pl.String(), "reason": pl.String(), "record": pl.String()})
"""A record that could not be read: its id (null where that is missing), the reason, and the record
as JSON text."""


@dataclass(frozen=True)
class ParsedBody:
    """Every record of a body, either clean or rejected: none is dropped silently.

    The frames are shared by all who read the same body; nobody changes them in place.

    Attributes:
        records: clean records; each reader names its columns.
        rejected: by `REJECTED`.
        record_count: records in the body, clean or not.
        summary: what one wants to see without opening the body.
    """

    records: pl.DataFrame
    rejected: pl.DataFrame
    record_count: int
    summary: dict[str, Any]


Parsed = TypeVar("Parsed", bound=ParsedBody)


class ParsedBodies(Generic[Parsed]):
    """The last few bodies that this process read, by the SHA-256 of their bytes.

    Several assets of one run read the newest body; it is parsed for the first of them.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._parsed: OrderedDict[str, Parsed] = OrderedDict()
        self._lock = Lock()

    def find(self, sha256: str | None) -> Parsed | None:
        """The body with this hash, None where it is not among the last few."""
        with self._lock:
            if sha256 is None or sha256 not in self._parsed:
                return None
            self._parsed.move_to_end(sha256)
            return self._parsed[sha256]

    def find_or_read(self, sha256: str | None, read: Callable[[], Parsed]) -> Parsed:
        """The body with this hash, read now where it is not among the last few."""
        parsed = self.find(sha256)
        if parsed is None:
            parsed = read()
            if sha256 is not None:
                with self._lock:
                    self._parsed[sha256] = parsed
                    while len(self._parsed) > self._most:
                        self._parsed.popitem(last=False)
        return parsed
