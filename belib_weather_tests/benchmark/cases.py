"""What is measured: sizes of cities and rhythms of polls."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from belib_weather.window import Window

END = datetime(2026, 11, 20, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """A period of polls of a simulated city."""

    name: str
    charge_points: int
    days: int
    step_minutes: int

    @property
    def window(self) -> Window:
        """The whole days that the polls cover."""
        return Window(END - timedelta(days=self.days), END)

    @property
    def polls(self) -> Iterator[datetime]:
        """Instants of the polls."""
        step = timedelta(minutes=self.step_minutes)
        for index in range(int((self.window.end - self.window.start) / step)):
            yield self.window.start + index * step

    @property
    def database(self) -> str:
        """Name of its own databases and indices."""
        return "bench_" + hashlib.sha256(self.name.encode()).hexdigest()[:12]


DAY = Case("a day of 5-minute polls", 2_000, 1, 5)
WEEK = Case("a week of 15-minute polls", 2_000, 7, 15)
TENFOLD = Case("the same day, ten times the points", 20_000, 1, 5)
QUICK = Case("six polls an hour, a day", 400, 1, 10)
MEMORY = tuple(Case(f"{days} days of hourly polls", 2_000, days, 60) for days in (1, 3, 7))
TICKING = Case("the current hour", 2_000, 1, 5)
