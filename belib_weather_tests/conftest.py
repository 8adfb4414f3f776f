"""Fixtures shared by all tests: recorded data, and the three stores as real servers.

A store comes from `BELIB_…_URL` in the environment, else from a server started for the tests,
else the tests that need it are skipped with the reason (failed where `CI=true`).
"""

import gc
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import hypothesis
import pymongo
import pytest

from belib_weather.embedded import EmbeddedError, StoreUrls, ensure
from belib_weather_tests.bodies import body
from belib_weather_tests.bodies.recorded import recorded
from belib_weather_tests.browser import chromium  # noqa: F401 - a fixture of all tests
from belib_weather_tests.cleanup import Run
from belib_weather_tests.databases import Databases, fresh_name
from belib_weather_tests.empty_indices import EmptyIndices
from belib_weather_tests.kafka_broker import kafka  # noqa: F401 - a fixture of all tests
from belib_weather_tests.local_stores import CHECKOUT, settings_for_tests

if TYPE_CHECKING:  # a broken store must not break the tests of all others
    from dagster import DagsterInstance
    from pymongo.database import Database

    from belib_weather.lake import Lake
    from belib_weather.search import SearchStore
    from belib_weather.warehouse import Warehouse

# Until all tests are collected nothing is thrown away, and what is there stays for good: looking
# through it again and again costs a tenth of the time of the unit tests.
gc.disable()

# Frames of tests are small: threads of polars would wait for each other. Before polars is imported;
# what tests start inherits it.
os.environ.setdefault("POLARS_MAX_THREADS", "1")

RUN = pytest.StashKey[Run]()
FOLDER = Path(__file__).parent
WITHOUT_SERVERS = ("unit", "project", "node")
RECORDED_DATA = "--recorded-data"
NO_RECORDED_DATA = "no recorded data: "
SLOW_SECONDS = 15
"""From here on a test is named at the end of a run: CONTRIBUTING.md says what one may cost."""

# No test is timed: a busy machine must not fail one. Nor may luck: each run draws the same
# examples, except under `soak`, which looks for new ones.
for _profile, _examples in (("quick", 5), ("usual", 10), ("soak", 1000)):
    hypothesis.settings.register_profile(
        _profile,
        max_examples=_examples,
        deadline=None,
        derandomize=_profile != "soak",
        suppress_health_check=[
            hypothesis.HealthCheck.too_slow,
            hypothesis.HealthCheck.function_scoped_fixture,
        ],
    )
hypothesis.settings.load_profile("usual")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        RECORDED_DATA,
        default="../shared/data",
        help="folder of bodies recorded from the public APIs, relative to the checkout",
    )


def pytest_sessionstart(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        # pytest-xdist takes the folder from here as well: there is no public way to it.
        folders: pytest.TempPathFactory = session.config._tmp_path_factory  # type: ignore[attr-defined]
        session.config.stash[RUN] = Run(folders.getbasetemp())


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Iterator[None]:
    """End the run's servers, and say last what the run could not test."""
    yield
    config = session.config
    lines = config.stash[RUN].end() if RUN in config.stash else []
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if terminal is None or hasattr(config, "workerinput"):
        return
    left_out = [r for r in terminal.stats.get("skipped", ()) if NO_RECORDED_DATA in str(r.longrepr)]
    if left_out:
        folder = config.getoption(RECORDED_DATA)
        lines.append(f"{len(left_out)} tests on recorded data left out: {folder} is not here")
    lines = [*_slow_tests(terminal.stats), *lines]
    for line in lines:
        terminal.write_line(line, yellow=True)


def _slow_tests(stats: dict[str, list[Any]]) -> list[str]:
    """A line for the tests that took long, with their fixtures; never a failure."""
    seconds: Counter[str] = Counter()
    for report in stats.get("", []) + stats.get("passed", []):  # set up and torn down; called
        seconds[report.nodeid] += report.duration
    slow = [f"{took:.0f} s {name}" for name, took in seconds.most_common() if took >= SLOW_SECONDS]
    return [f"{len(slow)} tests of {SLOW_SECONDS} s or more, the longest: {'; '.join(slow[:5])}"][
        : len(slow)
    ]


def pytest_collection_finish() -> None:
    """Let the garbage collector begin, seldom, and leave to it only what tests create."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)  # a tenth less for a test of the graph
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by what it needs; refuse a unit test that needs a server or a browser."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        room = item.path.relative_to(FOLDER).parts[0]
        if room not in WITHOUT_SERVERS:
            item.add_marker(pytest.mark.stores)
        elif fixtures & {"stores", "chromium"}:
            raise pytest.UsageError(f"{item.nodeid} needs a server: {room}/ is without")
        if "chromium" in fixtures:
            item.add_marker(pytest.mark.browser)


def _unavailable(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def shared_data(pytestconfig: pytest.Config) -> Path:
    """Folder of recorded real bodies, beside the checkout."""
    given: str = pytestconfig.getoption(RECORDED_DATA)
    path = (CHECKOUT / given).resolve()
    if not path.is_dir():
        pytest.skip(f"{NO_RECORDED_DATA}{given} is not here")
    return path


@pytest.fixture(params=["ours", "recorded"])
def any_body(request: pytest.FixtureRequest) -> Callable[[str], bytes]:
    """Reads a body of `bodies/` by its name, or the recorded one of the same shape."""
    if request.param == "ours":
        return body
    return partial(recorded, request.getfixturevalue("shared_data"))


@pytest.fixture(scope="session")
def stores() -> StoreUrls:
    """Addresses of all stores; started on the first use in a test run."""
    try:
        return ensure(settings_for_tests())
    except EmbeddedError as error:
        _unavailable(str(error))


@pytest.fixture(scope="session")
def mongo_url(stores: StoreUrls) -> str:
    return stores.mongo


@pytest.fixture(scope="session")
def postgres_url(stores: StoreUrls) -> str:
    """A maintenance database, whose user may create others."""
    return stores.postgres


@pytest.fixture(scope="session")
def elasticsearch_url(stores: StoreUrls) -> str:
    if stores.elasticsearch is None:
        _unavailable(str(stores.elasticsearch_problem))
    return stores.elasticsearch


@pytest.fixture
def mongo_database(mongo_url: str) -> Iterator["Database[dict[str, Any]]"]:
    """A fresh database, dropped afterwards."""
    with pymongo.MongoClient[dict[str, Any]](mongo_url, tz_aware=True) as client:
        database = client[fresh_name()]
        yield database
        client.drop_database(database.name)


@pytest.fixture
def lake(mongo_url: str, mongo_database: "Database[dict[str, Any]]") -> "Lake":
    """A prepared lake on `mongo_database`."""
    from belib_weather.lake import Lake

    lake = Lake(mongo_url, mongo_database.name)
    lake.prepare()
    return lake


@pytest.fixture(scope="session")
def migrated_template(postgres_url: str) -> Iterator[tuple[Databases, str]]:
    """A server, and the name of a migrated database there, to be copied."""
    from belib_weather.warehouse import Warehouse

    databases, name = Databases(postgres_url), fresh_name()
    databases.execute("CREATE DATABASE {name}", name=name)
    warehouse = Warehouse(databases.url_of(name))
    warehouse.migrate()
    warehouse.close()
    yield databases, name
    databases.drop(name)


@pytest.fixture
def warehouse_url(migrated_template: tuple[Databases, str]) -> Iterator[str]:
    """A fresh, migrated database, dropped afterwards."""
    databases, template = migrated_template
    with databases.fresh(template) as url:
        yield url


@pytest.fixture
def dagster_url(warehouse_url: str) -> str:
    """The fresh database as Dagster's processes address it."""
    return warehouse_url.replace("+psycopg:", "+psycopg2:")


@pytest.fixture
def dagster_storage(dagster_url: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The storage that dagster.yaml names, in the fresh database."""
    import yaml

    monkeypatch.setenv("BELIB_DAGSTER_POSTGRES_URL", dagster_url)
    instance = yaml.safe_load((CHECKOUT / "dagster.yaml").read_text())
    return dict(instance["storage"])


@pytest.fixture
def instance(dagster_storage: dict[str, Any], tmp_path: Path) -> Iterator["DagsterInstance"]:
    """An instance of Dagster whose records are in the fresh database."""
    import dagster as dg

    settings = {"storage": dagster_storage, "telemetry": {"enabled": False}}
    (tmp_path / "dagster.yaml").write_text(json.dumps(settings))  # which is YAML as well
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        yield instance


@pytest.fixture
def empty_database(postgres_url: str) -> Iterator[str]:
    """Address of a database without tables, dropped afterwards."""
    databases, name = Databases(postgres_url), fresh_name()
    databases.execute("CREATE DATABASE {name}", name=name)
    yield databases.url_of(name)
    databases.drop(name)


@pytest.fixture
def fresh_database(migrated_template: tuple[Databases, str]) -> Iterator[Callable[[], str]]:
    """Makes fresh, migrated databases; each is dropped afterwards."""
    databases, template = migrated_template
    with ExitStack() as stack:
        yield lambda: stack.enter_context(databases.fresh(template))


@pytest.fixture(scope="session")
def shared_warehouse_url(migrated_template: tuple[Databases, str]) -> Iterator[str]:
    """A fresh, migrated database that a worker's tests share."""
    databases, template = migrated_template
    with databases.fresh(template) as url:
        yield url


@pytest.fixture
def warehouse(warehouse_url: str) -> Iterator["Warehouse"]:
    """A migrated warehouse in a fresh database."""
    from belib_weather.warehouse import Warehouse

    warehouse = Warehouse(warehouse_url)
    yield warehouse
    warehouse.close()


@pytest.fixture(scope="session")
def _empty_indices(elasticsearch_url: str) -> Iterator[EmptyIndices]:
    with EmptyIndices(elasticsearch_url) as indices:
        yield indices


@pytest.fixture
def search(_empty_indices: EmptyIndices) -> "SearchStore":
    """A prepared search store whose indices are empty; the prefix is the worker's."""
    return _empty_indices.store()


@pytest.fixture(scope="session")
def shared_search(elasticsearch_url: str) -> Iterator[tuple["SearchStore", str]]:
    """A search store and its prefix that a worker's tests share."""
    with EmptyIndices(elasticsearch_url) as indices:
        yield indices.store(), indices.prefix
