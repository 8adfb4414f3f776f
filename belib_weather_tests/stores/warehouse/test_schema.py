"""Migrations, dimensions, and the view that readers start from."""

import json
from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from belib_weather.assets.raw_checkpoint import RawCheckpoint
from belib_weather.warehouse import Warehouse, WarehouseError
from belib_weather.warehouse.migrate import HEAD, MIGRATIONS, VERSION_TABLE
from belib_weather.warehouse.table import Lock
from belib_weather.warehouse.tables import (
    AVAILABILITY_FACTS,
    AVAILABILITY_HOURS,
    STATIONS,
    metadata,
)
from belib_weather_tests.stores.warehouse.conftest import WINDOW, MakeFacts


def test_the_migrated_schema_is_that_of_the_declarations(
    warehouse: Warehouse, warehouse_url: str
) -> None:
    engine = sa.create_engine(warehouse_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "version_table": VERSION_TABLE}
        )
        assert compare_metadata(context, metadata()) == []
    engine.dispose()


CONSTRAINTS = """
    SELECT c.conrelid::regclass::text, c.conname, pg_get_constraintdef(c.oid)
    FROM pg_constraint AS c JOIN pg_class AS t ON t.oid = c.conrelid
    WHERE c.connamespace = current_schema()::regnamespace AND c.contype = 'c'
    UNION ALL
    SELECT oid::regclass::text, 'partitions', pg_get_partkeydef(oid)
    FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'p'
"""


UNDESCRIBED = """
    SELECT c.relname, a.attname
    FROM pg_class AS c LEFT JOIN pg_attribute AS a
        ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
        AND NOT c.relispartition AND col_description(c.oid, a.attnum) IS NULL
    ORDER BY 1, 2
"""


def test_every_column_of_every_table_and_view_has_a_comment(
    warehouse: Warehouse, warehouse_url: str
) -> None:
    engine = sa.create_engine(warehouse_url)
    with engine.connect() as connection:
        undescribed = connection.execute(sa.text(UNDESCRIBED)).all()
        of_view = connection.execute(
            sa.text(
                "SELECT a.attname, col_description(a.attrelid, a.attnum) FROM pg_attribute AS a"
                " WHERE a.attrelid = 'availability_hours'::regclass AND a.attnum > 0"
            )
        ).all()
    engine.dispose()

    assert undescribed == []
    assert dict(map(tuple, of_view)) == AVAILABILITY_HOURS.comments


def test_the_migrated_constraints_are_those_of_the_declarations(
    warehouse: Warehouse, warehouse_url: str
) -> None:
    """Alembic compares neither checks nor partitioning."""
    engine = sa.create_engine(warehouse_url)
    with engine.begin() as connection:
        migrated = set(map(tuple, connection.execute(sa.text(CONSTRAINTS))))
        connection.execute(sa.text("CREATE SCHEMA declared"))
        connection.execute(sa.text("SET LOCAL search_path TO declared"))
        metadata().create_all(connection, checkfirst=False)
        declared = set(map(tuple, connection.execute(sa.text(CONSTRAINTS))))
    engine.dispose()

    assert len(declared) == 10
    assert migrated == declared


def test_a_month_has_every_constraint_and_index_of_the_facts(
    warehouse: Warehouse, warehouse_url: str
) -> None:
    with warehouse.locked(AVAILABILITY_FACTS, WINDOW):
        pass

    engine = sa.create_engine(warehouse_url)
    inspector = sa.inspect(engine)
    tables = ("availability_facts", "availability_facts_2026_10", "availability_facts_2026_11")
    checks = [
        {(check["name"], check["sqltext"]) for check in inspector.get_check_constraints(table)}
        for table in tables
    ]
    keys = [inspector.get_pk_constraint(table)["constrained_columns"] for table in tables]
    indexes = [[index["column_names"] for index in inspector.get_indexes(t)] for t in tables]
    engine.dispose()

    assert checks[0] == checks[1] == checks[2]
    assert keys == [["station_id", "hour"]] * 3
    assert indexes == [[["hour"]]] * 3


def test_the_newest_revision_is_the_one_that_every_run_expects(warehouse: Warehouse) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))

    assert ScriptDirectory.from_config(config).get_current_head() == HEAD
    assert warehouse.schema_version() == (HEAD, HEAD)


def test_an_upgrade_keeps_the_ledger_and_its_old_name(
    warehouse: Warehouse, warehouse_url: str
) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = sa.create_engine(warehouse_url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0003")
        connection.execute(
            sa.text("INSERT INTO fact_inputs VALUES (:hour, 'abc', 12)"), {"hour": WINDOW.start}
        )

    warehouse.migrate()

    assert warehouse.ledger(AVAILABILITY_FACTS, WINDOW).rows() == [(WINDOW.start, "abc", 12, 1)]
    with engine.connect() as connection:
        old_name = connection.execute(sa.text("SELECT * FROM fact_inputs")).all()
    engine.dispose()
    assert [tuple(row) for row in old_name] == [(WINDOW.start, "abc", 12)]


def test_an_upgrade_keeps_stations_readable_until_they_are_computed_again(
    warehouse: Warehouse, warehouse_url: str, stations: pl.DataFrame
) -> None:
    plugs = [name for name in stations.columns if name.startswith("has_")]
    with warehouse.locked(STATIONS) as transaction:
        transaction.upsert(STATIONS, stations)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = sa.create_engine(warehouse_url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0009")
    engine.dispose()

    warehouse.migrate()

    after = warehouse.read(STATIONS)
    assert after.drop(plugs).equals(stations.drop(plugs))
    assert after.select(plugs).null_count().row(0) == (after.height,) * len(plugs)


def test_an_upgrade_merges_the_two_checkpoints_of_raw(
    warehouse: Warehouse, warehouse_url: str
) -> None:
    config, at = Config(), "2026-11-14T08:00:00.250000+00:00"
    config.set_main_option("script_location", str(MIGRATIONS))
    engine, query = (
        sa.create_engine(warehouse_url),
        sa.text("SELECT name, value FROM platform_state"),
    )
    outbox = {"begin": at, "ingested_at": at, "recent": [at], "set_aside": [], "due": [at]}
    of_states = {"captured_at": at, "rules": 2}
    stored = {
        "status_changes know": outbox,
        "station_states rest on": {**of_states, "ingested_at": at, "known": "a", "set_aside": "b"},
    }
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0021")
        connection.execute(
            sa.text("INSERT INTO platform_state VALUES (:name, :value)"),
            [{"name": name, "value": json.dumps(value)} for name, value in stored.items()],
        )

    warehouse.migrate()

    with engine.begin() as connection:
        [(name, value)] = connection.execute(query)
        assert (name, json.loads(value)) == ("status_changes know", outbox | of_states)
        assert RawCheckpoint(**json.loads(value)).due == [at]
        config.attributes["connection"] = connection
        command.downgrade(config, "0021")
        [(name, value)] = connection.execute(query)
        assert json.loads(value) == outbox, "as an older version reads it"
    engine.dispose()


def test_a_schema_of_a_newer_release_is_left_alone(
    warehouse: Warehouse, warehouse_url: str
) -> None:
    engine = sa.create_engine(warehouse_url)
    with engine.begin() as connection:
        connection.execute(sa.text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))  # noqa: S608 - a constant
    engine.dispose()

    with pytest.raises(WarehouseError, match="version 9999, newer than"):
        warehouse.migrate()


def test_an_older_schema_is_brought_up_to_date(warehouse: Warehouse, warehouse_url: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = sa.create_engine(warehouse_url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
    assert warehouse.schema_version() == ("0001", HEAD)

    warehouse.migrate()

    with engine.connect() as connection:
        assert (
            compare_metadata(
                MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}),
                metadata(),
            )
            == []
        )
    engine.dispose()
    assert warehouse.schema_version() == (HEAD, HEAD)


def test_people_with_the_reading_role_read_everything_and_write_nothing(
    warehouse: Warehouse, warehouse_url: str
) -> None:
    with warehouse.locked(AVAILABILITY_FACTS, WINDOW):
        pass
    engine = sa.create_engine(warehouse_url)
    with engine.connect() as connection:
        if not connection.execute(
            sa.text("SELECT FROM pg_roles WHERE rolname = 'belib_reader'")
        ).all():
            pytest.skip("the server has no role belib_reader")
        granted = connection.execute(
            sa.text(
                "SELECT relname, has_table_privilege('belib_reader', oid, 'SELECT'),"
                " has_table_privilege('belib_reader', oid, 'INSERT, UPDATE, DELETE, TRUNCATE')"
                " FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                " AND relkind IN ('r', 'p', 'v')"
            )
        ).all()
    engine.dispose()

    tables = {name for name, _, _ in granted}
    assert {*metadata().tables, "availability_hours", "availability_facts_2026_11"} <= tables
    assert {(reads, writes) for _, reads, writes in granted} == {(True, False)}


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


def test_states_of_the_platform_are_stored(warehouse: Warehouse) -> None:
    assert warehouse.state("mark") is None
    for value in ("one", "two"):
        with warehouse.locked(Lock("marks")) as transaction:
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
    with warehouse.locked(STATIONS) as transaction:
        transaction.upsert(STATIONS, stations)
    with warehouse.locked(AVAILABILITY_FACTS, WINDOW) as transaction:
        transaction.replace(AVAILABILITY_FACTS, facts, WINDOW)
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
    with warehouse.locked(AVAILABILITY_FACTS, WINDOW) as transaction:
        transaction.replace(AVAILABILITY_FACTS, make_facts(), WINDOW)

    sizes = {row["table"]: row for row in warehouse.sizes().to_dicts()}
    assert sizes["availability_facts"]["rows"] == 20
    assert sizes["availability_facts"]["bytes"] > 0
