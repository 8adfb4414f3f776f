"""When a rate limit ends, in every form in which the APIs say it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from belib_weather.sources.rate_limits import reset_of, retry_after
from belib_weather_tests.bodies import document
from belib_weather_tests.unit.sources.conftest import DEEP

NOW = datetime(2026, 11, 24, 21, 59, 30, 250_000, tzinfo=UTC)
NEXT_MINUTE = NOW.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
MIDNIGHT = datetime(2026, 11, 25, tzinfo=UTC)

SAID = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers())
WORDS = (
    st.text()
    | st.datetimes().map(str)
    | st.integers().map(str)
    | st.floats().map(str)
    | st.sampled_from(["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "9" * 5000])
)


@pytest.mark.parametrize(
    ("unit", "end"), [("minutely", NEXT_MINUTE), ("hourly", NEXT_MINUTE), ("daily", MIDNIGHT)]
)
def test_a_limit_of_open_meteo_ends_with_the_running_unit(
    any_body: Callable[[str], bytes], unit: str, end: datetime
) -> None:
    assert reset_of({}, any_body(f"weather/open_meteo_429_{unit}.json"), NOW) == end


def test_the_quota_of_the_explore_api_ends_when_its_body_says_else_when_its_header_says(
    any_body: Callable[[str], bytes],
) -> None:
    quota, headers = (
        any_body("explore/429_quota.json"),
        json.loads(any_body("explore/headers.json")),
    )
    in_body = datetime.fromisoformat(json.loads(quota)["reset_time"])
    in_header = datetime.fromisoformat(headers["x-ratelimit-reset"])
    assert reset_of(headers, quota, NOW) == in_body
    assert reset_of(headers, b"", NOW) == in_header


def test_a_reset_in_epoch_seconds_is_the_same_instant_as_its_date() -> None:
    headers = (document("explore/headers.json"), document("explore/headers_epoch.json"))
    midnight = datetime(2026, 9, 25, tzinfo=UTC)
    assert [reset_of(header, b"", NOW) for header in headers] == [midnight, midnight]


@pytest.mark.parametrize(
    ("value", "end"),
    [
        ("120", NOW + timedelta(seconds=120)),
        ("Tue, 24 Nov 2026 23:00:00 GMT", datetime(2026, 11, 24, 23, tzinfo=UTC)),
        ("Tue, 24 Nov 2026 23:00:00 -0000", datetime(2026, 11, 24, 23, tzinfo=UTC)),
        ("Tue, 24 Nov 2026 23:00:00 +0100", datetime(2026, 11, 24, 22, tzinfo=UTC)),
        ("-5", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_in_utc_wherever_we_are(
    in_paris: None, value: str, end: datetime | None
) -> None:
    assert retry_after({"retry-after": value}, NOW) == end


@given(
    retry=WORDS,
    header=WORDS,
    body=st.fixed_dictionaries({"reset_time": SAID | WORDS, "reason": SAID}),
)
def test_any_headers_and_body_give_an_instant_in_utc_or_none(
    retry: str, header: str, body: dict[str, Any]
) -> None:
    end = reset_of(
        {"retry-after": retry, "x-ratelimit-reset": header}, json.dumps(body).encode(), NOW
    )
    assert end is None or end.utcoffset() == timedelta(0)


@pytest.mark.parametrize("body", DEEP.values(), ids=DEEP)
def test_a_body_nested_too_deeply_gives_no_instant(body: bytes) -> None:
    assert reset_of({}, body, NOW) is None


@given(st.binary())
def test_any_body_gives_an_instant_or_none(body: bytes) -> None:
    assert reset_of({}, body, NOW) is None
