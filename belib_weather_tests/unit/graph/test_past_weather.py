"""Which past days are asked for, and when again."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from belib_weather.automation.live import RANGE_END, RANGE_START
from belib_weather.automation.past_weather import MOST_DAYS, days_without_weather, requests_for
from belib_weather.window import DAY, HOUR

NOW = datetime(2026, 11, 26, 14, 30, tzinfo=UTC)
TODAY = datetime(2026, 11, 26, tzinfo=UTC)
OLD, RECENT = TODAY - 6 * DAY, TODAY - 2 * DAY
ARCHIVE, FORECAST = "open_meteo/archive", "open_meteo/forecast"


def weather(
    day: datetime, source: str, captured_at: datetime, stamps: int = 25, value: float | None = 9.5
) -> pl.DataFrame:
    """Rows of a day and of the 00:00 after it."""
    hours = [day + number * HOUR for number in range(stamps)]
    return pl.DataFrame(
        {
            "hour": hours,
            "source": source,
            "captured_at": captured_at,
            "temperature_c": value,
            "precipitation_mm": None,
            "weather_code": None,
            "wind_speed_kmh": None,
        },
        schema_overrides={
            "hour": pl.Datetime("us", "UTC"),
            "captured_at": pl.Datetime("us", "UTC"),
            **dict.fromkeys(
                ("temperature_c", "precipitation_mm", "weather_code", "wind_speed_kmh"), pl.Float64
            ),
        },
    )


@pytest.mark.parametrize(
    ("day", "rows", "is_asked"),
    [
        (OLD, weather(OLD, ARCHIVE, NOW), False),
        (OLD, weather(OLD, f"simulator:{ARCHIVE}", NOW), False),
        (OLD, weather(OLD, FORECAST, NOW), True),
        (OLD, weather(OLD, ARCHIVE, NOW, stamps=24), True),
        (OLD, weather(OLD, ARCHIVE, NOW, value=None), True),
        (OLD, weather(TODAY, ARCHIVE, NOW), True),
        (RECENT, weather(RECENT, FORECAST, RECENT + DAY + timedelta(minutes=7)), False),
        (RECENT, weather(RECENT, FORECAST, RECENT + 20 * HOUR), True),
        (RECENT, weather(RECENT, FORECAST, NOW, stamps=20), True),
        (TODAY, weather(RECENT, FORECAST, NOW), False),
    ],
    ids=[
        "archive", "simulated archive", "forecast alone", "without the next 00:00", "nulls",
        "none at all", "measured", "made before it was over", "hours missing", "today",
    ],
)  # fmt: skip
def test_a_day_is_requested_until_its_weather_is_stored(
    day: datetime, rows: pl.DataFrame, is_asked: bool
) -> None:
    asked = days_without_weather([day + 9 * HOUR, day + 10 * HOUR], rows, NOW)
    assert asked == ([day] if is_asked else [])


def test_a_day_without_facts_is_not_requested() -> None:
    assert days_without_weather([], weather(OLD, FORECAST, NOW), NOW) == []


def ranges(days: list[datetime], now: datetime = NOW) -> list[tuple[str, str, str]]:
    return [
        (
            request.partition_key or request.tags[RANGE_START],
            request.partition_key or request.tags[RANGE_END],
            str(request.run_key),
        )
        for request in requests_for(days, now)
    ]


def test_days_are_requested_in_ranges_newest_first() -> None:
    first = datetime(2026, 1, 1, tzinfo=UTC)
    days = [first + number * DAY for number in range(40)] + [first + 60 * DAY]
    found = ranges(days)
    assert [item[:2] for item in found] == [
        ("2026-03-02", "2026-03-02"),
        ("2026-01-10", "2026-02-09"),
        ("2026-01-01", "2026-01-09"),
    ]
    assert MOST_DAYS == 31


def test_a_recent_day_is_requested_every_hour_and_an_old_one_once_a_day() -> None:
    def keys(day: datetime) -> list[str]:
        return [ranges([day], NOW + wait)[0][2] for wait in (HOUR * 0, HOUR / 4, HOUR, DAY)]

    assert [len(set(keys(OLD)[:n])) for n in (2, 3, 4)] == [1, 2, 3]
    assert [len(set(keys(TODAY - 60 * DAY)[:n])) for n in (2, 3, 4)] == [1, 1, 2]
