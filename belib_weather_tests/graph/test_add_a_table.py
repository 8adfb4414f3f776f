"""docs/how-to/add-a-table.md, followed to the letter in a copy of the package, on real stores."""

import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import polars as pl
import pytest
import sqlalchemy as sa

from belib_weather.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/how-to/add-a-table.md"
MOST_EDITED = 4
DRAWN = "docs/architecture.md"
"""Made again by a command, since it draws the lineage."""

RUN = """
import sys
import dagster as dg
from belib_weather.definitions import build_defs

defs = build_defs()
first, last = sys.argv[1:]
names = ("raw_weather", "weather_hours", "weather_days", "weather_days_index")
job = defs.resolve_job_def("weather")
assert {key.to_user_string() for key in job.asset_layer.executable_asset_keys} == set(names)
hours = {
    "dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last
}
with dg.DagsterInstance.ephemeral() as instance:
    result = job.execute_in_process(instance=instance, tags=hours)
    [check] = result.get_asset_check_evaluations()
    print("check", check.check_name, check.passed)
    exports = defs.resolve_job_def("exports")
    assert exports.execute_in_process(instance=instance, tags=hours).success
graph = defs.resolve_asset_graph()
assert dg.AssetKey("weather_days") in graph.get(dg.AssetKey("open_exports")).parent_keys
schema = graph.get(dg.AssetKey("weather_days")).metadata["dagster/column_schema"]
print("columns", *(column.name for column in schema.columns))
"""


@dataclass(frozen=True)
class Block:
    """A fenced block of the page: its language, its text, and the file that the step names."""

    language: str
    text: str
    path: str


def blocks() -> Iterator[Block]:
    """The blocks of the page in order; a step says `file`, or a new module `name` in `folder`."""
    for step in re.split(r"^(?=\d\. )", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        new = re.search(r"new (?:module|file) `([\w.]+)` in `([\w/]+)`", step)
        named = re.search(r"in `([\w/]+\.py)`|(CHANGELOG\.md)", step)
        path = f"{new[2]}{new[1]}" if new else (named[1] or named[2]) if named else ""
        for found in re.finditer(r"^ *```(\w+)\n(.*?)^ *```", step, re.DOTALL | re.MULTILINE):
            yield Block(found[1], textwrap.dedent(found[2]), path)


def edit(file: Path, diff: str) -> None:
    """Replace the one place that the lines of a diff name by the lines that it gives."""
    lines = diff.splitlines()
    before = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("+"))
    after = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("-"))
    text = file.read_text(encoding="utf-8")
    assert text.count(before) == 1, f"{file.name} has {text.count(before)} times:\n{before}"
    file.write_text(text.replace(before, after), encoding="utf-8")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package with the table of the page in it, its migration not yet written."""
    copy = tmp_path / "copy"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "belib_weather", copy / "belib_weather", ignore=ignored)
    for name in ("CHANGELOG.md", "pyproject.toml"):
        shutil.copy(ROOT / name, copy)
    for block in blocks():
        if block.language == "python":
            file = copy / block.path
            assert not file.exists(), f"{block.path} is there already"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, encoding="utf-8")
        elif block.language == "diff":
            edit(copy / block.path, block.text)
    return copy


def run(copy: Path, *arguments: str) -> str:
    """What a Python program prints that imports the copy."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", *arguments],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    return done.stdout


def test_a_table_edits_at_most_four_existing_files() -> None:
    edited = {block.path for block in blocks() if block.language == "diff"}

    assert len(edited | {DRAWN}) <= MOST_EDITED
    assert DRAWN in PAGE.read_text(encoding="utf-8")
    assert all((ROOT / path).is_file() for path in edited)


def test_the_table_of_the_page_is_made_checked_indexed_and_exported(
    environment: pytest.MonkeyPatch, settings: Settings, copy: Path, now: datetime
) -> None:
    command = next(block.text for block in blocks() if block.language == "console")
    module = re.findall(r"python -m ([\w.]+ \w+)", command)[0].split()
    run(copy, "-m", *module)
    run(copy, "-m", "ruff", "format", "--quiet", ".")
    run(copy, "-m", "ruff", "check", "--quiet", ".")
    run(copy, "-m", "pytest", "-q", "belib_weather_tests", "-p", "no:cacheprovider")

    days = [f"{now - timedelta(days=1):%Y-%m-%d}", f"{now:%Y-%m-%d}"]
    printed = run(copy, "-c", RUN, *days).splitlines()

    assert printed == [
        "check lowest_is_not_above_highest True",
        "columns day hours lowest_c highest_c",
    ]
    stored = rows_of(settings)
    assert stored.height >= 2
    exported = pl.read_parquet(settings.data_dir / "exports/weather_days.parquet")
    assert exported.equals(stored)
    dictionary = pl.read_csv(settings.data_dir / "exports/data_dictionary.csv")
    described = dictionary.filter(pl.col("table") == "weather_days")
    assert described["column"].to_list() == stored.columns
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
