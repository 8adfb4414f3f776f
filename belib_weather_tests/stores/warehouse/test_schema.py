"""Migrations, dimensions, and the view that readers start from."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import polars as pl
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from belib_weather.datasets import Station
from belib_weather.warehouse import Upserted, Warehouse
from belib_weather.warehouse.migrate import HEAD, MIGRATIONS, VERSION_TABLE
from belib_weather.warehouse.tables import METADATA
from belib_weather_tests.stores.warehouse.conftest import WINDOW, MakeFacts


@pytest.fixture
def stations() -> pl.DataFrame:
    return Station.validate(
        pl.DataFrame(
            {
                "station_id": ["FR*V75*PPX00*01", "FR*V75*PPX01*01"],
                "valid_from": [datetime(2026, 1, 1, tzinfo=UTC)] * 2,
                "valid_to": [None, None],
                "station_name": ["Paris | Rue de l'Été 1", None],
                "address": ["", None],
                "arrondissement": [5, None],
                "latitude": [48.85, None],
                "longitude": [2.35, None],
                "charge_points": [4, 4],
                "power_kw": [7.0, None],
            }
        ),
        cast=True,
    )


def test_the_migrated_schema_is_that_of_the_declarations(
    warehouse: Warehouse, warehouse_url: str
) -> None:
    engine = sa.create_engine(warehouse_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "version_table": VERSION_TABLE}
        )
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_the_newest_revision_is_the_one_that_every_run_expects(warehouse: Warehouse) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))

    assert ScriptDirectory.from_config(config).get_current_head() == HEAD
    assert warehouse.schema_version() == (HEAD, HEAD)


def test_two_migrations_at_once_take_turns(warehouse: Warehouse, warehouse_url: str) -> None:
    engine = sa.create_engine(warehouse_url)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    engine.dispose()

    with ThreadPoolExecutor(2) as threads:
        for running in [threads.submit(Warehouse(warehouse_url).migrate) for _ in "ab"]:
            running.result(60)

    assert warehouse.schema_version() == (HEAD, HEAD)


def test_a_dimension_is_written_only_where_it_differs(
    warehouse: Warehouse, stations: pl.DataFrame
) -> None:
    moved = stations.with_columns(pl.lit("2 rue Neuve").alias("address")).head(1)
    done = []
    for frame in (stations, stations, pl.concat([moved, stations.tail(1)]), stations.head(1)):
        with warehouse.locked("stations") as transaction:
            done.append(transaction.upsert("stations", frame))

    assert done == [
        Upserted(inserted=2, updated=0, deleted=0, unchanged=0),
        Upserted(inserted=0, updated=0, deleted=0, unchanged=2),
        Upserted(inserted=0, updated=1, deleted=0, unchanged=1),
        Upserted(inserted=0, updated=1, deleted=1, unchanged=0),
    ]
    assert warehouse.read_all("stations").equals(stations.head(1))


def test_empty_and_missing_texts_stay_apart(warehouse: Warehouse, stations: pl.DataFrame) -> None:
    with warehouse.locked("stations") as transaction:
        transaction.upsert("stations", stations)

    assert warehouse.read_all("stations")["address"].to_list() == ["", None]


def test_marks_of_progress_are_kept(warehouse: Warehouse) -> None:
    assert warehouse.state("mark") is None
    for value in ("one", "two"):
        with warehouse.locked("marks") as transaction:
            transaction.set_state("mark", value)

    assert warehouse.state("mark") == "two"


def test_the_view_joins_the_station_and_gives_ratios_of_sums(
    warehouse: Warehouse, warehouse_url: str, stations: pl.DataFrame, make_facts: MakeFacts
) -> None:
    facts = make_facts(stations=2).with_columns(
        pl.lit(7200, dtype=pl.Int32).alias("available_seconds"),
        pl.lit(3600, dtype=pl.Int32).alias("occupied_seconds"),
        pl.lit(3600, dtype=pl.Int32).alias("unobserved_seconds"),
        pl.lit(1800, dtype=pl.Int32).alias("any_available_seconds"),
        pl.lit(600, dtype=pl.Int32).alias("full_seconds"),
    )
    with warehouse.locked("stations") as transaction:
        transaction.upsert("stations", stations)
    with warehouse.locked("availability_facts", WINDOW) as transaction:
        transaction.replace("availability_facts", facts, WINDOW)
    engine = sa.create_engine(warehouse_url)
    with engine.connect() as connection:
        rows = connection.execute(
            sa.text("SELECT * FROM availability_hours ORDER BY station_id, hour")
        ).mappings()
        first = rows.fetchall()[0]
    engine.dispose()

    assert first["arrondissement"] == 5
    assert first["share_available"] == pytest.approx(7200 / 10800)
    assert first["occupancy"] == pytest.approx(3600 / 10800)
    assert first["coverage"] == pytest.approx(1 - 3600 / 14400)
    assert first["chance_of_a_free_point"] == pytest.approx(1800 / 3600)
    assert first["saturation"] == pytest.approx(600 / 2400)


def test_sizes_count_the_rows_of_every_partition(
    warehouse: Warehouse, make_facts: MakeFacts
) -> None:
    with warehouse.locked("availability_facts", WINDOW) as transaction:
        transaction.replace("availability_facts", make_facts(), WINDOW)

    sizes = {row["table"]: row for row in warehouse.sizes().to_dicts()}
    assert sizes["availability_facts"]["rows"] == 20
    assert sizes["availability_facts"]["bytes"] > 0
