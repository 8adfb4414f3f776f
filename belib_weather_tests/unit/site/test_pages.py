"""The pages from small frames: what a station's page says, and that no text becomes markup."""

import csv
import json
from collections import Counter
from html.parser import HTMLParser

import polars as pl
import pytest

from belib_weather.datasets.forecasts import ForecastOfStation
from belib_weather.panels.i18n import LANGUAGES, Language
from belib_weather.site.data import SiteData
from belib_weather.site.pages import files_of
from belib_weather_tests.unit.site import small, whole

MOST_BYTES = 50_000
VOID = {"meta", "link", "br", "img", "hr", "input"}
PAGES = (
    *("station/FRV75PPX0704/", "station/FRV75PPX1101/", "station/FRV75PPX2099/"),
    *("arrondissement/", "arrondissement/7/", "arrondissement/11/", "data-and-method/"),
)


class Reader(HTMLParser):
    """Text, tags and attributes of a page; what is not closed in order is unbalanced."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str]] = []
        self.ids: Counter[str] = Counter()
        self.headings: list[int] = []
        self.unbalanced: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        self.unbalanced += self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(name, value or "") for name, value in attrs]
        self.ids.update(value for name, value in attrs if name == "id" and value)
        if tag in {"h1", "h2", "h3"}:
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.unbalanced.append(f"</{tag}> at {self.getpos()}")

    def handle_data(self, data: str) -> None:
        self.text += data.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture(scope="module")
def site_files() -> dict[str, bytes]:
    """Every file of a small site."""
    return {file.path: file.body for file in files_of(small.small(), "https://belib.example")}


def page(site_files: dict[str, bytes], path: str, language: Language = Language.ENGLISH) -> Reader:
    prefix = "" if language is Language.FRENCH else f"{language}/"
    return Reader(site_files[f"{prefix}{path}index.html"].decode())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_well_formed_small_and_without_inline_scripts(
    site_files: dict[str, bytes], path: str, language: Language
) -> None:
    read = page(site_files, path, language)

    assert read.unbalanced == []
    assert [name for name, count in read.ids.items() if count > 1] == []
    assert read.headings[0] == 1
    assert all(b - a <= 1 for a, b in zip(read.headings, read.headings[1:], strict=False))
    assert not {name for name, _ in read.attributes if name.startswith("on") or name == "style"}
    assert read.tags["style"] == 0
    prefix = "" if language is Language.FRENCH else f"{language}/"
    assert len(site_files[f"{prefix}{path}index.html"]) < MOST_BYTES
    seen = "2026 at 14:04" if language is Language.ENGLISH else "2026 à 14 h 04"
    assert seen in read.text or "14:04" in read.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "path", ["station/FRV75PPX1101/", "arrondissement/11/", "data-and-method/"]
)
def test_markup_in_an_address_is_escaped(
    site_files: dict[str, bytes], path: str, language: Language
) -> None:
    read = page(site_files, path, language)

    assert "alert(1)" in read.text
    assert "{{ 7 * 7 }}" in read.text
    assert read.tags["img"] == 0
    assert not [value for name, value in read.attributes if name == "src" and value == "x"]
    assert "<script>alert" not in site_files[f"{path}index.html"].decode()


def test_the_page_shows_the_current_state(site_files: dict[str, bytes]) -> None:
    text = page(site_files, "station/FRV75PPX0704/").text

    assert "3 / 4 points free" in text
    assert "State: available, since Friday 27 November 2026 at 12:05." in text
    assert "1 point in use." in text
    broken = page(site_files, "station/FRV75PPX1101/").text
    assert "2 points out of order, at least since Tuesday 24 November 2026 at 14:05." in broken
    assert "1 point has sent no news" in page(site_files, "station/FRV75PPX2099/").text


def test_every_hour_to_the_end_of_tomorrow_has_its_usual_chance(
    site_files: dict[str, bytes],
) -> None:
    read = page(site_files, "station/FRV75PPX0704/")

    hours = [value for name, value in read.attributes if name == "data-hour"]
    assert (hours[0], hours[-1]) == ("2026-11-27T13:00:00+00:00", "2026-11-28T22:00:00+00:00")
    assert len(hours) == len(set(hours)) == 34
    # Friday's hours have an interval, those of Saturday none: it is shown only where there is one.
    assert read.text.count("9 in 10") == 10
    assert read.text.count("9 in 10 8 to 10 in 10") == 10
    assert read.text.count("5 in 10") == 24


def test_a_forecast_is_shown_beside_the_usual_chance() -> None:
    rows = [row for row in whole.forecasts().rows(named=True) if row["horizon_minutes"] == 60]
    chance = {"chance_free": 0.71, "free_points_low": 1, "free_points_high": 3}
    forecasts = small.frame(ForecastOfStation, [rows[0] | chance])
    site_files = {file.path: file.body for file in files_of(small.small(forecasts=forecasts))}

    text = page(site_files, "station/FRV75PPX0704/").text
    assert "15:007 in 10 1 to 39 in 10 8 to 10 in 10" in text
    assert "Forecast" not in page(site_files, "station/FRV75PPX1101/").text


def test_days_outages_and_reliability_are_those_of_the_frames(site_files: dict[str, bytes]) -> None:
    text = page(site_files, "station/FRV75PPX0704/").text

    # 24 hours of 26 November: 23 with half of the time free, one not observed for that half.
    assert "48%" in text
    assert "2%" in text
    assert "in service 98.7% of the time (90.0% to 99.0%" in text
    assert "FR*V75*EPX07*04*1" in text
    assert "22 Nov at 14:05" in text
    assert "3 hours" in text
    broken = page(site_files, "station/FRV75PPX1101/").text
    assert "the whole station" in broken
    assert "lasts" in broken
    assert "at least 3 days" in broken
    assert "No point was available for a second this month." in broken


def test_a_part_of_a_day_has_the_colour_of_its_kind(site_files: dict[str, bytes]) -> None:
    drawn = {value for name, value in page(site_files, "station/FRV75PPX0704/").attributes}

    assert {"part-0", "part-4"} <= drawn, "free, and not observed for half an hour"
    assert "part-3" not in drawn, "it was always in service"


def test_a_station_without_data_has_a_page_that_says_so(site_files: dict[str, bytes]) -> None:
    text = page(site_files, "station/FRV75PPX2099/").text

    for sentence in (
        "Too little was observed to say what is usual here.",
        "Nothing was observed in the last four weeks.",
        "Too little was observed this month",
        "No outage was seen in the last three months.",
    ):
        assert sentence in text


def test_the_data_files_beside_a_page_hold_what_it_shows(site_files: dict[str, bytes]) -> None:
    data = json.loads(site_files["station/FRV75PPX0704/station.json"])
    hours = list(csv.DictReader(site_files["station/FRV75PPX0704/hours.csv"].decode().splitlines()))

    assert data["now"]["available"] == 3
    assert data["licence"] == "ODbL-1.0"
    assert data["seen_at"] == "2026-11-27T13:04:00Z"
    assert [row["charge_point_id"] for row in data["points"]] == [
        f"FR*V75*EPX07*04*{number}" for number in range(1, 5)
    ]
    assert len(data["usual"]) == 168
    assert data["outages"][0]["duration_seconds"] == 3 * 3600
    day = data["days"][-1]
    total = sum(day[name] for name in ("free", "in_use", "out", "not_in_service", "unobserved"))
    assert (day["date"], day["hours"], round(total, 3)) == ("2026-11-26", 24, 1)
    assert hours[0]["hour"] == "2026-11-25T23:00:00Z"
    assert all(
        sum(
            int(row[n]) for n in row if n.endswith("_seconds") and not n.startswith(("any", "full"))
        )
        == int(row["charge_points"]) * 3600
        for row in hours
    )
    empty = site_files["station/FRV75PPX2099/hours.csv"].decode().splitlines()
    assert len(empty) == 1
    assert empty[0].startswith("hour,")


def test_the_data_files_of_an_arrondissement_are_beside_its_page(
    site_files: dict[str, bytes],
) -> None:
    data = json.loads(site_files["arrondissement/7/arrondissement.json"])
    hours = list(csv.DictReader(site_files["arrondissement/7/hours.csv"].decode().splitlines()))
    of_station = list(
        csv.DictReader(site_files["station/FRV75PPX0704/hours.csv"].decode().splitlines())
    )

    assert (data["now"]["available"], data["stations"]) == (3, [small.GOOD])
    assert data["rank"]["saturation"] == {"place": 2, "of": 2}
    assert data["week"]["week"] == "2026-11-16"
    assert len(data["hours_of_the_week"]) == 168
    assert data["hours_of_the_week"][18]["occupancy"] == 0.75
    assert data["licence"] == "ODbL-1.0"
    assert [row.pop("stations") for row in hours] == ["1"] * len(of_station)
    assert hours == of_station
    empty = site_files["arrondissement/11/hours.csv"].decode().splitlines()
    assert [empty[0].split(",")[:2], len(empty)] == [["hour", "stations"], 1]


def test_arrondissements_are_ranked(site_files: dict[str, bytes]) -> None:
    seventh, eleventh = (page(site_files, f"arrondissement/{number}/").text for number in (7, 11))

    assert "Saturation: 8.0%; place 2 of 2" in seventh
    assert "Saturation: 25.0%; place 1 of 2" in eleventh
    assert "Usually 3 points are free today at 21:00." in seventh
    assert "Fullest: Tuesday at 18:00." in seventh
    listed = page(site_files, "arrondissement/").text
    assert listed.index("7th") < listed.index("11th")


def test_the_method_page_shows_missed_snapshots(site_files: dict[str, bytes]) -> None:
    text = page(site_files, "data-and-method/").text

    assert "95.0% of the time lies between two snapshots" in text
    assert "12 of 240 snapshots were missed" in text
    assert "Most often on Monday at 00:00" in text
    assert "Fewer than 28 days were observed" in text
    assert "never available" in text


def test_pages_of_two_languages_link_to_each_other(site_files: dict[str, bytes]) -> None:
    french = page(site_files, "station/FRV75PPX0704/", Language.FRENCH)
    english = page(site_files, "station/FRV75PPX0704/")

    assert ("href", "../../en/station/FRV75PPX0704/") in french.attributes
    assert ("href", "../../../station/FRV75PPX0704/") in english.attributes
    shared = "https://belib.example/en/station/FRV75PPX0704/"
    assert english.attributes.count(("href", shared)) == 2  # canonical, and among the languages
    assert "3 / 4 bornes libres" in french.text
    assert "9 fois sur 10" in french.text


def test_without_any_data_the_pages_say_so() -> None:
    site_files = {file.path: file.body for file in files_of(SiteData(now=small.NOW))}

    for language in LANGUAGES:
        assert page(site_files, "data-and-method/", language).unbalanced == []
    assert "There is nothing to show yet." in page(site_files, "arrondissement/").text


def test_simulated_data_is_marked_on_every_page() -> None:
    states = small.small().states.with_columns(source=pl.lit("simulator:opendata_paris/realtime"))
    site_files = {file.path: file.body for file in files_of(small.small(states=states))}

    for path in PAGES:
        assert "Simulated data" in page(site_files, path).text
