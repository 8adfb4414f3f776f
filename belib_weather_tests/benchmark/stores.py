"""Stores of a case alone: databases and indices that are new, and gone afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pymongo
import sqlalchemy as sa
from elasticsearch import Elasticsearch
from psycopg import sql

from belib_weather.embedded import StoreUrls


@contextmanager
def fresh_stores(urls: StoreUrls, name: str) -> Iterator[dict[str, str]]:
    """Empty databases and no indices under a name; yields the settings that lead to them."""
    if urls.elasticsearch is None:
        raise SystemExit(urls.elasticsearch_problem)
    postgres = sa.make_url(urls.postgres)
    warehouse = postgres.set(drivername="postgresql+psycopg", database=name)
    dagster = postgres.set(drivername="postgresql+psycopg2", database=f"{name}_dagster")
    _remove(urls, name)
    _execute(postgres, "CREATE DATABASE {}", name)
    _execute(postgres, "CREATE DATABASE {}", f"{name}_dagster")
    _execute(postgres, "ALTER DATABASE {} SET synchronous_commit = off", f"{name}_dagster")
    try:
        yield {
            "BELIB_MONGO_URL": urls.mongo,
            "BELIB_MONGO_DATABASE": name,
            "BELIB_POSTGRES_URL": warehouse.render_as_string(hide_password=False),
            "BELIB_DAGSTER_POSTGRES_URL": dagster.render_as_string(hide_password=False),
            "BELIB_ELASTICSEARCH_URL": urls.elasticsearch,
            "BELIB_INDEX_PREFIX": name,
        }
    finally:
        _remove(urls, name)


def _remove(urls: StoreUrls, name: str) -> None:
    for database in (name, f"{name}_dagster"):
        _drop(sa.make_url(urls.postgres), database)
    with pymongo.MongoClient[dict[str, Any]](urls.mongo) as mongo:
        mongo.drop_database(name)
    with Elasticsearch(urls.elasticsearch or "") as search:
        indices = list(search.indices.get(index=f"{name}-*"))
        if indices:
            search.indices.delete(index=indices)


def _drop(url: sa.URL, name: str) -> None:
    try:
        # The server stops a vacuum of its own here; to force it takes a superuser.
        _execute(url, "DROP DATABASE IF EXISTS {}", name)
    except psycopg.errors.ObjectInUse:
        _execute(url, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _execute(url: sa.URL, statement: str, name: str) -> None:
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
