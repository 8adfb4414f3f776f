"""What every dataset allows is kept as it is, down to the types."""

from datetime import UTC, datetime

import dataframely as dy
import polars as pl
import pytest
import sqlalchemy as sa

from belib_weather.datasets import StationState, WeatherHour
from belib_weather.warehouse import Replaced, Upserted, Warehouse
from belib_weather.warehouse.table import Table
from belib_weather.warehouse.tables import (
    AVAILABILITY_FACTS,
    CHARGE_POINTS,
    STATION_STATES,
    STATIONS,
    WEATHER_HOURS,
)
from belib_weather.window import Window
from belib_weather_tests.stores.warehouse.sample import facts_of

WEEK = Window(datetime(2026, 10, 24, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("table", [CHARGE_POINTS, STATIONS], ids=lambda table: table.name)
def test_any_dimension_comes_back_as_it_was(warehouse: Warehouse, table: Table, seed: int) -> None:
    dataset = table.dataset
    frame = dataset.sample(200, generator=dy.random.Generator(seed)).sort(dataset.primary_key())
    for expected in (Upserted(200, 0, 0, 0), Upserted(0, 0, 0, 200)):
        with warehouse.locked(table) as transaction:
            assert transaction.upsert(table, frame) == expected

    read = warehouse.read(table)
    assert read.schema == frame.schema
    assert read.equals(frame)


@pytest.mark.parametrize("seed", range(3))
def test_any_states_replace_those_before_whole_and_at_once(warehouse: Warehouse, seed: int) -> None:
    many, few = (
        StationState.sample(n, generator=dy.random.Generator(seed)).sort("station_id")
        for n in (200, 50)
    )
    with warehouse.locked(STATION_STATES) as transaction:
        assert transaction.replace(STATION_STATES, many) == Replaced(0, 200)
    with warehouse.locked(STATION_STATES) as transaction:
        assert transaction.replace(STATION_STATES, few) == Replaced(200, 50)
        assert warehouse.read(STATION_STATES).equals(many)

    read = warehouse.read(STATION_STATES)
    assert read.schema == few.schema
    assert read.equals(few)


@pytest.mark.parametrize("seed", range(3))
def test_any_weather_comes_back_as_it_was(warehouse: Warehouse, seed: int) -> None:
    frame = WeatherHour.sample(
        overrides={"hour": WEEK.hours}, generator=dy.random.Generator(seed)
    ).sort("hour")
    for deleted in (0, 168):
        with warehouse.locked(WEATHER_HOURS, WEEK) as transaction:
            done = transaction.replace(WEATHER_HOURS, frame.sample(fraction=1, seed=1), WEEK)
            assert done == Replaced(deleted, 168)

    read = warehouse.read(WEATHER_HOURS, WEEK)
    assert read.schema == frame.schema
    assert read.equals(frame)


@pytest.mark.parametrize("seed", range(3))
def test_any_facts_come_back_as_they_were(warehouse: Warehouse, seed: int) -> None:
    frame = facts_of(seed, ["FR*V75*EPX01*01", 'É « ; " »\n'], WEEK)
    with warehouse.locked(AVAILABILITY_FACTS, WEEK) as transaction:
        transaction.replace(AVAILABILITY_FACTS, frame, WEEK)

    read = warehouse.read(AVAILABILITY_FACTS, WEEK)
    assert read.schema == frame.schema
    assert read.equals(frame)


def test_rows_of_a_dimension_that_did_not_change_are_not_touched(
    warehouse: Warehouse, warehouse_url: str, stations: pl.DataFrame
) -> None:
    engine = sa.create_engine(warehouse_url)

    def written_by() -> dict[str, str]:
        with engine.connect() as connection:
            rows = connection.execute(
                sa.text("SELECT station_id, xmin::text AS xmin FROM stations")
            )
            return {row.station_id: row.xmin for row in rows}

    with warehouse.locked(STATIONS) as transaction:
        transaction.upsert(STATIONS, stations)
    before = written_by()
    moved = stations.with_columns(
        pl.when(pl.col("address").is_null())
        .then(pl.lit("2 rue Neuve"))
        .otherwise("address")
        .alias("address")
    )
    with warehouse.locked(STATIONS) as transaction:
        transaction.upsert(STATIONS, moved)
    after = written_by()
    engine.dispose()

    first, second = stations["station_id"]
    assert after[first] == before[first]
    assert after[second] != before[second]
    assert warehouse.read(STATIONS).equals(moved)
