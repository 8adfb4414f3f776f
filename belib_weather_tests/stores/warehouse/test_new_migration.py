"""A generated migration creates what the declaration says, and undoes it."""

import types
from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations

from belib_weather.warehouse.new_migration import revision_of, write_revision
from belib_weather.warehouse.tables import TABLES
from belib_weather_tests.stores.warehouse.test_schema import CONSTRAINTS
from belib_weather_tests.stores.warehouse.test_table import LOG, SPELLS, TOTALS


def test_a_generated_migration_creates_the_declared_table_and_drops_it(warehouse_url: str) -> None:
    engine = sa.create_engine(warehouse_url)
    for table in (SPELLS, LOG, TOTALS, *TABLES.values()):
        module = types.ModuleType("revision")
        exec(revision_of(table, "9999", "0004"), module.__dict__)  # noqa: S102 - our own text
        with engine.connect() as connection:
            connection.execute(sa.text("CREATE SCHEMA generated"))
            connection.execute(sa.text("SET search_path TO generated"))
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            with Operations.context(context):
                module.upgrade()
                assert compare_metadata(context, table.sql.metadata) == []
                created = set(map(tuple, connection.execute(sa.text(CONSTRAINTS))))
                module.downgrade()
            table.sql.metadata.create_all(connection, checkfirst=False)
            assert created == set(map(tuple, connection.execute(sa.text(CONSTRAINTS))))
            connection.rollback()
    engine.dispose()


def test_the_file_follows_the_newest_revision(tmp_path: Path) -> None:
    path = write_revision(SPELLS, tmp_path)

    text = path.read_text(encoding="utf-8")
    number = int(path.name[1:5])
    assert path.name.endswith("_spells.py")
    assert f'revision = "{number:04}"' in text
    assert f'down_revision = "{number - 1:04}"' in text
