"""Reports of a sampled city, and a browser to look at them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from belib_weather.panels.i18n import Language
from belib_weather.report import Period
from belib_weather.report.files import Written
from belib_weather_tests.databases import Databases
from belib_weather_tests.stores.report import sample
from belib_weather_tests.stores.report.reading import PageReader


@dataclass(frozen=True)
class WrittenReport:
    """A report on disk, and the database it was made from."""

    written: Written
    engine: sa.Engine
    folder: Path

    def page(self, language: Language = Language.ENGLISH) -> PageReader:
        return PageReader.of(self.written.pages[language])

    def rows(self, statement: str, **parameters: Any) -> list[tuple[Any, ...]]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.text(statement), parameters)]


@pytest.fixture
def engine(warehouse_url: str) -> Iterator[sa.Engine]:
    engine = sa.create_engine(warehouse_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def week(
    migrated_template: tuple[Databases, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WrittenReport]:
    """A report of seven days and today, with a gap of five hours; made once, only read."""
    from belib_weather.warehouse import Warehouse

    databases, template = migrated_template
    with databases.fresh(template) as url:
        warehouse, engine = Warehouse(url), sa.create_engine(url)
        window = Period.of(7, sample.NOW).window
        facts = sample.some_facts(window)
        gap = facts["hour"].unique().sort()[40:45]
        sample.put(warehouse, facts.filter(~facts["hour"].is_in(gap.implode())), window)
        sample.put_stations(warehouse)
        folder = tmp_path_factory.mktemp("report")
        yield WrittenReport(sample.written(warehouse, folder), engine, folder)
        warehouse.close()
        engine.dispose()
