"""One case, measured in a process of its own; prints a JSON object of seconds and sizes."""

import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import bson
import polars as pl
import psycopg
from elasticsearch import Elasticsearch
from psycopg import sql

from belib_weather.assets.reading import SightingsReader, chunks
from belib_weather.assets.remaking import remake_hours
from belib_weather.datasets import STATUS_SECONDS, AvailabilityFact
from belib_weather.lake import RAW_SNAPSHOTS, Lake
from belib_weather.search import SearchStore
from belib_weather.search.documents import availability_documents
from belib_weather.search.encoding import batches, body_of, document_ids
from belib_weather.search.projections import PROJECTIONS
from belib_weather.simulator.truth import Truth
from belib_weather.sources.explore import response_of_export
from belib_weather.transform.points import stations as stations_of
from belib_weather.warehouse import Warehouse
from belib_weather.window import DAY as ONE_DAY
from belib_weather.window import Window
from belib_weather_tests.benchmark.cases import Case

TEXT = dict.fromkeys(("id_pdc", "statut_pdc", "last_updated"), pl.String)
Figures = dict[str, float]


@contextmanager
def timed(figures: Figures, name: str) -> Iterator[None]:
    """Add the seconds of a block to a figure."""
    start = time.perf_counter()
    yield
    figures[name] = figures.get(name, 0.0) + time.perf_counter() - start


def land(case: Case, lake: Lake) -> Figures:
    """Append the case's polls, and count the bytes of one document per record instead."""
    figures: Figures = {}
    truth = Truth(seed=1, charge_points=case.charge_points)
    records = 0
    for at in case.polls:
        body = truth.poll(at)
        response = response_of_export(
            body, captured_at=at, name="poll.json", minimum_charge_points=1
        )
        records += response.record_count
        with timed(figures, "landing"):
            lake.append(RAW_SNAPSHOTS, response)
    rows = json.loads(body)
    per_record = sum(len(bson.encode(row)) for row in rows) / len(rows)
    held = {row["collection"]: row["bytes"] for row in lake.stats().to_dicts()}
    figures["observations"] = records
    figures["bytes stored"] = held[RAW_SNAPSHOTS]
    figures["bytes as a document per record"] = records * per_record
    return figures


def facts(case: Case, lake: Lake, warehouse: Warehouse) -> Figures:
    """Raw to facts by the asset's own code, beside reading, parsing and a bare COPY."""
    figures: Figures = {}
    with timed(figures, "raw to facts"):
        reader = SightingsReader(lake)
        for chunk in chunks(lake, case.window):
            made = remake_hours(lake, warehouse, reader, chunk)
            figures["rows"] = figures.get("rows", 0) + made.facts.height
    figures["peak memory MB"] = peak_memory_mb()
    documents = lake.documents(RAW_SNAPSHOTS, case.window)
    while True:
        with timed(figures, "reading"):
            document = next(documents, None)
        if document is None:
            break
        with timed(figures, "parsing"):
            pl.read_json(document.body, schema=TEXT)
    for day in days_of(case.window):
        rows = warehouse.read("availability_facts", day)
        with timed(figures, "bare COPY"):
            bare_copy(warehouse, rows)
        with (
            timed(figures, "publishing"),
            warehouse.locked("availability_facts", day) as transaction,
        ):
            transaction.replace("availability_facts", rows, day)
    return figures


def bare_copy(warehouse: Warehouse, rows: pl.DataFrame) -> None:
    """COPY into a temporary table: no key, no index, no check."""
    url = os.environ["BENCH_POSTGRES_URL"].replace("+psycopg", "")
    body = rows.write_csv(include_header=False).encode()
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bare (LIKE availability_facts) ON COMMIT DROP")
        columns = sql.SQL(", ").join(map(sql.Identifier, AvailabilityFact.column_names()))
        with cursor.copy(sql.SQL("COPY bare ({}) FROM STDIN (FORMAT csv)").format(columns)) as copy:
            copy.write(body)


def index(case: Case, warehouse: Warehouse, search: SearchStore) -> Figures:
    """Publishing documents, beside posting ready-made bulk bodies of the same documents."""
    figures: Figures = {}
    client = Elasticsearch(os.environ["BENCH_ELASTICSEARCH_URL"], request_timeout=120)
    name = f"{case.database}-bare"
    client.options(ignore_status=404).indices.delete(index=name)
    projection = PROJECTIONS["availability"]
    client.indices.create(
        index=name,
        mappings=projection.mapping,
        settings={"number_of_replicas": 0, "refresh_interval": "-1"},
    )
    for day in days_of(case.window):
        rows = warehouse.read("availability_facts", day)
        documents = availability_documents(rows, warehouse.read_all("stations"))
        bodies = [
            body_of(lines) for _, lines in batches(documents, document_ids(documents, projection))
        ]
        with timed(figures, "bare bulk"):
            for body in bodies:
                client.bulk(
                    index=name,
                    operations=body,  # type: ignore[arg-type] # ready-made bytes are sent as they are
                    filter_path="errors,items.*.error,items.*.status",
                )
            client.indices.refresh(index=name)
        with timed(figures, "indexing"):
            documents = availability_documents(rows, warehouse.read_all("stations"))
            search.publish("availability", documents, day)
    client.indices.delete(index=name)
    return figures


def exactness(case: Case, warehouse: Warehouse) -> dict[str, float]:
    """Point-seconds that differ from the simulator's truth, as a share of those observed."""
    start, end = case.window.start, case.window.end
    segments = pl.DataFrame(Truth(seed=1, charge_points=case.charge_points).segments(start, end))
    seconds = pl.col("end") - pl.col("start")
    stale = pl.col("is_stale")
    true = {"stale_seconds": segments.filter(stale).select(seconds.sum()).item()}
    for name in STATUS_SECONDS:
        status = name.removesuffix("_seconds")
        true[name] = (
            segments.filter(~stale & (pl.col("status") == status)).select(seconds.sum()).item()
        )
    rows = warehouse.read("availability_facts", case.window)
    observed = rows.select(pl.col(*true).cast(pl.Int64).sum()).row(0, named=True)
    total = sum(observed.values())
    return {
        f"off: {name.removesuffix('_seconds')}": abs(observed[name] - true[name]) / total
        for name in true
    }


def days_of(window: Window) -> list[Window]:
    """The window's days."""
    return [Window(day, day + ONE_DAY) for day in window.days]


def peak_memory_mb() -> float:
    """Largest resident size of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(case: Case, what: str) -> dict[str, Any]:
    """Measure one stage of a case on the stores that the environment names."""
    lake = Lake(os.environ["BENCH_MONGO_URL"], case.database)
    lake.prepare()
    if what == "land":
        return land(case, lake)
    warehouse = Warehouse(os.environ["BENCH_POSTGRES_URL"])
    warehouse.migrate()
    if what == "facts":
        return facts(case, lake, warehouse)
    search = SearchStore(os.environ["BENCH_ELASTICSEARCH_URL"], case.database)
    search.prepare()
    known = stations_of(warehouse.read_all("charge_points"))
    with warehouse.locked("stations") as transaction:
        transaction.upsert("stations", known)
    return {**index(case, warehouse, search), **exactness(case, warehouse)}


if __name__ == "__main__":
    print(json.dumps(main(Case(**json.loads(sys.argv[1])), sys.argv[2])))  # noqa: T201
