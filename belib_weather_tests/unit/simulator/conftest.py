"""One small and one full city, and a running server, shared by the tests of this room."""

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from belib_weather.simulator.app import create_app
from belib_weather.simulator.clock import Clock
from belib_weather.simulator.paris_time import second
from belib_weather.simulator.server import serving
from belib_weather.simulator.truth import Truth

NOW = datetime(2026, 11, 24, 16, 20, tzinfo=UTC)
SEED = 7
SMALL = 300


@pytest.fixture(scope="session")
def truth() -> Truth:
    return Truth(SEED)


@pytest.fixture(scope="session")
def small() -> Truth:
    return Truth(SEED, SMALL)


@pytest.fixture(scope="session")
def client(small: Truth) -> Iterator[httpx.Client]:
    app = create_app(small.city, clock=Clock(float(second(NOW)), speed=0))
    with serving(app) as url, httpx.Client(base_url=url, timeout=60) as http:
        yield http
