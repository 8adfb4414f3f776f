"""docs/when-something-is-lost.md, line by line, on a demo."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from belib_weather.embedded import StoreUrls, ensure, stop
from belib_weather.lake import RAW_SNAPSHOTS, Lake
from belib_weather.search import SearchStore
from belib_weather.search.projections import AVAILABILITY_INDEX
from belib_weather.settings import Settings
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import AVAILABILITY_FACTS
from belib_weather_tests.local_stores import CHECKOUT
from belib_weather_tests.project import ROOT
from belib_weather_tests.project.guides import blocks_of

PAGE = ROOT / "docs/when-something-is-lost.md"
_SECONDS = 900

pytestmark = pytest.mark.slow


class Home:
    """A folder in which the page is followed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        settled = {n: v for n, v in os.environ.items() if not n.startswith(("BELIB_", "DAGSTER_"))}
        programs = folder / "bin"
        programs.mkdir()
        command = programs / "belib-weather"
        command.write_text(f'#!/bin/sh\nexec {sys.executable} -m belib_weather.cli "$@"\n')
        command.chmod(0o755)
        self.environment = settled | {
            "PATH": f"{programs}:{settled['PATH']}",
            "PYTHONPATH": str(CHECKOUT),
            "BELIB_HOME": ".belib",
        }
        self.settings = Settings(home=folder / ".belib", mode="demo", _env_file=None)

    def follow(self, block: str) -> str:
        """Run the commands of a block; what they said."""
        output = ""
        for line in block.splitlines():
            done = subprocess.run(
                ["bash", "-c", line.removeprefix("$ ")],
                cwd=self.folder,
                env=self.environment,
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                check=False,
            )
            output += done.stdout + done.stderr
            assert done.returncode == 0, f"{line}: {output}"
        return output

    def stored(self) -> tuple[int, int, int]:
        """Snapshots, facts and documents."""
        return stored(self.settings)


def stored(settings: Settings) -> tuple[int, int, int]:
    """Snapshots, facts and documents of a home."""
    urls: StoreUrls = ensure(settings)
    assert urls.elasticsearch
    with Lake(urls.mongo, settings.mongo_database) as lake:
        counts = dict(lake.stats().select("collection", "documents").iter_rows())
    facts = Warehouse(urls.postgres).read(AVAILABILITY_FACTS).height
    return counts[RAW_SNAPSHOTS], facts, SearchStore(urls.elasticsearch).total(AVAILABILITY_INDEX)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path)
    yield home
    home.follow("$ belib-weather stop")


def test_the_recovery_guide_works_when_followed_literally(home: Home) -> None:
    blocks = [block.text for block in blocks_of(PAGE.read_text(encoding="utf-8"))]
    backup, restored, postgres, dropped, elasticsearch, mongo = blocks
    home.follow("$ belib-weather demo --days 0 --no-serve")
    snapshots, facts, documents = home.stored()
    assert facts == documents > 0

    home.follow(backup)
    home.follow(restored)
    elsewhere = home.settings.model_copy(update={"home": home.folder / ".restored"})
    try:
        assert_at_least(stored(elsewhere), snapshots, facts)
    finally:
        stop(elsewhere)
    home.follow(postgres)
    assert_at_least(home.stored(), snapshots, facts)

    with psycopg.connect(admin_url(home), autocommit=True) as connection:
        connection.execute("DROP DATABASE belib WITH (FORCE)")
        connection.execute("DROP DATABASE dagster WITH (FORCE)")
    assert "is made again, empty" in home.follow(dropped)
    assert_at_least(home.stored(), snapshots, facts)

    home.follow(elasticsearch)
    assert_at_least(home.stored(), snapshots, facts)

    home.follow("$ belib-weather stop")
    shutil.rmtree(home.folder / ".belib/demo/mongo")
    output = home.follow("$ belib-weather demo --days 0 --no-serve")
    assert "MongoDB has lost raw snapshots of" in output
    assert "docs/when-something-is-lost.md" in output
    assert home.stored()[1] >= facts, "the facts stay as they are"
    home.follow(mongo)
    assert_at_least(home.stored(), snapshots, facts)


def assert_at_least(stored: tuple[int, int, int], snapshots: int, facts: int) -> None:
    """Not less than before, and every fact has its document."""
    assert stored[0] >= snapshots
    assert stored[1] >= facts
    assert stored[1] == stored[2]


def admin_url(home: Home) -> str:
    """Of a database of PostgreSQL that is always there."""
    url = ensure(home.settings).postgres.replace("+psycopg", "")
    return f"{url.rpartition('/')[0]}/postgres"
