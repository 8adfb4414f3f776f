"""How a run's figures are written in the catalog: rounded, with their unit, on both clocks.

What belongs here: one value as metadata. What does not: which values an asset shows.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from belib_weather.networks import NETWORK

_ZONE = ZoneInfo(NETWORK.zone)


def both_clocks(instant: datetime) -> str:
    """An instant in UTC, and on the clock of Paris beside it."""
    utc, local = instant.astimezone(UTC), instant.astimezone(_ZONE)
    day = "" if local.date() == utc.date() else f"{local:%Y-%m-%d} "
    return f"{utc:%Y-%m-%d %H:%M:%S} UTC ({day}{local:%H:%M} in Paris)"


def percent(share: float | None) -> float | None:
    """A share of 1 in percent, to one decimal."""
    return None if share is None else round(100 * share, 1)


def kilobytes(size: int) -> int:
    """Bytes in kB, whole."""
    return round(size / 1000)
