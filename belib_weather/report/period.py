"""The period of a report: whole local days, and today so far.

What belongs here: which hours a report covers. What does not: what happened in them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from belib_weather.dates import window_of_date
from belib_weather.networks import NETWORK
from belib_weather.window import HOUR, Window, floor_hour

_ZONE = ZoneInfo(NETWORK.zone)


@dataclass(frozen=True)
class Period:
    """From a midnight in Paris up to now.

    Attributes:
        days: complete local days before today.
        start: the first instant (UTC).
        now: when the report is made (UTC).
    """

    days: int
    start: datetime
    now: datetime

    @classmethod
    def of(cls, days: int, now: datetime) -> "Period":
        """The last complete local days and today; a day may have 23 or 25 hours."""
        today = now.astimezone(_ZONE).date()
        return cls(days, window_of_date(today - timedelta(days=days)).start, now)

    @property
    def window(self) -> Window:
        """The UTC hours, with the running one."""
        return Window(self.start, floor_hour(self.now) + HOUR)
