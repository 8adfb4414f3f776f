"""The simulator's Open-Meteo answers as the real one does, over a real socket."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import orjson
import pytest

from belib_weather.simulator.truth import Truth
from belib_weather.simulator.weather import VARIABLES
from belib_weather_tests.unit.simulator.conftest import NOW

PLACE = {"latitude": "48.8566", "longitude": "2.3522", "hourly": ",".join(VARIABLES)}
TODAY = NOW.date()


def days(start: date, end: date, zone: str = "UTC") -> dict[str, str]:
    return {**PLACE, "start_date": str(start), "end_date": str(end), "timezone": zone}


def get(client: httpx.Client, path: str, query: dict[str, str]) -> dict[str, Any]:
    answer = client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_both_apis_return_the_true_weather_of_the_past(client: httpx.Client, small: Truth) -> None:
    day = TODAY - timedelta(days=10)
    query = days(day, day + timedelta(days=1))
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    true = small.weather(start, start + timedelta(days=2)).values
    forecast = get(client, "/v1/forecast", query)["hourly"]
    archive = get(client, "/v1/archive", query)["hourly"]

    assert forecast == archive
    assert forecast["time"][0] == f"{day}T00:00"
    assert len(forecast["time"]) == 48
    for name in VARIABLES:
        assert forecast[name] == true[name].tolist()


def test_forecast_of_tomorrow_changes_as_it_comes_near(client: httpx.Client) -> None:
    query = days(TODAY + timedelta(days=2), TODAY + timedelta(days=2))
    now = get(client, "/v1/forecast", query)["hourly"]["temperature_2m"]
    later = client.get(
        "/v1/forecast",
        params=query,
        headers={"x-belib-at": (NOW + timedelta(days=4)).isoformat()},
    ).json()["hourly"]["temperature_2m"]

    assert now != later
    assert max(abs(a - b) for a, b in zip(now, later, strict=True)) < 8


def test_archive_has_nulls_for_the_newest_days(client: httpx.Client) -> None:
    values = get(client, "/v1/archive", days(TODAY - timedelta(days=6), TODAY))["hourly"]
    known = [value is not None for value in values["precipitation"]]

    assert known == [True] * 48 + [False] * 120


def test_days_of_a_clock_change_have_twenty_three_or_twenty_five_stamps(
    client: httpx.Client,
) -> None:
    def stamps(day: date) -> list[str]:
        found: list[str] = get(client, "/v1/archive", days(day, day, "Europe/Paris"))["hourly"][
            "time"
        ]
        return found

    spring, autumn = stamps(date(2026, 3, 29)), stamps(date(2026, 10, 25))
    assert len(spring) == 23
    assert len(autumn) == 25
    assert autumn.count("2026-10-25T02:00") == 2


def test_past_and_forecast_days_count_from_today(client: httpx.Client) -> None:
    times = get(client, "/v1/forecast", {**PLACE, "past_days": "2", "forecast_days": "1"})["hourly"]

    assert times["time"][0] == f"{TODAY - timedelta(days=2)}T00:00"
    assert times["time"][-1] == f"{TODAY}T23:00"


@pytest.mark.parametrize(
    ("path", "change", "reason"),
    [
        ("forecast", {"hourly": "lskdfj"}, "invalid String value lskdfj"),
        ("forecast", {"timezone": "Mars/Olympus"}, "Invalid timezone"),
        ("forecast", {"latitude": "95"}, "Latitude must be in range of -90 to 90"),
        ("forecast", {"start_date": "2026-08-01"}, "Parameter 'start_date' is out of allowed"),
        ("archive", {"end_date": "2026-11-25"}, "Parameter 'end_date' is out of allowed"),
        ("archive", {"end_date": "2026-11-01"}, "End-date must be larger"),
    ],
)
def test_wrong_requests_are_refused_with_a_reason(
    client: httpx.Client, path: str, change: dict[str, str], reason: str
) -> None:
    answer = client.get(f"/v1/{path}", params={**days(date(2026, 11, 20), TODAY), **change})

    assert answer.status_code == 400
    assert answer.json()["error"] is True
    assert reason in answer.json()["reason"]


def test_bodies_have_the_members_of_a_real_one(
    client: httpx.Client, any_body: Callable[[str], bytes]
) -> None:
    real = orjson.loads(any_body("weather/open_meteo_paris_time.json"))
    body = get(client, "/v1/forecast", PLACE)

    assert body.keys() == real.keys()
    assert body["hourly_units"]["precipitation"] == real["hourly_units"]["precipitation"]
    assert body["timezone"] == "GMT"
