"""Paths of pages: from ids to folders, and from page to page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belib_weather.panels.i18n import Language
from belib_weather.site import paths


def test_a_station_is_found_by_its_national_id() -> None:
    assert paths.station("FR*V75*PPX07*04") == "/station/FRV75PPX0704/"
    assert paths.file_of("/en/station/FRV75PPX0704/") == "en/station/FRV75PPX0704/index.html"


@given(st.text(min_size=1))
def test_no_id_of_the_feed_leaves_its_folder(station_id: str) -> None:
    name = paths.slug(station_id)
    assert not set(name) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-~")


@pytest.mark.parametrize(
    ("target", "page", "link"),
    [
        ("/", "/", "./"),
        ("/station/X/", "/", "station/X/"),
        ("/", "/station/X/", "../../"),
        ("/en/station/X/", "/station/X/", "../../en/station/X/"),
        ("/assets/site.css", "/en/", "../assets/site.css"),
    ],
)
def test_links_are_relative(target: str, page: str, link: str) -> None:
    assert paths.relative(target, page) == link


def test_french_is_at_the_root() -> None:
    assert [paths.in_language("/station/X/", language) for language in Language] == [
        "/station/X/",
        "/en/station/X/",
    ]
