"""When a rate limit ends: every form in which the sources say so."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from belib_weather.sources.response import json_in, utc

_UNITS = {
    "minutely": timedelta(minutes=1),
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
}


def reset_of(headers: Mapping[str, str], body: bytes, now: datetime) -> datetime | None:
    """The end of a rate limit, None when neither headers nor body name it.

    Reads `Retry-After` (seconds or a date), `reset_time` in the body, the named limit of
    Open-Meteo's reason, and `x-ratelimit-reset` as a date or as epoch seconds.
    """
    document = _as_object(body)
    candidates = (
        retry_after(headers, now),
        _instant(document.get("reset_time")),
        _named_limit(str(document.get("reason", "")), now),
        _instant(headers.get("x-ratelimit-reset")),
    )
    return next((reset for reset in candidates if reset is not None), None)


def retry_after(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """The instant that `Retry-After` names in seconds or as a date (RFC 9110, 10.2.3)."""
    value = headers.get("retry-after", "").strip()
    try:
        if value.isdecimal():
            return now + timedelta(seconds=int(value))
        return utc(parsedate_to_datetime(value)) if value else None
    except (ValueError, OverflowError):
        return None


def _instant(value: Any) -> datetime | None:
    text = str(value or "").strip()
    if re.fullmatch(r"[0-9]{9,11}(\.[0-9]+)?", text):
        return datetime.fromtimestamp(float(text), UTC)
    try:
        return utc(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return None


def _named_limit(reason: str, now: datetime) -> datetime | None:
    unit = _UNITS.get(reason.partition(" ")[0].lower())
    if unit is None:
        return None
    seconds = unit.total_seconds()
    return datetime.fromtimestamp((now.timestamp() // seconds + 1) * seconds, UTC)


def _as_object(body: bytes) -> dict[str, Any]:
    document = json_in(body)
    return document if isinstance(document, dict) else {}
