"""Which weather document is believed."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from belib_weather.datasets import WeatherHour
from belib_weather.transform.weather import best_weather

AT = datetime(2026, 11, 24, 10, 0, 3, tzinfo=UTC)


def rows(*values: dict[str, Any]) -> pl.DataFrame:
    empty = WeatherHour.create_empty()
    full = {
        "hour": datetime(2026, 11, 24, 10, tzinfo=UTC),
        "temperature_c": 1.0,
        "wind_speed_kmh": 1.0,
        "precipitation_mm": 0.0,
        "weather_code": 0,
        "source": "open_meteo/forecast",
        "captured_at": AT,
    }
    frame = pl.DataFrame([full | row for row in values])
    return pl.concat([empty, frame], how="diagonal_relaxed").cast(empty.schema)


LATER = AT + timedelta(hours=1)
ARCHIVE = {"source": "simulator:open_meteo/archive"}


@pytest.mark.parametrize(
    ("candidates", "best"),
    [
        ([{"temperature_c": 1.0}, {"temperature_c": 2.0, "captured_at": LATER}], 2.0),
        ([{"temperature_c": 1.0, **ARCHIVE}, {"temperature_c": 2.0, "captured_at": LATER}], 1.0),
        ([{"temperature_c": 1.0}, {"temperature_c": 2.0, "weather_code": None, **ARCHIVE}], 1.0),
        (
            [
                {"temperature_c": 1.0, "weather_code": None},
                {"temperature_c": 2.0, "weather_code": None, **ARCHIVE},
            ],
            2.0,
        ),
    ],
)
def test_complete_beats_partial_then_archive_beats_forecast_then_the_newest(
    candidates: list[dict[str, Any]], best: float
) -> None:
    for seed in range(3):
        shuffled = random.Random(seed).sample(candidates, len(candidates))  # noqa: S311
        assert best_weather(rows(*shuffled))["temperature_c"].to_list() == [best]


def test_ties_are_decided_the_same_way_in_any_order() -> None:
    one, other = {"temperature_c": 1.0}, {"temperature_c": 2.0}
    assert_frame_equal(best_weather(rows(one, other)), best_weather(rows(other, one)))


def test_a_row_without_any_value_is_ignored() -> None:
    empty = dict.fromkeys(["temperature_c", "wind_speed_kmh", "precipitation_mm", "weather_code"])
    assert best_weather(rows(empty | ARCHIVE)).is_empty()
    assert best_weather(WeatherHour.create_empty()).is_empty()
