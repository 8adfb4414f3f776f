"""Outages and marts in Elasticsearch: what tables hold, and only what differs is written."""

from typing import cast

import polars as pl
import pytest
import sqlalchemy as sa

from belib_weather.assets.publisher import MARTS, OF_WEATHER, PUBLICATIONS
from belib_weather.search.documents import availability_documents
from belib_weather.search.projections import (
    FORECAST_SCORES_INDEX,
    OUTAGES_INDEX,
    PROFILES_INDEX,
    RELIABILITY_INDEX,
    REPAIR_INDEX,
    SATURATION_INDEX,
    WEATHER_INDEX,
)
from belib_weather.warehouse.tables import OUTAGES, SATURATION, STATIONS
from belib_weather_tests.chaos.shown import compare_mart
from belib_weather_tests.chaos.verdict import Verdict
from belib_weather_tests.graph.conftest import Platform
from belib_weather_tests.graph.publication import Documents, jobs, look, repair, verdicts
from belib_weather_tests.stores.kibana import city, marts

INDICES = (
    OUTAGES_INDEX,
    RELIABILITY_INDEX,
    REPAIR_INDEX,
    PROFILES_INDEX,
    SATURATION_INDEX,
    WEATHER_INDEX,
    FORECAST_SCORES_INDEX,
)
NAMES = tuple(f"{projection.name}_index" for projection in INDICES)


@pytest.fixture
def unpublished(platform: Platform) -> Platform:
    """Rows in every table, nothing published."""
    known = city.stations()
    facts = availability_documents(city.facts(), known)
    with platform.warehouse.locked(OUTAGES) as transaction:
        transaction.replace(STATIONS, known)
        for table, rows in marts.mart_rows(city.PERIOD, known, facts).tables.items():
            transaction.replace(table, rows)
    return platform


def published(platform: Platform) -> dict[str, tuple[int, ...]]:
    """Documents written and deleted when the indices are materialized, by asset."""
    result = platform.materialize(*NAMES)
    assert result.success
    found = {}
    for name in NAMES:
        [event] = result.asset_materializations_for_node(name)
        done = (event.metadata[f"documents {what}"].value for what in ("written", "deleted"))
        found[name] = tuple(cast("int", count) for count in done)
    return found


@pytest.mark.slow
def test_the_referee_of_the_chaos_compares_every_value_of_them(
    unpublished: Platform, elasticsearch_url: str
) -> None:
    documents = Documents(unpublished, elasticsearch_url)
    published(unpublished)
    found = Verdict()
    for publication in MARTS:
        compare_mart(found, unpublished.warehouse, unpublished.search, publication)
    assert found.lines() == []
    assert found.documents == sum(len(documents.all(index)) for index in INDICES)

    [physical] = documents.indices(WEATHER_INDEX)
    identifier = next(iter(documents.all(WEATHER_INDEX)))
    path = f"/{physical}/_doc/{identifier}".replace("|", "%7C").replace(" ", "%20")
    documents.ask("DELETE", path, refresh="true")
    compare_mart(found, unpublished.warehouse, unpublished.search, OF_WEATHER)
    assert [one.kind for one in found.differences] == ["belib-weather, rows missing"]


def test_a_run_warns_of_an_older_mapping(unpublished: Platform, elasticsearch_url: str) -> None:
    documents = Documents(unpublished, elasticsearch_url)
    published(unpublished)
    [index] = documents.indices(OUTAGES_INDEX)
    old = f"{index.rpartition('-')[0]}-00000000"
    documents.ask("PUT", f"/{old}", {"aliases": {documents.alias(OUTAGES_INDEX): {}}})
    documents.ask("DELETE", f"/{index}")

    result = unpublished.materialize("outages_index")

    said = [one.user_message for one in unpublished.instance.all_logs(result.run_id)]
    assert any("the mapping changed: 1 indices wait for the job rebuild_index" in m for m in said)


def change(url: str, statement: str) -> None:
    """Change rows as a run would."""
    with sa.create_engine(url).begin() as connection:
        connection.execute(sa.text(statement))


def test_only_differing_documents_are_written(
    unpublished: Platform, elasticsearch_url: str, warehouse_url: str
) -> None:
    documents = Documents(unpublished, elasticsearch_url)
    assert "audit_index" not in jobs(look(unpublished))  # what nobody wrote to is not doubted
    written = published(unpublished)
    tables = {index.name: PUBLICATIONS[index.name].content.table for index in INDICES}
    rows = {name: unpublished.warehouse.read(table).height for name, table in tables.items()}
    assert written == {f"{name}_index": (count, 0) for name, count in rows.items()}
    assert all(rows.values())
    of_outages = documents.all(OUTAGES_INDEX)
    for row in unpublished.warehouse.read(OUTAGES).iter_rows(named=True):
        document = of_outages[f"{row['outage_of']}|{row['started_at']:%Y-%m-%dT%H:%M:%SZ}"]
        assert document["end_kind"] == row["end_kind"]
        number = int(row["station_id"][10:12])
        where = None if number == 5 else {"lat": 48.82 + number / 300, "lon": 2.27 + number / 200}
        assert document["location"] == where
    assert published(unpublished) == dict.fromkeys(NAMES, (0, 0))

    # Of one day and of one row; a station's name is in each document of the station.
    change(warehouse_url, "UPDATE outages SET returns = 9 WHERE started_at = '2026-10-12'")
    change(warehouse_url, "UPDATE time_to_repair SET stations = 9 WHERE scope = 'city'")
    change(warehouse_url, "DELETE FROM time_to_repair WHERE scope = 'power class'")
    change(warehouse_url, "UPDATE stations SET station_name = 'new' WHERE station_id LIKE '%X00%'")
    weeks = unpublished.warehouse.read(SATURATION).filter(pl.col("area").str.contains("X00")).height
    assert published(unpublished) == {
        "outages_index": (3, 0),
        "reliability_index": (4, 0),
        "repair_index": (3, 2),
        "profiles_index": (7 * 24, 0),
        "saturation_index": (weeks, 0),
        "weather_index": (0, 0),
        "forecast_scores_index": (0, 0),
    }
    names = {d["station_name"] for d in documents.all(RELIABILITY_INDEX).values()}
    assert "new" in names
    assert all(verdicts(look(unpublished))[name] for name in NAMES)


@pytest.mark.slow
def test_documents_deleted_by_another_program_are_published_again(
    unpublished: Platform, elasticsearch_url: str
) -> None:
    documents = Documents(unpublished, elasticsearch_url)
    published(unpublished)
    before = {index: documents.all(index) for index in INDICES}
    for index in INDICES:
        identifier = next(iter(before[index]))
        [physical, *_] = documents.indices(index)
        documents.ask(
            "DELETE", f"/{physical}/_doc/{identifier.replace('*', '%2A')}", refresh="true"
        )

    assert not any(verdicts(look(unpublished))[name] for name in NAMES)
    assert repair(unpublished) == ["audit_index"] * len(INDICES)
    assert {index: documents.all(index) for index in INDICES} == before
    assert all(verdicts(look(unpublished)).values())
