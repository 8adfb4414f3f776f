"""The outlines of the arrondissements, from the portal to the table."""

from datetime import datetime

import httpx
from shapely import from_geojson

from belib_weather.lake import RAW_ARRONDISSEMENTS
from belib_weather.partitions import day_key
from belib_weather.vocabulary import SIMULATED
from belib_weather.warehouse.tables import ARRONDISSEMENTS
from belib_weather.window import DAY, Window, floor_day
from belib_weather_tests.graph.conftest import Platform


def test_the_outlines_are_stored_raw_and_a_damaged_export_changes_nothing(
    platform: Platform, api: str, now: datetime
) -> None:
    today = floor_day(now)
    assert platform.materialize("raw_arrondissements", keys=day_key(today)).success
    assert platform.materialize("arrondissements").success

    stored = platform.lake.newest(RAW_ARRONDISSEMENTS)
    assert stored is not None
    assert stored.source == f"{SIMULATED}opendata_paris/arrondissements"
    rows = platform.warehouse.read(ARRONDISSEMENTS)
    assert rows["arrondissement"].to_list() == list(range(1, 21))
    assert all(from_geojson(outline).is_valid for outline in rows["outline"])

    fault = {"kind": "truncated", "dataset": "arrondissements", "count": 99}
    try:
        assert httpx.post(f"{api}/simulator/faults", json=fault).status_code == 201
        failed = platform.materialize("raw_arrondissements", keys=day_key(today))
    finally:
        httpx.delete(f"{api}/simulator/faults")
    assert not failed.success
    refused = platform.lake.quarantined(Window(today, today + DAY), 1)
    assert "cut off" in refused["reason"][0]
    assert platform.materialize("arrondissements").success
    assert platform.warehouse.read(ARRONDISSEMENTS).equals(rows)
