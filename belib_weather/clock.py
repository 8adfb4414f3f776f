"""The present. Whoever needs it is handed a clock, so that tests can stop it.

What belongs here: the shape of a clock, and this machine's. What does not: the Dagster resource
(`resources.Clock`).
"""

from collections.abc import Callable
from datetime import UTC, datetime

Now = Callable[[], datetime]
"""Gives the present in UTC."""


def utc_now() -> datetime:
    """The present by this machine's clock."""
    return datetime.now(UTC)
