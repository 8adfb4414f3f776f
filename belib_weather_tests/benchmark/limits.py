"""The least work that any pipeline must do: the limits that the stages are compared with.

Each does one thing and keeps nothing: no cleaning, no proofs, no locks, no keys, no counts.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import polars as pl
import psycopg
import pymongo
import sqlalchemy as sa
import zstandard
from elasticsearch import Elasticsearch
from psycopg import sql

from belib_weather.lake import RAW_SNAPSHOTS
from belib_weather.search.projections import SETTINGS, Projection
from belib_weather.settings import Settings
from belib_weather.window import Window

FIELDS = dict.fromkeys(("id_pdc", "statut_pdc", "last_updated"), pl.String)
STAMP = "%Y-%m-%d %H:%M:%S%.f+00"


def stored_bodies(
    client: pymongo.MongoClient[dict[str, Any]], database: str, window: Window
) -> Iterator[bytes]:
    """Bodies of a window as they lie in MongoDB, compressed."""
    stamps = {"captured_at": {"$gte": window.start, "$lt": window.end}}
    for document in client[database][RAW_SNAPSHOTS].find(stamps, {"_id": 0, "body": 1}):
        yield document["body"]


def parse(bodies: list[bytes]) -> int:
    """Unpack and parse bodies on all cores, and drop them; returns the records."""

    def records(body: bytes) -> int:
        return pl.read_json(zstandard.decompress(body), schema=FIELDS).height

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return sum(threads.map(records, bodies))


class BareTable:
    """A plain table like the facts, without keys and checks: COPY and nothing else."""

    def __init__(self, url: str) -> None:
        address = sa.make_url(url).set(drivername="postgresql")
        self._connection = psycopg.connect(address.render_as_string(hide_password=False))
        self._connection.execute("CREATE TABLE bare (LIKE availability_facts)")
        self._connection.commit()

    def copy(self, rows: pl.DataFrame) -> None:
        """COPY rows and commit."""
        names = sql.SQL(", ").join(map(sql.Identifier, rows.columns))
        statement = sql.SQL("COPY bare ({}) FROM STDIN (FORMAT csv)").format(names)
        body = rows.write_csv(include_header=False, datetime_format=STAMP).encode()
        with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write(body)
        self._connection.commit()

    def empty(self) -> None:
        """Take the rows out again."""
        self._connection.execute("TRUNCATE bare")
        self._connection.commit()

    def drop(self) -> None:
        """Remove the table."""
        self._connection.execute("DROP TABLE bare")
        self._connection.commit()
        self._connection.close()


class BareIndex:
    """An index with the mapping of the documents; ready-made bodies and nothing else."""

    def __init__(self, settings: Settings, name: str, projection: Projection) -> None:
        assert settings.elasticsearch_url is not None
        self._client = Elasticsearch(
            settings.elasticsearch_url.get_secret_value(), request_timeout=120
        )
        self._name = name
        self._client.indices.create(index=name, mappings=projection.mapping, settings=SETTINGS)

    def post(self, bodies: list[bytes]) -> None:
        """Post bulk bodies and show their documents."""
        for body in bodies:
            self._client.bulk(
                index=self._name,
                operations=body,  # type: ignore[arg-type] # ready-made bytes are sent as they are
                filter_path="errors,items.*.error,items.*.status",
            )
        self._client.indices.refresh(index=self._name)
