"""Two exports of the feed through all transformations, against independent counts of the files."""

import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from belib_weather.datasets import POINT_SECONDS, STATUS_SECONDS, WeatherHour
from belib_weather.formats.batches import Snapshot
from belib_weather.formats.realtime import read_realtime
from belib_weather.formats.snapshots import read_sightings
from belib_weather.networks import NETWORK
from belib_weather.transform.facts import availability_facts
from belib_weather.transform.states import current_points, station_states
from belib_weather.window import HOUR, Window, floor_hour
from belib_weather_tests.bodies import body as stored
from belib_weather_tests.cleaned import dimensions_of, one_source
from belib_weather_tests.unit.transform.reference import (
    Sighting,
    facts_of_hour,
    ids_of,
    station_of,
    stations_of,
)

FIVE_MINUTES = timedelta(minutes=5)


@pytest.fixture
def exports(any_body: Callable[[str], bytes]) -> list[bytes]:
    names = ("2022", "2022_five_minutes_later")
    return [any_body(f"realtime/{name}.json") for name in names]


def after(body: bytes) -> datetime:
    """Ten seconds after the newest stamp of an export."""
    newest = max(datetime.fromisoformat(record["last_updated"]) for record in json.loads(body))
    return newest.astimezone(UTC) + timedelta(seconds=10)


def facts(snapshots: list[tuple[datetime, bytes]]) -> pl.DataFrame:
    hours = [floor_hour(at) for at, _ in snapshots]
    return availability_facts(
        read_sightings(Snapshot(at, body) for at, body in snapshots).good,
        window=Window(min(hours), max(hours) + HOUR),
        weather=WeatherHour.create_empty(),
        newest_snapshot=snapshots[-1][0],
        sources=one_source(Window(min(hours), max(hours) + HOUR), "opendata_paris/realtime"),
    )


def test_statuses_agree_with_a_count_of_the_file(exports: list[bytes]) -> None:
    for body in exports:
        read = read_realtime(body)
        counted = Counter(NETWORK.status_of_label[r["statut_pdc"]].value for r in json.loads(body))
        assert dict(read.records["status"].cast(pl.String).value_counts().iter_rows()) == counted
        assert (read.rejected.height, read.unknown_labels) == (0, {})


def test_two_exports_a_day_apart_give_all_stations_and_no_observed_time(
    exports: list[bytes],
) -> None:
    first = after(exports[0])
    next_day = first + timedelta(days=1)
    rows = facts([(first, exports[0]), (next_day, exports[1])])
    counts = [len(stations_of(body)) for body in exports]
    assert dict(rows["hour"].value_counts().iter_rows()) == {
        floor_hour(first): counts[0],
        floor_hour(next_day): counts[1],
    }
    sums = rows.select(pl.col(*POINT_SECONDS, "charge_points").cast(pl.Int64).sum()).row(
        0, named=True
    )
    assert sums["charge_points"] == sum(len(ids_of(body)) for body in exports)
    assert sums["unobserved_seconds"] == sums["charge_points"] * 3600
    assert rows["any_observed_seconds"].sum() == 0
    assert rows["is_provisional"].to_list().count(True) == counts[1]


def test_two_exports_five_minutes_apart_give_five_observed_minutes(exports: list[bytes]) -> None:
    first = after(exports[0])
    rows = facts([(first, exports[0]), (first + FIVE_MINUTES, exports[1])])
    assert set(rows["station_id"]) == stations_of(exports[1])
    observed = rows.select(pl.sum_horizontal(*STATUS_SECONDS, "stale_seconds").sum()).item()
    assert observed == len(ids_of(exports[0]) & ids_of(exports[1])) * 300
    assert set(rows["any_observed_seconds"]) == {300}


@pytest.mark.long
def test_every_station_of_two_exports_five_minutes_apart_equals_the_slow_reference(
    exports: list[bytes],
) -> None:
    first = after(exports[0])
    snapshots = [(first, exports[0]), (first + FIVE_MINUTES, exports[1])]
    rows = facts(snapshots).filter(pl.col("station_id").str.contains("PPX(08|16)|PHB"))
    sightings, station = _read_slowly(snapshots, set(rows["station_id"]))
    expected = facts_of_hour(sightings, station, int(floor_hour(first).timestamp()))
    names = list(next(iter(expected.values())))
    assert {r["station_id"]: {n: r[n] for n in names} for r in rows.to_dicts()} == expected


def _read_slowly(
    snapshots: list[tuple[datetime, bytes]], station_ids: set[str]
) -> tuple[list[Sighting], dict[str, str]]:
    sightings: list[Sighting] = []
    station: dict[str, str] = {}
    for at, body in snapshots:
        for record in json.loads(body):
            if station_of(record["id_pdc"]) in station_ids:
                station[record["id_pdc"]] = station_of(record["id_pdc"])
                updated = datetime.fromisoformat(record["last_updated"]).timestamp()
                status = NETWORK.status_of_label[record["statut_pdc"]].value
                sightings.append(
                    Sighting(record["id_pdc"], int(at.timestamp()), status, int(updated))
                )
    return sightings, station


def test_the_current_state_agrees_with_a_count_of_the_file(exports: list[bytes]) -> None:
    body, records = exports[1], json.loads(exports[1])
    at, read = after(body), read_realtime(body)
    newest, places = read.sightings(at), read.points(at)
    labels = (r["statut_pdc"] for r in records if not _is_old(r, at))
    fresh = Counter(NETWORK.status_of_label[label].value for label in labels)
    current = current_points(newest, places, at, "opendata_paris/realtime")
    counted = current.filter(~pl.col("is_stale"))["status"].value_counts().iter_rows()
    assert (current.height, dict(counted)) == (len(records), fresh)
    nowhere = [record for record in records if record["coordonneesxy"] is None]
    assert current["latitude"].null_count() == len(nowhere) > 0
    known = dimensions_of({at: body}).stations
    states = station_states(newest, known, at, "opendata_paris/realtime")
    assert set(states["station_id"]) == stations_of(body)
    assert {s: states[s].sum() for s in fresh} == fresh
    assert states["stale"].sum() == len(records) - sum(fresh.values()) > 0


def _is_old(record: dict[str, Any], at: datetime) -> bool:
    return at - datetime.fromisoformat(record["last_updated"]) >= timedelta(hours=26)


def test_the_feed_of_2026_is_readable(any_body: Callable[[str], bytes]) -> None:
    body = any_body("realtime/2026.json")
    read = read_realtime(body)
    assert read.records.height == len(json.loads(body))
    # The INSEE code is that of the whole city, so the postal code gives the arrondissement.
    addresses = [record["adresse_station"] for record in json.loads(body)]
    codes = [address and re.search(r"750(\d\d)", address) for address in addresses]
    arrondissements = read.points(after(body))["arrondissement"].to_list()
    assert arrondissements == [code and int(code[1]) for code in codes]


@pytest.mark.parametrize("name", ["2022.json", "2026.json"])
def test_a_csv_export_reads_like_the_json_export_of_the_same_records(name: str) -> None:
    of_json = read_realtime(stored(f"realtime/{name}"))
    of_csv = read_realtime(stored(f"realtime/{name.replace('json', 'csv')}"))
    assert_frame_equal(of_csv.placed, of_json.placed)


def test_a_selected_poll_reads_like_the_whole_export_of_the_same_records() -> None:
    whole, selected = (
        read_realtime(stored(f"realtime/{name}.json")).placed.sort("charge_point_id")
        for name in ("2026", "2026_selected")
    )
    assert_frame_equal(selected, whole)


def test_the_export_of_a_wrong_filter_is_all_stale(any_body: Callable[[str], bytes]) -> None:
    body = any_body("realtime/2023_stale_only.json")
    at = after(body) + timedelta(hours=26)
    read = read_realtime(body)
    states = current_points(read.sightings(at), read.points(at), at, "x")
    assert (states.height, states["is_stale"].mean()) == (len(ids_of(body)), 1.0)
