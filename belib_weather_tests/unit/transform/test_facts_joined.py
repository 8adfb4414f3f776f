"""What is joined to the counted seconds of an hour: weather, the local calendar, provisionality."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from belib_weather.datasets import WeatherHour
from belib_weather.transform.facts import availability_facts
from belib_weather.window import HOUR, Window
from belib_weather_tests.cleaned import one_source
from belib_weather_tests.unit.transform.polls import HOUR_START, POINT, fact, frame, polled


def weather(*rows: dict[str, object]) -> pl.DataFrame:
    empty = WeatherHour.create_empty()
    samples = pl.DataFrame(
        [{"source": "open_meteo/archive", "captured_at": HOUR_START, **row} for row in rows]
    )
    return WeatherHour.validate(
        pl.concat([empty, samples], how="diagonal_relaxed").select(empty.columns), cast=True
    )


def test_an_hour_is_provisional_until_raw_holds_a_snapshot_at_or_after_its_end() -> None:
    records = polled(POINT, "available")
    assert fact(*records)["is_provisional"] is True
    end = HOUR_START + HOUR
    assert fact(*records, newest=end - timedelta(seconds=1))["is_provisional"] is True
    assert fact(*records, newest=end)["is_provisional"] is False


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
    records = polled(POINT, "available", start=first, end=first + 30 * 3600, updated=first)
    rows = availability_facts(
        frame(records),
        window=window,
        weather=WeatherHour.create_empty(),
        newest_snapshot=None,
        sources=one_source(window, "x"),
    )
    local = rows.filter(pl.col("local_date") == day)
    assert rows.height == 30
    assert local.height == hours
    assert local["local_weekday"].unique().to_list() == [7]
    by_hour = dict(local["local_hour"].value_counts().iter_rows())
    assert by_hour == {hour: 2 if hour == repeated else 1 for hour in range(24) if hour != skipped}
