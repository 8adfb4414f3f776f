"""Histories of recorded bodies, and of small inputs whose history was found by hand."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from belib_weather.formats.realtime import read_realtime
from belib_weather.formats.static import read_static
from belib_weather.transform.charge_points import charge_points, static_join
from belib_weather.transform.stations import stations
from belib_weather.transform.stretches import (
    DAY_SECONDS,
    FEED,
    STATIC,
    Attributes,
    by_day,
    with_days,
)
from belib_weather.window import DAY, second_of
from belib_weather_tests.cleaned import dimensions_of

pytestmark = pytest.mark.long

Bodies = dict[datetime, bytes]


@pytest.fixture
def cases(shared_data: Path) -> Path:
    """Folder of small inputs, beside the recorded bodies."""
    path = shared_data.parent / "cases"
    if not path.is_dir():
        pytest.skip(f"no small inputs: {path.name} is not beside the recorded data")
    return path


def one_after_another(bodies: Bodies, of: Attributes) -> tuple[pl.DataFrame, list[int]]:
    """The stretches of bodies taken one by one in this order, and their days."""
    stretches, days = of.none(), set()
    for at, body in bodies.items():
        records = (
            read_realtime(body).places(at)
            if of is FEED
            else read_static(body).records.with_columns(pl.lit(second_of(at)).alias("second"))
        )
        day = second_of(at) // DAY_SECONDS
        days.add(day)
        stretches = with_days(stretches, by_day(records, of), [day], sorted(days), of)
    return stretches, sorted(days)


def orders(bodies: Bodies) -> Iterator[Bodies]:
    for order in permutations(bodies):
        yield {at: bodies[at] for at in order}


def captured_after(body: bytes) -> datetime:
    newest = max(datetime.fromisoformat(one["last_updated"]) for one in json.loads(body))
    return newest.astimezone(UTC) + timedelta(seconds=10)


def snapshots_of(case: Path) -> Bodies:
    case_input = json.loads(case.read_text())
    return {
        datetime.fromisoformat(one["captured_at"]): json.dumps(one["records"]).encode()
        for one in case_input["realtime"]
    }


def test_recorded_exports_and_static_vintages_give_one_history_in_any_order(
    shared_data: Path,
) -> None:
    feed = {}
    for name in ("belib_realtime_2023-01-27.json", "belib_realtime_2023-01-28.json"):
        body = (shared_data / "realtime" / name).read_bytes()
        feed[captured_after(body)] = body
    static = {
        datetime(year, 12, 1, tzinfo=UTC): (shared_data / "static" / name).read_bytes()
        for year, name in ((2022, "belib_static_2022-12.csv"), (2024, "belib_static_2024-12.json"))
    }
    whole = dimensions_of(feed, static)
    for of_feed in orders(feed):
        for of_static in orders(static):
            stretches, days = one_after_another(of_feed, FEED)
            equipment, _ = one_after_another(of_static, STATIC)
            points = charge_points(stretches, equipment, days)
            assert_frame_equal(points, whole.points)
            assert_frame_equal(stations(points), whole.stations)

    # Found by hand: ids, and what the two exports and the two vintages say otherwise.
    records = [json.loads(body) for _, body in sorted(feed.items())]
    ids = {one["id_pdc"] for one in records[0]} | {one["id_pdc"] for one in records[1]}
    assert set(whole.points["charge_point_id"]) == ids
    moved = _with_other_values(records)
    versions = whole.points.group_by("charge_point_id").len()
    of_2023 = whole.points.filter(pl.col("valid_from") < datetime(2023, 2, 1, tzinfo=UTC))
    twice = of_2023.group_by("charge_point_id").len().filter(pl.col("len") > 1)
    assert set(twice["charge_point_id"]) == moved
    assert versions["len"].max() <= 3  # type: ignore[operator]
    join = static_join(whole.points, one_after_another(feed, FEED)[0], equipment)
    named = {i for body in static.values() for i in read_static(body).records["charge_point_id"]}
    assert (join.matched, join.only_feed) == (len(ids & named), len(ids - named))
    assert join.only_static == len(named - ids)


def _with_other_values(records: list[list[dict[str, Any]]]) -> set[str]:
    """Points of which two exports of different days say different places, neither of them null."""
    first, second = ({one["id_pdc"]: one for one in export} for export in records)

    def micro(value: dict[str, float]) -> tuple[int, int]:
        return (round(value["lat"] * 1e6), round(value["lon"] * 1e6))

    moved = set()
    for point in first.keys() & second.keys():
        before, after = first[point], second[point]
        for name, read in (("adresse_station", str.strip), ("coordonneesxy", micro)):
            if before[name] and after[name] and read(before[name]) != read(after[name]):
                moved.add(point)
    return moved


def test_a_point_that_leaves_is_unlisted_once_thirty_days_have_passed(cases: Path) -> None:
    bodies = snapshots_of(cases / "23-definitions" / "thirty_days.json")
    first, last = min(bodies), max(bodies)
    before = dimensions_of({at: body for at, body in bodies.items() if at < last})
    after = dimensions_of(bodies)
    columns = ("valid_from", "valid_to", "charge_points")
    midnight = first.replace(hour=0, minute=0, second=0)
    assert before.stations.select(columns).rows() == [(midnight, None, 2)]
    assert after.stations.select(columns).rows() == [
        (midnight, midnight + DAY, 2),
        (midnight + DAY, None, 1),
    ]


def test_a_document_that_arrives_last_changes_its_days_alone(cases: Path) -> None:
    bodies = snapshots_of(cases / "23-definitions" / "late_address.json")
    *early, late = bodies
    columns = ("valid_from", "address")
    for order in ((*early, late), (late, *early), (early[1], late, early[0])):
        stretches, days = one_after_another({at: bodies[at] for at in order}, FEED)
        points = charge_points(stretches, STATIC.none(), days).with_columns(
            pl.col("valid_from").dt.day()
        )
        assert points.select(columns).rows() == [
            (10, "1 Rue A 75001 Paris"),
            (15, "2 Rue B 75002 Paris"),
        ]
    without = dimensions_of({at: bodies[at] for at in early}).points
    assert without["valid_from"].dt.day().to_list() == [10, 20]


def test_a_changed_address_is_a_version_of_the_point(cases: Path) -> None:
    case_input = json.loads(
        (cases / "20-figures-and-dimensions" / "stations_renamed.json").read_text()
    )
    records = {
        datetime.fromisoformat(one.pop("captured_at")): {
            **one,
            "statut_pdc": "Disponible",
            "last_updated": "2023-01-01T00:00:00Z",
        }
        for one in case_input
    }
    sibling = {"adresse_station": "55 Avenue de Ségur 75007 Paris"}
    bodies = {
        at: json.dumps(
            [one, *({**one, **sibling, "id_pdc": one["id_pdc"][:-1] + n} for n in "23")]
        ).encode()
        for at, one in records.items()
    }
    dimensions = dimensions_of(bodies)
    point = dimensions.points.filter(charge_point_id=case_input[0]["id_pdc"])
    assert [address[:3] for address in point["address"]] == ["330", "55 "]
    assert point["valid_from"].dt.date().cast(pl.String).to_list() == ["2023-02-01", "2023-09-14"]
    assert [address[:3] for address in dimensions.stations["address"]] == ["55 "]


def test_two_static_vintages_give_the_rows_of_a_rebuild() -> None:
    """The second no longer lists a point, and places another elsewhere."""
    at = datetime(2026, 11, 1, 12, tzinfo=UTC)

    def static(rows: list[tuple[int, str, str]]) -> bytes:
        return json.dumps(
            [
                {
                    "id_pdc_local": f"FR*V75*EPX01*01*{n}",
                    "puissance_nominale": power,
                    "nom_station": "A",
                    "adresse_station": address,
                }
                for n, power, address in rows
            ]
        ).encode()

    a, b = "1 Rue A 75001 Paris", "2 Rue B 75002 Paris"
    vintages = {at: static([(1, "7", a), (2, "22", a)]), at + 5 * DAY: static([(1, "7", b)])}
    records = [
        {"id_pdc": f"FR*V75*EPX01*01*{n}", "last_updated": at.isoformat(), "statut_pdc": None}
        for n in (1, 2)
    ]
    feed = {at + n * DAY: json.dumps(records).encode() for n in (0, 6)}
    whole = dimensions_of(feed, vintages).points
    stretches, days = one_after_another(feed, FEED)
    for order in orders(vintages):
        folded = charge_points(stretches, one_after_another(order, STATIC)[0], days)
        assert_frame_equal(folded, whole)
    assert whole.select("charge_point_id", "address", "power_kw", "station_name").rows() == [
        ("FR*V75*EPX01*01*1", a, 7.0, "A"),
        ("FR*V75*EPX01*01*1", b, 7.0, "A"),
        ("FR*V75*EPX01*01*2", a, 22.0, "A"),
    ]
