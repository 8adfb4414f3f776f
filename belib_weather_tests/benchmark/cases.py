"""What is measured: sizes of cities and rhythms of polls."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from belib_weather.window import DAY as ONE_DAY
from belib_weather.window import Window

END = datetime(2026, 11, 20, tzinfo=UTC)
SEED = 1


@dataclass(frozen=True)
class Case:
    """A period of polls of a simulated city, ending with `END`.

    Attributes:
        name: how the tables call it.
        database: its own databases and indices.
        charge_points: size of the city.
        days: whole days that the polls cover.
        step_minutes: from one poll to the next.
        passes: how often a stage is repeated; the fastest counts.
    """

    name: str
    database: str
    charge_points: int
    days: int
    step_minutes: int
    passes: int = 3

    @property
    def step(self) -> timedelta:
        """From one poll to the next."""
        return timedelta(minutes=self.step_minutes)

    @property
    def window(self) -> Window:
        """The whole days that the polls cover."""
        return Window(END - self.days * ONE_DAY, END)

    @property
    def days_of_window(self) -> list[Window]:
        """The window, day by day."""
        return [Window.day(day) for day in self.window.days]

    @property
    def polls(self) -> Iterator[datetime]:
        """Instants of the polls, one at each end of the window."""
        start, end = self.window.start, self.window.end
        for index in range(int((end - start) / self.step) + 1):
            yield start + index * self.step


DAY = Case("one day of 5-minute polls", "bench_day", 2_000, 1, 5)
WEEK = Case("a week of 15-minute polls", "bench_week", 2_000, 7, 15)
TENFOLD = Case("the day with ten times the points", "bench_tenfold", 20_000, 1, 5)
QUICK = Case("one day of 10-minute polls, a small city", "bench_quick", 400, 1, 10)
MONTH = Case("a month of 5-minute polls", "bench_month", 2_000, 31, 5)
REBUILT_DAYS = (7, 14, 31)
