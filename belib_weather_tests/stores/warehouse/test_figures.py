"""The view for readers: figures and station versions against a slow, independent reading."""

from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa

from belib_weather.datasets import Station
from belib_weather.warehouse import Warehouse
from belib_weather.warehouse.tables import AVAILABILITY_FACTS, STATIONS
from belib_weather_tests.stores.warehouse.conftest import WINDOW
from belib_weather_tests.stores.warehouse.sample import facts_of

MIDNIGHT = WINDOW.start + timedelta(hours=2)
VERSIONS = {
    "moved within the window": [MIDNIGHT - timedelta(days=9), MIDNIGHT],
    "moved before": [MIDNIGHT - timedelta(days=9), MIDNIGHT - timedelta(days=1)],
    "first seen later": [MIDNIGHT + timedelta(days=1), MIDNIGHT + timedelta(days=2)],
    "never described": [],
}
"""Since when each version of a station is valid; its name is the number of the version."""


def ratio(over: int, under: int) -> float | None:
    return over / under if under else None


def figures(fact: dict[str, Any]) -> dict[str, float | None]:
    """As docs/metrics.md defines them."""
    seconds = {name.removesuffix("_seconds"): n for name, n in fact.items() if "seconds" in name}
    usable = ("available", "occupied", "reserved", "out_of_order", "unknown")
    in_service = ("available", "occupied", "reserved")
    return {
        "share_available": ratio(seconds["available"], sum(seconds[name] for name in usable)),
        "occupancy": ratio(seconds["occupied"], sum(seconds[name] for name in in_service)),
        "coverage": 1 - seconds["unobserved"] / (fact["charge_points"] * 3600),
        "chance_of_a_free_point": ratio(seconds["any_available"], seconds["any_observed"]),
        "saturation": ratio(seconds["full"], seconds["any_available"] + seconds["full"]),
    }


def version_at(station_id: str, hour: datetime) -> str | None:
    """The last version that was valid at the hour's start, else the first one."""
    versions = VERSIONS[station_id]
    valid = [number for number, since in enumerate(versions) if since <= hour]
    return str(valid[-1] if valid else 0) if versions else None


@pytest.fixture
def rows(warehouse: Warehouse, warehouse_url: str) -> list[dict[str, Any]]:
    """The view over any facts of all stations, in an order of no meaning."""
    versions = [
        {
            "station_id": station_id,
            "valid_from": since,
            "valid_to": None,
            "station_name": str(number),
            "charge_points": 1,
        }
        for station_id, sinces in VERSIONS.items()
        for number, since in enumerate(sinces)
    ]
    facts = pl.concat([facts_of(seed, [name], WINDOW) for seed, name in enumerate(VERSIONS)])
    with warehouse.locked(STATIONS) as transaction:
        transaction.upsert(STATIONS, Station.sample(overrides=versions))
    with warehouse.locked(AVAILABILITY_FACTS, WINDOW) as transaction:
        transaction.replace(AVAILABILITY_FACTS, facts, WINDOW)
    engine = sa.create_engine(warehouse_url)
    with engine.connect() as connection:
        found = connection.execute(sa.text("SELECT * FROM availability_hours")).mappings().all()
    engine.dispose()
    assert len(found) == facts.height == len(VERSIONS) * len(WINDOW.hours)
    return [dict(row) for row in found]


def test_every_figure_of_every_row_is_that_of_its_definition(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        expected = figures(row)
        assert {name: row[name] for name in expected} == pytest.approx(expected)
    seen = [row[name] for row in rows for name in figures(row)]
    assert None in seen, "no row without a denominator was tried"
    assert any(figure and 0 < figure < 1 for figure in seen)


def test_every_row_has_its_station_as_it_was_at_the_hour(rows: list[dict[str, Any]]) -> None:
    found = {(row["station_id"], row["hour"]): row["station_name"] for row in rows}
    assert found == {
        (station_id, hour): version_at(station_id, hour)
        for station_id in VERSIONS
        for hour in WINDOW.hours
    }
    assert {name for (station, _), name in found.items() if "within" in station} == {"0", "1"}
