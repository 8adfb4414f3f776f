"""Facts around the days on which the clock changes, and a folder to export them to."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
import sqlalchemy as sa

from belib_weather.datasets import AvailabilityFact, Station
from belib_weather.dates import month_of, window_of_date, window_of_month
from belib_weather.exports.folder import ExportFolder
from belib_weather.exports.package import Package
from belib_weather.exports.publication import (
    Written,
    current_stations,
    describe,
    write_month,
    write_table,
)
from belib_weather.exports.tables import AVAILABILITY_FILES, STATION_FILES
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import (
    AVAILABILITY_FACTS,
    AVAILABILITY_HOURS,
    STATION_STATES,
    STATIONS,
)
from belib_weather.window import Window, floor_day
from belib_weather_tests.stores.warehouse.sample import facts_of

AUTUMN = date(2026, 10, 25)
SPRING = date(2026, 3, 29)
STATION_IDS = ["FR*V75*PPX00*01", "FR*V75*PPX01*01", "FR*V75*PPX02*01"]
REAL = {"source": "opendata_paris/realtime", "weather_source": "open_meteo/archive"}
MADE_UP = {
    "source": "simulator:opendata_paris/realtime",
    "weather_source": "simulator:open_meteo/forecast",
}


def in_paris(facts: pl.DataFrame) -> pl.DataFrame:
    """The facts with the local calendar of their hours, by the zone database of Python."""
    local = [hour.astimezone(ZoneInfo("Europe/Paris")) for hour in facts["hour"]]
    return facts.with_columns(
        local_date=pl.Series([instant.date() for instant in local]),
        local_hour=pl.Series([instant.hour for instant in local]),
        local_weekday=pl.Series([instant.isoweekday() for instant in local]),
    )


@dataclass(frozen=True)
class Exporter:
    """A warehouse with facts, and the folder that they are exported to."""

    warehouse: Warehouse
    folder: ExportFolder
    engine: sa.Engine

    def fill(self, day: date, **values: str) -> None:
        """Any facts in all hours of a date and of the UTC days beside it."""
        window = window_of_date(day).widened(timedelta(hours=26), timedelta(hours=26))
        facts = in_paris(facts_of(day.toordinal(), STATION_IDS, window)).with_columns(
            pl.lit(value, pl.String).alias(name) for name, value in (REAL | values).items()
        )
        with self.warehouse.locked(AVAILABILITY_FACTS, window) as transaction:
            transaction.replace(
                AVAILABILITY_FACTS, AvailabilityFact.validate(facts, cast=True), window
            )

    def empty(self, window: Window) -> None:
        """Remove the facts of a window."""
        with self.warehouse.locked(AVAILABILITY_FACTS, window) as transaction:
            transaction.replace(AVAILABILITY_FACTS, AvailabilityFact.create_empty(), window)

    def export(self, *days: date) -> tuple[list[Written], Package]:
        """Export whole dates, and all that goes with them."""
        written: dict[date, Written] = {}
        for month in {month_of(day) for day in days}:
            rows = self.warehouse.read(AVAILABILITY_HOURS, window_of_month(month))
            of_month = [day for day in days if month_of(day) == month]
            written |= write_month(self.folder, AVAILABILITY_FILES, month, rows, of_month)
        rows = current_stations(self.warehouse.read(STATIONS), self.warehouse.read(STATION_STATES))
        write_table(self.folder, STATION_FILES, rows)
        return [written[day] for day in days], describe(self.folder, days)

    def into(self, folder: ExportFolder) -> "Exporter":
        """The same facts, another folder."""
        return replace(self, folder=folder)

    def sql(self, statement: str, **values: object) -> list[dict[str, Any]]:
        """Rows as PostgreSQL's own client gives them."""
        with self.engine.connect() as connection:
            found = connection.execute(sa.text(statement), values).mappings().all()
        return [dict(row) for row in found]

    def hours_in_sql(self, day: date) -> list[dict[str, Any]]:
        """The rows of a date in Paris, which PostgreSQL finds by its own zone database."""
        return self.sql(
            "SELECT *, coalesce(source || ' ' || weather_source, source) LIKE '%simulator:%'"
            " AS is_simulated FROM availability_hours"
            " WHERE (hour AT TIME ZONE 'Europe/Paris')::date = :day"
            ' ORDER BY station_id COLLATE "C", hour',
            day=day,
        )


@pytest.fixture
def exporter(warehouse: Warehouse, warehouse_url: str, tmp_path: Path) -> Iterator[Exporter]:
    """Facts around the autumn day; stations known, moved, and never described."""
    engine = sa.create_engine(warehouse_url)
    exporter = Exporter(warehouse, ExportFolder(str(tmp_path / "exports")), engine)
    exporter.fill(AUTUMN)
    moved = floor_day(window_of_date(AUTUMN).end)
    first = floor_day(window_of_date(SPRING).start)
    versions = [
        {
            "station_id": STATION_IDS[0],
            "valid_from": first,
            "valid_to": moved,
            "address": "\"« ; ,'\n",
        },
        {"station_id": STATION_IDS[0], "valid_from": moved, "valid_to": None, "address": ""},
        {"station_id": STATION_IDS[1], "valid_from": first, "valid_to": None, "address": None},
    ]
    with warehouse.locked(STATIONS) as transaction:
        transaction.upsert(STATIONS, Station.sample(overrides=versions))
    yield exporter
    engine.dispose()
