"""A home of Dagster on stores of its own, and the fixtures of other rooms that e2e tests need."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from belib_weather_tests.e2e.dagster_programs import ROOT, Webserver, code_server, daemon, serving
from belib_weather_tests.graph import conftest as graph
from belib_weather_tests.unit.kibana import conftest as kibana

api, addresses, now = graph.api, graph.addresses, graph.now
environment, settings = graph.environment, graph.settings
stub, url = kibana.stub, kibana.url


@pytest.fixture
def dagster_home(environment: pytest.MonkeyPatch, dagster_url: str, tmp_path: Path) -> Path:
    """A home of Dagster on the platform of the environment."""
    shutil.copy(ROOT / "dagster.yaml", tmp_path)
    environment.setenv("DAGSTER_HOME", str(tmp_path))
    environment.setenv("BELIB_DAGSTER_POSTGRES_URL", dagster_url)
    return tmp_path


@pytest.fixture
def webserver(dagster_home: Path) -> Iterator[Webserver]:
    """A webserver and a daemon, with all automation on."""
    with (
        code_server(dagster_home) as workspace,
        serving(dagster_home, workspace) as webserver,
        daemon(dagster_home, workspace),
    ):
        yield webserver
