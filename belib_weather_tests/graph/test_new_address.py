"""A document with another address: what carries it is published and written again."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from belib_weather.lake.schema import RAW_SNAPSHOTS
from belib_weather.partitions import day_key, hour_key
from belib_weather.search.projections import AVAILABILITY_INDEX
from belib_weather.sources.explore import response_of_export
from belib_weather.warehouse.tables import (
    AVAILABILITY_FACTS,
    AVAILABILITY_HOURS,
    CHARGE_POINTS,
    STATIONS,
)
from belib_weather.window import DAY, Window, floor_day, floor_hour
from belib_weather_tests.graph.conftest import DOWNSTREAM, Platform, keys_of
from belib_weather_tests.graph.publication import Documents, jobs, look, repair
from belib_weather_tests.graph.test_exports import asked_in_the_morning, in_days

POINTS = tuple(f"FR*V75*EPX07*04*{n}" for n in (1, 2, 3))
STATION = "FR*V75*PPX07*04"
NEIGHBOUR = "FR*V75*EPX08*01*1"
OLD, NEW = "330 Avenue de Ségur 75007 Paris", "55 Rue de Vaugirard 75015 Paris"
PLACES = {OLD: (2.3100, 48.8500), NEW: (2.2990, 48.8400)}
ELSEWHERE = (2.3000, 48.8700)
NOON = timedelta(hours=10)
DIMENSIONS = ("charge_points", "stations")
_STATES = ("station_states", "stations_index")


def body_with(at: datetime, addresses: Mapping[str, str | None]) -> bytes:
    """An export with the addresses of these points; no address means no place either."""
    same = {"statut_pdc": "Disponible", "last_updated": (at - timedelta(hours=1)).isoformat()}
    rows = []
    for point, address in addresses.items():
        lon, lat = PLACES.get(address or "", ELSEWHERE)
        place = {"lon": lon, "lat": lat} if address else None
        rows.append({"id_pdc": point, **same, "coordonneesxy": place, "adresse_station": address})
    return json.dumps(rows).encode()


def land(platform: Platform, at: datetime, addresses: Mapping[str, str | None]) -> None:
    """Store an export of this time, and one of five minutes later."""
    for captured_at in (at, at + timedelta(minutes=5)):
        response = response_of_export(
            body_with(at, addresses),
            captured_at=captured_at,
            name="own.json",
            minimum_charge_points=1,
        )
        platform.lake.append(RAW_SNAPSHOTS, response)


def everywhere(address: str | None) -> dict[str, str | None]:
    """The station's points at one address, the neighbour always at its own."""
    return {**dict.fromkeys(POINTS, address), NEIGHBOUR: "1 Rue de Berri 75008 Paris"}


def addresses_in_view(platform: Platform) -> dict[datetime, str]:
    rows = platform.warehouse.read(AVAILABILITY_HOURS).filter(pl.col("station_id") == STATION)
    return dict(rows.select("hour", "address").iter_rows())


@pytest.mark.slow
def test_a_new_address_publishes_the_affected_hours_again(
    platform: Platform, elasticsearch_url: str, tmp_path: Path, now: datetime
) -> None:
    """A late document of day 2 has another address; the days until 4 have none, day 5 the old.

    So it changes the days 2 to 4, and nothing else.
    """
    days = [floor_day(now) - timedelta(days=20 - n) for n in range(6)]
    platform = platform.changed(
        settings={"start": days[0].date(), "export_url": f"{tmp_path / 'exports'}"}
    )
    documents = Documents(platform, elasticsearch_url)
    for number, day in enumerate(days):
        land(platform, day + NOON, everywhere(None if 2 < number < 5 else OLD))
    window = Window(days[0], days[-1] + DAY)
    assert platform.materialize(*DIMENSIONS, *_STATES).success
    assert platform.materialize(*DOWNSTREAM, keys=keys_of(window)).success
    written = (day_key(days[0]), day_key(days[-1]))
    assert platform.materialize("open_exports", keys=written).success
    assert set(addresses_in_view(platform).values()) == {OLD}
    assert jobs(look(platform)) == []
    yesterday = (day_key(now - DAY),) * 2
    assert asked_in_the_morning(platform, in_days(now, 0)) == [yesterday]

    land(platform, days[2] + timedelta(hours=20), everywhere(NEW))
    assert platform.materialize(*DIMENSIONS).success

    versions = platform.warehouse.read(STATIONS).filter(pl.col("station_id") == STATION)
    assert versions.select("valid_from", "valid_to", "address", "arrondissement").rows() == [
        (days[0], days[2], OLD, 7),
        (days[2], days[5], NEW, 15),
        (days[5], None, OLD, 7),
    ]
    requests = look(platform).run_requests or []
    assert [request.partition_key for request in requests] == [
        hour_key(day + NOON) for day in reversed(days[2:5])
    ]
    assert repair(platform) == ["publish"] * 3
    expected = {day + NOON: NEW if 2 <= n < 5 else OLD for n, day in enumerate(days)}
    assert addresses_in_view(platform) == expected
    shown = {
        document["hour"]: (document["address"], document["arrondissement"])
        for document in documents.all(AVAILABILITY_INDEX).values()
        if document["station_id"] == STATION
    }
    assert shown == {
        f"{hour:%Y-%m-%dT%H:%M:%SZ}": (address, 15 if address == NEW else 7)
        for hour, address in expected.items()
    }
    assert documents.agree()
    due = (day_key(days[2]), day_key(days[4]))
    assert asked_in_the_morning(platform, in_days(now, 0)) == [due, yesterday]
    assert platform.materialize("open_exports", keys=due).success
    assert asked_in_the_morning(platform, in_days(now, 0)) == [yesterday]
    files = pl.concat(
        pl.read_csv(tmp_path / f"exports/availability/csv/{day:%Y-%m-%d}.csv", try_parse_dates=True)
        for day in days
    ).filter(pl.col("station_id") == STATION)
    assert dict(files.select("hour", "address").iter_rows()) == expected


@pytest.fixture
def renamed(shared_data: Path) -> list[tuple[datetime, str, str]]:
    """Capture time, charge point and address of two recorded records of one charge point."""
    folder = shared_data.parent / "cases/20-figures-and-dimensions"
    file = folder / "stations_renamed.json"
    if not file.is_file():
        pytest.skip(f"no recorded change of an address: {file} is not here")
    return [
        (
            datetime.fromisoformat(row["captured_at"]).astimezone(UTC),
            row["id_pdc"],
            row["adresse_station"],
        )
        for row in json.loads(file.read_text())
    ]


def test_a_differing_address_of_one_point_publishes_nothing(
    platform: Platform, elasticsearch_url: str, renamed: list[tuple[datetime, str, str]]
) -> None:
    """A recorded change: the point's version changes, the station's address is of the majority."""
    (first, point, before), (last, _, after) = renamed
    platform = platform.changed(settings={"start": first.date()})
    siblings = dict.fromkeys((p for p in POINTS if p != point), after)

    land(platform, last, {**siblings, point: after})
    hour = floor_hour(last)
    assert platform.materialize(*DIMENSIONS, *_STATES).success
    assert platform.materialize(*DOWNSTREAM, keys=hour_key(hour)).success
    land(platform, first, {**siblings, point: before})  # imported later
    assert platform.materialize(*DIMENSIONS).success
    assert platform.materialize(*DOWNSTREAM, keys=hour_key(floor_hour(first))).success

    versions = platform.warehouse.read(CHARGE_POINTS).filter(pl.col("charge_point_id") == point)
    assert versions["address"].to_list() == [before, after]
    assert versions["valid_from"].to_list() == [floor_day(first), floor_day(last)]
    assert set(addresses_in_view(platform)) == {floor_hour(first), hour}
    assert set(addresses_in_view(platform).values()) == {after}
    assert platform.warehouse.read(AVAILABILITY_FACTS).height == 2
    assert jobs(look(platform)) == []
    assert Documents(platform, elasticsearch_url).agree()
