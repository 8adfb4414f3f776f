"""When a rate limit ends: every form in which the sources say so."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

_UNITS = {
    "minutely": timedelta(minutes=1),
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
}


def reset_of(headers: Mapping[str, str], body: bytes, now: datetime) -> datetime | None:
    """The end of a rate limit, None when nothing tells it.

    Reads `Retry-After` (seconds or a date), `reset_time` in the body, the named limit of
    Open-Meteo's reason, and `x-ratelimit-reset` as a date or as epoch seconds.
    """
    said = _as_object(body)
    candidates = (
        _retry_after(headers.get("retry-after"), now),
        _instant(said.get("reset_time")),
        _named_limit(str(said.get("reason", "")), now),
        _instant(headers.get("x-ratelimit-reset")),
    )
    return next((reset for reset in candidates if reset is not None), None)


def _retry_after(value: str | None, now: datetime) -> datetime | None:
    if value is None:
        return None
    if value.strip().isdigit():
        return now + timedelta(seconds=int(value))
    try:
        return parsedate_to_datetime(value).astimezone(UTC)
    except ValueError:
        return None


def _instant(value: Any) -> datetime | None:
    text = str(value or "").strip()
    if re.fullmatch(r"\d{9,11}(\.\d+)?", text):
        return datetime.fromtimestamp(float(text), UTC)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _named_limit(reason: str, now: datetime) -> datetime | None:
    unit = _UNITS.get(reason.partition(" ")[0].lower())
    if unit is None:
        return None
    seconds = unit.total_seconds()
    return datetime.fromtimestamp((now.timestamp() // seconds + 1) * seconds, UTC)


def _as_object(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
