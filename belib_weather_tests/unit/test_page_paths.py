"""A station's page has one path, whoever links to it, also of ids that no station should have."""

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from belib_weather import page_paths
from belib_weather.feeds.entries import Entry
from belib_weather.feeds.formats import Feed, atom, json_feed
from belib_weather.page_paths import LONGEST_NAME, slug
from belib_weather.transform.distance import metres_from

AT = datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("station_id", "page"),
    [
        ("FR*V75*PPX07*04", "/station/FRV75PPX0704/"),
        ("../../etc", "/station/~2e~2e~2f~2e~2e~2fetc/"),
        ("12 Rue d'Été?", "/station/12~20Rue~20d~27~c9t~e9~3f/"),
        ("*", "/station/~2a/"),
    ],
)
def test_the_path_of_a_page_follows_from_the_id_of_its_station(station_id: str, page: str) -> None:
    assert page_paths.station(station_id) == page


@given(st.text(min_size=1, max_size=100))
def test_no_id_leaves_its_folder_or_is_too_long_for_one(station_id: str) -> None:
    name = slug(station_id)
    assert not set(name) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-~")
    assert 0 < len(name) <= LONGEST_NAME


def test_long_names_of_two_ids_differ() -> None:
    assert slug("/" * 98 + "a") != slug("/" * 98 + "b")


def test_a_feed_links_to_the_page_that_the_site_writes() -> None:
    entry = Entry("urn:uuid:1", "FR V/1", "became_free", AT, "title", "text")
    feed = Feed("feeds/station/X", "station/X/", "Belib'", [entry], AT)
    page = f"https://belib.example.org{page_paths.station(entry.station_id)}"
    assert f'"{page}"' in json_feed(feed, "https://belib.example.org/").decode()
    assert f'"{page}"' in atom(feed, "https://belib.example.org/").decode()


def test_metres_on_the_ground_are_those_of_a_map() -> None:
    """The Louvre to the Gare de Lyon: 3.2 km; a degree of longitude at 60° north: half of one."""
    places = pl.DataFrame({"latitude": [48.8443, 60.0], "longitude": [2.3744, 1.0]})
    louvre, north = places.select(
        metres_from(48.8606, 2.3376).alias("louvre"), metres_from(60.0, 0.0).alias("north")
    )
    assert louvre[0] == 3246
    assert north[1] == 55_597
