"""What is in force when, and which hours a changed version touches: against a slow reading."""

import random
from datetime import UTC, datetime
from itertools import combinations, pairwise
from typing import Any

import polars as pl
import sqlalchemy as sa

from belib_weather.datasets import Station
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.publication import Content
from belib_weather.warehouse.tables import AVAILABILITY_FACTS, STATION_VERSIONS, STATIONS
from belib_weather.window import DAY, HOUR, Window
from belib_weather_tests.stores.warehouse.sample import facts_of

DAYS = [datetime(2026, 10, 25, tzinfo=UTC) + n * DAY for n in range(12)]
PERIOD = Window(DAYS[0], DAYS[-1] + DAY)
ADDRESSES = ("1 Rue A", "2 Rue B", None)
FACTS = Content(AVAILABILITY_FACTS, STATION_VERSIONS)


def versions(*rows: tuple[str, datetime, str | None]) -> pl.DataFrame:
    """Versions that differ by station, first day and address alone."""
    same = {"station_name": "S", "arrondissement": 4, "latitude": 48.8, "longitude": 2.3}
    return Station.sample(
        overrides=[
            {"station_id": station, "valid_from": day, "valid_to": None, "address": address}
            | same
            | {"charge_points": 1, "power_kw": 7.0}
            for station, day, address in rows
        ]
    )


def put(warehouse: Warehouse, stations: pl.DataFrame) -> None:
    with warehouse.locked(STATIONS) as transaction:
        transaction.upsert(STATIONS, stations)


def state_of(stations: pl.DataFrame, day: datetime) -> dict[str, Any]:
    """The address of each station that has begun by the day."""
    begun = stations.filter(pl.col("valid_from") <= day).sort("valid_from")
    return dict(begun.select("station_id", "address").iter_rows())


def test_the_hash_of_a_day_is_that_of_another_where_all_versions_are_the_same(
    warehouse: Warehouse,
) -> None:
    dice = random.Random(4)  # noqa: S311 - no secret
    for _ in range(12):
        begun = {(station, dice.choice(DAYS)) for station in "abc" for _ in range(4)}
        stations = versions(*((s, day, dice.choice(ADDRESSES)) for s, day in sorted(begun)))
        put(warehouse, stations)

        found = warehouse.in_force(STATION_VERSIONS)

        hashes = (
            pl.DataFrame({"day": DAYS}, schema={"day": pl.Datetime("us", "UTC")})
            .join_asof(found, left_on="day", right_on="since")["versions_hash"]
            .to_list()
        )
        states = [state_of(stations, day) for day in DAYS]
        assert None not in hashes
        for i, j in combinations(range(len(DAYS)), 2):
            assert (hashes[i] == hashes[j]) is (states[i] == states[j])


def test_a_version_that_begins_within_a_day_is_in_force_on_all_of_it(
    warehouse: Warehouse, warehouse_url: str
) -> None:
    """As the first sighting of a station, in rows made before versions began with days."""
    put(warehouse, versions(("a", DAYS[3], "1 Rue A")))
    engine = sa.create_engine(warehouse_url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE stations SET valid_from = valid_from + '9:07'"))
    engine.dispose()

    assert warehouse.in_force(STATION_VERSIONS)["since"].to_list()[1:] == [DAYS[3]]


def test_the_ledger_says_which_hours_a_changed_version_touches(warehouse: Warehouse) -> None:
    """`a` is said to have been elsewhere on days 5 to 9; on day 7 it has no facts."""
    before = [("a", DAYS[0], "1 Rue A"), ("b", DAYS[0], None), ("b", DAYS[6], "2 Rue B")]
    put(warehouse, versions(*before))
    window_of_a = [Window(DAYS[0], DAYS[7]), Window(DAYS[8], PERIOD.end)]
    facts = pl.concat(
        [facts_of(1, ["b"], PERIOD), *(facts_of(2, ["a"], window) for window in window_of_a)]
    )
    with warehouse.locked(AVAILABILITY_FACTS, PERIOD) as transaction:
        transaction.replace(AVAILABILITY_FACTS, facts, PERIOD)
        ledger = transaction.publication("index")
        ledger.acknowledge(ledger.content(FACTS, PERIOD), PERIOD, {})
        assert ledger.touched(FACTS, 1000).is_empty()
        assert ledger.differing(FACTS, PERIOD).is_empty()

    put(warehouse, versions(*before, ("a", DAYS[5], "9 Rue Z"), ("a", DAYS[10], "1 Rue A")))

    touched = Window(DAYS[5], DAYS[10]).hours
    with warehouse.publication("index") as ledger:
        found = ledger.touched(FACTS, 1000)
        assert found["start"].to_list() == touched[::-1]
        assert ledger.touched(FACTS, 30)["start"].to_list() == touched[:-31:-1]
        assert ledger.touched(FACTS, 1000, DAYS[8])["start"].min() == DAYS[8]
        differing = ledger.differing(FACTS, None)["start"]
        assert differing.to_list() == [at for at in touched if at.day != DAYS[7].day]
        ledger.settle(found.filter(~pl.col("start").is_in(differing.implode())))
    with warehouse.publication("index") as ledger:
        assert ledger.touched(FACTS, 1000)["start"].to_list() == differing.to_list()[::-1]
        assert ledger.touched(Content(AVAILABILITY_FACTS), 1000).is_empty()


def test_hours_that_are_being_published_are_not_settled_by_others(warehouse: Warehouse) -> None:
    put(warehouse, versions(("a", DAYS[0], "1 Rue A")))
    window = Window(DAYS[1], DAYS[1] + 2 * HOUR)
    with warehouse.locked(AVAILABILITY_FACTS, window) as transaction:
        transaction.replace(AVAILABILITY_FACTS, facts_of(1, ["a"], window), window)
        ledger = transaction.publication("index")
        ledger.acknowledge(ledger.content(FACTS, window), window, {})
    put(warehouse, versions(("a", DAYS[0], "1 Rue A"), ("c", DAYS[0], "3 Rue C")))

    with warehouse.publication("index") as publisher:
        publisher.acknowledge(
            publisher.content(FACTS, Window.hour(window.start)), Window.hour(window.start), {}
        )
        with warehouse.publication("index") as ledger:  # would wait for the publisher
            ledger.settle(ledger.touched(FACTS, 10))
    with warehouse.publication("index") as ledger:
        assert ledger.touched(FACTS, 10).is_empty()


def test_rows_that_exchange_their_values_change_the_hash(warehouse: Warehouse) -> None:
    """The hash of an hour is a sum over its rows; no station is described here."""
    window = Window.hour(DAYS[1])
    facts = facts_of(3, ["a", "b"], window)
    exchanged = facts.with_columns(pl.col("station_id").reverse()).sort("station_id")
    with warehouse.locked(AVAILABILITY_FACTS, window) as transaction:
        ledger, hashes = transaction.publication("index"), []
        for content in (FACTS, Content(AVAILABILITY_FACTS)):
            for rows in (facts, exchanged):
                transaction.replace(AVAILABILITY_FACTS, rows, window)
                hashes.append(ledger.content(content, window)["content_hash"].item())
    assert hashes[0] != hashes[1]
    assert hashes[2] != hashes[3]


def test_versions_in_force_follow_each_other_without_gaps(warehouse: Warehouse) -> None:
    put(warehouse, versions(("a", DAYS[0], "1 Rue A"), ("a", DAYS[4], None)))
    found = warehouse.in_force(STATION_VERSIONS)
    assert all(a < b for a, b in pairwise(found["since"]))
    assert found["since"].to_list()[1:] == [DAYS[0], DAYS[4]]
