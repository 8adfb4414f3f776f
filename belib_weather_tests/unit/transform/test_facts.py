"""What the seconds of an hour are counted as, case by case; laws are in test_facts_properties."""

from datetime import UTC, datetime, timedelta

import pytest

from belib_weather.datasets import WeatherHour
from belib_weather.transform.errors import BrokenHours
from belib_weather.transform.facts import availability_facts
from belib_weather.window import Window
from belib_weather_tests.cleaned import one_source
from belib_weather_tests.unit.transform.polls import (
    HOUR_START,
    POINT,
    SIBLING,
    T0,
    fact,
    frame,
    polled,
)
from belib_weather_tests.unit.transform.reference import Sighting


def test_a_whole_hour_of_an_available_point_is_3600_available_seconds() -> None:
    row = fact(*polled(POINT, "available"))
    assert (row["available_seconds"], row["unobserved_seconds"]) == (3600, 0)
    assert (row["charge_points"], row["snapshots"]) == (1, 12)
    assert row["source"] == "opendata_paris/realtime"


def test_a_change_is_placed_at_the_new_records_stamp() -> None:
    records = [
        *polled(POINT, "available", end=T0 + 600),
        *polled(POINT, "occupied", start=T0 + 900, updated=T0 + 777),
    ]
    row = fact(*records)
    assert (row["available_seconds"], row["occupied_seconds"]) == (777, 3600 - 777)


def test_a_change_stamped_in_the_resync_minute_is_placed_at_the_poll_that_saw_it() -> None:
    hour = datetime(2026, 11, 24, 3, tzinfo=UTC)
    start = int(hour.timestamp())
    for second, handed_over in ((1800, 2100), (1859, 2100), (1860, 1860), (1799, 1799)):
        records = [
            *polled(POINT, "available", start=start, end=start + 1500, updated=start - 5),
            *polled(
                POINT, "occupied", start=start + 2100, end=start + 3600, updated=start + second
            ),
        ]
        assert fact(*records, hour=hour)["available_seconds"] == handed_over


def test_a_stamp_after_its_snapshot_or_going_backwards_places_no_change() -> None:
    for stamp in (T0 + 901, T0 - 5000, T0 - 900):
        records = [
            *polled(POINT, "available", end=T0 + 600),
            *polled(POINT, "occupied", start=T0 + 900, updated=stamp),
        ]
        assert fact(*records)["available_seconds"] == 900


def test_time_between_polls_is_observed_up_to_half_an_hour_and_unobserved_beyond() -> None:
    assert fact(*(Sighting(POINT, T0 + s, "available", T0) for s in (0, 1800)))[
        "unobserved_seconds"
    ] == (1800)
    assert fact(*(Sighting(POINT, T0 + s, "available", T0) for s in (0, 1801)))[
        "unobserved_seconds"
    ] == (3600)


def test_a_record_is_stale_from_26_hours_after_its_stamp_whatever_its_status() -> None:
    row = fact(*polled(POINT, "available", updated=T0 + 1000 - 93_600))
    assert (row["available_seconds"], row["stale_seconds"]) == (1000, 2600)
    assert row["any_observed_seconds"] == 3600
    assert row["any_available_seconds"] == 1000


def test_staleness_ends_at_the_hand_over_to_a_fresher_record() -> None:
    records = [
        *polled(POINT, "available", updated=T0 - 100_000, end=T0 + 600),
        *polled(POINT, "available", updated=T0 + 700, start=T0 + 900),
    ]
    row = fact(*records)
    assert (row["stale_seconds"], row["available_seconds"]) == (700, 2900)


def test_a_point_first_seen_within_the_hour_is_unobserved_before() -> None:
    row = fact(*polled(POINT, "available"), *polled(SIBLING, "occupied", start=T0 + 1200))
    assert row["charge_points"] == 2
    assert (row["occupied_seconds"], row["unobserved_seconds"]) == (2400, 1200)


def test_a_station_is_full_while_none_is_free_and_some_point_is_in_use() -> None:
    busy, broken = polled(POINT, "occupied"), polled(SIBLING, "out_of_order")
    assert fact(*busy, *broken)["full_seconds"] == 3600
    assert fact(*polled(POINT, "reserved"), *broken)["full_seconds"] == 3600
    assert fact(*broken)["full_seconds"] == 0
    stale_busy = polled(POINT, "occupied", updated=T0 - 100_000)
    assert fact(*stale_busy, *broken)["full_seconds"] == 0
    free = polled(SIBLING, "available", end=T0 + 600)
    row = fact(*busy, *free)
    assert (row["any_available_seconds"], row["full_seconds"]) == (600, 3000)


def test_a_station_only_sighted_has_a_row_that_is_all_unobserved() -> None:
    row = fact(Sighting(POINT, T0 + 5, "available", T0))
    assert (row["charge_points"], row["snapshots"], row["unobserved_seconds"]) == (1, 1, 3600)
    assert row["any_observed_seconds"] == 0


def test_of_two_records_in_one_second_the_newest_stamp_counts_then_the_later_status() -> None:
    rivals = [
        Sighting(POINT, T0 + 1800, "unknown", T0 - 900),
        Sighting(POINT, T0 + 1800, "available", T0 - 800),
    ]
    rest = [Sighting(POINT, T0 + 3600, "available", T0 - 800)]
    assert fact(*rivals, *rest)["available_seconds"] == 1800
    tie = [
        Sighting(POINT, T0 + 1800, "unknown", T0 - 800),
        Sighting(POINT, T0 + 1800, "available", T0 - 800),
    ]
    row = fact(*tie, *rest)
    assert (row["unknown_seconds"], row["available_seconds"]) == (1800, 0)


def test_snapshots_counts_the_seconds_in_which_any_point_of_the_station_was_sighted() -> None:
    row = fact(
        Sighting(POINT, T0, "available", T0),
        Sighting(SIBLING, T0, "available", T0),
        Sighting(SIBLING, T0 + 1, "available", T0),
        Sighting(POINT, T0 + 3600, "available", T0),
    )
    assert row["snapshots"] == 2


def test_no_sightings_make_no_facts() -> None:
    rows = availability_facts(
        frame([]),
        window=Window.hour(HOUR_START),
        weather=WeatherHour.create_empty(),
        newest_snapshot=None,
        sources=one_source(Window.hour(HOUR_START), "x"),
    )
    assert rows.is_empty()


def test_sightings_in_the_margins_alone_make_no_row() -> None:
    rows = availability_facts(
        frame(
            [Sighting(POINT, T0 - 1, "available", T0), Sighting(POINT, T0 + 3600, "available", T0)]
        ),
        window=Window.hour(HOUR_START),
        weather=WeatherHour.create_empty(),
        newest_snapshot=None,
        sources=one_source(Window.hour(HOUR_START), "x"),
    )
    assert rows.is_empty()


def test_a_window_that_cuts_an_hour_is_refused() -> None:
    window = Window(HOUR_START, HOUR_START + timedelta(minutes=90))
    with pytest.raises(BrokenHours, match="full UTC hours"):
        availability_facts(
            frame([]),
            window=window,
            weather=WeatherHour.create_empty(),
            newest_snapshot=None,
            sources=one_source(window, "x"),
        )
