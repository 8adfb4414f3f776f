"""One stage of one case, in a process of its own: `stages STAGE CASE`, both as `__main__` gives.

Prints a JSON object of figures: seconds, sizes, counts.
"""

import json
import sys
from collections.abc import Callable
from typing import Any

import bson
import polars as pl
import pymongo

from belib_weather.assets.build_facts import build_hours
from belib_weather.assets.history import read_history
from belib_weather.assets.parsed_documents import Unreadable
from belib_weather.assets.sightings_reader import SightingsReader, chunks
from belib_weather.lake import RAW_SNAPSHOTS, Lake
from belib_weather.search import SearchStore
from belib_weather.search.documents import availability_documents
from belib_weather.search.encoding import batches, body_of, document_ids
from belib_weather.search.projections import AVAILABILITY_INDEX
from belib_weather.settings import Settings, load_settings
from belib_weather.simulator.truth import Truth
from belib_weather.sources.explore import response_of_export
from belib_weather.transform.charge_points import charge_points as charge_points_of
from belib_weather.transform.episodes import status_episodes
from belib_weather.transform.sources import sources_by
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import AVAILABILITY_FACTS as FACTS
from belib_weather.warehouse.tables import CHARGE_POINTS, STATUS_EPISODES
from belib_weather.window import Grain, Window
from belib_weather_tests.benchmark.cases import SEED, Case
from belib_weather_tests.benchmark.clock import Figures, fastest, peak_memory_mb, timed
from belib_weather_tests.benchmark.exactness import exactness
from belib_weather_tests.benchmark.limits import BareIndex, BareTable, parse, stored_bodies
from belib_weather_tests.cleaned import dimensions_of

_NO_LIMIT_SECONDS = 3_600.0


def land(case: Case) -> Figures:
    """Append the case's polls; what they would take as one document per record."""
    lake, _, _ = _lake_and_warehouse()
    figures: Figures = {"observations": 0, "bytes as records": 0}
    truth = Truth(seed=SEED, charge_points=case.charge_points)
    for index, at in enumerate(case.polls):
        body = truth.poll(at)
        response = response_of_export(body, captured_at=at, name="poll", minimum_charge_points=1)
        with timed(figures, "landing"):
            lake.append(RAW_SNAPSHOTS, response)
        figures["observations"] += response.record_count
        if index == 0:
            records = [{"captured_at": at, **record} for record in json.loads(body)]
            per_record = sum(len(bson.encode(record)) for record in records) / len(records)
    bytes_of = {row["collection"]: row["bytes"] for row in lake.stats().to_dicts()}
    figures["bytes"] = bytes_of[RAW_SNAPSHOTS]
    figures["bytes as records"] = figures["observations"] * per_record
    return figures


def facts(case: Case) -> Figures:
    """Raw to facts by the asset's own code, beside reading, parsing and a bare COPY."""
    lake, warehouse, settings = _lake_and_warehouse()
    bare = BareTable(_url(settings.postgres_url))
    made: Figures = {}
    passes = []
    for _ in range(case.passes):
        seconds: Figures = {}
        with timed(seconds, "raw to facts"):
            made["rows"] = _remake(lake, warehouse, case.window)
        made.setdefault("peak memory", peak_memory_mb())
        _add_episodes(lake, warehouse, case.window, seconds)
        _read_and_parse(settings, case.window, seconds)
        _publish(lake, warehouse, bare, case.window, seconds)
        passes.append(seconds)
    bare.drop()
    return made | fastest(passes)


def rebuild(case: Case) -> Figures:
    """Raw to facts and nothing else: seconds, and peak memory."""
    lake, warehouse, _ = _lake_and_warehouse()
    figures: Figures = {}
    with timed(figures, "raw to facts"):
        _remake(lake, warehouse, case.window)
    return figures | {"peak memory": peak_memory_mb()}


def history(case: Case) -> Figures:
    """Raw to the history of charge points, of all that is stored."""
    lake, warehouse, _ = _lake_and_warehouse()
    figures: Figures = {}
    with timed(figures, "raw to history"), warehouse.locked(CHARGE_POINTS) as transaction:
        made = read_history(
            lake, warehouse, transaction, case.window.end, _NO_LIMIT_SECONDS, Unreadable()
        )
        points = charge_points_of(made.feed.stretches, made.static.stretches, made.feed.days)
        transaction.upsert(CHARGE_POINTS, points, transaction.read(CHARGE_POINTS))
    return figures | {"peak memory": peak_memory_mb()}


def search(case: Case) -> Figures:
    """Publishing documents, beside posting ready-made bulk bodies of the same documents."""
    lake, warehouse, settings = _lake_and_warehouse()
    stations = _stations(lake)
    facts_of = {day: warehouse.read(FACTS, day) for day in case.days_of_window}
    passes = []
    for number in range(case.passes):
        seconds: Figures = {}
        index = SearchStore(_url(settings.elasticsearch_url), f"{settings.index_prefix}-{number}")
        # A month's index is made once a month, so not within the time.
        hour = Window.hour(case.window.start)
        first = next(iter(facts_of.values())).filter(pl.col("hour") == hour.start)
        index.publish(AVAILABILITY_INDEX, availability_documents(first, stations), hour)
        index.publish(AVAILABILITY_INDEX, availability_documents(first.clear(), stations), hour)
        bare = BareIndex(settings, f"{settings.index_prefix}-{number}-bare", AVAILABILITY_INDEX)
        for again in ("", " again"):
            for day, rows in facts_of.items():
                documents = availability_documents(rows, stations)
                ids = document_ids(documents, AVAILABILITY_INDEX)
                bodies = [body_of(lines) for _, lines in batches(documents, ids)]
                with timed(seconds, f"bare bulk{again}"):
                    bare.post(bodies)
                with timed(seconds, f"indexing{again}"):
                    documents = availability_documents(rows, stations)
                    index.publish(AVAILABILITY_INDEX, documents, day)
        passes.append(seconds)
    return fastest(passes)


def exact(case: Case) -> Figures:
    """The stored facts against the truth and against the slow reading."""
    return exactness(case, _lake_and_warehouse()[1])


def _lake_and_warehouse() -> tuple[Lake, Warehouse, Settings]:
    settings = load_settings()
    lake = Lake(_url(settings.mongo_url), settings.mongo_database)
    warehouse = Warehouse(_url(settings.postgres_url))
    lake.prepare()
    warehouse.migrate()
    return lake, warehouse, settings


def _remake(lake: Lake, warehouse: Warehouse, window: Window) -> int:
    reader = SightingsReader(lake)
    return sum(
        build_hours(lake, warehouse, reader, chunk).facts.height for chunk in chunks(lake, window)
    )


def _add_episodes(lake: Lake, warehouse: Warehouse, window: Window, seconds: Figures) -> None:
    """What episodes take once the sightings are read, as they are for the facts."""
    reader = SightingsReader(lake)
    for chunk in chunks(lake, window, grain=Grain.DAY):
        with warehouse.locked(STATUS_EPISODES, chunk) as transaction:
            seen = reader.read(chunk)
            with timed(seconds, "episodes on top"):
                sources = sources_by(Grain.DAY, seen.documents)
                rows = status_episodes(seen.good, window=chunk, sources=sources)
                transaction.replace(STATUS_EPISODES, rows, chunk)


def _read_and_parse(settings: Settings, window: Window, seconds: Figures) -> None:
    with pymongo.MongoClient[dict[str, Any]](_url(settings.mongo_url)) as client:
        client.admin.command("ping")
        with timed(seconds, "reading"):
            bodies = list(stored_bodies(client, settings.mongo_database, window))
    with timed(seconds, "parsing"):
        parse(bodies)


def _publish(
    lake: Lake, warehouse: Warehouse, bare: BareTable, window: Window, seconds: Figures
) -> None:
    """Publish the facts where there are none, and again over themselves."""
    bare.empty()
    for chunk in chunks(lake, window):
        rows = warehouse.read(FACTS, chunk)
        with timed(seconds, "bare COPY"):
            bare.copy(rows)
        with warehouse.locked(FACTS, chunk) as transaction:
            transaction.replace(FACTS, rows.clear(), chunk)
        for name in ("publishing", "publishing again"):
            with timed(seconds, name), warehouse.locked(FACTS, chunk) as transaction:
                transaction.replace(FACTS, rows, chunk)


def _stations(lake: Lake) -> pl.DataFrame:
    newest = lake.newest(RAW_SNAPSHOTS)
    assert newest is not None
    return dimensions_of({newest.captured_at: newest.body}).stations


def _url(secret: Any) -> str:
    return str(secret.get_secret_value())


STAGES: dict[str, Callable[[Case], Figures]] = {
    stage.__name__: stage for stage in (land, facts, rebuild, history, search, exact)
}

if __name__ == "__main__":
    print(json.dumps(STAGES[sys.argv[1]](Case(**json.loads(sys.argv[2])))))  # noqa: T201
