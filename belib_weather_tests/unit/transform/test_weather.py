"""Weather by the hour: units, stamps, and the choice between documents."""

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from belib_weather.datasets import WeatherHour
from belib_weather.transform.errors import UnknownSource, UnreadableBody
from belib_weather.transform.weather import best_weather, weather_hours_of

AT = datetime(2026, 11, 24, 10, 0, 3, 500_000, tzinfo=UTC)


def open_meteo(times: list[str], timezone: str = "GMT", **more: Any) -> bytes:
    columns = {
        "temperature_2m": [1.5] * len(times),
        "precipitation": [0.0] * len(times),
        "weather_code": [3] * len(times),
        "wind_speed_10m": [10.0] * len(times),
    }
    return json.dumps({"timezone": timezone, "hourly": {"time": times, **columns}} | more).encode()


def sample(path: Path, name: str) -> Any:
    return json.loads((path / "api_samples" / name).read_text())


def test_open_meteo_stamps_are_utc_hours(shared_data: Path) -> None:
    recorded = sample(shared_data, "open_meteo_paris.json")["hourly"]
    cleaned = weather_hours_of(json.dumps(recorded).encode(), "open_meteo/forecast", AT)
    assert cleaned.rejected.is_empty()
    assert cleaned.good.height == 24
    # 2024-08-17T11:00 in Paris, where summer time is two hours ahead
    wet = cleaned.good.filter(pl.col("hour") == datetime(2024, 8, 17, 9, tzinfo=UTC))
    assert wet.select("precipitation_mm", "weather_code", "weather_class").row(0) == (
        5.4,
        63,
        "rain",
    )
    assert cleaned.good["captured_at"].unique().to_list() == [AT.replace(microsecond=0)]
    assert cleaned.good["source"].unique().to_list() == ["open_meteo/forecast"]


def test_stamps_in_paris_that_occur_twice_or_never_are_rejected_with_the_reason() -> None:
    for stamps, rejected in (
        (["2026-10-25T01:00", "2026-10-25T02:00", "2026-10-25T03:00"], 1),
        (["2026-03-29T01:00", "2026-03-29T02:00", "2026-03-29T03:00"], 1),
    ):
        cleaned = weather_hours_of(open_meteo(stamps, "Europe/Paris"), "open_meteo/archive", AT)
        assert (cleaned.good.height, cleaned.rejected.height) == (2, rejected)
        assert "hour" in cleaned.rejected["reason"].item()


def test_open_meteo_units_are_converted_or_refused() -> None:
    units = {"wind_speed_10m": "m/s", "precipitation": "inch"}
    raw = open_meteo(["2026-11-24T10:00"], hourly_units=units)
    assert weather_hours_of(raw, "open_meteo/forecast", AT).good["wind_speed_kmh"].item() == 36.0
    fahrenheit = open_meteo(["2026-11-24T10:00"], hourly_units={"temperature_2m": "°F"})
    with pytest.raises(UnreadableBody, match="°F"):
        weather_hours_of(fahrenheit, "open_meteo/forecast", AT)


def test_a_value_out_of_range_is_rejected_and_named() -> None:
    raw = json.loads(open_meteo(["2026-11-24T10:00", "2026-11-24T11:00"]))
    raw["hourly"]["temperature_2m"] = [99.0, 5.0]
    cleaned = weather_hours_of(json.dumps(raw).encode(), "open_meteo/archive", AT)
    assert cleaned.good["temperature_c"].to_list() == [5.0]
    assert "temperature_c" in cleaned.rejected["reason"].item()
    assert json.loads(cleaned.rejected["record"].item())["temperature_c"] == 99.0


def test_the_archive_of_a_year_reads_as_published(shared_data: Path) -> None:
    table = pl.read_csv(shared_data / "weather/open_meteo_archive_paris_2024.csv")
    hourly = table.with_columns(pl.col("time").str.slice(0, 16).str.replace(" ", "T")).to_dict(
        as_series=False
    )
    raw = json.dumps({"timezone": "GMT", "hourly": hourly}).encode()
    cleaned = weather_hours_of(raw, "open_meteo/archive", AT)
    assert (cleaned.good.height, cleaned.rejected.height) == (table.height, 0)
    assert cleaned.good["precipitation_mm"].sum() == pytest.approx(table["precipitation"].sum())
    assert cleaned.good["weather_class"].null_count() == 0
    wet = cleaned.good.filter(
        pl.col("weather_class").is_in(["drizzle", "rain", "snow", "thunderstorm"])
    )
    assert wet.height == table.filter(pl.col("precipitation") > 0).height


def test_openweathermap_in_kelvin_or_celsius_goes_to_its_nearest_hour(shared_data: Path) -> None:
    bodies = [
        s["body"] for s in sample(shared_data, "openweathermap_weather_paris.json")["samples"]
    ]
    rows = [
        weather_hours_of(json.dumps(b).encode(), "openweathermap/current", AT).good.row(
            0, named=True
        )
        for b in bodies
    ]
    assert [round(row["temperature_c"], 2) for row in rows] == [
        11.3,
        34.25,
        9.21,
        17.05,
        26.26,
        16.17,
    ]
    assert rows[0]["hour"] == datetime(2019, 6, 5, 18, tzinfo=UTC)  # dt is 17:31:59
    assert (rows[0]["precipitation_mm"], rows[0]["weather_class"]) == (6.35, "rain")
    assert rows[1]["precipitation_mm"] == 0.0
    assert rows[2]["wind_speed_kmh"] == pytest.approx(5.66 * 3.6)
    assert [row["surface_pressure_hpa"] for row in rows] == [None, None, None, 999, 996, 1011]


def test_infoclimat_keys_are_local_and_its_three_hour_rain_is_not_taken(shared_data: Path) -> None:
    raw = json.dumps(sample(shared_data, "infoclimat_gfs_paris.json")["body"]).encode()
    row = weather_hours_of(raw, "infoclimat/gfs", AT).good.row(0, named=True)
    assert row["hour"] == datetime(2017, 3, 21, 9, tzinfo=UTC)
    assert (row["temperature_c"], row["wind_speed_kmh"]) == (8.75, 18.8)
    assert row["precipitation_mm"] is None


def test_error_bodies_are_refused_with_what_they_say(shared_data: Path) -> None:
    errors = sample(shared_data, "open_meteo_paris.json")["errors"]
    for error in errors.values():
        with pytest.raises(UnreadableBody, match=error["reason"][:20]):
            weather_hours_of(json.dumps(error).encode(), "open_meteo/forecast", AT)
    for error in sample(shared_data, "openweathermap_weather_paris.json")["errors"].values():
        with pytest.raises(UnreadableBody, match=error["message"][:20]):
            weather_hours_of(json.dumps(error).encode(), "openweathermap/current", AT)
    for raw in (b"<html>", b"[]", b'{"hourly": {"time": ["a", "b"], "temperature_2m": [1]}}'):
        with pytest.raises(UnreadableBody):
            weather_hours_of(raw, "open_meteo/archive", AT)
    with pytest.raises(UnreadableBody, match="token"):
        weather_hours_of(b'{"request_state": 403, "message": "bad token"}', "infoclimat/gfs", AT)


def test_the_simulators_prefix_is_kept_and_an_unknown_source_is_refused() -> None:
    raw = open_meteo(["2026-11-24T10:00"])
    good = weather_hours_of(raw, "simulator:open_meteo/archive", AT).good
    assert good["source"].item() == "simulator:open_meteo/archive"
    with pytest.raises(UnknownSource, match="meteo_france"):
        weather_hours_of(raw, "meteo_france/arome", AT)


def rows(*made: dict[str, Any]) -> pl.DataFrame:
    empty = WeatherHour.create_empty()
    full = {
        "hour": datetime(2026, 11, 24, 10, tzinfo=UTC),
        "temperature_c": 1.0,
        "wind_speed_kmh": 1.0,
        "precipitation_mm": 0.0,
        "weather_code": 0,
        "source": "open_meteo/forecast",
        "captured_at": AT.replace(microsecond=0),
    }
    frame = pl.DataFrame([full | row for row in made])
    return pl.concat([empty, frame], how="diagonal_relaxed").cast(empty.schema)


LATER = AT.replace(microsecond=0) + timedelta(hours=1)
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


def test_equal_rivals_are_decided_the_same_way_in_any_order() -> None:
    one, other = {"temperature_c": 1.0}, {"temperature_c": 2.0}
    assert_frame_equal(best_weather(rows(one, other)), best_weather(rows(other, one)))


def test_a_row_without_any_value_is_no_sample() -> None:
    empty = dict.fromkeys(["temperature_c", "wind_speed_kmh", "precipitation_mm", "weather_code"])
    assert best_weather(rows(empty | ARCHIVE)).is_empty()
    assert best_weather(WeatherHour.create_empty()).is_empty()
