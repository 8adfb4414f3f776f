"""Stages from raw: landing, facts, rebuilds, the history of charge points."""

import json
from dataclasses import replace
from typing import Any

import bson
import pymongo

from belib_weather.assets.build_facts import build_hours
from belib_weather.assets.history import read_history
from belib_weather.assets.parsed_documents import Unreadable
from belib_weather.assets.sightings_reader import SightingsReader, chunks
from belib_weather.lake import RAW_SNAPSHOTS, Lake
from belib_weather.settings import Settings
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
from belib_weather_tests.benchmark.limits import BareTable, parse, stored_bodies
from belib_weather_tests.benchmark.opened import lake_alone, lake_and_warehouse, url_of

_NO_LIMIT_SECONDS = 3_600.0


def land(case: Case) -> Figures:
    """Append the case's polls; what they would take as one document per record."""
    lake = lake_alone()
    figures: Figures = {"observations": 0, "bytes as records": 0}
    truth = Truth(seed=SEED, charge_points=case.charge_points)
    accepted = None
    for index, at in enumerate(case.polls):
        body = truth.poll(at)
        # Accepting each takes longer than simulating it, and is no part of the stage.
        accepted = accepted or response_of_export(
            body, captured_at=at, name="poll", minimum_charge_points=1
        )
        count = body.count(b'"id_pdc":')
        response = replace(accepted, body=body, captured_at=at, record_count=count)
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
    lake, warehouse, settings = lake_and_warehouse()
    bare = BareTable(url_of(settings.postgres_url))
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
    lake, warehouse, _ = lake_and_warehouse()
    figures: Figures = {}
    with timed(figures, "raw to facts"):
        _remake(lake, warehouse, case.window)
    return figures | {"peak memory": peak_memory_mb()}


def history(case: Case) -> Figures:
    """Raw to the history of charge points, of all that is stored."""
    lake, warehouse, _ = lake_and_warehouse()
    figures: Figures = {}
    with timed(figures, "raw to history"), warehouse.locked(CHARGE_POINTS) as transaction:
        made = read_history(
            lake, warehouse, transaction, case.window.end, _NO_LIMIT_SECONDS, Unreadable()
        )
        points = charge_points_of(made.feed.stretches, made.static.stretches, made.feed.days)
        transaction.upsert(CHARGE_POINTS, points, transaction.read(CHARGE_POINTS))
    return figures | {"peak memory": peak_memory_mb()}


def _remake(lake: Lake, warehouse: Warehouse, window: Window) -> int:
    return sum(built.facts.height for built in build_hours(lake, warehouse, chunks(lake, window)))


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
    with pymongo.MongoClient[dict[str, Any]](url_of(settings.mongo_url)) as client:
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
