"""Run every case and print the tables."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psycopg
import pymongo
import sqlalchemy as sa
from elasticsearch import Elasticsearch
from psycopg import sql
from rich.console import Console
from rich.table import Table

from belib_weather.embedded import StoreUrls, ensure, stop
from belib_weather.settings import load_settings
from belib_weather.simulator.app import create_app
from belib_weather.simulator.city import City
from belib_weather.simulator.server import serving
from belib_weather_tests.benchmark.cases import DAY, MEMORY, QUICK, TENFOLD, TICKING, WEEK, Case
from belib_weather_tests.benchmark.tick import NO_OP, TICK

RATIOS = (
    ("raw to facts", ("reading", "parsing", "bare COPY"), 2.0),
    ("publishing", ("bare COPY",), 2.5),
    ("indexing", ("bare bulk",), 1.5),
)
Figures = dict[str, Any]


@contextmanager
def databases(urls: StoreUrls, case: Case) -> Iterator[dict[str, str]]:
    """Databases and indices of a case, dropped afterwards; as environment variables."""
    assert urls.elasticsearch is not None, urls.elasticsearch_problem
    postgres = sa.make_url(urls.postgres)
    bare = postgres.set(drivername="postgresql").render_as_string(hide_password=False)
    name = sql.Identifier(case.database)

    def execute(statement: str) -> None:
        with psycopg.connect(bare, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(name))

    execute("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    execute("CREATE DATABASE {}")
    with pymongo.MongoClient[dict[str, Any]](urls.mongo) as mongo:
        mongo.drop_database(case.database)
    yield {
        "BENCH_MONGO_URL": urls.mongo,
        "BENCH_POSTGRES_URL": postgres.set(
            drivername="postgresql+psycopg", database=case.database
        ).render_as_string(hide_password=False),
        "BENCH_ELASTICSEARCH_URL": urls.elasticsearch,
    }
    execute("DROP DATABASE {} WITH (FORCE)")
    with pymongo.MongoClient[dict[str, Any]](urls.mongo) as mongo:
        mongo.drop_database(case.database)
    client = Elasticsearch(urls.elasticsearch)
    for index in client.indices.get(index=f"{case.database}*"):
        client.indices.delete(index=index)


def stage(case: Case, what: str, environment: dict[str, str]) -> Figures:
    """Run one stage in a process of its own."""
    done = subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "belib_weather_tests.benchmark.stages",
            json.dumps(asdict(case)),
            what,
        ],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def measured(case: Case, urls: StoreUrls) -> Figures:
    """Every stage of a case."""
    with databases(urls, case) as environment:
        return {
            **stage(case, "land", environment),
            **stage(case, "facts", environment),
            **stage(case, "index", environment),
        }


def table_of(case: Case, figures: Figures) -> Table:
    """A case's figures, each beside its limit."""
    observations = figures["observations"]
    table = Table(
        "stage",
        "seconds",
        "limit",
        "ratio",
        "aim",
        title=f"{case.name}: {observations:,.0f} observations, {figures['rows']:,.0f} facts",
    )
    for name, parts, aim in RATIOS:
        limit = sum(figures[part] for part in parts)
        parts_told = " + ".join(f"{part} {figures[part]:.2f}" for part in parts)
        ratio = figures[name] / limit
        table.add_row(name, f"{figures[name]:.2f}", parts_told, f"{ratio:.2f}", f"≤ {aim}")
    fewer = figures["bytes as a document per record"] / figures["bytes stored"]
    stored = figures["bytes stored"] / 1e6
    table.add_row(
        "bytes in MongoDB", f"{stored:.1f} MB", "a document per record", f"1/{fewer:.1f}", "≤ 1/15"
    )
    table.add_row("landing", f"{figures['landing']:.2f}", "", "", "")
    table.add_row(
        "peak memory, raw to facts", f"{figures['peak memory MB']:.0f} MB", "", "", "< 1 GB"
    )
    speed = observations / figures["raw to facts"]
    table.add_row("observations per second", f"{speed:,.0f}", "", "", "")
    for name, share in figures.items():
        if name.startswith("off: "):
            table.add_row(
                f"against the truth, {name[5:]}", f"{share:.4%}", "of observed time", "", ""
            )
    return table


def seconds_of(program: str, environment: dict[str, str]) -> float:
    """Seconds of a whole Python process, the median of three after one that does not count."""
    taken = []
    for _ in range(4):
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", program],
            env={**os.environ, **environment},
            check=True,
            capture_output=True,
        )
        taken.append(time.perf_counter() - start)
    return sorted(taken[1:])[1]


def tick_table(urls: StoreUrls) -> Table:
    """A live tick beside as many steps that do nothing, both as whole processes."""
    with databases(urls, TICKING) as bench, serving(create_app(City(seed=1))) as api:
        environment = {
            "BELIB_MONGO_URL": bench["BENCH_MONGO_URL"],
            "BELIB_MONGO_DATABASE": TICKING.database,
            "BELIB_POSTGRES_URL": bench["BENCH_POSTGRES_URL"],
            "BELIB_ELASTICSEARCH_URL": bench["BENCH_ELASTICSEARCH_URL"],
            "BELIB_INDEX_PREFIX": TICKING.database,
            "BELIB_EXPLORE_API_URL": f"{api}/api/explore/v2.1",
        }
        no_op, tick = seconds_of(NO_OP, {}), seconds_of(TICK, environment)
    table = Table("live tick", "seconds", "ratio", "aim")
    table.add_row("as many no-op steps", f"{no_op:.2f}", "", "")
    table.add_row("one tick", f"{tick:.2f}", f"{tick / no_op:.2f}", "≤ 1.5")
    return table


def main() -> None:
    """Measure and print."""
    console = Console(width=110)
    cases = (QUICK,) if "--quick" in sys.argv else (DAY, WEEK, TENFOLD)
    with tempfile.TemporaryDirectory(prefix="belib-weather-bench-") as folder:
        settings = load_settings(home=Path(folder), mode="demo")
        urls = ensure(settings)
        try:
            found = {case: measured(case, urls) for case in cases}
            for case, figures in found.items():
                console.print(table_of(case, figures))
            if DAY in found and TENFOLD in found:
                ratio = found[TENFOLD]["raw to facts"] / found[DAY]["raw to facts"]
                console.print(f"ten times the points take {ratio:.1f} times as long (aim ≤ 8)")
            if "--quick" not in sys.argv:
                table = Table("backfill of", "peak memory")
                for case in MEMORY:
                    table.add_row(case.name, f"{measured(case, urls)['peak memory MB']:.0f} MB")
                console.print(table)
            console.print(tick_table(urls))
        finally:
            stop(settings)


main()
