"""The script of the home page in Node.js, without a page: search, the surest stations, words."""

import json
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from belib_weather.panels.i18n import Language, translation_to
from belib_weather.site.chances import bucket, chance_in_ten, chances_of, interval_in_tenths
from belib_weather.site.home_files import SIGNS, chances_document
from belib_weather.site.home_texts import of_script
from belib_weather.site.places import search_index
from belib_weather_tests.node.conftest import tools
from belib_weather_tests.unit.site.city import NOW, a_city

CITY = a_city(stations_of_a_landmark=1)
TEXT = of_script(translation_to(Language.FRENCH))
CHANCES = [None, 0.0, 0.04, 0.05, 0.39, 0.4, 0.55, 0.7, 0.9, 0.949, 0.95, 1.0]
FILE = chances_document(CITY, chances_of(CITY.profile, CITY.forecasts, NOW))
STATIONS = FILE["stations"]
LYON = {"lat": 48.8443, "lon": 2.3735}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the functions of the script give, all in one process."""
    node, _ = tools()
    folder = tmp_path_factory.mktemp("script")
    script = Path(str(files("belib_weather.site").joinpath("static/home.js")))
    shutil.copy(script, folder / "home.mjs")
    inputs = {
        "index": search_index(CITY.states),
        "file": FILE,
        "text": TEXT,
        "chances": CHANCES,
        "lyon": LYON,
    }
    asked = f"""
    import * as home from "./home.mjs";
    const {{ index, file, text, chances, lyon }} = {json.dumps(inputs)};
    const entries = home.entriesOf(index, file.stations, text);
    const find = (query) => home.found(entries, query);
    const with_ = (changed) => file.stations.map((each) => ({{ ...each, ...changed }}));
    const any = {{ power: 0, plug: "" }};
    const live = [{{ id: "FR*V75*PPX12*0", state: "full", free: 0, points: 9 }}];
    console.log(JSON.stringify({{
      lyon: find("gare de lyon"), accents: find("GARE DE L EST"), short: find("bd des cordiers"),
      typed: find("inval"), house: find("1 rue de l'horloger"), nothing: find("zzzz"),
      blank: find(" "),
      hostile: find("<img src=x onerror"), postal: find("rue de l horloger 75012"),
      metres: home.metres(lyon, {{ lat: 48.8443 + 0.01, lon: 2.3735 }}),
      now: home.surest(file.stations, file, lyon, null, any),
      then: home.surest(file.stations, file, lyon, 4, any),
      strong: home.surest(file.stations, file, lyon, 4, {{ power: 50, plug: "chademo" }}),
      far: home.surest(file.stations, file, {{ lat: 48.7, lon: 2.3 }}, 4, any),
      farNow: home.surest(file.stations, file, {{ lat: 48.7, lon: 2.3 }}, null, any),
      full: home.surest(file.stations.map((each) => (
        home.metres(lyon, each) < 800 ? {{ ...each, free: 0 }} : each)), file, lyon, null, any),
      noneFree: home.surest(with_({{ free: 0 }}), file, lyon, null, any),
      noChance: home.surest(with_({{ chance: "" }}), file, lyon, 4, any),
      inTen: chances.map((each) => home.inTen(each, text)),
      between: [[0.72, 0.93], [0.88, 0.91], [null, null]].map(
        ([low, high]) => home.intervalInTen(low, high, text)),
      buckets: chances.map(home.bucket),
      merged: home.merged(file.stations, live).filter((each) => each.points === 9),
    }}));
    """
    (folder / "asked.mjs").write_text(asked)
    ran = subprocess.run(
        [node, "asked.mjs"], cwd=folder, check=True, capture_output=True, text=True, timeout=60
    )
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def test_a_place_is_found_whatever_its_spelling(answers: dict[str, Any]) -> None:
    assert answers["lyon"][0]["name"] == "Gare de Lyon, Paris 12"
    assert (answers["lyon"][0]["lat"], answers["lyon"][0]["lon"]) == (48.8443, 2.3735)
    assert answers["accents"][0]["name"].startswith("Gare de l’Est")
    assert answers["short"][0]["name"].startswith("Boulevard des Cordiers")
    assert answers["typed"][0]["name"].startswith("Invalides")
    assert answers["nothing"] == answers["blank"] == []
    assert answers["hostile"][0]["kind"] == "station"
    assert answers["postal"][0]["name"] == "Rue de l’Horloger, Paris 12"


def test_an_unknown_house_number_leads_to_the_nearest_known_one(answers: dict[str, Any]) -> None:
    street = answers["house"][0]
    nearest = min(street["places"], key=lambda place: abs(place[0] - 1))
    assert street["kind"] == "street"
    assert (street["lat"], street["lon"]) == tuple(nearest[1:])


def test_distances_are_those_on_the_ground(answers: dict[str, Any]) -> None:
    assert answers["metres"] == pytest.approx(1112, abs=1)


def test_the_best_stations_are_within_reach_in_the_order_of_their_chance(
    answers: dict[str, Any],
) -> None:
    then = answers["then"]["list"]
    chances = [one["chance"] for one in then]
    assert 1 <= len(then) <= 3
    assert answers["then"]["note"] == answers["now"]["note"] == ""
    assert all(one["distance"] <= 800 for one in then)
    assert chances == sorted(chances, reverse=True)
    assert all(one["station"]["free"] > 0 for one in answers["now"]["list"])
    assert all(
        one["station"]["power_kw"] >= 50 and "chademo" in one["station"]["plugs"]
        for one in answers["strong"]["list"]
    )


@pytest.mark.parametrize(
    ("asked", "note"),
    [
        ("far", "far"),
        ("farNow", "far"),
        ("full", "full"),
        ("noneFree", "noneFree"),
        ("noChance", "noChance"),
    ],
)
def test_without_a_station_within_reach_the_nearest_are_listed_with_the_reason(
    answers: dict[str, Any], asked: str, note: str
) -> None:
    answer = answers[asked]
    distances = [one["distance"] for one in answer["list"]]

    assert answer["note"] == note
    assert note in TEXT["notes"]
    assert len(distances) == 3
    assert distances == sorted(distances)
    assert (distances[0] > 800) == (note in {"far", "full"})


def test_texts_and_classes_equal_those_of_the_pages(answers: dict[str, Any]) -> None:
    french = translation_to(Language.FRENCH)
    assert answers["inTen"] == [chance_in_ten(chance, french) for chance in CHANCES]
    assert answers["buckets"] == [bucket(chance) for chance in CHANCES]
    intervals = ((0.72, 0.93), (0.88, 0.91), (None, None))
    assert answers["between"] == [
        french.gettext("between {low} and {high} in 10", low=ends[0], high=ends[1]) if ends else ""
        for ends in (interval_in_tenths(low, high) for low, high in intervals)
    ]
    assert len(SIGNS) == 51


def test_the_present_of_the_live_file_replaces_that_of_the_page(answers: dict[str, Any]) -> None:
    assert [(one["id"], one["free"], one["state"]) for one in answers["merged"]] == [
        ("FRV75PPX120", 0, "full")
    ]
