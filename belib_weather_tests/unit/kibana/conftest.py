"""A Kibana stub per test, served over a real socket."""

from collections.abc import Iterator

import pytest

from belib_weather.kibana.client import KibanaClient
from belib_weather.simulator.server import serving
from belib_weather_tests.unit.kibana.kibana_stub import KibanaStub


@pytest.fixture
def stub() -> KibanaStub:
    """What the server holds and how it behaves."""
    return KibanaStub()


@pytest.fixture
def url(stub: KibanaStub) -> Iterator[str]:
    """The server's address."""
    with serving(stub.app()) as url:
        yield url


@pytest.fixture
def kibana(url: str) -> Iterator[KibanaClient]:
    """A client of it."""
    with KibanaClient(url, wait_seconds=20) as kibana:
        yield kibana
