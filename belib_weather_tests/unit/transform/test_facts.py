"""What the facts of an hour say, case by case; the general laws are in test_facts_properties."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from belib_weather.datasets import WeatherHour
from belib_weather.transform.errors import BrokenHours
from belib_weather.transform.facts import availability_facts
from belib_weather.window import HOUR, Window
from belib_weather_tests.unit.transform.polls import frame
from belib_weather_tests.unit.transform.reference import Seen

HOUR_START = datetime(2026, 11, 24, 10, tzinfo=UTC)
T0 = int(HOUR_START.timestamp())
POINT, SIBLING = "FR*V75*EPX08*11*1", "FR*V75*EPX08*11*2"


def fact(
    *seen: Seen,
    weather: pl.DataFrame | None = None,
    newest: datetime | None = None,
    hour: datetime = HOUR_START,
) -> dict[str, object]:
    rows = availability_facts(
        frame(list(seen)),
        window=Window.hour(hour),
        weather=WeatherHour.create_empty() if weather is None else weather,
        newest_snapshot=newest,
        source="opendata_paris/realtime",
    )
    assert rows.height == 1
    return rows.row(0, named=True)


def polled(
    point: str, status: str, *, updated: int = T0 - 900, start: int = T0, end: int = T0 + 3600
) -> list[Seen]:
    return [Seen(point, second, status, updated) for second in range(start, end + 1, 300)]


def weather(*rows: dict[str, object]) -> pl.DataFrame:
    empty = WeatherHour.create_empty()
    made = pl.DataFrame(
        [{"source": "open_meteo/archive", "captured_at": HOUR_START, **row} for row in rows]
    )
    return WeatherHour.validate(
        pl.concat([empty, made], how="diagonal_relaxed").select(empty.columns), cast=True
    )


def test_a_whole_hour_of_an_available_point_is_3600_available_seconds() -> None:
    row = fact(*polled(POINT, "available"))
    assert (row["available_seconds"], row["unobserved_seconds"]) == (3600, 0)
    assert (row["charge_points"], row["snapshots"]) == (1, 12)
    assert row["source"] == "opendata_paris/realtime"


def test_a_change_is_placed_at_the_new_records_stamp() -> None:
    seen = [
        *polled(POINT, "available", end=T0 + 600),
        *polled(POINT, "occupied", start=T0 + 900, updated=T0 + 777),
    ]
    row = fact(*seen)
    assert (row["available_seconds"], row["occupied_seconds"]) == (777, 3600 - 777)


def test_a_change_stamped_in_the_resync_minute_is_placed_at_the_poll_that_saw_it() -> None:
    hour = datetime(2026, 11, 24, 3, tzinfo=UTC)
    start = int(hour.timestamp())
    for second, handed_over in ((1800, 2100), (1859, 2100), (1860, 1860), (1799, 1799)):
        seen = [
            *polled(POINT, "available", start=start, end=start + 1500, updated=start - 5),
            *polled(
                POINT, "occupied", start=start + 2100, end=start + 3600, updated=start + second
            ),
        ]
        assert fact(*seen, hour=hour)["available_seconds"] == handed_over


def test_a_stamp_after_its_snapshot_or_going_backwards_tells_no_moment_of_change() -> None:
    for stamp in (T0 + 901, T0 - 5000, T0 - 900):
        seen = [
            *polled(POINT, "available", end=T0 + 600),
            *polled(POINT, "occupied", start=T0 + 900, updated=stamp),
        ]
        assert fact(*seen)["available_seconds"] == 900


def test_time_between_polls_is_observed_up_to_half_an_hour_and_unobserved_beyond() -> None:
    assert fact(*(Seen(POINT, T0 + s, "available", T0) for s in (0, 1800)))[
        "unobserved_seconds"
    ] == (1800)
    assert fact(*(Seen(POINT, T0 + s, "available", T0) for s in (0, 1801)))[
        "unobserved_seconds"
    ] == (3600)


def test_a_record_is_stale_from_26_hours_after_its_stamp_whatever_its_status() -> None:
    row = fact(*polled(POINT, "available", updated=T0 + 1000 - 93_600))
    assert (row["available_seconds"], row["stale_seconds"]) == (1000, 2600)
    assert row["any_observed_seconds"] == 3600
    assert row["any_available_seconds"] == 1000


def test_staleness_ends_at_the_hand_over_to_a_fresher_record() -> None:
    seen = [
        *polled(POINT, "available", updated=T0 - 100_000, end=T0 + 600),
        *polled(POINT, "available", updated=T0 + 700, start=T0 + 900),
    ]
    row = fact(*seen)
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
    row = fact(Seen(POINT, T0 + 5, "available", T0))
    assert (row["charge_points"], row["snapshots"], row["unobserved_seconds"]) == (1, 1, 3600)
    assert row["any_observed_seconds"] == 0


def test_of_two_records_in_one_second_the_newest_stamp_counts_then_the_later_status() -> None:
    rivals = [
        Seen(POINT, T0 + 1800, "unknown", T0 - 900),
        Seen(POINT, T0 + 1800, "available", T0 - 800),
    ]
    rest = [Seen(POINT, T0 + 3600, "available", T0 - 800)]
    assert fact(*rivals, *rest)["available_seconds"] == 1800
    tie = [
        Seen(POINT, T0 + 1800, "unknown", T0 - 800),
        Seen(POINT, T0 + 1800, "available", T0 - 800),
    ]
    row = fact(*tie, *rest)
    assert (row["unknown_seconds"], row["available_seconds"]) == (1800, 0)


def test_snapshots_counts_the_seconds_in_which_any_point_of_the_station_was_sighted() -> None:
    row = fact(
        Seen(POINT, T0, "available", T0),
        Seen(SIBLING, T0, "available", T0),
        Seen(SIBLING, T0 + 1, "available", T0),
        Seen(POINT, T0 + 3600, "available", T0),
    )
    assert row["snapshots"] == 2


def test_no_sightings_make_no_facts() -> None:
    rows = availability_facts(
        frame([]),
        window=Window.hour(HOUR_START),
        weather=WeatherHour.create_empty(),
        newest_snapshot=None,
        source="x",
    )
    assert rows.is_empty()


def test_sightings_in_the_margins_alone_make_no_row() -> None:
    rows = availability_facts(
        frame([Seen(POINT, T0 - 1, "available", T0), Seen(POINT, T0 + 3600, "available", T0)]),
        window=Window.hour(HOUR_START),
        weather=WeatherHour.create_empty(),
        newest_snapshot=None,
        source="x",
    )
    assert rows.is_empty()


def test_an_hour_is_provisional_until_raw_holds_a_snapshot_at_or_after_its_end() -> None:
    seen = polled(POINT, "available")
    assert fact(*seen)["is_provisional"] is True
    end = HOUR_START + HOUR
    assert fact(*seen, newest=end - timedelta(seconds=1))["is_provisional"] is True
    assert fact(*seen, newest=end)["is_provisional"] is False


def test_instants_come_from_the_hours_start_and_sums_from_its_end() -> None:
    known = weather(
        {"hour": HOUR_START, "temperature_c": 7.5, "wind_speed_kmh": 9.0, "precipitation_mm": 8.0},
        {
            "hour": HOUR_START + HOUR,
            "temperature_c": 1.0,
            "precipitation_mm": 0.4,
            "weather_code": 61,
            "weather_class": "rain",
        },
    )
    row = fact(*polled(POINT, "available"), weather=known)
    assert (row["temperature_c"], row["wind_speed_kmh"]) == (7.5, 9.0)
    assert (row["precipitation_mm"], row["weather_code"], row["weather_class"]) == (0.4, 61, "rain")
    assert row["weather_source"] == "open_meteo/archive"


def test_weather_that_is_missing_is_null_and_never_a_lost_row() -> None:
    row = fact(*polled(POINT, "available"))
    assert row["temperature_c"] is None
    assert row["weather_source"] is None
    half = fact(
        *polled(POINT, "available"), weather=weather({"hour": HOUR_START, "temperature_c": 7.5})
    )
    assert (half["temperature_c"], half["precipitation_mm"]) == (7.5, None)
    assert half["weather_source"] == "open_meteo/archive"


def test_weather_from_two_sources_names_both() -> None:
    known = weather(
        {"hour": HOUR_START, "temperature_c": 7.5},
        {"hour": HOUR_START + HOUR, "precipitation_mm": 0.0, "source": "open_meteo/forecast"},
    )
    row = fact(*polled(POINT, "available"), weather=known)
    assert row["weather_source"] == "open_meteo/archive + open_meteo/forecast"


@pytest.mark.parametrize(
    ("day", "hours", "repeated", "skipped"),
    [(date(2026, 3, 29), 23, None, 2), (date(2026, 10, 25), 25, 2, None)],
)
def test_the_local_calendar_follows_the_clock_of_paris_on_both_days_it_is_changed(
    day: date, hours: int, repeated: int | None, skipped: int | None
) -> None:
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - 3 * HOUR
    window = Window(midnight, midnight + 30 * HOUR)
    first = int(midnight.timestamp())
    seen = polled(POINT, "available", start=first, end=first + 30 * 3600, updated=first)
    rows = availability_facts(
        frame(seen),
        window=window,
        weather=WeatherHour.create_empty(),
        newest_snapshot=None,
        source="x",
    )
    local = rows.filter(pl.col("local_date") == day)
    assert rows.height == 30
    assert local.height == hours
    assert local["local_weekday"].unique().to_list() == [7]
    by_hour = dict(local["local_hour"].value_counts().iter_rows())
    assert by_hour == {hour: 2 if hour == repeated else 1 for hour in range(24) if hour != skipped}


def test_a_window_that_cuts_an_hour_is_refused() -> None:
    window = Window(HOUR_START, HOUR_START + timedelta(minutes=90))
    with pytest.raises(BrokenHours, match="full UTC hours"):
        availability_facts(
            frame([]),
            window=window,
            weather=WeatherHour.create_empty(),
            newest_snapshot=None,
            source="x",
        )
