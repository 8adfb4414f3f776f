"""docs/how-to/add-a-table.md, followed to the letter in a copy of the package, on real stores."""

from datetime import datetime, timedelta
from pathlib import Path

import httpx
import polars as pl
import pytest
import sqlalchemy as sa

from belib_weather.settings import Settings
from belib_weather_tests.project import ROOT
from belib_weather_tests.project.guides import blocks_of, copy_of_the_project, follow, run

PAGE = (ROOT / "docs/how-to/add-a-table.md").read_text(encoding="utf-8")
MOST_EDITED = 4
DRAWN = "docs/architecture.md"
"""Made again by a command, since it draws the lineage."""

RUN = """
import sys
import dagster as dg
from belib_weather.definitions import build_defs

defs = build_defs()
first, last = sys.argv[1:]
names = (
    "raw_weather", "weather_forecasts", "weather_hours", "weather_days", "weather_days_index"
)
job = defs.resolve_job_def("weather")
assert {key.to_user_string() for key in job.asset_layer.executable_asset_keys} == set(names)
hours = {
    "dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last
}
with dg.DagsterInstance.ephemeral() as instance:
    result = job.execute_in_process(instance=instance, tags=hours)
    [check] = [
        check for check in result.get_asset_check_evaluations()
        if check.asset_key == dg.AssetKey("weather_days")
    ]
    print("check", check.check_name, check.passed)
    exports = defs.resolve_job_def("exports")
    assert exports.execute_in_process(instance=instance, tags=hours).success
graph = defs.resolve_asset_graph()
assert dg.AssetKey("weather_days") in graph.get(dg.AssetKey("open_exports")).parent_keys
schema = graph.get(dg.AssetKey("weather_days")).metadata["dagster/column_schema"]
print("columns", *(column.name for column in schema.columns))
"""


def test_a_table_edits_at_most_four_existing_files() -> None:
    edited = {block.path for block in blocks_of(PAGE) if block.language == "diff"}

    assert len(edited | {DRAWN}) <= MOST_EDITED
    assert DRAWN in PAGE
    assert all((ROOT / path).is_file() for path in edited)


def test_the_table_of_the_guide_is_built_checked_indexed_and_exported(
    environment: pytest.MonkeyPatch, settings: Settings, tmp_path: Path, now: datetime
) -> None:
    copy = copy_of_the_project(tmp_path)

    follow(PAGE, copy)

    run(".venv/bin/python -m ruff check --quiet .", copy)
    run(".venv/bin/pytest belib_weather_tests/unit/transform/test_weather_days.py", copy)
    (copy / "run.py").write_text(RUN, encoding="utf-8")
    days = f"{now - timedelta(days=1):%Y-%m-%d} {now:%Y-%m-%d}"
    printed = run(f".venv/bin/python run.py {days}", copy).splitlines()

    assert printed == [
        "check lowest_is_not_above_highest True",
        "columns day hours lowest_c highest_c source",
    ]
    stored = rows_of(settings)
    assert stored.height >= 2
    exported = pl.read_parquet(settings.data_dir / "exports/weather_days.parquet")
    assert exported.drop("is_simulated").equals(stored)
    assert exported["is_simulated"].all()
    dictionary = pl.read_csv(settings.data_dir / "exports/data_dictionary.csv")
    described = dictionary.filter(pl.col("table") == "weather_days")
    assert described["column"].to_list() == [*stored.columns, "is_simulated"]
    assert len(documents(settings)) == stored.height


def rows_of(settings: Settings) -> pl.DataFrame:
    """The table, with the comments that the migration gave it."""
    assert settings.postgres_url
    engine = sa.create_engine(settings.postgres_url.get_secret_value())
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT * FROM weather_days ORDER BY day")).mappings()
        frame = pl.DataFrame([dict(row) for row in rows])
        columns = sa.inspect(connection).get_columns("weather_days")
    engine.dispose()
    comments = {column["name"]: column["comment"] for column in columns}
    assert comments["lowest_c"] == "Lowest temperature. [°C]"
    return frame.with_columns(pl.col("hours").cast(pl.Int32))


def documents(settings: Settings) -> list[object]:
    assert settings.elasticsearch_url
    url = settings.elasticsearch_url.get_secret_value()
    answer = httpx.get(f"{url}/{settings.index_prefix}-weather_days/_search").raise_for_status()
    return list(answer.json()["hits"]["hits"])
