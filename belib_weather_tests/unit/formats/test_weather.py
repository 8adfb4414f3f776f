"""Readers of the weather sources: units, stamps, odd values, errors."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from belib_weather.formats.errors import UnknownSource, UnreadableBody
from belib_weather.formats.weather import read_weather
from belib_weather_tests.bodies import body as stored
from belib_weather_tests.bodies.recorded import recorded

AT = datetime(2026, 11, 24, 10, 0, 3, 500_000, tzinfo=UTC)


def open_meteo(times: list[str], timezone: str = "GMT", **more: Any) -> bytes:
    columns = {
        "temperature_2m": [1.5] * len(times),
        "precipitation": [0.0] * len(times),
        "weather_code": [3] * len(times),
        "wind_speed_10m": [10.0] * len(times),
    }
    return json.dumps({"timezone": timezone, "hourly": {"time": times, **columns}} | more).encode()


def current(raw: bytes) -> dict[str, Any]:
    """The one sample of an OpenWeatherMap body."""
    return read_weather(raw, "openweathermap/current", AT).records.row(0, named=True)


def test_open_meteo_stamps_are_utc_hours(any_body: Callable[[str], bytes]) -> None:
    raw = any_body("weather/open_meteo_paris_time.json")
    published = pl.DataFrame(json.loads(raw)["hourly"])
    read = read_weather(raw, "open_meteo/forecast", AT)
    # The hour that the clock of Paris shows twice cannot be distinguished from its twin.
    unique = published.filter(pl.col("time").is_unique())
    assert read.rejected.height == published.height - unique.height
    in_paris = [
        datetime.fromisoformat(stamp).replace(tzinfo=ZoneInfo("Europe/Paris"))
        for stamp in unique["time"]
    ]
    assert read.records["hour"].to_list() == in_paris
    for column, name in (("temperature_c", "temperature_2m"), ("weather_code", "weather_code")):
        assert read.records[column].to_list() == unique[name].to_list()
    assert read.records["captured_at"].unique().to_list() == [AT.replace(microsecond=0)]
    assert read.records["source"].unique().to_list() == ["open_meteo/forecast"]


def test_stamps_in_paris_that_occur_twice_or_never_are_rejected_with_the_reason() -> None:
    for stamps, rejected in (
        (["2026-10-25T01:00", "2026-10-25T02:00", "2026-10-25T03:00"], 1),
        (["2026-03-29T01:00", "2026-03-29T02:00", "2026-03-29T03:00"], 1),
    ):
        read = read_weather(open_meteo(stamps, "Europe/Paris"), "open_meteo/archive", AT)
        assert (read.records.height, read.rejected.height) == (2, rejected)
        assert "hour" in read.rejected["reason"].item()


def test_open_meteo_units_are_converted_and_a_variable_of_an_unknown_unit_is_null() -> None:
    units = {"wind_speed_10m": "m/s", "precipitation": "inch", "temperature_2m": "°F"}
    read = read_weather(
        open_meteo(["2026-11-24T10:00"], hourly_units=units), "open_meteo/forecast", AT
    )
    row = read.records.row(0, named=True)
    assert (row["wind_speed_kmh"], row["precipitation_mm"]) == (36.0, 0.0)
    assert (row["temperature_c"], row["weather_code"]) == (None, 3)
    assert "temperature_2m" in read.summary["unreadable"]


def test_a_value_out_of_range_is_null_and_counted_and_the_rest_of_its_hour_stays() -> None:
    raw = json.loads(open_meteo(["2026-11-24T10:00", "2026-11-24T11:00"]))
    raw["hourly"]["temperature_2m"] = [99.0, 5.0]
    raw["hourly"]["weather_code"] = [400, 61]
    read = read_weather(json.dumps(raw).encode(), "open_meteo/archive", AT)
    assert read.records["temperature_c"].to_list() == [None, 5.0]
    assert read.records["weather_class"].to_list() == [None, "rain"]
    assert read.records["wind_speed_kmh"].to_list() == [10.0, 10.0]
    assert read.summary["dropped"] == {"temperature_c": 1, "weather_code": 1}
    assert read.rejected.is_empty()


def test_sums_of_three_hours_are_not_hourly() -> None:
    stamps = [f"2026-11-24T{hour:02}:00" for hour in range(0, 24, 3)]
    read = read_weather(open_meteo(stamps), "open_meteo/forecast", AT)
    assert read.records["temperature_c"].to_list() == [1.5] * 8
    for column in ("precipitation_mm", "weather_code"):
        assert read.records[column].null_count() == 8
    assert {"precipitation", "weather_code"} <= set(read.unreadable)
    three_hours = openweathermap(rain={"3h": 5.2})
    assert (three_hours["precipitation_mm"], three_hours["rain_mm"]) == (None, None)
    assert three_hours["weather_class"] == "rain"


@pytest.mark.parametrize("token", ["-nan", "nan", "NaN", "inf", "-Infinity"])
def test_nan_and_infinity_become_null(token: str) -> None:
    raw = open_meteo(["2026-11-24T10:00"], latitude="@", note="nan, -nan, inf")
    raw = raw.replace(b'"@"', token.encode()).replace(b"[1.5]", b"[" + token.encode() + b"]")
    row = read_weather(raw, "open_meteo/forecast", AT).records.row(0, named=True)
    assert (row["temperature_c"], row["wind_speed_kmh"]) == (None, 10.0)


def test_invalid_json_is_refused_with_line_and_column() -> None:
    with pytest.raises(UnreadableBody, match=r"not valid JSON: .*line 2 column 3"):
        read_weather(b'{"hourly":\n  oops}', "open_meteo/forecast", AT)


def test_two_days_of_open_meteo_read_as_published() -> None:
    raw = stored("weather/open_meteo_forecast.json")
    hourly = json.loads(raw)["hourly"]
    read = read_weather(raw, "open_meteo/forecast", AT)
    assert (read.records.height, read.rejected.height) == (48, 0)
    for column, name in (
        ("temperature_c", "temperature_2m"),
        ("relative_humidity_percent", "relative_humidity_2m"),
        ("precipitation_mm", "precipitation"),
        ("rain_mm", "rain"),
        ("snowfall_cm", "snowfall"),
        ("weather_code", "weather_code"),
        ("surface_pressure_hpa", "surface_pressure"),
        ("wind_speed_kmh", "wind_speed_10m"),
        ("wind_direction_deg", "wind_direction_10m"),
        ("cloud_cover_percent", "cloud_cover"),
    ):
        assert read.records[column].to_list() == hourly[name], column
    classes = dict(read.records.select("weather_code", "weather_class").unique().iter_rows())
    assert {code: classes[code] for code in (0, 3, 45, 51, 63, 71)} == {
        0: "clear",
        3: "cloudy",
        45: "fog",
        51: "drizzle",
        63: "rain",
        71: "snow",
    }


def test_hours_missing_from_the_archive_are_null_and_not_rejected() -> None:
    raw = stored("weather/open_meteo_archive_newest_days.json")
    read = read_weather(raw, "open_meteo/archive", AT)
    assert read.rejected.is_empty()
    known = read.records.filter(pl.col("temperature_c").is_not_null())
    assert known["hour"].to_list() == [datetime(2026, 11, 23, h, tzinfo=UTC) for h in range(24)]


def test_the_archive_of_a_year_reads_as_published(shared_data: Path) -> None:
    table = pl.read_csv(shared_data / "weather/open_meteo_archive_paris_2024.csv")
    hourly = table.with_columns(pl.col("time").str.slice(0, 16).str.replace(" ", "T")).to_dict(
        as_series=False
    )
    raw = json.dumps({"timezone": "GMT", "hourly": hourly}).encode()
    read = read_weather(raw, "open_meteo/archive", AT)
    assert (read.records.height, read.rejected.height) == (table.height, 0)
    assert read.records["precipitation_mm"].sum() == pytest.approx(table["precipitation"].sum())
    assert read.records["weather_class"].null_count() == 0
    wet = read.records.filter(
        pl.col("weather_class").is_in(["drizzle", "rain", "snow", "thunderstorm"])
    )
    assert wet.height == table.filter(pl.col("precipitation") > 0).height


def test_openweathermap_in_celsius_with_rain_takes_the_first_condition() -> None:
    row = current(stored("weather/openweathermap_rain_and_mist.json"))
    assert row["hour"] == datetime(2026, 11, 24, 15, tzinfo=UTC)  # dt is 14:32
    assert (row["temperature_c"], row["weather_code"], row["weather_class"]) == (9.4, 63, "rain")
    assert (row["precipitation_mm"], row["rain_mm"], row["snowfall_cm"]) == (2.35, 2.35, 0.0)
    assert row["surface_pressure_hpa"] is None


def test_openweathermap_in_kelvin_goes_to_its_nearest_hour() -> None:
    row = current(stored("weather/openweathermap_kelvin.json"))
    assert row["hour"] == datetime(2026, 11, 24, 12, tzinfo=UTC)  # dt is 11:59:59
    assert (row["temperature_c"], row["weather_class"]) == (7.5, "clear")
    assert (row["wind_speed_kmh"], row["precipitation_mm"]) == (18.0, 0.0)


def test_openweathermap_with_snow_has_its_depth_and_the_pressure_at_the_ground() -> None:
    row = current(stored("weather/openweathermap_snow.json"))
    assert row["hour"] == datetime(2026, 11, 25, 8, tzinfo=UTC)  # dt is 07:30
    assert (row["temperature_c"], row["weather_class"]) == (-0.6, "snow")
    assert (row["precipitation_mm"], row["rain_mm"]) == (0.8, 0.0)
    assert row["snowfall_cm"] == pytest.approx(0.56)
    assert row["surface_pressure_hpa"] == 1003


def test_recorded_openweathermap_in_kelvin_or_celsius_goes_to_its_nearest_hour(
    shared_data: Path,
) -> None:
    recorded = (shared_data / "api_samples/openweathermap_weather_paris.json").read_bytes()
    rows = [current(json.dumps(s["body"]).encode()) for s in json.loads(recorded)["samples"]]
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


def test_infoclimat_keys_are_local_and_its_three_hour_rain_is_ignored() -> None:
    records = read_weather(stored("weather/infoclimat.json"), "infoclimat/gfs", AT).records
    # In Paris 22:00, 01:00 and 04:00, between which the clock jumps from 02:00 to 03:00.
    assert records["hour"].to_list() == [
        datetime(2026, 3, 28, 21, tzinfo=UTC),
        datetime(2026, 3, 29, 0, tzinfo=UTC),
        datetime(2026, 3, 29, 2, tzinfo=UTC),
    ]
    assert records["temperature_c"].to_list() == [10.25, 8.75, 7.0]
    assert records["wind_speed_kmh"].to_list() == [14.2, 12.0, 9.7]
    assert records["cloud_cover_percent"].to_list() == [80, 95, 100]
    assert records["precipitation_mm"].null_count() == 3


def test_recorded_infoclimat_reads(shared_data: Path) -> None:
    raw = recorded(shared_data, "weather/infoclimat.json")
    row = read_weather(raw, "infoclimat/gfs", AT).records.row(0, named=True)
    assert row["hour"] == datetime(2017, 3, 21, 9, tzinfo=UTC)
    assert (row["temperature_c"], row["wind_speed_kmh"]) == (8.75, 18.8)
    assert row["precipitation_mm"] is None


@pytest.mark.parametrize(
    ("name", "source"),
    [
        *((f"open_meteo_400_{name}", "open_meteo/forecast") for name in ("variable", "timezone")),
        *(
            (f"open_meteo_429_{name}", "open_meteo/forecast")
            for name in ("minutely", "hourly", "daily")
        ),
        *(
            (f"openweathermap_{code}", "openweathermap/current")
            for code in ("400", "401", "404", "429")
        ),
    ],
)
def test_error_bodies_are_refused_with_their_message(
    any_body: Callable[[str], bytes], name: str, source: str
) -> None:
    raw = any_body(f"weather/{name}.json")
    error = json.loads(raw)
    with pytest.raises(UnreadableBody, match=(error.get("reason") or error["message"])[:20]):
        read_weather(raw, source, AT)


def test_bodies_without_weather_are_refused() -> None:
    for name in ("open_meteo_daily", "open_meteo_current"):
        with pytest.raises(UnreadableBody, match="hourly"):
            read_weather(stored(f"weather/{name}.json"), "open_meteo/forecast", AT)
    with pytest.raises(UnreadableBody, match="Token refused"):
        read_weather(stored("weather/infoclimat_refused.json"), "infoclimat/gfs", AT)
    for raw in (b"<html>", b"[]", b'{"hourly": {"time": ["a", "b"], "temperature_2m": [1]}}'):
        with pytest.raises(UnreadableBody):
            read_weather(raw, "open_meteo/archive", AT)


def test_a_lone_surrogate_in_a_zone_or_a_time_is_refused_or_loses_its_hour() -> None:
    half = "\\ud800"
    zone = f'{{"timezone": "{half}", "hourly": {{"time": ["2026-11-24T10:00"]}}}}'
    with pytest.raises(UnreadableBody, match="unknown zone"):
        read_weather(zone.encode(), "open_meteo/forecast", AT)
    hours = f'"{half}": {{}}, "2026-11-24 10:00:00": {{"temperature": {{"2m": 281}}}}'
    read = read_weather(f'{{"request_state": 200, {hours}}}'.encode(), "infoclimat/gfs", AT)
    assert (read.records.height, read.rejected.height) == (1, 1)


def test_the_simulators_prefix_is_kept_and_an_unknown_source_is_refused() -> None:
    raw = open_meteo(["2026-11-24T10:00"])
    good = read_weather(raw, "simulator:open_meteo/archive", AT).records
    assert good["source"].item() == "simulator:open_meteo/archive"
    with pytest.raises(UnknownSource, match="meteo_france"):
        read_weather(raw, "meteo_france/arome", AT)


def openweathermap(**parts: Any) -> Any:
    """The one row of a body with these parts in place of the usual ones."""
    usual = {
        "dt": int(AT.timestamp()),
        "weather": [{"id": 500}],
        "main": {"temp": 9.1, "humidity": 81, "grnd_level": 1001},
        "wind": {"speed": 3.1, "deg": 200},
        "clouds": {"all": 75},
        "rain": {"1h": 0.4},
        "cod": 200,
    }
    raw = json.dumps(usual | parts).encode()
    read = read_weather(raw, "openweathermap/current", AT)
    assert (read.records.height, read.rejected.height) == (1, 0)
    return read.records.row(0, named=True)


@pytest.mark.parametrize(
    "odd", [None, 7, "x", [], {}, {"1h": None}, {"1h": "0.5"}, {"3h": 5.2}, {"all": None}]
)
@pytest.mark.parametrize("part", ["rain", "snow", "wind", "clouds", "weather"])
def test_an_invalid_part_of_openweathermap_loses_only_its_columns(part: str, odd: Any) -> None:
    cost = {
        "rain": {"rain_mm", "precipitation_mm"},
        "snow": {"snowfall_cm", "precipitation_mm"},
        "wind": {"wind_speed_kmh", "wind_direction_deg"},
        "clouds": {"cloud_cover_percent"},
        "weather": {"weather_code", "weather_class"},
    }[part]
    usual, read = openweathermap(), openweathermap(**{part: odd})
    changed = {name for name in usual if read[name] != usual[name]}
    assert changed <= cost
    assert all(read[name] in (None, 0.0, 0.4) for name in changed)
    if odd is None:
        assert [read[name] for name in sorted(cost)] == [None] * len(cost)


def test_missing_rain_and_snow_count_as_zero() -> None:
    raw = json.loads(stored("weather/openweathermap_kelvin.json"))
    assert not {"rain", "snow"} & set(raw)
    read = read_weather(json.dumps(raw).encode(), "openweathermap/current", AT)
    assert read.records["precipitation_mm"].to_list() == [0.0]


@pytest.mark.parametrize("rain", [None, [], [0.0], "dry", 7, [{}] * 48, ["x"] * 48])
def test_a_variable_of_open_meteo_that_is_not_a_series_is_left_out_alone(rain: Any) -> None:
    raw = json.loads(stored("weather/open_meteo_forecast.json"))
    whole = read_weather(json.dumps(raw).encode(), "open_meteo/forecast", AT)
    raw["hourly"]["rain"] = rain
    read = read_weather(json.dumps(raw).encode(), "open_meteo/forecast", AT)
    assert read.records["rain_mm"].null_count() == read.records.height == 48
    assert_frame_equal(read.records.drop("rain_mm"), whole.records.drop("rain_mm"))
    assert read.unreadable == (() if isinstance(rain, list) and len(rain) == 48 else ("rain",))


@pytest.mark.parametrize(
    ("name", "source", "count", "rejected"),
    [
        ("open_meteo_forecast", "open_meteo/forecast", 48, 0),
        ("open_meteo_archive_newest_days", "open_meteo/archive", 48, 0),
        ("open_meteo_paris_time", "open_meteo/forecast", 25, 2),
        ("openweathermap_rain_and_mist", "openweathermap/current", 1, 0),
        ("openweathermap_kelvin", "openweathermap/current", 1, 0),
        ("openweathermap_snow", "openweathermap/current", 1, 0),
        ("infoclimat", "infoclimat/gfs", 3, 0),
    ],
)
def test_every_shape_reads_whole(name: str, source: str, count: int, rejected: int) -> None:
    read = read_weather(stored(f"weather/{name}.json"), source, AT)
    assert (read.record_count, read.rejected.height) == (count, rejected)
    assert read.records.height + rejected == count
    assert read.summary["first"] <= read.summary["last"]


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("open_meteo_400_timezone", "open_meteo/forecast"),
        ("open_meteo_400_variable", "open_meteo/archive"),
        ("open_meteo_429_daily", "open_meteo/forecast"),
        ("open_meteo_current", "open_meteo/forecast"),
        ("open_meteo_daily", "open_meteo/forecast"),
        ("openweathermap_400", "openweathermap/current"),
        ("openweathermap_401", "openweathermap/current"),
        ("openweathermap_404", "openweathermap/current"),
        ("openweathermap_429", "openweathermap/current"),
        ("infoclimat_refused", "infoclimat/gfs"),
    ],
)
def test_every_error_body_is_refused_with_its_message(name: str, source: str) -> None:
    raw = stored(f"weather/{name}.json")
    document = json.loads(raw)
    with pytest.raises(UnreadableBody) as caught:
        read_weather(raw, source, AT)
    assert str(document.get("reason") or document.get("message") or "it has only") in str(
        caught.value
    )
