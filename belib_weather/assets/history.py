"""The history of charge points up to date: attributes of both sources, and reading progress.

What belongs here: which days a run compares, and its progress. What does not: reading them
(`attribute_days`), and the dimensions (`dimensions`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import ClassVar, Self

from pydantic import BaseModel

from belib_weather.assets.attribute_days import AttributeDays
from belib_weather.assets.attribute_sources import OF_FEED, OF_STATIC
from belib_weather.assets.parsed_documents import Unreadable
from belib_weather.lake import Lake
from belib_weather.lake.newest import FUTURE
from belib_weather.transform.day_digests import day_number, start_of_day
from belib_weather.warehouse import Warehouse, WarehouseTransaction
from belib_weather.window import DAY, floor_day

OVERLAP = timedelta(minutes=10)
"""Documents of this last stretch are read again: they can be acknowledged out of order."""
_SOURCES = (OF_STATIC, OF_FEED)


class Progress(BaseModel):
    """How far documents were read, by their time of ingestion.

    Attributes:
        compared_on: UTC date on which the documents of every day were last compared.
        ingested_to: newest time of ingestion, by raw collection.
        set_aside: days of the documents that are set aside, by raw collection.
        is_filled: whether every day was read once.
    """

    NAME: ClassVar[str] = "history of charge points"

    compared_on: str = ""
    ingested_to: dict[str, datetime] = {}
    set_aside: dict[str, list[int]] = {}
    is_filled: bool = False

    @classmethod
    def of(cls, store: Warehouse) -> Self:
        """The stored progress; none at first."""
        stored = store.state(cls.NAME)
        return cls.model_validate_json(stored) if stored else cls()


@dataclass(frozen=True)
class History:
    """The attributes of both sources.

    Attributes:
        feed: the real-time feed.
        static: the static dataset.
        is_filled: whether every day was read at least once.
    """

    feed: AttributeDays
    static: AttributeDays
    is_filled: bool

    @property
    def days_read(self) -> int:
        """Days that were read in this run, of both."""
        return self.feed.days_read + self.static.days_read

    @property
    def days_lost(self) -> list[str]:
        """Days whose documents are gone, of both."""
        return [f"{day:%Y-%m-%d}" for day in sorted({*self.feed.lost, *self.static.lost})]

    @property
    def days_left(self) -> int:
        """Days that have to be read, of both."""
        return len(self.feed.due) + len(self.static.due)


def read_history(
    raw: Lake,
    store: Warehouse,
    transaction: WarehouseTransaction,
    now: datetime,
    seconds: float,
    unreadable: Unreadable,
) -> History:
    """Read the days whose documents changed, and write their attributes.

    Args:
        raw: the lake.
        store: the warehouse.
        transaction: holds the lock of `charge_points`.
        now: documents of the future wait until then.
        seconds: after so many no other days are begun; the next run goes on.
        unreadable: takes the documents that are left out.
    """
    deadline, before = monotonic() + seconds, Progress.of(store)
    marked, today = _days_set_aside(raw), f"{floor_day(now):%Y-%m-%d}"
    both: dict[str, AttributeDays] = {}
    ingested_to: dict[str, datetime] = {}
    for source in _SOURCES:
        name = source.collection
        ingested_to[name] = before.ingested_to.get(name, now - DAY)
        arrived = raw.ingested_since(name, ingested_to[name] - OVERLAP)
        if newest := arrived["ingested_at"].to_list():
            # A clock that is ahead hides no later document.
            ingested_to[name] = min(max(newest), now)
        days = both[name] = AttributeDays(source, raw, store, transaction, now, unreadable)
        set_aside = {*marked.get(name, []), *before.set_aside.get(name, [])}
        instants = (now, now + FUTURE, *arrived["captured_at"], *map(start_of_day, set_aside))
        is_partial = before.compared_on == today and not days.is_new
        days.find_due(instants if is_partial else None, marked.get(name, []))
        days.read_due(deadline)
        days.write()
    is_complete = not any(days.due for days in both.values())
    progress = Progress(
        compared_on=today if is_complete else "",
        ingested_to=ingested_to,
        set_aside=marked,
        is_filled=before.is_filled or is_complete,
    )
    transaction.set_state(Progress.NAME, progress.model_dump_json())
    return History(
        both[OF_FEED.collection], both[OF_STATIC.collection], is_filled=progress.is_filled
    )


def _days_set_aside(raw: Lake) -> dict[str, list[int]]:
    days: dict[str, list[int]] = {}
    for source in _SOURCES:
        marks = raw.set_aside_marks(source.collection)
        if marks:
            days[source.collection] = sorted({day_number(mark.captured_at) for mark in marks})
    return days
