"""A half-open interval of UTC time: what a run reads and replaces.

What belongs here: the interval and its cutting into hours and days. What does not: partition
keys (see `partitions`) and local calendars.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Grain(StrEnum):
    """The unit of time by which data is partitioned, locked and counted."""

    HOUR = "hour"
    DAY = "day"

    @property
    def length(self) -> timedelta:
        """How long one unit is."""
        return HOUR if self is Grain.HOUR else DAY


@dataclass(frozen=True, order=True)
class Window:
    """[start, end) in UTC.

    Raises:
        ValueError: a bound has no offset, is not in UTC, or the end is not after the start.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        for bound in (self.start, self.end):
            if bound.utcoffset() != timedelta(0):
                raise ValueError(f"a window's bounds are UTC instants, not {bound!r}")
        if self.end <= self.start:
            raise ValueError(f"a window ends after it starts, not {self.start} → {self.end}")

    @classmethod
    def hour(cls, start: datetime) -> "Window":
        """The hour that starts at `start`."""
        return cls(start, start + HOUR)

    @classmethod
    def day(cls, start: datetime) -> "Window":
        """The UTC day that starts at `start`."""
        return cls(start, start + DAY)

    @property
    def hours(self) -> list[datetime]:
        """Starts of the whole UTC hours that overlap the window, in order."""
        first = self.start.replace(minute=0, second=0, microsecond=0)
        return list(_steps(first, self.end, HOUR))

    @property
    def days(self) -> list[datetime]:
        """Starts (midnights UTC) of the days that overlap the window, in order."""
        first = self.start.replace(hour=0, minute=0, second=0, microsecond=0)
        return list(_steps(first, self.end, DAY))

    def starts(self, grain: Grain) -> list[datetime]:
        """Starts of the hours or days that overlap the window, in order."""
        return self.hours if grain is Grain.HOUR else self.days

    def widened(self, before: timedelta, after: timedelta) -> "Window":
        """The window with `before` added in front and `after` behind."""
        return Window(self.start - before, self.end + after)

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%dT%H:%M:%SZ} to {self.end:%Y-%m-%dT%H:%M:%SZ}"


ALL_TIME = Window(datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))
"""Whatever can be stored lies in it."""


def floor_hour(instant: datetime) -> datetime:
    """The start of the UTC hour that holds `instant`."""
    return instant.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def floor_day(instant: datetime) -> datetime:
    """The start of the UTC day that holds `instant`."""
    return floor_hour(instant).replace(hour=0)


def second_of(instant: datetime) -> int:
    """Whole UTC second of an instant, cut: 09:59:59.7 is still in its hour."""
    return int(instant.timestamp() // 1)


def _steps(first: datetime, end: datetime, step: timedelta) -> Iterator[datetime]:
    while first < end:
        yield first
        first += step
