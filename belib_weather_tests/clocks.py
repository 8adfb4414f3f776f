"""Clocks for tests."""

from datetime import UTC, datetime, timedelta

from belib_weather.resources import Clock
from belib_weather.simulator import clock as simulator
from belib_weather.window import HOUR, floor_hour

A_TEST_LASTS = timedelta(seconds=100)


class StoppedClock(Clock):
    """A clock that stands."""

    at: str

    def now(self) -> datetime:
        return datetime.fromisoformat(self.at)


class Present:
    """The present of the test that runs, for its runs and for the servers that they ask.

    Runs poll now, so their partition is the current hour's: a test that began in the last moments
    of an hour would look for them in the hour before. In these moments it is set back a little.
    """

    def __init__(self) -> None:
        self._behind = timedelta(0)

    def begin(self) -> datetime:
        """The present, in an hour that lasts longer than a test."""
        now = datetime.now(UTC)
        left = floor_hour(now) + HOUR - now
        self._behind = max(timedelta(0), A_TEST_LASTS - left)
        return self.now()

    def end(self) -> None:
        """Follow this machine's clock again."""
        self._behind = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) - self._behind


PRESENT = Present()


class ClockOfTheTest(Clock):
    """The clock of the test that runs."""

    def now(self) -> datetime:
        return PRESENT.now()


class SimulatorClock(simulator.Clock):
    """The same for a simulator."""

    def now(self) -> int:
        return int(PRESENT.now().timestamp())
