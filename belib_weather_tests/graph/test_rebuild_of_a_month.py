"""A month with all that happens in one, deleted after raw and made again in another order.

Polls around full hours, the night on which the clock goes back, a station that moves, static
exports, documents that come late or are set aside, and rules that change.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa
from polars.testing import assert_frame_equal

from belib_weather.lake import RAW_SNAPSHOTS, RAW_STATIC
from belib_weather.partitions import day_key, hour_key
from belib_weather.resources import Clock
from belib_weather.search.projections import (
    AVAILABILITY_INDEX,
    EPISODES_INDEX,
    FEED_INDEX,
    STATIONS_INDEX,
)
from belib_weather.settings import Settings
from belib_weather.simulator.truth import Truth
from belib_weather.sources.explore import response_of_export
from belib_weather.warehouse.tables import AVAILABILITY_FACTS, STATIONS, TABLES, WEATHER_HOURS
from belib_weather.warehouse.tables import metadata as schema
from belib_weather.window import DAY, HOUR, Window
from belib_weather_tests.clocks import StoppedClock
from belib_weather_tests.graph.conftest import DOWNSTREAM, Platform, platform_on
from belib_weather_tests.graph.publication import SENSORS, Documents, settle

FIRST = datetime(2026, 10, 1, tzinfo=UTC)
DAYS = 30
NOW = FIRST + DAYS * DAY + 12 * HOUR
CITY = Truth(seed=3, charge_points=40)
LATE = (17, 18)
MOVES_ON = 15
STATIC_DAYS = (0, 12, 22)
DIMENSIONS = ("charge_points", "stations")
EVERY = {**SENSORS, "late_episodes": "remake_episodes"}
PRESENT = ("feed_hours", "feed_index", "station_states", "stations_index")


pytestmark = pytest.mark.slow


@pytest.fixture
def month(settings: Settings, tmp_path: Path) -> Iterator[Platform]:
    """A platform of that time."""
    then = settings.model_copy(
        update={
            "start": FIRST.date(),
            "minimum_charge_points": 1,
            "export_url": str(tmp_path / "exports"),
        }
    )
    with platform_on(then, clock=StoppedClock(at=NOW.isoformat())) as platform:
        platform.lake.prepare()
        yield platform


def test_it_is_equal_cell_by_cell(month: Platform, elasticsearch_url: str, tmp_path: Path) -> None:
    documents, exports = Documents(month, elasticsearch_url), tmp_path / "exports"
    process_month_as_it_arrived(month)
    assert documents.agree()
    tables, shown, files = everything(month, documents, exports)
    assert tables[STATIONS.name]["station_id"].is_duplicated().any(), "a station has moved"

    delete_all_after_raw(month, documents, exports)
    materialize_days(month, hours=(20, DAYS), weather=(20, DAYS))
    materialize_days(month, hours=(0, 10))
    assert month.materialize(*DIMENSIONS).success
    materialize_days(month, hours=(10, 20), weather=(0, 20))
    run_other_jobs(month, (15, DAYS), (0, 15))

    again = everything(month, documents, exports)
    assert again[0].keys() == tables.keys()
    for name, rows in tables.items():
        assert_frame_equal(again[0][name], rows, check_exact=True)
    assert again[1] == shown
    assert again[2] == files


def process_month_as_it_arrived(month: Platform) -> None:
    """The month as it went: ten days at a time, then what came late, was withdrawn, changed."""
    land(month, range(10))
    append_static(month, STATIC_DAYS[0])
    # Two requests of one source in one second would be in each other's place.
    asking = month.changed(settings={}, clock=Clock())
    assert asking.materialize("raw_weather", keys=days_of(0, DAYS)).success
    assert month.materialize(*DIMENSIONS).success
    materialize_days(month, hours=(0, 10), weather=(0, 10))
    land(month, (day for day in range(10, DAYS) if day not in LATE))
    append_static(month, STATIC_DAYS[2])
    assert month.materialize(*DIMENSIONS).success
    materialize_days(month, hours=(10, DAYS), weather=(10, DAYS))
    land(month, LATE)
    append_static(month, STATIC_DAYS[1])
    for collection, day in ((RAW_SNAPSHOTS, 5), (RAW_SNAPSHOTS, 24), (RAW_STATIC, 22)):
        listed = month.lake.list_documents(collection, Window.day(FIRST + day * DAY))
        month.lake.set_aside(listed["id"][0], "a test")
    assert month.materialize(*DIMENSIONS).success
    with_older_rules(month, Window(FIRST + 26 * DAY, FIRST + 28 * DAY))
    run_other_jobs(month, (0, DAYS))


def run_other_jobs(month: Platform, *exported: tuple[int, int]) -> None:
    """What sensors and the other jobs make of it."""
    settle(month, EVERY)
    assert month.materialize(*PRESENT).success
    for first, last in exported:
        assert month.materialize("open_exports", keys=days_of(first, last)).success
    settle(month, EVERY)


def materialize_days(
    month: Platform, *, hours: tuple[int, int], weather: tuple[int, int] | None = None
) -> None:
    """Make the hours of some days, and weather."""
    if weather:
        assert month.materialize("weather_hours", keys=days_of(*weather)).success
    first, last = (FIRST + day * DAY for day in hours)
    assert month.materialize(*DOWNSTREAM, keys=(hour_key(first), hour_key(last - HOUR))).success


def days_of(first: int, last: int) -> tuple[str, str]:
    """Keys of the first day and of the one before the last."""
    return day_key(FIRST + first * DAY), day_key(FIRST + (last - 1) * DAY)


def land(month: Platform, days: Any) -> None:
    """Two polls around a full hour, four times a day; one station has moved since a day."""
    for day in days:
        for hour in (0, 5, 11, 17):
            for minutes in (50, 65):
                at = FIRST + day * DAY + hour * HOUR + timedelta(minutes=minutes)
                body = CITY.poll(at)
                if day >= MOVES_ON:
                    body = moved(body, "adresse_station")
                response = response_of_export(
                    body, captured_at=at, name="poll", minimum_charge_points=1, now=at
                )
                month.lake.append(RAW_SNAPSHOTS, response)


def append_static(month: Platform, day: int) -> None:
    """A static export of a day; each has another power of one point."""
    at = FIRST + day * DAY + 3 * HOUR
    records = json.loads(CITY.static(at))
    records[day % len(records)]["puissance_nominale"] = 7 + day
    example = next(month.lake.documents(RAW_SNAPSHOTS, Window.day(FIRST)))
    poll = response_of_export(
        example.body, captured_at=at, name="static", minimum_charge_points=1, now=at
    )
    month.lake.append(
        RAW_STATIC,
        replace(
            poll,
            source="opendata_paris/static",
            body=json.dumps(records).encode(),
            record_count=len(records),
            summary={},
        ),
    )


def moved(body: bytes, field: str) -> bytes:
    records = json.loads(body)
    before = records[0][field]
    for record in records:
        if record[field] == before:
            record[field] = "55 Avenue de la Mesure 75020 Paris"
    return json.dumps(records).encode()


def with_older_rules(month: Platform, window: Window) -> None:
    """Facts of a window as an older version of the rules would have left them."""
    with engine_of(month).begin() as connection:
        ends = {"first": window.start, "last": window.end}
        connection.execute(
            sa.text(
                "UPDATE availability_facts SET source = 'of the range'"
                " WHERE hour >= :first AND hour < :last"
            ),
            ends,
        )
        connection.execute(
            sa.text(
                "UPDATE input_ledger SET rules = 1, input_hash = 'rules 1'"
                " WHERE table_name = 'availability_facts' AND start >= :first AND start < :last"
            ),
            ends,
        )


def delete_all_after_raw(month: Platform, documents: Documents, exports: Path) -> None:
    """Every row, every index and every file."""
    with engine_of(month).begin() as connection:
        names = ", ".join(schema().tables)
        connection.execute(sa.text(f"TRUNCATE {names}"))
    for projection in (AVAILABILITY_INDEX, EPISODES_INDEX, FEED_INDEX, STATIONS_INDEX):
        for index in documents.indices(projection):
            documents.ask("DELETE", f"/{index}")
    shutil.rmtree(exports)


def everything(
    month: Platform, documents: Documents, exports: Path
) -> tuple[dict[str, pl.DataFrame], dict[str, Any], dict[str, str]]:
    """Tables and ledgers of inputs, documents, and files by their hash."""
    tables = {name: month.warehouse.read(table) for name, table in TABLES.items()}
    whole = Window(FIRST, FIRST + DAYS * DAY)
    for table in (AVAILABILITY_FACTS, WEATHER_HOURS):
        # Hours without a snapshot are made of nothing: nobody compares their inputs.
        ledger = month.warehouse.ledger(table, whole).filter(pl.col("snapshots") > 0)
        tables[f"ledger of {table.name}"] = ledger
    shown = {
        projection.name: documents.all(projection)
        for projection in (AVAILABILITY_INDEX, EPISODES_INDEX, FEED_INDEX, STATIONS_INDEX)
    }
    files = {
        str(path.relative_to(exports)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(exports.rglob("*"))
        if path.is_file()
    }
    return tables, shown, files


def engine_of(month: Platform) -> sa.Engine:
    assert month.settings.postgres_url
    return sa.create_engine(month.settings.postgres_url.get_secret_value())
