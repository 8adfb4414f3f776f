"""A scripted server, a client that does not wait long, and whole exports of any size."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
import stamina.instrumentation

from belib_weather.settings import Settings
from belib_weather.sources.http import HttpClient
from belib_weather_tests.unit.sources.server import ScriptedServer, serving

DEEP = {
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "a long number": b"1" * 5000,
}
"""Bodies that make Python's parser give up in its own ways."""


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with serving() as script:
        yield script


def quick(**overrides: Any) -> Settings:
    """Settings of a client that gives up soon; the environment has no say."""
    defaults: dict[str, Any] = {
        "http_timeout_seconds": 60,
        "http_attempts": 3,
        "http_max_wait_seconds": 0.02,
        "http_max_body_mb": 8,
    }
    return Settings(_env_file=None, **{**defaults, **overrides})


@pytest.fixture
def client() -> HttpClient:
    return HttpClient(quick())


@pytest.fixture
def waits() -> Iterator[list[float]]:
    """Seconds of each pause before another attempt, as scheduled."""
    seconds: list[float] = []

    def note(details: stamina.instrumentation.RetryDetails) -> None:
        seconds.append(details.wait_for)

    stamina.instrumentation.set_on_retry_hooks([note])
    yield seconds
    stamina.instrumentation.set_on_retry_hooks(None)


@pytest.fixture
def in_paris(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose clock shows Paris time."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Paris")
        time.tzset()
        yield
    time.tzset()
