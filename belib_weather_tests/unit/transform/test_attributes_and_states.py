"""Attributes of charge points and stations, and their states at the newest snapshot."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from belib_weather.datasets import Station
from belib_weather.formats.realtime import read_realtime
from belib_weather.formats.static import read_static
from belib_weather.transform.states import current_points, station_states
from belib_weather.vocabulary import STATUSES
from belib_weather.window import DAY
from belib_weather_tests.bodies import body as recorded_body
from belib_weather_tests.cleaned import dimensions_of

AT = datetime(2026, 11, 24, 10, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)
POINT = "FR*V75*EPX08*11*6"


def row(point: str = POINT, **values: Any) -> dict[str, Any]:
    return {
        "id_pdc": point,
        "statut_pdc": "Disponible",
        "last_updated": "2026-11-24T09:00:00+00:00",
        "coordonneesxy": {"lon": 2.31, "lat": 48.87},
        "adresse_station": "37 Rue la Boétie 75008 Paris",
        "code_insee_commune": "75108",
        "arrondissement": "08e Arrondissement",
        **values,
    }


def points_in(*rows: dict[str, Any], at: datetime = AT) -> pl.DataFrame:
    return read_realtime(json.dumps(rows).encode()).points(at)


def body(*rows: dict[str, Any]) -> bytes:
    return json.dumps(rows).encode()


NOWHERE: Any = dict.fromkeys(
    ["coordonneesxy", "adresse_station", "code_insee_commune", "arrondissement"]
)


def test_a_null_in_the_feed_never_overwrites_a_known_place() -> None:
    known = dimensions_of({AT: body(row()), AT + DAY: body(row(**NOWHERE))}).points.row(
        0, named=True
    )
    assert (known["address"], known["latitude"]) == ("37 Rue la Boétie 75008 Paris", 48.87)
    assert (known["arrondissement"], known["valid_from"], known["valid_to"]) == (8, MIDNIGHT, None)
    assert (known["station_id"], known["roaming_id"]) == ("FR*V75*PPX08*11", "FRV75EPX08116")


def test_a_place_known_later_holds_for_earlier_days_and_a_move_opens_a_version() -> None:
    moved = row(adresse_station="1 Rue Neuve 75009 Paris", coordonneesxy={"lon": 2.4, "lat": 48.9})
    bodies = {AT: body(row(**NOWHERE)), AT + DAY: body(row()), AT + 4 * DAY: body(moved)}
    for known in (dimensions_of(bodies).points, dimensions_of(bodies).stations):
        assert known.select(
            "valid_from", "valid_to", "address", "longitude", "arrondissement"
        ).rows() == [
            (MIDNIGHT, MIDNIGHT + 4 * DAY, "37 Rue la Boétie 75008 Paris", 2.31, 8),
            (MIDNIGHT + 4 * DAY, None, "1 Rue Neuve 75009 Paris", 2.4, 9),
        ]


def test_coordinates_off_the_globe_are_unknown() -> None:
    assert points_in(row(coordonneesxy={"lon": 200.0, "lat": 48.0}))["longitude"].item() is None


def test_equipment_comes_from_the_static_dataset_and_unlisted_points_stay_without() -> None:
    raw = json.dumps(
        [
            {
                "id_pdc_local": POINT,
                "puissance_nominale": "7",
                "prise_type_2": "False",
                "prise_type_ef": "true",
                "nom_station": "Paris | Boétie",
                "date_mise_en_service": "2021-08-17T23:30:00+00:00",
                "adresse_station": "elsewhere",
            },
            {"id_pdc_local": None, "statut_pdc": "En test"},
            {"id_pdc_local": "only static"},
        ]
    ).encode()
    known = dimensions_of({AT: body(row(), row("X*Y*E1*1"))}, {AT: raw})
    listed, unlisted = known.points.to_dicts()
    assert (listed["power_kw"], listed["has_type_2"], listed["has_ef"]) == (7.0, False, True)
    assert listed["commissioned_on"] == date(2021, 8, 18)  # in Paris
    assert listed["address"] == "37 Rue la Boétie 75008 Paris"
    assert (unlisted["charge_point_id"], unlisted["power_kw"]) == ("X*Y*E1*1", None)


def test_attributes_of_a_station_are_those_of_most_points() -> None:
    places = [
        row(f"FR*V75*EPX08*11*{n}", adresse_station=address, coordonneesxy=place)
        for n, (address, place) in enumerate(
            [
                ("B 75008", {"lon": 2.2, "lat": 48.9}),
                ("A 75008", {"lon": 2.3, "lat": 48.8}),
                ("B 75008", {"lon": 2.2, "lat": 48.9}),
                (None, None),
            ]
        )
    ]
    station = dimensions_of({AT: body(*places)}).stations.row(0, named=True)
    assert station["address"] == "B 75008"
    assert (station["latitude"], station["longitude"]) == (48.9, 2.2)
    assert (station["charge_points"], station["arrondissement"]) == (4, 8)


def test_a_station_whose_place_is_unknown_is_still_a_station() -> None:
    rows = dimensions_of({AT: body(row(**NOWHERE))}).stations
    assert rows.select("station_id", "latitude", "address").row(0) == (
        "FR*V75*PPX08*11",
        None,
        None,
    )


def test_the_state_of_a_station_counts_fresh_points_by_status_and_stale_ones_apart() -> None:
    raw = json.dumps(
        [
            row("FR*V75*EPX08*11*1"),
            row("FR*V75*EPX08*11*2", statut_pdc="Occupé (en charge)"),
            row("FR*V75*EPX08*11*3", last_updated="2026-11-23T08:00:00+00:00"),
            row("FR*V75*EPX08*11*4", last_updated="2026-11-23T08:00:01+00:00"),
        ]
    ).encode()
    snapshot = read_realtime(raw)
    newest = snapshot.sightings(AT)
    known = dimensions_of({AT: raw}).stations
    state = station_states(newest, known, AT, "opendata_paris/realtime").row(0, named=True)
    assert (state["charge_points"], state["available"], state["occupied"]) == (4, 2, 1)
    assert (state["stale"], state["reported_available"]) == (1, 3)
    assert (state["newest_update"], state["captured_at"]) == (AT - timedelta(hours=1), AT)
    assert (state["address"], state["source"]) == (
        "37 Rue la Boétie 75008 Paris",
        "opendata_paris/realtime",
    )
    equipment = read_static(recorded_body("static/2024.json")).records.head(1)
    named = equipment.with_columns(charge_point_id=pl.lit("FR*V75*EPX08*11*1"))
    current = current_points(newest, snapshot.points(AT), AT, "opendata_paris/realtime", named)
    equipped = current.filter(pl.col("power_kw").is_not_null()).row(0, named=True)
    assert (equipped["charge_point_id"], equipped["has_type_2"], equipped["opening_hours"]) == (
        "FR*V75*EPX08*11*1",
        True,
        "24/7",
    )
    assert current["is_stale"].to_list() == [False, False, True, False]
    assert current["status"].to_list() == ["available", "occupied", "available", "available"]
    assert current["station_id"].unique().to_list() == ["FR*V75*PPX08*11"]


def test_a_station_missing_from_the_dimensions_has_a_state_without_attributes() -> None:
    newest = read_realtime(json.dumps([row()]).encode()).sightings(AT)
    state = station_states(newest, Station.create_empty(), AT, "x").row(0, named=True)
    assert (state["available"], state["address"]) == (1, None)


def test_a_point_listed_twice_is_counted_once() -> None:
    twice = [row(), row(statut_pdc="Inconnu")]
    newest = read_realtime(json.dumps(twice).encode()).sightings(AT)
    state = station_states(newest, Station.create_empty(), AT, "x").row(0, named=True)
    assert (state["charge_points"], state["unknown"]) == (1, 1)
    assert current_points(newest, points_in(*twice), AT, "x").height == 1
    assert sum(state[status] for status in STATUSES) + state["stale"] == 1
