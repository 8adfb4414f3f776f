"""A station that moved within the week is one station on the page, at its present address."""

import polars as pl

from belib_weather.datasets import Station
from belib_weather.report import Period, report_of
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import AVAILABILITY_HOURS, STATION_STATES, STATIONS
from belib_weather.window import DAY, floor_day
from belib_weather_tests.stores.report import sample

WEEK = Period.of(7, sample.NOW)
FORMER = "330 Avenue de Ségur 75007 Paris"


def test_a_moved_station_is_ranked_once_over_the_whole_week(warehouse: Warehouse) -> None:
    sample.put_stations(warehouse)
    sample.put(warehouse, sample.some_facts(WEEK.window), WEEK.window)
    present = warehouse.read(STATIONS).with_columns(
        valid_from=pl.lit(floor_day(WEEK.window.start) + 3 * DAY).cast(pl.Datetime("us", "UTC"))
    )
    former = present.with_columns(
        valid_from=pl.col("valid_from") - 400 * DAY,
        valid_to=pl.col("valid_from"),
        address=pl.lit(FORMER),
    )
    with warehouse.locked(STATIONS) as transaction:
        transaction.upsert(STATIONS, Station.validate(pl.concat([present, former])))
    facts = warehouse.read(AVAILABILITY_HOURS, WEEK.window)
    assert facts.group_by("station_id").agg(pl.col("address").n_unique())["address"].min() == 2

    report = report_of(facts, warehouse.read(STATION_STATES), sample.feed_of(facts, WEEK), WEEK)

    addresses = dict(present.select("station_id", "address").iter_rows())
    observed = facts.group_by("station_id").agg(pl.col("any_observed_seconds").sum() / 3600)
    hours = dict(observed.iter_rows())
    for ranked in (report.least_available, report.most_full):
        assert ranked["station_id"].is_unique().all()
        for row in ranked.iter_rows(named=True):
            assert row["address"] == addresses[row["station_id"]]
            assert row["station_hours_observed"] == hours[row["station_id"]]
