"""Everything that a run of the demonstration leaves behind, read without the platform's code.

What belongs here: PostgreSQL, MongoDB, Elasticsearch and export files as frames and documents.
What does not: comparing.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import psycopg
import pymongo
from elasticsearch import Elasticsearch
from elasticsearch.helpers import scan
from psycopg import sql

SNAPSHOTS = "raw_belib_snapshots"
RAW = (SNAPSHOTS, "raw_belib_static", "raw_weather")
"""The collections that everything else can be made again from."""
_NOT_OURS = {"warehouse_schema_version"}
"""The migration that the schema stands at."""
_RELATIONS = """
    SELECT c.relname, array(
        SELECT a.attname FROM pg_index i, unnest(i.indkey) WITH ORDINALITY AS k (number, place)
        JOIN pg_attribute a ON a.attnum = k.number
        WHERE i.indrelid = c.oid AND i.indisprimary AND a.attrelid = c.oid ORDER BY k.place
    )
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition
    ORDER BY c.relname
"""
_COLUMNS = """
    SELECT table_name, column_name, data_type || CASE is_nullable WHEN 'NO' THEN ' not null'
    ELSE '' END FROM information_schema.columns WHERE table_schema = 'public'
"""
_PART = re.compile(r"/[^/=]+=[^/]+/[^/]+$")
_NAMES = ("station_id", "hour", "table", "column")


@dataclass
class Dump:
    """What the stores and folders of a home hold.

    Attributes:
        tables: PostgreSQL tables and views, by name.
        keys: columns that name a row, by table or file.
        columns: types of PostgreSQL's columns, by table.
        collections: MongoDB documents, by collection and id.
        aliases: Elasticsearch documents, by alias and id.
        mappings: Elasticsearch field mappings, by alias.
        files: CSV and Parquet files of the exports, by path; partitioned ones by their folder.
        papers: the other files of the exports, by path.
    """

    tables: dict[str, pl.DataFrame] = field(default_factory=dict)
    keys: dict[str, list[str]] = field(default_factory=dict)
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    collections: dict[str, dict[str, Any]] = field(default_factory=dict)
    aliases: dict[str, dict[str, Any]] = field(default_factory=dict)
    mappings: dict[str, Any] = field(default_factory=dict)
    files: dict[str, pl.DataFrame] = field(default_factory=dict)
    papers: dict[str, bytes] = field(default_factory=dict)


def dump_of(variables: Mapping[str, str], exports: Path) -> Dump:
    """Read the stores that the variables lead to, and the export folder."""
    dump = Dump()
    _read_postgres(dump, postgres_url(variables))
    with mongo(variables) as client:
        database = client[mongo_database(variables)]
        for name in sorted(database.list_collection_names()):
            found = database[name].find(sort=[("captured_at", 1), ("_id", 1)])
            dump.collections[name] = {str(one["_id"]): one for one in found}
    with Elasticsearch(elasticsearch_url(variables), request_timeout=60) as client:
        _read_elasticsearch(dump, client)
    read_files(dump, exports)
    return dump


def postgres_url(variables: Mapping[str, str]) -> str:
    """The address as psycopg takes it."""
    return variables["BELIB_POSTGRES_URL"].replace("+psycopg", "", 1)


def mongo(variables: Mapping[str, str]) -> pymongo.MongoClient[dict[str, Any]]:
    """A client of MongoDB; instants come with their zone."""
    return pymongo.MongoClient(variables["BELIB_MONGO_URL"], tz_aware=True)


def mongo_database(variables: Mapping[str, str]) -> str:
    """The database of the raw layer."""
    return variables.get("BELIB_MONGO_DATABASE", "belib")


def elasticsearch_url(variables: Mapping[str, str]) -> str:
    """The address of Elasticsearch."""
    return variables["BELIB_ELASTICSEARCH_URL"]


def index_prefix(variables: Mapping[str, str]) -> str:
    """What begins every alias."""
    return variables.get("BELIB_INDEX_PREFIX", "belib")


def _read_postgres(dump: Dump, url: str) -> None:
    with psycopg.connect(url, options="-c timezone=UTC") as connection:
        for table, column, kind in connection.execute(_COLUMNS):
            dump.columns.setdefault(table, {})[column] = kind
        for name, key in connection.execute(_RELATIONS).fetchall():
            if name in _NOT_OURS:
                continue
            statement = sql.SQL("SELECT * FROM {}").format(sql.Identifier(name))
            cursor = connection.execute(statement)
            columns = [column.name for column in cursor.description or ()]
            frame = pl.DataFrame(cursor.fetchall(), columns, orient="row", infer_schema_length=None)
            dump.keys[name] = key or _key_of(columns)
            dump.tables[name] = frame.sort(dump.keys[name])
    # The months of a partitioned table repeat its columns.
    dump.columns = {name: dump.columns[name] for name in dump.tables}


def _key_of(columns: list[str]) -> list[str]:
    """Of a view or file, which have no key of their own: what names things, or every column."""
    return [name for name in _NAMES if name in columns] or columns


def _read_elasticsearch(dump: Dump, client: Elasticsearch) -> None:
    indices = client.indices.get(index="*", expand_wildcards="open")
    for index, description in sorted(indices.items()):
        for alias in description["aliases"]:
            if alias.endswith("-write"):
                continue  # what the platform itself writes through
            documents = dump.aliases.setdefault(alias, {})
            hits = scan(client, index=index, query={"query": {"match_all": {}}}, size=5_000)
            documents.update({hit["_id"]: hit["_source"] for hit in hits})
            fields = dump.mappings.setdefault(alias, {})
            fields.update(description["mappings"].get("properties", {}))


def read_files(dump: Dump, folder: Path) -> None:
    """Read an export folder: tables as frames, what else is there as bytes."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = str(path.relative_to(folder))
        if path.suffix == ".csv":
            dump.files[name] = pl.read_csv(path, infer_schema=False)
        elif path.suffix == ".parquet":
            # Whether parts are days or months, together they are one table.
            name = _PART.sub("", name)
            rows = pl.read_parquet(path, hive_partitioning=False)
            parts = [dump.files[name]] if name in dump.files else []
            dump.files[name] = pl.concat([*parts, rows])
        else:
            dump.papers[name] = path.read_bytes()
            continue
        dump.keys[name] = _key_of(dump.files[name].columns)


def bundle_of(folder: Path) -> dict[str, Any]:
    """Saved objects and rules of an exported Kibana bundle, by type and id."""
    found: dict[str, Any] = {}
    for path in sorted(folder.glob("*.ndjson")):
        for line in path.read_text(encoding="utf-8").splitlines():
            one = json.loads(line)
            found[f"{one.get('type', 'summary')} {one.get('id', '')}"] = one
    for path in sorted(folder.glob("*.json")):
        rules = json.loads(path.read_text(encoding="utf-8"))
        found |= {f"rule {name}": rule for name, rule in rules.items()}
    return found
