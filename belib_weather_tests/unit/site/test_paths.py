"""Paths of pages: from ids to folders, and from page to page."""

import pytest

from belib_weather.panels.i18n import Language
from belib_weather.site import paths


def test_pages_are_files_below_the_folder_of_the_site() -> None:
    assert paths.file_of("/en/station/FRV75PPX0704/") == "en/station/FRV75PPX0704/index.html"


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
