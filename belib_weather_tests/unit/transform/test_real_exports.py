"""The two recorded exports of the feed through the whole reckoning, against counts made by hand."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from belib_weather.datasets import POINT_SECONDS, STATUS_SECONDS, ChargePoint, WeatherHour
from belib_weather.formats.realtime import read_realtime
from belib_weather.formats.snapshots import Snapshot, read_sightings
from belib_weather.networks import NETWORK
from belib_weather.transform.facts import availability_facts
from belib_weather.transform.points import fold_points, stations
from belib_weather.transform.states import current_points, station_states
from belib_weather.window import HOUR, Window, floor_hour
from belib_weather_tests.unit.transform.reference import Seen, facts_of_hour

FIRST = datetime(2023, 1, 27, 16, 20, tzinfo=UTC)
NEXT_DAY = FIRST + timedelta(days=1)


@pytest.fixture(scope="module")
def exports(shared_data: Path) -> list[bytes]:
    names = ("belib_realtime_2023-01-27.json", "belib_realtime_2023-01-28.json")
    return [(shared_data / "realtime" / name).read_bytes() for name in names]


def facts(snapshots: list[tuple[datetime, bytes]]) -> pl.DataFrame:
    hours = [floor_hour(at) for at, _ in snapshots]
    return availability_facts(
        read_sightings(Snapshot(at, body) for at, body in snapshots).good,
        window=Window(min(hours), max(hours) + HOUR),
        weather=WeatherHour.create_empty(),
        newest_snapshot=snapshots[-1][0],
        source="opendata_paris/realtime",
    )


def test_statuses_agree_with_a_count_of_the_file(exports: list[bytes]) -> None:
    for body in exports:
        read = read_realtime(body)
        counted = Counter(NETWORK.status_of_label[r["statut_pdc"]].value for r in json.loads(body))
        assert dict(read.records["status"].cast(pl.String).value_counts().iter_rows()) == counted
        assert (read.rejected.height, read.unknown_labels) == (0, {})


def test_a_day_apart_they_give_417_stations_each_and_nothing_observed(exports: list[bytes]) -> None:
    rows = facts([(FIRST, exports[0]), (NEXT_DAY, exports[1])])
    assert dict(rows["hour"].value_counts().iter_rows()) == {
        floor_hour(FIRST): 417,
        floor_hour(NEXT_DAY): 417,
    }
    sums = rows.select(pl.col(*POINT_SECONDS, "charge_points").cast(pl.Int64).sum()).row(
        0, named=True
    )
    assert sums["unobserved_seconds"] == sums["charge_points"] * 3600 == 2 * 2097 * 3600
    assert rows["any_observed_seconds"].sum() == 0
    assert rows["is_provisional"].to_list().count(True) == 417


def test_five_minutes_apart_they_give_five_observed_minutes(exports: list[bytes]) -> None:
    rows = facts([(FIRST, exports[0]), (FIRST + timedelta(minutes=5), exports[1])])
    assert rows.height == 417
    observed = rows.select(pl.sum_horizontal(*STATUS_SECONDS, "stale_seconds").sum()).item()
    assert observed == 2097 * 300
    assert set(rows["any_observed_seconds"]) == {300}


def test_five_minutes_apart_every_station_equals_the_slow_reading(exports: list[bytes]) -> None:
    snapshots = [(FIRST, exports[0]), (FIRST + timedelta(minutes=5), exports[1])]
    rows = facts(snapshots).filter(pl.col("station_id").str.contains("PPX(08|16)|PHB"))
    seen, station_of = _read_slowly(snapshots, set(rows["station_id"]))
    expected = facts_of_hour(seen, station_of, int(floor_hour(FIRST).timestamp()))
    names = list(next(iter(expected.values())))
    assert {r["station_id"]: {n: r[n] for n in names} for r in rows.to_dicts()} == expected


def _read_slowly(
    snapshots: list[tuple[datetime, bytes]], stations_wanted: set[str]
) -> tuple[list[Seen], dict[str, str]]:
    seen, station_of = [], {}
    for at, body in snapshots:
        for record in json.loads(body):
            parts = record["id_pdc"].split("*")
            kept = parts[:-2] if parts[2].startswith("EHB") else parts[:-1]
            station = "*".join([*kept[:2], "P" + kept[2][1:], *kept[3:]])
            if station in stations_wanted:
                station_of[record["id_pdc"]] = station
                updated = datetime.fromisoformat(record["last_updated"]).timestamp()
                status = NETWORK.status_of_label[record["statut_pdc"]].value
                seen.append(Seen(record["id_pdc"], int(at.timestamp()), status, int(updated)))
    return seen, station_of


def test_the_current_state_agrees_with_a_count_of_the_file(exports: list[bytes]) -> None:
    body, records = exports[1], json.loads(exports[1])
    read = read_realtime(body)
    newest, places = read.sightings(NEXT_DAY), read.points(NEXT_DAY)
    labels = (r["statut_pdc"] for r in records if not _is_old(r))
    fresh = Counter(NETWORK.status_of_label[label].value for label in labels)
    current = current_points(newest, places, NEXT_DAY, "opendata_paris/realtime")
    counted = current.filter(~pl.col("is_stale"))["status"].value_counts().iter_rows()
    assert (current.height, dict(counted)) == (2097, fresh)
    assert current["latitude"].null_count() == 2
    folded = fold_points(ChargePoint.create_empty(), places, None)
    states = station_states(newest, stations(folded), NEXT_DAY, "opendata_paris/realtime")
    assert states.height == 417
    assert {s: states[s].sum() for s in fresh} == fresh
    assert states["stale"].sum() == 2097 - sum(fresh.values())


def _is_old(record: dict[str, Any]) -> bool:
    return NEXT_DAY - datetime.fromisoformat(record["last_updated"]) >= timedelta(hours=26)


def test_the_feed_of_2026_reads_too(shared_data: Path) -> None:
    body = (shared_data / "api_samples/belib_rt_2026-09-23_first_records.json").read_bytes()
    at = datetime(2026, 9, 23, 4, tzinfo=UTC)
    assert read_realtime(body).records.height == 5
    assert read_realtime(body).points(at)["arrondissement"].to_list() == [16, 4, 17, 20, 4]


def test_the_export_of_a_wrong_filter_is_all_stale(shared_data: Path) -> None:
    body = (shared_data / "malformed/belib_realtime_stale_only_2023-09.json").read_bytes()
    at = datetime(2023, 9, 25, 12, tzinfo=UTC)
    read = read_realtime(body)
    states = current_points(read.sightings(at), read.points(at), at, "x")
    assert (states.height, states["is_stale"].mean()) == (104, 1.0)
