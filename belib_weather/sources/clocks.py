"""How far this machine's clock is from a server's, by the `Date` of an answer.

What belongs here: the comparison. What does not: what follows from it (`assets.polling`).
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

NOTICEABLE = timedelta(minutes=1)
"""`Date` has whole seconds, and servers are some seconds apart."""


def clock_ahead(headers: Mapping[str, str], started: datetime, ended: datetime) -> timedelta:
    """How far this machine is ahead of the server; negative when it is behind.

    Zero when the server's time lies between start and end, and when the server gives none.

    Args:
        headers: of the answer, names in lower case; `age` is how long a cache has held it.
        started: of the request, by this machine.
        ended: when the answer was there, by this machine.
    """
    try:
        date = parsedate_to_datetime(headers["date"])
        server_time = date.replace(tzinfo=date.tzinfo or UTC) + timedelta(
            seconds=int(headers.get("age", 0))
        )
    except (KeyError, ValueError, OverflowError):
        return timedelta(0)
    if server_time < started:
        return started - server_time
    return min(timedelta(0), ended - server_time)
