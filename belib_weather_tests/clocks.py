"""Clocks for tests."""

from datetime import datetime

from belib_weather.resources import Clock


class StoppedClock(Clock):
    """A clock that stands."""

    at: str

    def now(self) -> datetime:
        return datetime.fromisoformat(self.at)
