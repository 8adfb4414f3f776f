"""Pages and report lead to each other, and no link of any of them leads nowhere."""

import os
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from belib_weather import page_paths
from belib_weather.datasets import AvailabilityHour, StationState
from belib_weather.datasets.feed import FeedHour
from belib_weather.feeds.formats import Feed, atom, json_feed
from belib_weather.panels.i18n import LANGUAGES, Language
from belib_weather.report import Period, report_of
from belib_weather.report import links as report_links
from belib_weather.report.files import write as write_report
from belib_weather.site.folder import write
from belib_weather.site.pages import files_of
from belib_weather_tests.site_links import broken_links
from belib_weather_tests.unit.site import whole

pytestmark = pytest.mark.long

NOW: datetime = whole.NOW


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole site of 84 stations with the report of a city without observations."""
    folder, elsewhere = (tmp_path_factory.mktemp(name) for name in ("site", "report"))
    report = report_of(
        AvailabilityHour.create_empty(),
        StationState.create_empty(),
        FeedHour.create_empty(),
        Period.of(7, NOW),
    )
    write_report(elsewhere, report, folder)
    site = replace(whole.whole(stations_of_a_landmark=1), has_report=True)
    write(folder, files_of(site, "http://site.example"))
    pages = map(page_paths.station, site.states["station_id"])
    numbers = site.states["arrondissement"].drop_nulls().unique()
    for page in (*pages, *map(page_paths.arrondissement, numbers)):
        feed = Feed(page_paths.feed(page), page.lstrip("/"), "Belib'", [], NOW)
        (folder / feed.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / f"{feed.path}.atom").write_bytes(atom(feed, ""))
        (folder / f"{feed.path}.json").write_bytes(json_feed(feed, ""))
    return folder


def test_every_link_of_every_page_leads_to_a_file(folder: Path) -> None:
    assert len(list(folder.rglob("*.html"))) > 2 * 84
    assert broken_links(folder) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("page", "data"),
    [
        ("station/FRV75PPX0704", ("station.json", "hours.csv")),
        ("arrondissement/7", ("arrondissement.json", "hours.csv")),
    ],
)
def test_a_page_links_to_its_feeds_and_its_data_in_body_and_head(
    folder: Path, language: Language, page: str, data: tuple[str, str]
) -> None:
    prefix = "" if language is Language.FRENCH else f"{language}/"
    own = f"{prefix}{page}/"
    head, body = (folder / own / "index.html").read_text().split("<body")
    kinds = {
        "application/atom+xml": f"feeds/{page}.atom",
        "application/feed+json": f"feeds/{page}.json",
        "application/json": f"{page}/{data[0]}",
        "text/csv": f"{page}/{data[1]}",
    }

    for kind, target in kinds.items():
        link = os.path.relpath(target, own)
        assert re.search(
            rf'<link rel="alternate" type="{re.escape(kind)}"[^>]* href="{link}">', head
        )
        assert f'<a href="{link}">' in body
        assert (folder / target).is_file()


@pytest.mark.parametrize("link", ["nowhere/", "../data-and-method/#nothing"])
def test_a_link_that_leads_nowhere_is_found(tmp_path: Path, link: str) -> None:
    for name in ("station", "data-and-method"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text("<p id=some></p>")
    (tmp_path / "station" / "index.html").write_text(f'<a href="{link}">there</a>')

    assert [line.split(": ")[1].split(" ")[0] for line in broken_links(tmp_path)] == [link]


@pytest.mark.parametrize("language", LANGUAGES)
def test_report_and_site_link_to_each_other_in_their_language(
    folder: Path, language: Language
) -> None:
    prefix = "" if language is Language.FRENCH else f"{language}/"
    report = (folder / prefix / "report" / "index.html").read_text()

    for link in ('href="../"', 'href="../arrondissement/"', 'href="../data-and-method/"'):
        assert link in report
    other = "../en/report/" if language is Language.FRENCH else "../../report/"
    assert f'href="{other}"' in report
    assert "<style" not in report, "the server of the site allows none"
    for page in ("", "station/FRV75PPX0704/", "arrondissement/7/", "data-and-method/"):
        html = (folder / prefix / page / "index.html").read_text()
        up = "../" * page.count("/")
        assert f'href="{up}report/"' in html


def test_a_site_without_a_report_links_to_none() -> None:
    made = files_of(whole.whole(stations_of_a_landmark=1))

    assert not [file.path for file in made if b'report/"' in file.body]


def test_a_separate_report_links_to_the_public_address_of_the_site() -> None:
    links = report_links.of_a_file(Language.ENGLISH, "https://belib.example")

    assert links.site[0] == ("Belib", "https://belib.example/en/")
    assert links.style is None
    assert report_links.of_a_file(Language.ENGLISH, "").site == []
