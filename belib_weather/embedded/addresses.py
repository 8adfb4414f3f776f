"""The addresses of the stores: from the settings, else those of the embedded servers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from belib_weather.embedded.elasticsearch import ElasticsearchServer
from belib_weather.embedded.home import Home
from belib_weather.embedded.mongo import MongoServer
from belib_weather.embedded.postgres import DAGSTER_DATABASE, PostgresServer
from belib_weather.embedded.server import Server
from belib_weather.settings import Settings


class Servers:
    """The three servers of a home, and which of them the settings need.

    Attributes:
        home: their folder.
        all: MongoDB, PostgreSQL, Elasticsearch.
        needed: those that the settings give no address for.
    """

    def __init__(self, settings: Settings) -> None:
        self.home = Home(settings.data_dir)
        program = settings.elasticsearch_home
        self.all = (
            MongoServer(self.home),
            PostgresServer(self.home),
            ElasticsearchServer(self.home, settings.cache, program and program.absolute()),
        )
        has_postgres = settings.postgres_url and settings.dagster_postgres_url
        urls = (settings.mongo_url, has_postgres, settings.elasticsearch_url)
        self.needed: list[Server] = [
            server for server, url in zip(self.all, urls, strict=True) if not url
        ]


@dataclass(frozen=True)
class StoreUrls:
    """The addresses of the stores. They contain passwords and are left out of the repr.

    Attributes:
        mongo: of the raw responses.
        postgres: SQLAlchemy URL of the facts (psycopg).
        dagster_postgres: SQLAlchemy URL of Dagster's records (psycopg2).
        elasticsearch: None where it cannot be started.
        elasticsearch_problem: why not, and what to do.
        readers: read-only addresses of the embedded servers for people and their tools, by
            "mongo", "postgres", "elasticsearch".
    """

    mongo: str = field(repr=False)
    postgres: str = field(repr=False)
    dagster_postgres: str = field(repr=False)
    elasticsearch: str | None = field(repr=False)
    elasticsearch_problem: str | None = None
    readers: dict[str, str] = field(default_factory=dict, repr=False)


def addresses(
    settings: Settings,
    servers: Servers,
    ports: Mapping[str, int],
    elasticsearch_problem: str | None,
) -> StoreUrls:
    """Addresses of all stores.

    Args:
        settings: their addresses are taken as they are.
        servers: the embedded servers.
        ports: of the embedded servers that run, by name; has all that the settings do not
            address, Elasticsearch excepted.
        elasticsearch_problem: why there is none, if so.
    """
    mongo, postgres, elasticsearch = servers.all
    readers = {}
    if (port := ports.get(mongo.name)) is not None:
        readers[mongo.name] = mongo.url(port, reader=True)
    if (port := ports.get(postgres.name)) is not None:
        readers[postgres.name] = postgres.reader_url(port)
    search = None
    if settings.elasticsearch_url:
        search = settings.elasticsearch_url.get_secret_value()
    elif (port := ports.get(elasticsearch.name)) is not None:
        readers[elasticsearch.name] = elasticsearch.url(port, reader=True)
        search = elasticsearch.url(port)
    return StoreUrls(
        mongo=settings.mongo_url.get_secret_value()
        if settings.mongo_url
        else mongo.url(ports[mongo.name]),
        postgres=settings.postgres_url.get_secret_value()
        if settings.postgres_url
        else postgres.url(ports[postgres.name]),
        dagster_postgres=settings.dagster_postgres_url.get_secret_value()
        if settings.dagster_postgres_url
        else postgres.url(ports[postgres.name], driver="psycopg2", database=DAGSTER_DATABASE),
        elasticsearch=search,
        elasticsearch_problem=elasticsearch_problem,
        readers=readers,
    )
