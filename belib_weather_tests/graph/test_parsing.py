"""How often a live run parses the body that it has just polled."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

import polars as pl
import pytest

from belib_weather.formats import realtime
from belib_weather.formats.parsed import ParsedBodies
from belib_weather.lake.schema import RAW_SNAPSHOTS
from belib_weather.partitions import hour_key
from belib_weather.window import floor_hour
from belib_weather_tests.graph.conftest import LIVE, Platform


def counting(
    patch: pytest.MonkeyPatch, module: ModuleType, name: str, parsed: Counter[str]
) -> None:
    """Count the bodies that a parser is given, by their hash."""
    parse: Callable[..., Any] = getattr(module, name)

    def counted(source: Any, *args: Any, **options: Any) -> Any:
        if isinstance(source, bytes):
            parsed[hashlib.sha256(source).hexdigest()] += 1
        return parse(source, *args, **options)

    patch.setattr(module, name, counted)


def test_the_newest_body_is_parsed_once_from_the_poll_to_the_checks(
    platform: Platform, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    # No body that another test read; two ticks in one second may get the same bytes.
    monkeypatch.setattr(realtime, "_RECENT", ParsedBodies(4))
    parsed: Counter[str] = Counter()
    counting(monkeypatch, pl, "read_json", parsed)
    counting(monkeypatch, json, "loads", parsed)
    # The second tick reads the first one's body for the facts and not for anything else.
    for _ in range(2):
        assert platform.materialize(*LIVE, keys=hour_key(floor_hour(now))).success
        newest = platform.lake.newest(RAW_SNAPSHOTS)
        assert newest is not None
        assert now - timedelta(minutes=5) < newest.captured_at
        assert parsed[newest.sha256] == 1
