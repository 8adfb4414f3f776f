"""docs/how-to/add-a-migration.md, followed to the letter on a real PostgreSQL."""

import re
from pathlib import Path

import sqlalchemy as sa

from belib_weather.warehouse.migrate import HEAD
from belib_weather_tests.project import ROOT
from belib_weather_tests.project.guides import copy_of_the_project, follow, run

SCRIPT = """
import sys
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.migrate import VERSION_TABLE
from belib_weather.warehouse.tables import metadata

Warehouse(sys.argv[1]).migrate()
with sa.create_engine(sys.argv[1]).connect() as connection:
    options = {"compare_type": True, "version_table": VERSION_TABLE}
    context = MigrationContext.configure(connection, opts=options)
    assert compare_metadata(context, metadata()) == []
"""


def test_the_migration_of_the_guide_gives_the_declared_schema(
    warehouse_url: str, tmp_path: Path
) -> None:
    guide = (ROOT / "docs/how-to/add-a-migration.md").read_text(encoding="utf-8")
    # The guide's command is the suite that this test is part of; its numbers are of their day.
    guide = re.sub(r"^ *```console\n.*?^ *```\n", "", guide, flags=re.DOTALL | re.MULTILINE)
    following = f"{int(HEAD) + 1:04}"
    copy = copy_of_the_project(tmp_path)

    follow(guide.replace("0004", HEAD).replace("0005", following), copy)
    (copy / "compare.py").write_text(SCRIPT)
    run(f".venv/bin/python compare.py {warehouse_url}", copy)

    engine = sa.create_engine(warehouse_url)
    columns = {column["name"] for column in sa.inspect(engine).get_columns("weather_hours")}
    engine.dispose()
    assert "wind_gust_kmh" in columns
