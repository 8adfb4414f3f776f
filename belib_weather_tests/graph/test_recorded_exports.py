"""Two real exports, a day apart, through import and assets into all three stores."""

import json
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from belib_weather.datasets import STATUS_SECONDS
from belib_weather.lake.schema import RAW_SNAPSHOTS
from belib_weather.networks import NETWORK
from belib_weather.search.projections import STATIONS_INDEX
from belib_weather.sources.explore import response_of_export
from belib_weather.warehouse.tables import AVAILABILITY_FACTS, STATION_STATES
from belib_weather.window import Window, floor_hour
from belib_weather_tests.graph.conftest import LIVE, Platform, keys_of

EXPORTS = ("belib_realtime_2023-01-27.json", "belib_realtime_2023-01-28.json")
STATIONS, CHARGE_POINTS = 417, 2097


@pytest.fixture
def of_2023(platform: Platform) -> Platform:
    """A platform whose partitions begin with the recorded exports."""
    return platform.changed(settings={"start": date(2023, 1, 27), "minimum_charge_points": 1000})


def land(
    platform: Platform, shared_data: Path, name: str, captured_at: datetime | None = None
) -> datetime:
    """Import a recorded export as the command line does; gives its capture time."""
    body = (shared_data / "realtime" / name).read_bytes()
    response = response_of_export(
        body, captured_at=captured_at, name=name, minimum_charge_points=1000
    )
    platform.lake.append(RAW_SNAPSHOTS, response)
    return response.captured_at


def materialized(platform: Platform, first: datetime, last: datetime) -> pl.DataFrame:
    """The facts of the hours from `first` to `last`, made by a range run."""
    window = Window(floor_hour(first), floor_hour(last) + timedelta(hours=1))
    keys = keys_of(window)
    result = platform.materialize(*LIVE, keys=keys if keys[0] != keys[1] else keys[0])
    assert result.success
    return platform.warehouse.read(AVAILABILITY_FACTS, window)


def test_a_day_apart_their_facts_are_all_unobserved_and_say_so(
    of_2023: Platform, shared_data: Path
) -> None:
    first, last = (land(of_2023, shared_data, name) for name in EXPORTS)

    facts = materialized(of_2023, first, last)

    assert facts.height == 2 * STATIONS
    assert facts["charge_points"].sum() == 2 * CHARGE_POINTS
    assert facts["unobserved_seconds"].sum() == 2 * CHARGE_POINTS * 3600
    assert facts["any_observed_seconds"].sum() == 0
    assert set(facts["source"]) == {"opendata_paris/realtime"}


def test_counts_per_status_agree_everywhere_with_the_file(
    of_2023: Platform, shared_data: Path
) -> None:
    first, last = (land(of_2023, shared_data, name) for name in EXPORTS)
    materialized(of_2023, first, last)
    records = json.loads((shared_data / "realtime" / EXPORTS[1]).read_bytes())
    labels = Counter(record["statut_pdc"] for record in records)
    statuses = Counter({str(NETWORK.status_of_label[label]): n for label, n in labels.items()})

    newest = of_2023.lake.newest(RAW_SNAPSHOTS)

    assert newest is not None
    assert newest.summary["statuses"] == dict(labels)
    assert Counter(of_2023.lake.current()["status"]) == statuses
    assert of_2023.search.reported_statuses() == dict(statuses)
    assert of_2023.search.total(STATIONS_INDEX) == STATIONS
    assert of_2023.warehouse.read(STATION_STATES).height == STATIONS


def test_five_minutes_apart_they_give_observed_facts(of_2023: Platform, shared_data: Path) -> None:
    second = land(of_2023, shared_data, EXPORTS[1])
    first = land(of_2023, shared_data, EXPORTS[0], second - timedelta(minutes=5))

    facts = materialized(of_2023, first, second)

    observed = facts.select(pl.sum_horizontal(*STATUS_SECONDS, "stale_seconds").sum()).item()
    assert facts.height == STATIONS
    assert observed == CHARGE_POINTS * 300
    assert facts["any_observed_seconds"].to_list() == [300] * STATIONS


def test_the_filtered_export_is_refused(of_2023: Platform, shared_data: Path) -> None:
    name = "belib_realtime_stale_only_2023-09.json"
    body = (shared_data / "malformed" / name).read_bytes()

    with pytest.raises(Exception, match="104 records"):
        response_of_export(body, captured_at=None, name=name, minimum_charge_points=1000)
