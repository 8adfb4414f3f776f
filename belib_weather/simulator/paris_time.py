"""Paris clock arithmetic on whole UTC seconds, in bulk."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from belib_weather.networks import NETWORK
from belib_weather.simulator.randomness import Ints

HOUR = 3_600
DAY = 86_400
WEEK = 7 * DAY
BLOCK = 28 * DAY
"""Length of the blocks in which rare disturbances are drawn."""

_PARIS = ZoneInfo(NETWORK.zone)


def second(instant: datetime) -> int:
    """The UTC second that holds `instant` (cut, never rounded).

    Raises:
        ValueError: `instant` has no offset.
    """
    if instant.utcoffset() is None:
        raise ValueError(f"{instant!r} has no offset; give an instant, such as {instant}+00:00")
    return int(instant.timestamp() // 1)


def instant(at: int) -> datetime:
    """The UTC instant of a second."""
    return datetime.fromtimestamp(at, UTC)


def resync_minute(day: date) -> int:
    """Second at which 04:30:00 of `day` falls in Paris."""
    return second(datetime.combine(day, time(4, 30), _PARIS))


def days_of(start: int, end: int) -> list[date]:
    """Paris dates whose 04:30 may fall in [start, end)."""
    first = instant(start).astimezone(_PARIS).date()
    count = (end - start) // DAY + 2
    return [first + timedelta(days=n) for n in range(count)]


def week_hour(hours: Ints) -> Ints:
    """Local hour of the week in Paris, 0 (Monday 00 h) to 167, of UTC hours since 1970."""
    local = hours + offsets(hours * HOUR, NETWORK.zone) // HOUR
    return np.asarray((local + 72) % 168, dtype=np.int64)  # 1970-01-01 was a Thursday


def local_day(hours: Ints) -> Ints:
    """Local date in Paris, in days since 1970, of UTC hours since 1970."""
    return np.asarray((hours + offsets(hours * HOUR, NETWORK.zone) // HOUR) // 24, dtype=np.int64)


def offsets(seconds: Ints, zone: str) -> Ints:
    """Offset from UTC in seconds, in `zone`, at each second."""
    changes, values = _transitions(zone)
    return np.asarray(values[np.searchsorted(changes, seconds, side="right")], dtype=np.int64)


@lru_cache(maxsize=16)
def _transitions(zone: str) -> tuple[Ints, Ints]:
    """Seconds at which the zone's offset changes (2000 to 2060), and the offsets between them."""
    tz = ZoneInfo(zone)

    def offset(at: int) -> int:
        shift = datetime.fromtimestamp(at, tz).utcoffset() or timedelta()
        return int(shift.total_seconds())

    changes: list[int] = []
    values = [offset(946_684_800)]
    for day in range(946_684_800, 2_840_140_800, DAY):
        if offset(day + DAY) == values[-1]:
            continue
        low, high = day, day + DAY
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(middle) == values[-1] else (low, middle)
        changes.append(high)
        values.append(offset(high))
    return np.array(changes, dtype=np.int64), np.array(values, dtype=np.int64)


def iso_stamps(seconds: Ints, zone: str) -> list[str]:
    """ISO 8601 texts with offset, each in the offset that `zone` had at that moment."""
    shift = offsets(seconds, zone)
    local = np.datetime_as_string((seconds + shift).astype("datetime64[s]"))
    endings = {value: _offset_text(value) for value in np.unique(shift).tolist()}
    return [
        text + endings[value] for text, value in zip(local.tolist(), shift.tolist(), strict=True)
    ]


def _offset_text(shift: int) -> str:
    minutes = abs(shift) // 60
    return f"{'-' if shift < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}"
