"""What people ask the alias is answered: by the hour in Paris, on both clock changes, by place."""

from collections import Counter
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from belib_weather.search import SearchStore
from belib_weather.search.projections import AVAILABILITY_INDEX, STATIONS_INDEX
from belib_weather.window import Window
from belib_weather_tests.stores.search.conftest import Reader
from belib_weather_tests.stores.search.sample import DAY, START, documents, states

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (datetime(2026, 10, 24, tzinfo=UTC), datetime(2026, 10, 27, tzinfo=UTC)),
        (datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 3, 31, tzinfo=UTC)),
    ],
    ids=["autumn", "spring"],
)
def test_local_hours_and_days_agree_with_the_clock_in_paris(
    search: SearchStore, reader: Reader, first: datetime, last: datetime
) -> None:
    window = Window(first, last)
    search.publish(AVAILABILITY_INDEX, documents(window, 2), window)
    local = [hour.astimezone(PARIS) for hour in window.hours]

    by_hour = reader.buckets("availability", {"terms": {"field": "local_hour", "size": 24}})
    assert by_hour == {hour: 2 * n for hour, n in Counter(t.hour for t in local).items()}

    per_day = {"field": "hour", "calendar_interval": "day", "time_zone": "Europe/Paris"}
    by_day = reader.buckets("availability", {"date_histogram": {**per_day, "format": "yyyy-MM-dd"}})
    assert by_day == {str(d): 2 * n for d, n in Counter(t.date() for t in local).items()}

    by_date = {"field": "local_date", "calendar_interval": "day", "format": "yyyy-MM-dd"}
    assert reader.buckets("availability", {"date_histogram": by_date}) == by_day


def test_shares_are_ratios_of_sums_over_any_filter(search: SearchStore, reader: Reader) -> None:
    frame = documents(DAY, 9)
    search.publish(AVAILABILITY_INDEX, frame, DAY)
    found = reader.search(
        "availability",
        size=0,
        query={"term": {"weather_class": "rain"}},
        aggs={
            "occupied": {"sum": {"field": "occupied_seconds"}},
            "available": {"sum": {"field": "available_seconds"}},
        },
    )["aggregations"]
    rain = frame.filter(frame["weather_class"] == "rain")
    assert found["occupied"]["value"] == rain["occupied_seconds"].sum()
    assert found["available"]["value"] == rain["available_seconds"].sum()


def test_stations_near_a_place_are_found_and_those_without_one_are_not(
    search: SearchStore, reader: Reader
) -> None:
    hour = Window.hour(START)
    search.publish(AVAILABILITY_INDEX, documents(hour, 40), hour)
    near = {"geo_distance": {"distance": "95m", "location": {"lat": 48.8520, "lon": 2.35}}}
    hits = reader.search("availability", query=near, size=100)["hits"]["hits"]
    # 0.0001° of latitude is 11.1 m: eight on either side of the twentieth.
    assert {hit["_source"]["station_id"] for hit in hits} == {
        f"FR*V75*PPX00*{n:02d}" for n in range(12, 29)
    }


@pytest.mark.parametrize(
    "bound",
    [
        "2026-11-02T12:00:00.000Z",  # toISOString() of a browser; Kibana's threshold rules
        "2026-11-02T12:00:00Z",
        "2026-11-02T13:00:00+01:00",
        "2026-11-02T12:00:00.123456+00:00",
        "2026-11-02T12",
        1_793_620_800_000,
        "1793620800000",
        "2026-11-02T12:00:00.000Z||/h",
    ],
)
def test_times_can_be_queried_in_every_form_that_kibana_and_browsers_send(
    search: SearchStore, reader: Reader, bound: str | int
) -> None:
    search.publish(AVAILABILITY_INDEX, documents(DAY), DAY)
    found = reader.search("availability", query={"range": {"hour": {"gte": bound}}}, size=0)
    assert found["hits"]["total"]["value"] in (36, 33)  # 33 where the bound is after the hour


def test_days_and_relative_times_can_be_queried(search: SearchStore, reader: Reader) -> None:
    search.publish(AVAILABILITY_INDEX, documents(DAY), DAY)
    search.publish(STATIONS_INDEX, states())
    for dataset, field, bound in (
        ("availability", "hour", "2026-11-02"),
        ("availability", "local_date", "2026-11-02"),
        ("availability", "local_date", "2026-11-01T23:00:00.000Z"),
        ("stations", "captured_at", "now-30y"),
        ("stations", "newest_update", "2026-11-03T00:00:00.000Z"),
    ):
        found = reader.search(dataset, query={"range": {field: {"gte": bound}}}, size=0)
        assert found["hits"]["total"]["value"] > 0


def test_an_address_is_found_by_its_words_and_as_a_whole(
    search: SearchStore, reader: Reader
) -> None:
    search.publish(STATIONS_INDEX, states())
    for query, hits in (
        ({"match": {"address.text": {"query": "RUE de la Rivoli", "operator": "and"}}}, 2),
        ({"match_phrase": {"address.text": "1 rue de rivoli"}}, 1),
        ({"match": {"address.text": "de la"}}, 0),  # only words that say nothing
        ({"term": {"address": "1 rue de Rivoli 75004 Paris"}}, 1),
        ({"term": {"address": "rivoli"}}, 0),
    ):
        assert reader.search("stations", query=query)["hits"]["total"]["value"] == hits, query
