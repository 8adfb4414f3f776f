"""Resources get their settings from `build_defs`, show them, and hide the secrets among them."""

import ast
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from dagster._core.remote_representation.external_data import RepositorySnap
from dagster_shared.serdes import serialize_value
from pydantic import SecretStr

import belib_weather
from belib_weather.definitions import build_defs
from belib_weather.resources import (
    BelibFeed,
    Clock,
    EmbeddedStores,
    LakeResource,
    platform_resources,
)
from belib_weather.settings import Settings, load_settings, server_of
from belib_weather_tests.clocks import StoppedClock

PACKAGE = Path(belib_weather.__file__).parent
SECRET = "geheim"
SECRETS = {
    "mongo_url": f"mongodb://user:{SECRET}@mongo.example:27017/?authSource=admin",
    "postgres_url": f"postgresql+psycopg://user:{SECRET}@postgres.example/belib",
    "dagster_postgres_url": f"postgresql+psycopg2://user:{SECRET}@postgres.example/dagster",
    "elasticsearch_url": f"http://user:{SECRET}@search.example:9200",
    "kibana_url": f"http://user:{SECRET}@kibana.example:5601",
    "webhook_url": f"https://ntfy.example/{SECRET}",
    "alerts_secret": SECRET * 4,
    "kafka_options": f'{{"sasl.password": "{SECRET}"}}',
    "mcp_token": SECRET * 8,
    "openweathermap_api_key": SECRET,
    "infoclimat_auth": SECRET,
    "infoclimat_check": SECRET,
    "webserver_report_token": SECRET * 8,
}


@pytest.fixture(scope="module")
def settings() -> Settings:
    """Every secret set; the environment has no say."""
    return load_settings(
        _env_file=None,
        latitude=41.5,
        http_attempts=7,
        kafka_bootstrap_servers="kafka.example:9092",
        **SECRETS,
    )


@pytest.fixture(scope="module")
def snapshot(settings: Settings) -> RepositorySnap:
    """What the code server sends to the webserver."""
    return RepositorySnap.from_def(build_defs(settings).get_repository_def())


def test_every_secret_of_the_settings_is_among_those_tried() -> None:
    values = load_settings(_env_file=None, **SECRETS)
    secret = {name for name, value in values if isinstance(value, SecretStr)}
    maybe = {n for n, f in Settings.model_fields.items() if "SecretStr" in str(f.annotation)}

    assert secret == set(SECRETS)
    assert maybe <= secret


@pytest.mark.long
def test_the_webserver_shows_settings_and_no_secret(snapshot: RepositorySnap) -> None:
    shown = {resource.name: resource.configured_values for resource in snapshot.resources or ()}

    assert shown["weather"]["latitude"] == "41.5"
    assert shown["belib"]["http_attempts"] == "7"
    assert shown["lake"]["server"] == json.dumps("mongo.example:27017")
    assert shown["warehouse"]["server"] == json.dumps("postgres.example/belib")
    assert shown["search"]["server"] == json.dumps("search.example:9200")
    assert SECRET not in serialize_value(snapshot)


def test_a_secret_is_shown_by_its_type(snapshot: RepositorySnap) -> None:
    nested = {
        r.name: {n: d.name for n, d in r.nested_resources.items()} for r in snapshot.resources or ()
    }

    assert nested["lake"]["mongo_url"] == "SecretStr"
    assert nested["weather"]["openweathermap_api_key"] == "SecretStr"


def test_no_resource_repeats_a_secret_in_its_text(settings: Settings) -> None:
    for resource in platform_resources(settings, Clock()).values():
        assert SECRET not in repr(resource)
        assert SECRET not in str(resource)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (None, "embedded"),
        ("mongodb://a:b@one:1,two:2/x?password=c", "one:1,two:2/x"),
        ("mongodb+srv://cluster.example", "cluster.example"),
        ("http://user:p%40ss@[::1]:9200/", "[::1]:9200"),
    ],
)
def test_a_server_is_shown_without_credentials(url: str | None, shown: str) -> None:
    assert server_of(SecretStr(url) if url else None) == shown


class Embedded(EmbeddedStores):
    """Servers that must not be asked for."""

    def __init__(self) -> None:
        super().__init__(Settings(_env_file=None))

    @property
    def urls(self) -> object:  # type: ignore[override]
        raise LookupError("an embedded server was asked for")


@pytest.mark.parametrize("url", [None, SecretStr("http://refused")])
def test_embedded_servers_are_used_only_where_no_url_is_set(url: SecretStr | None) -> None:
    resource = LakeResource(server="", mongo_database="x", mongo_url=url, embedded=Embedded())

    with pytest.raises(Exception) as refused:  # noqa: PT011 - either of two
        resource.connect()
    assert isinstance(refused.value, LookupError) == (url is None)


def modules(*rooms: str) -> list[Path]:
    return [path for room in rooms for path in sorted((PACKAGE / room).rglob("*.py"))]


def calls(path: Path) -> set[str]:
    """Names of the functions that a module calls."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


def test_only_entry_points_read_settings() -> None:
    allowed = {"cli", "local", "guard", "site", "definitions.py", "settings"}
    readers = {
        path.relative_to(PACKAGE).parts[0]
        for path in modules(".")
        if "load_settings" in path.read_text() and "load_settings" in calls(path)
    }

    assert readers <= allowed


def test_the_graph_reads_the_present_from_its_clock_alone() -> None:
    for path in modules("assets", "automation", "catalog"):
        assert not {name for name in calls(path) if name.endswith(("datetime.now", "date.today"))}


def test_the_clock_that_is_given_reaches_the_feeds(settings: Settings) -> None:
    clock = StoppedClock(at="2026-03-29T01:30:00+00:00")
    feed = platform_resources(settings, clock)["belib"]

    assert isinstance(feed, BelibFeed)
    assert feed.now() == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert dict(build_defs(settings, clock=clock).resources or {})["belib"].clock is clock
