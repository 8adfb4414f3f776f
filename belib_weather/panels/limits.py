"""Limits of alerts, which panels show as a colour or a line.

What belongs here: values beyond which an alerting rule fires. What does not: the rules.
"""

from dataclasses import dataclass

from belib_weather.panels.i18n import Message

LEAST_SHARE_AVAILABLE = 0.15
MOST_SHARE_UNKNOWN = 0.10
"""Known outages raised it from 3 to 9 % of the points."""


@dataclass(frozen=True)
class Limit:
    """A share beyond which an alert fires: below it, or above it where `is_most`."""

    value: float
    is_most: bool = False

    title = Message("limit of the alert")

    def is_passed(self, share: float) -> bool:
        """Whether the alert fires."""
        return share > self.value if self.is_most else share < self.value


LEAST_AVAILABLE = Limit(LEAST_SHARE_AVAILABLE)
MOST_SILENT = Limit(MOST_SHARE_UNKNOWN, is_most=True)
