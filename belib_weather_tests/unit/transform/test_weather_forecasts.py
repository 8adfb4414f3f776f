"""Weather as it was forecast, and which documents `weather_hours` reads."""

import json
import random
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from belib_weather.datasets import WeatherHour
from belib_weather.formats.open_meteo import VARIABLES
from belib_weather.formats.weather import WeatherBody, read_weather
from belib_weather.lake import RawDocument
from belib_weather.transform.weather import best_weather, bodies_to_compare, newest_first
from belib_weather.transform.weather_forecasts import is_forecast, weather_forecasts

DAY = datetime(2026, 11, 24, tzinfo=UTC)
AT = DAY + timedelta(hours=10, minutes=7, seconds=3)


def read(
    captured_at: datetime = AT, days: int = 2, missing: int = 0, source: str = "open_meteo/forecast"
) -> WeatherBody:
    """A body from midnight on, its temperatures the numbers of its hours; some codes missing."""
    hours = range(24 * days)
    stamps = [f"{DAY + timedelta(hours=hour):%Y-%m-%dT%H:%M}" for hour in hours]
    series: dict[str, list[float | None]] = {
        name: [float(hour % 30) for hour in hours] for name, _ in VARIABLES.values()
    }
    series["weather_code"] = [None if hour < missing else 3 for hour in hours]
    body = json.dumps({"hourly": {"time": stamps, **series}, "timezone": "UTC"}).encode()
    return read_weather(body, source, captured_at)


def test_a_forecast_has_the_hours_from_that_of_its_capture_on() -> None:
    later = AT + timedelta(hours=1)

    rows = weather_forecasts([read(later, days=8), read(days=8)])

    assert rows["issued_at"].unique().sort().to_list() == [AT, later]
    own = rows.filter(pl.col("issued_at") == AT)
    assert own["hour"].to_list() == [DAY + timedelta(hours=hour) for hour in range(10, 192)]
    assert own["temperature_c"].to_list() == [float(hour % 30) for hour in range(10, 192)]
    assert own["local_date"].unique().to_list() == [DAY.date()]


def test_a_document_that_does_not_reach_a_day_ahead_is_not_a_forecast() -> None:
    tomorrow = DAY + timedelta(hours=47)
    assert is_forecast("simulator:open_meteo/forecast", AT, tomorrow)
    assert not is_forecast("open_meteo/archive", AT, tomorrow)
    assert not is_forecast("openweathermap/current", AT, DAY + timedelta(hours=11))


def document(source: str, captured_at: datetime) -> RawDocument:
    return RawDocument("", source, captured_at, b"", "", 0, None, {}, captured_at, {}, {})


@pytest.mark.long
def test_documents_that_cannot_be_the_best_are_not_parsed() -> None:
    """The rows are those of all documents, whatever these are and lack."""
    hours = [DAY + timedelta(hours=hour) for hour in range(25)]
    dice = random.Random(1)  # noqa: S311
    read_fewer = 0
    for _ in range(8):
        bodies = {}
        for number in range(dice.randint(1, 5)):
            source = dice.choice(["open_meteo/forecast", "open_meteo/archive"])
            at = DAY + timedelta(hours=number)
            bodies[source, at] = read(at, missing=dice.choice([0, 0, 5, 48]), source=source)
        documents = [document(*key) for key in bodies]

        ordered = newest_first(documents)
        chosen = bodies_to_compare(((d, bodies[d.source, d.captured_at]) for d in ordered), hours)

        read_fewer += len(chosen) < len(bodies)
        assert_frame_equal(best(chosen, hours), best(list(bodies.values()), hours))
    assert read_fewer


def best(bodies: list[WeatherBody], hours: list[datetime]) -> pl.DataFrame:
    rows = pl.concat([WeatherHour.create_empty(), *(body.records for body in bodies)])
    return best_weather(rows.filter(pl.col("hour").is_in(hours)))
