"""Polls that were missed, and the faults that explain them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

Stretch = tuple[datetime, datetime]


def missed(
    polls: Iterable[datetime], start: datetime, end: datetime, cadence: timedelta
) -> list[datetime]:
    """Moments of the schedule within [start, end) in whose cadence no snapshot was taken."""
    step = int(cadence.total_seconds())
    polled_steps = {int(at.timestamp()) // step for at in polls}
    first, last = -(-int(start.timestamp()) // step), int(end.timestamp()) // step
    return [
        datetime.fromtimestamp(number * step, start.tzinfo)
        for number in range(first, last)
        if number not in polled_steps
    ]


def unexplained(
    moments: Sequence[datetime], faults: Sequence[Stretch], cadence: timedelta
) -> list[datetime]:
    """Missed moments that lie in no fault's own time plus one cadence.

    A poll of the moment before a fault may still be running when it strikes.
    """
    return [
        moment
        for moment in moments
        if not any(start - cadence < moment <= end + cadence for start, end in faults)
    ]
