"""The home page: chances by the hour, what can be searched, the map, and what all of it weighs."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from functools import cache

import polars as pl
import pytest

from belib_weather.panels.i18n import LANGUAGES, Language, translation_to
from belib_weather.site.chances import (
    FORECAST,
    USUAL,
    bucket,
    chance_in_ten,
    chances_of,
    hours_ahead,
    interval_in_tenths,
)
from belib_weather.site.city_map import city_map
from belib_weather.site.city_weather import (
    association_sentence,
    day_text,
    hourly_texts,
    weather_ahead,
)
from belib_weather.site.data import SiteData
from belib_weather.site.home import home
from belib_weather.site.home_files import SIGNS, chances_document, chances_file, places_file, sign
from belib_weather.site.pages import files_of
from belib_weather.site.places import search_index, street_of
from belib_weather.site.shell import Shell, static_files
from belib_weather_tests.unit.site.city import HOSTILE, NOW, a_city

MOST_BYTES = 150_000
EN, FR = (translation_to(language) for language in (Language.ENGLISH, Language.FRENCH))


@cache
def city() -> SiteData:
    """A simulated city with one hostile name."""
    return a_city(stations_of_a_landmark=1)


@cache
def files_of_city() -> dict[str, bytes]:
    """All files of the small city, by path."""
    return {file.path: file.body for file in files_of(city())}


@pytest.mark.parametrize(
    ("now", "count"),
    [
        (datetime(2026, 11, 27, 13, 5, tzinfo=UTC), 34),  # 14:05 in Paris
        (datetime(2026, 10, 24, 12, 0, tzinfo=UTC), 35),  # tomorrow has 25 hours
        (datetime(2027, 3, 27, 12, 0, tzinfo=UTC), 34),  # tomorrow has 23
        (datetime(2026, 11, 27, 22, 59, tzinfo=UTC), 25),  # a minute before midnight in Paris
    ],
)
def test_the_hours_ahead_end_tomorrow_night(now: datetime, count: int) -> None:
    hours = hours_ahead(now)

    assert len(hours) == count
    assert hours[0] <= now < hours[1]


def test_chances_are_forecasts_within_their_horizon_and_usual_chances_beyond() -> None:
    station = city().states["station_id"][0]
    hours = hours_ahead(NOW)
    forecast = pl.DataFrame(
        {
            "station_id": [station] * 2,
            "origin": [hours[0]] * 2,
            "free_points_low": [0, 0],
            "free_points_high": [1, 2],
            "target": [hours[1], hours[1] + timedelta(minutes=15)],
            "chance_free": [0.25, 0.5],
            "expected_free_points": [0.3, 0.6],
        },
        schema_overrides=dict.fromkeys(("target", "origin"), pl.Datetime("us", "UTC")),
    )
    own = chances_of(city().profile, forecast, NOW).filter(pl.col("station_id") == station)

    assert own["hour"].to_list() == hours
    assert own["from"].to_list() == [USUAL, FORECAST, *[USUAL] * (len(hours) - 2)]
    assert own["chance"][1] == pytest.approx(0.25)
    assert own.row(1, named=True)["points_high"] == 1
    old = forecast.with_columns(origin=pl.col("origin") - pl.duration(hours=4))
    assert set(chances_of(city().profile, old, NOW)["from"]) == {USUAL}
    # The usual is that of the same hour of the week in Paris: Saturday at 18:00.
    at = datetime(2026, 11, 28, 17, tzinfo=UTC)
    usual = city().profile.filter(area=station, local_weekday=6, local_hour=18)
    assert own.filter(hour=at)["chance"].to_list() == usual["estimated_chance"].to_list()


@pytest.mark.parametrize(
    ("chance", "english", "french"),
    [
        (0.9, "9 in 10", "9 fois sur 10"),
        (0.949, "9 in 10", "9 fois sur 10"),
        (0.95, "almost always", "presque toujours"),
        (0.05, "1 in 10", "1 fois sur 10"),
        (0.04, "almost never", "presque jamais"),
        (None, "not known", "inconnue"),
    ],
)
def test_a_chance_has_a_text(chance: float | None, english: str, french: str) -> None:
    assert chance_in_ten(chance, EN) == english
    assert chance_in_ten(chance, FR).replace("\u00a0", " ") == french


def test_an_interval_has_a_text_where_it_has_two_ends() -> None:
    assert interval_in_tenths(0.72, 0.93) == (7, 9)
    assert interval_in_tenths(0.88, 0.91) is None
    assert interval_in_tenths(None, None) is None


def test_classes_of_the_map_have_the_limits_of_its_legend() -> None:
    assert [bucket(c) for c in (0.9, 0.89, 0.7, 0.4, 0.39, None)] == [
        *("always", "often", "often", "half", "rare", "unknown"),
    ]


def test_symbols_encode_every_two_percent() -> None:
    assert [sign(chance) for chance in (0, 0.02, 1, None)] == [SIGNS[0], SIGNS[1], SIGNS[-1], " "]
    assert len(SIGNS) == len(set(SIGNS)) == 51


def test_the_file_of_chances_has_every_station_and_hour() -> None:
    document = chances_document(city(), chances_of(city().profile, city().forecasts, NOW))

    assert len(document["stations"]) == city().states.height
    assert {len(each["chance"]) for each in document["stations"]} == {len(document["hours"])}
    assert document["weather"]["fr"][4] == "11 °C, pluie, 1,4 mm"
    assert {plug for each in document["stations"] for plug in each["plugs"]} >= {"type_2", "ef"}


@pytest.mark.parametrize(
    ("address", "number", "street"),
    [
        ("12 Rue de Rivoli 75001 Paris", 12, "Rue de Rivoli"),
        ("12 bis rue de Rivoli, 75116 Paris", 12, "Rue de Rivoli"),
        ("12B, quai du Bac 75007 Paris", 12, "Quai du Bac"),
        ("Place de la Nation 75012 Paris", 0, "Place de la Nation"),
        ("nowhere", 0, ""),
        ("", 0, ""),
    ],
)
def test_a_street_is_read_from_an_address(address: str, number: int, street: str) -> None:
    assert street_of(address) == (number, street)


def test_streets_hold_their_stations_and_no_address_is_lost() -> None:
    index = search_index(city().states)

    assert ["Gare de Lyon", 12, 48.8443, 2.3735] in index["places"]
    stations = sum(len(places) for _, _, places in index["streets"])
    assert stations == city().states.height - 1, "all but the hostile one, which has no street"


def test_the_map_shows_all_stations_within_its_frame() -> None:
    drawn = city_map(city().outlines, city().states)

    assert drawn is not None
    assert [area.number for area in drawn.areas] == list(range(1, 21))
    places = city().states.select("latitude", "longitude").rows()
    for x, y in (drawn.place(latitude, longitude) for latitude, longitude in places):
        assert 0 < x < 1000
        assert 0 < y < drawn.height
    # As wide as it is on the ground.
    (x1, y1), (x2, y2) = drawn.place(48.85, 2.30), drawn.place(48.86, 2.30 + 0.01 / 0.6580)
    assert abs(x2 - x1) == pytest.approx(abs(y2 - y1), rel=0.02)


def test_the_map_needs_places_but_no_outlines() -> None:
    drawn = city_map(city().outlines.clear(), city().states)
    assert drawn is not None
    assert drawn.areas == ()
    assert city_map(city().outlines, city().states.clear()) is None


def test_the_weather_of_an_hour_has_the_rain_that_falls_in_it() -> None:
    hours = [datetime(2026, 11, 27, hour, tzinfo=UTC) for hour in (15, 16, 18, 19)]

    texts = hourly_texts(city().weather_hours, hours, Language.ENGLISH)
    assert [("rain" in (text or "")) for text in texts] == [False, True, True, False]
    assert day_text(city().weather_hours, datetime(2026, 11, 28).date(), Language.ENGLISH) == (
        "5 to 11 °C, 3\u00a0hours with rain or snow (4.2 mm)"
    )
    assert day_text(city().weather_hours, datetime(2026, 12, 9).date(), Language.ENGLISH) is None


def test_the_newest_forecast_fills_hours_without_weather() -> None:
    measured = city().weather_hours.head(2)
    hours = city().weather_hours["hour"].head(4).to_list()
    forecast = pl.DataFrame(
        {
            "issued_at": [NOW - timedelta(hours=6)] * 4 + [NOW - timedelta(hours=1)] * 3,
            "hour": [*hours, *hours[:3]],
            "temperature_c": [1.0] * 4 + [2.0] * 3,
        },
        schema_overrides=dict.fromkeys(("issued_at", "hour"), pl.Datetime("us", "UTC")),
    )

    ahead = weather_ahead(measured, forecast)
    assert ahead["hour"].to_list() == hours
    assert ahead["temperature_c"].to_list() == [*measured["temperature_c"], 2.0, 1.0]
    assert weather_ahead(measured, forecast.clear()).equals(measured)


def test_the_association_is_stated_with_its_interval_or_not_at_all() -> None:
    said = association_sentence(city().weather, city().weather_hours, Language.ENGLISH)
    assert said is not None
    assert "+1.2 points" in said
    assert "−0.4 to +2.7" in said or "-0.4 to +2.7" in said
    assert "Provisional" in said
    withheld = city().weather.with_columns(standing=pl.lit("withheld"))
    assert association_sentence(withheld, city().weather_hours, Language.ENGLISH) is None


@pytest.mark.long
def test_the_home_page_is_small() -> None:
    city = a_city(stations_of_a_landmark=5)  # 400 stations, as the city has
    chances = chances_of(city.profile, city.forecasts, city.now)
    drawn = city_map(city.outlines, city.states)
    pages = [home(Shell(city, language, ""), chances, drawn) for language in LANGUAGES]
    shared = [*static_files().values(), chances_file(city, chances), places_file(city)]
    files = {file.path: file.body for file in [*shared, *pages]}
    loaded = [path for path in files if path.startswith(("assets/", "data/"))]
    assert set(loaded) == {
        path for path in files_of_city() if path.startswith(("assets/", "data/"))
    }
    for page in ("index.html", "en/index.html"):
        scripts = [path for path in loaded if path.endswith(".js")]
        weight = sum(len(gzip.compress(files[path], 6)) for path in (page, *loaded))
        # The live file, which another asset writes, has as much again as the file of chances.
        weight += len(gzip.compress(files["data/chances.json"], 6))
        assert weight <= MOST_BYTES
        assert sum(len(gzip.compress(files[path], 6)) for path in scripts) <= 10_000
        head = files[page].split(b"</head>")[0]
        assert head.count(b'<link rel="stylesheet"') <= 2
        assert head.count(b"<script") <= 2


@pytest.mark.long
def test_no_name_breaks_out_of_the_page_or_its_data() -> None:
    for language in LANGUAGES:
        page = files_of_city()[
            "index.html" if language is Language.FRENCH else "en/index.html"
        ].decode()
        assert HOSTILE not in page
        assert "<img" not in page
        data = page.split('id="home-data">')[1].split("</script>")[0]
        assert json.loads(data)["language"] == language


def test_a_city_without_rows_has_a_page() -> None:
    empty = city().__class__(now=NOW, states=city().states.clear())

    page = next(file for file in files_of(empty) if file.path == "index.html").body.decode()
    assert "Il n’y a encore rien à montrer." in page
