"""A station that never worked leads the list of what to avoid, though nothing fresh is known."""

import polars as pl

from belib_weather.datasets import POINT_SECONDS, StationState
from belib_weather.report import Period, report_of
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import AVAILABILITY_HOURS
from belib_weather_tests.stores.report import sample

WEEK = Period.of(7, sample.NOW)
SILENT = dict.fromkeys(POINT_SECONDS, 0) | {
    "charge_points": 1,
    "stale_seconds": 3600,
    "any_observed_seconds": 3600,
    "any_available_seconds": 0,
    "full_seconds": 0,
}


def test_a_dead_station_is_listed_first_without_a_share(warehouse: Warehouse) -> None:
    facts = sample.some_facts(WEEK.window)
    dead = facts["station_id"].max()
    is_dead = pl.col("station_id") == dead
    with_dead = facts.with_columns(
        pl.when(is_dead).then(value).otherwise(pl.col(name)).cast(facts[name].dtype).alias(name)
        for name, value in SILENT.items()
    )
    sample.put_stations(warehouse)
    sample.put(warehouse, with_dead, WEEK.window)
    rows = warehouse.read(AVAILABILITY_HOURS, WEEK.window)

    report = report_of(rows, StationState.create_empty(), sample.feed_of(rows, WEEK), WEEK)

    first, *others = report.least_available.rows(named=True)
    assert (first["station_id"], first["share_available"]) == (dead, None)
    assert first["share_stale"] == 1, "why it is there"
    assert all(row["share_available"] > 0 for row in others)
